"""Checkpoint files for tests, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.bundles import Value, write_bundle
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, VALUE_SUFFIX
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.model.names import NameRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOT = "/.OPTIMIZER_SLOT/"
GOLDENS = Path(__file__).resolve().parents[2] / "fixtures" / "checkpoints"
ADAM = ("beta1_power", "beta2_power")


def write(
    folder: Path, names: Iterable[str] | Mapping[str, NDArray[Any] | Value], name: str = "old-7"
) -> str:
    """A name-based checkpoint; names alone get different values. Powers are scalars."""
    if isinstance(names, Mapping):
        return write_bundle(folder / name, names)
    values = {}
    for number, key in enumerate(names):
        scalar = key.rpartition("/")[2].startswith(("beta", "global_step", "save_counter"))
        integer = "step" in key or "counter" in key
        shape = () if scalar else (2, 3)
        values[key] = np.full(shape, number + 1, np.int64 if integer else np.float32)
    return write_bundle(folder / name, values)


def keys(prefix: str | Path) -> dict[str, str]:
    """The TF1 name of each tensor of an object-based checkpoint, by its shortened key."""
    graph = open_checkpoint(prefix).graph()
    assert graph is not None
    return {
        attribute.checkpoint_key.removesuffix(VALUE_SUFFIX): attribute.full_name
        for node in graph.nodes
        for attribute in node.attributes
    }


def places(prefix: str | Path) -> dict[str, str]:
    """The other way round, without the counter."""
    return {name: key for key, name in keys(prefix).items() if key != "save_counter"}


def values(prefix: str | Path) -> dict[str, Any]:
    """Every tensor as bytes with its type and shape, by key; without the object graph."""
    file = open_checkpoint(prefix)
    found = {}
    for key, tensor in file.tensors.items():
        if key != OBJECT_GRAPH_KEY:
            array = file.read(key)
            stored = array.tolist() if tensor.dtype == "string" else array.tobytes()
            found[key] = tensor.dtype, tensor.shape, stored
    return found


def row(tf1: str, key: str, kind: str = "variable", transform: str = "") -> NameRow:
    return NameRow("train.py", tf1, key, kind, "said", "", transform)


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
