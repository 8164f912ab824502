"""Comparisons in either direction: the TensorFlow 1 side may be the new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.map_rows import check_names
from tf2migrate.model.comparison import Depth, Entry, Outcome, Report
from tf2migrate.model.inventory import Inventory, Source
from tf2migrate.model.names import NameRow

_OPPOSITE = {Outcome.MISSING: Outcome.UNEXPECTED, Outcome.UNEXPECTED: Outcome.MISSING}


def runs_backwards(before: Inventory, after: Inventory) -> bool:
    """Whether objects come before names: a checkpoint that was converted back."""
    return by_objects(before) and not by_objects(after)


def by_objects(inventory: Inventory) -> bool:
    """Whether its variables are known by object paths."""
    return inventory.source in (Source.TF2_CHECKPOINT, Source.OBJECT)


def compare_either_way(
    before: Inventory,
    after: Inventory,
    names: Sequence[NameRow],
    depth: Depth,
    *,
    atol: float = 0.0,
    rtol: float = 0.0,
) -> Report:
    """`compare`, whose name map leads from TF1 names to object paths, also when `before` has these.

    Raises:
      CheckpointError: values cannot be read; two rows place one TF1 name.
    """
    check_names(names, (before if by_objects(before) else after).rows)
    if not runs_backwards(before, after):
        return compare(before, after, names, depth=depth, atol=atol, rtol=rtol)
    report = compare(after, before, names, depth=depth, atol=atol, rtol=rtol)
    return Report(report.after, report.before, tuple(map(_turned, report.entries)), report.depth)


def _turned(entry: Entry) -> Entry:
    """The same, seen from the other side; a detail that says which side is which is left out."""
    one_sided = {Outcome.SHAPE, Outcome.DTYPE, Outcome.TRAINABLE}
    return replace(
        entry,
        outcome=_OPPOSITE.get(entry.outcome, entry.outcome),
        before=entry.after,
        after=entry.before,
        detail="" if entry.outcome in one_sided else entry.detail,
        transform=f"inverse of {entry.transform}" if entry.transform else "",
    )
