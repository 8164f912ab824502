"""The Keras 3 optimizers of an object graph, and the old optimizers that became them.

Both the conversion of a checkpoint and the comparison of two go by what is said here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX
from tf2migrate.checkpoint.keras_slots import Translation, translation
from tf2migrate.checkpoint.optimizers import Optimizer
from tf2migrate.checkpoint.transforms import Transform, parse
from tf2migrate.checkpoint.transforms.of_slots import of_slot
from tf2migrate.model.inventory import Kind, VariableRow

STEPS, RATE = "_iterations", "_learning_rate"
"""Variables of an optimizer that are no slots; a schedule takes the place of the second."""

_ONLY_IN_KERAS = "_u_product"
"""Of Nadam, whose slots have the names of Adam's."""


@dataclass
class KerasOptimizer:
    """One of the layout.

    Attributes:
      path: of the object.
      slots: keys by slot name, by the key of the variable.
      state: keys of its other variables, by their names.
    """

    path: str
    slots: dict[str, dict[str, str]] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)

    @property
    def slot_names(self) -> set[str]:
        return {name for slots in self.slots.values() for name in slots}

    def translation(self, old: Optimizer) -> Translation | None:
        """How the slots of the old optimizer become its own; None if they do not."""
        if _ONLY_IN_KERAS in self.state:
            return None
        return translation({name for _, name in old.slots}, self.slot_names, old.base)


def keras_layout(rows: Iterable[VariableRow]) -> list[KerasOptimizer]:
    """The Keras optimizers of a layout.

    Args:
      rows: those of its variables that belong to Keras optimizers.
    """
    found: dict[str, KerasOptimizer] = {}
    for row in rows:
        if row.slot is not None:
            optimizer = found.setdefault(row.slot.optimizer, KerasOptimizer(row.slot.optimizer))
            optimizer.slots.setdefault(row.slot.variable, {})[row.slot.slot] = row.key
        else:
            path, name = _state_of(row)
            found.setdefault(path, KerasOptimizer(path)).state[name] = row.key
    return list(found.values())


def of_keras(rows: Iterable[VariableRow]) -> list[VariableRow]:
    """The rows that belong to optimizers which count their steps as Keras's do."""
    every = [row for row in rows if row.kind in (Kind.SLOT, Kind.OPTIMIZER)]
    state = [row for row in every if row.kind is Kind.OPTIMIZER]
    paths = {path for path, name in map(_state_of, state) if name == STEPS}
    return [
        row
        for row in every
        if (row.slot.optimizer if row.slot is not None else _state_of(row)[0]) in paths
    ]


def _state_of(row: VariableRow) -> tuple[str, str]:
    """The optimizer's path, and what it calls the variable."""
    path, _, name = row.key.removesuffix(VALUE_SUFFIX).rpartition("/")
    return path, name


def slot_transform(of_variable: Transform, how: Translation, rate: float | None) -> Transform:
    """What makes TF1's slot variables those of Keras.

    Args:
      of_variable: what makes the variables.
      rate: the learning rate, for a translation that is `negated`.

    Raises:
      CheckpointError: with this learning rate nothing would be left of the slots.
    """
    steps = of_slot(of_variable).steps
    last = parse(f"scale({-rate!r})").steps if how.negated and rate is not None else ()
    return Transform((*steps, *last))
