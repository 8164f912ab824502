"""The recordings in fixtures/checkpoints, as scripts/record_checkpoints.py wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIRECTORY = Path(__file__).resolve().parents[2] / "fixtures" / "checkpoints"

Array = NDArray[Any]


@dataclass(frozen=True)
class Variable:
    """A key of a checkpoint and what TensorFlow 1's objects say of it.

    Attributes:
      kind: a value of `model.inventory.Kind`.
      trainable: None for the keys of a table.
      names: the op's name, of each part of a partitioned variable.
      slot, number: what get_slot() calls a slot variable, and the number in its name.
      variable: key of the variable whose slot or shadow it is; the op's name of a tensor.
      optimizer: name of its optimizer, or of the ExponentialMovingAverage.
      owner: which of several optimizers.
      of_tensor: it follows a tensor, not a variable.
      final: its value ten steps after the checkpoint, complex numbers as pairs; None for the keys
        of a table.
    """

    key: str
    shape: tuple[int, ...]
    dtype: str
    kind: str
    trainable: bool | None
    collections: tuple[str, ...]
    names: tuple[str, ...]
    slot: str
    number: int
    variable: str
    optimizer: str
    owner: int
    of_tensor: bool
    final: Any


@dataclass(frozen=True)
class Golden:
    """One recording.

    Attributes:
      keys: dtype and shape by key, as TensorFlow 1's own reader tells them.
      unreadable: keys whose value that reader cannot give, and why.
      losses: before each of the ten steps after the checkpoint.
      before, after: outputs for the first feeds, at the checkpoint and ten steps later.
    """

    name: str
    about: str
    prefix: Path
    format: str
    keys: Mapping[str, tuple[str, tuple[int, ...]]]
    unreadable: Mapping[str, str]
    feeds: Mapping[str, Array]
    losses: tuple[float, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    variables: tuple[Variable, ...]

    def feed(self, step: int) -> dict[str, Array]:
        """What TensorFlow 1 was fed with in a step after the checkpoint."""
        return {name: values[(step + STEPS) % len(values)] for name, values in self.feeds.items()}


STEPS = 10
"""Steps before the checkpoint, and steps after it."""


def names() -> list[str]:
    """All recordings."""
    return sorted(path.parent.name for path in DIRECTORY.glob("*/golden.json"))


@cache
def load(name: str) -> Golden:
    """The recording of that name."""
    data = json.loads((DIRECTORY / name / "golden.json").read_text(encoding="utf-8"))
    if data["steps"] != [STEPS, STEPS]:
        raise ValueError(f"{name} was recorded with {data['steps']} steps")
    return Golden(
        name=name,
        about=data["about"],
        prefix=DIRECTORY / name / data["prefix"],
        format=data["format"],
        keys={key: (dtype, tuple(shape)) for key, (dtype, shape) in data["keys"].items()},
        unreadable=data["unreadable"],
        feeds={
            name: np.array(feed["values"], feed["dtype"]) for name, feed in data["feeds"].items()
        },
        losses=tuple(data["losses"]),
        before=data["outputs"]["before"],
        after=data["outputs"]["after"],
        variables=tuple(map(_variable, data["variables"])),
    )


def _variable(row: dict[str, Any]) -> Variable:
    return Variable(
        key=row["key"],
        shape=tuple(row["shape"]),
        dtype=row["dtype"],
        kind=row["kind"],
        trainable=row.get("trainable"),
        collections=tuple(row.get("collections", ())),
        names=tuple(row.get("names", (row["key"],))),
        slot=row.get("slot", ""),
        number=row.get("number", 0),
        variable=row.get("variable", ""),
        optimizer=row.get("optimizer", ""),
        owner=row.get("owner", 0),
        of_tensor=row.get("of_tensor", False),
        final=row.get("final"),
    )
