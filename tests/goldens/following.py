"""Goes on with a restored program and measures how far it is from TensorFlow 1.15.5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from tests.goldens.program import Feed
from tests.goldens.recordings import STEPS, Golden

RTOL, ATOL = 1e-5, 1e-6


@dataclass
class Distances:
    """How far values are from the recorded ones.

    Attributes:
      largest: absolute difference by what was compared.
      wrong: what differs by more than `ATOL + RTOL * abs(recorded)`.
    """

    largest: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, what: str, value: Any, recorded: Any) -> None:
        """Compare one value, of any type."""
        expected = np.asarray(recorded)
        found = np.asarray(value)
        if found.size == expected.size:
            found = found.reshape(expected.shape)
        if found.shape != expected.shape:
            self.wrong.append(f"{what} has shape {found.shape}, had {expected.shape}")
            return
        if found.dtype.kind != "f":
            self.largest[what] = 0.0
            if not np.array_equal(found, expected):
                self.wrong.append(f"{what} is {found}, was {expected}")
            return
        # A decimal of the recording means the number of the value's own type.
        expected = expected.astype(found.dtype).astype(np.float64)
        difference = np.abs(found.astype(np.float64) - expected)
        self.largest[what] = float(difference.max(initial=0.0))
        if not np.all(difference <= ATOL + RTOL * np.abs(expected)):
            self.wrong.append(f"{what} differs by {self.largest[what]:.2g}")

    def add_all(self, when: str, values: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
        """Compare values of the same names."""
        if values.keys() != recorded.keys():
            self.wrong.append(f"{when}: {sorted(values)} instead of {sorted(recorded)}")
        for name in values.keys() & recorded.keys():
            self.add(f"{name} {when}", values[name], recorded[name])


class Continued(Protocol):
    """A program that can go on: see tests.goldens.program.Program."""

    missing: frozenset[str]

    def train(self, feed: Feed) -> Any: ...

    def outputs(self, feed: Feed) -> dict[str, Any]: ...

    def values(self, golden: Golden) -> dict[str, Any]: ...


def follow(program: Continued, golden: Golden, final: Mapping[str, Any] | None = None) -> Distances:
    """Train ten steps; compare each loss, and outputs and variables before and after.

    Args:
      final: what `program.values()` should be afterwards, if it is not the recorded TF1 values.
    """
    distances = Distances()
    first = {name: values[0] for name, values in golden.feeds.items()}
    before = {name: golden.before[name] for name in golden.after}
    distances.add_all("at the checkpoint", program.outputs(first), before)
    for step in range(STEPS):
        loss = program.train(golden.feed(step))
        distances.add(f"loss of step {step}", loss, golden.losses[step])
    recorded = {
        row.key: row.final
        for row in golden.variables
        if row.final is not None and row.key not in program.missing
    }
    expected = recorded if final is None else final
    distances.add_all("ten steps later", program.values(golden), expected)
    distances.add_all("ten steps later", program.outputs(first), golden.after)
    return distances
