"""Create the slot variables of an optimizer before a checkpoint is loaded.

An optimizer of tf.compat.v1.train makes them in its first step. A name-based
checkpoint that is loaded before that leaves them at their initial values, and no
check of TensorFlow's tells (facts C4.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tensorflow as tf

from tf2migrate.checkpoint.solve.by_map import optimizer_paths
from tf2migrate.model.comparison import Outcome, Report
from tf2migrate.model.inventory import Kind, SlotOf
from tf2migrate.model.names import NameRow
from tf2migrate.runtime import keras
from tf2migrate.runtime.saved import Saved


def create_slots(optimizer: Any, variables: Iterable[Any]) -> None:
    """Create the slot variables of `variables`, without a step being made.

    The step is traced into a function that is not called; tracing creates the
    variables and gives them their initial values. Those that exist stay as they are.

    Args:
      optimizer: one of tf.compat.v1.train, in eager mode.
    """
    trained = [keras.unwrapped(variable) for variable in variables]

    def step() -> None:
        optimizer.apply_gradients([(tf.zeros_like(one), one) for one in trained])

    if trained:
        tf.function(step, autograph=False).get_concrete_function()


def create_missing_slots(dry_run: Saved, report: Report, names: Sequence[NameRow]) -> bool:
    """Create those that a file has and the object has not, where their optimizer is certain.

    Args:
      dry_run: of the object.
      report: file and object compared.

    Returns:
      Whether there were any.
    """
    if not tf.executing_eagerly():
        return False
    wanted: dict[int, tuple[Any, list[Any]]] = {}
    for optimizer, variable in _missing(dry_run, report, names):
        group = wanted.setdefault(id(optimizer), (optimizer, []))[1]
        if all(one is not variable for one in group):
            group.append(variable)
    for optimizer, variables in wanted.values():
        create_slots(optimizer, variables)
    return bool(wanted)


def _missing(dry_run: Saved, report: Report, names: Sequence[NameRow]) -> Iterator[tuple[Any, Any]]:
    """The optimizer and the variable of each slot variable that the object lacks."""
    partners = {
        entry.before[0].key: entry.after[0].key
        for entry in report.entries
        if len(entry.before) == len(entry.after) == 1
    }
    optimizers = dict(_optimizers(dry_run))
    for entry in report.entries:
        if entry.outcome is not Outcome.MISSING or not entry.before:
            continue
        row = entry.before[0]
        if row.kind is not Kind.SLOT or row.slot is None or row.slot.variable not in partners:
            continue
        owner = dry_run.tensors[partners[row.slot.variable]].owner
        by_objects = row.key.endswith("/.ATTRIBUTES/VARIABLE_VALUE")
        optimizer = _optimizer(optimizers, row.slot, by_objects, names)
        if optimizer is not None and owner is not None:
            yield optimizer, owner


def _optimizers(dry_run: Saved) -> Iterator[tuple[str, Any]]:
    """The optimizers of tf.compat.v1.train in the object, by path."""
    for path, (number, _) in zip(
        dry_run.graph.paths(), enumerate(dry_run.graph.nodes), strict=True
    ):
        owner = dry_run.owners.get(number)
        if path is not None and isinstance(owner, tf.compat.v1.train.Optimizer):
            yield path, owner


def _optimizer(
    optimizers: dict[str, Any], slot: SlotOf, by_objects: bool, names: Sequence[NameRow]
) -> Any:
    """The one that a slot is of, None if that is not certain.

    An object-based file says the path. Else the name map does, or there is only
    one optimizer of the name that TensorFlow 1 gave to the slot.
    """
    if by_objects:
        return optimizers.get(slot.optimizer)
    name = slot.optimizer.rpartition("/")[2]
    said = {path for tf1, path in optimizer_paths(names) if tf1.rpartition("/")[2] == name}
    fits = [
        optimizer
        for path, optimizer in optimizers.items()
        if (path in said if said else optimizer.get_name() == name)
    ]
    return fits[0] if len(fits) == 1 else None


__all__ = ["create_missing_slots", "create_slots"]
