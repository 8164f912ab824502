"""A TF1 checkpoint of a small classifier with Adam, and what its migration would save."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bundles import write_bundle, write_objects
from tf2migrate.model.names import FILE_NAME, NameRow
from tf2migrate.model.names_json import names_json

Values = dict[str, NDArray[Any]]

PATHS = {
    "net/w": "model/w",
    "net/b": "model/b",
    "net/bn/moving_mean": "model/bn/mean",
    "global_step": "step",
    "beta1_power": "optimizer/beta1_power",
    "beta2_power": "optimizer/beta2_power",
}
SLOTS = {"Adam": "m", "Adam_1": "v"}


def tf1_values(seed: int = 0) -> Values:
    """By TF1 name."""
    random = np.random.default_rng(seed)

    def floats(*shape: int) -> NDArray[Any]:
        return random.standard_normal(shape).astype("f")

    values = {"net/w": floats(3, 2), "net/b": floats(2), "net/bn/moving_mean": floats(2)}
    for variable in ("net/w", "net/b"):
        for slot in SLOTS:
            values[f"{variable}/{slot}"] = floats(*values[variable].shape)
    values["beta1_power"] = np.array(0.9, "f")
    values["beta2_power"] = np.array(0.999, "f")
    values["global_step"] = np.array(7, "i8")
    return values


def write_tf1(prefix: Path, values: Values | None = None) -> str:
    """The name-based checkpoint."""
    return write_bundle(prefix, tf1_values() if values is None else values)


def write_tf2(
    prefix: Path, values: Values | None = None, *, names: Mapping[str, str] | None = None
) -> str:
    """The object-based checkpoint with the values of a name-based one.

    Args:
      names: what the variables are called in TensorFlow 2, by object path; as
        in TensorFlow 1 without it.
    """
    values = tf1_values() if values is None else values
    objects = {path: values[name] for name, path in PATHS.items() if name in values}
    slots = {
        (PATHS[variable], "optimizer", slot): values[f"{variable}/{number}"]
        for variable in ("net/w", "net/b")
        for number, slot in SLOTS.items()
        if f"{variable}/{number}" in values
    }
    called = {path: name for name, path in PATHS.items()}
    return write_objects(prefix, objects, names=called if names is None else names, slots=slots)


def name_rows(place: str = "train.py:main") -> list[NameRow]:
    """The name map that leads from one to the other."""
    rows = [
        NameRow(place, name, path, "step" if name == "global_step" else "variable", "its name")
        for name, path in PATHS.items()
        if not path.startswith("optimizer")
    ]
    return [*rows, NameRow(place, "*/Adam*", "optimizer", "optimizer", "the only optimizer")]


def write_names(folder: Path, rows: list[NameRow] | None = None, name: str = FILE_NAME) -> Path:
    """The name map's file."""
    path = folder / name
    path.write_bytes(names_json(name_rows() if rows is None else rows))
    return path
