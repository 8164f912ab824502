"""A migration with one mistake in it, and what a report of it must say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf2migrate.model.comparison import Depth, Report
from tf2migrate.model.inventory import VariableRow

from .disk import keyed
from .migration import COUNTER, Migration
from .saved import Item, Side, Value

Named = frozenset[str]
"""TF1 names of which one must be named: two variables became one, and either may be called lost."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """A migration after one mutation.

    Attributes:
      kind: of the mutation.
      words: what was done to what.
      migration: with the mutated side.
      original: without the mutation.
      named: what the report must name, each by one of its TF1 names.
      depth: the least depth at which it can be seen.
    """

    kind: str
    words: str
    migration: Migration
    original: Migration
    named: tuple[Named, ...]
    depth: Depth

    def unnamed_in(self, report: Report) -> list[Named]:
        """What the report's failures do not name, on a side that has it."""
        sides = (self.migration.before, self.migration.after)
        failing = [_keys(report, after=False), _keys(report, after=True)]
        keys = [keyed(side) for side in sides]
        return [
            names
            for names in self.named
            if not any(_is_named(name, keys, failing, every=len(names) == 1) for name in names)
        ]


def _keys(report: Report, *, after: bool) -> set[str]:
    rows: list[VariableRow] = []
    for entry in report.failures:
        rows += entry.after if after else entry.before
    return {row.key for row in rows}


def _is_named(
    name: str, keys: Iterable[dict[str, Item]], failing: Iterable[set[str]], *, every: bool
) -> bool:
    """Whether the variable's row, or every one of them on both sides, is in a failing entry."""
    found = [
        key in failures
        for items, failures in zip(keys, failing, strict=True)
        for key, item in items.items()
        if name in (item.tf1, *item.merged)
    ]
    return any(found) and (all(found) or not every)


def only(*names: str) -> tuple[Named, ...]:
    """Each of these must be named."""
    return tuple(frozenset((name,)) for name in names)


def with_side(migration: Migration, side: Side) -> Migration:
    """The migration with another object-based, or another name-based, side."""
    if migration.before.objects == side.objects:
        return replace(migration, before=side)
    return replace(migration, after=side)


def side_of(migration: Migration, *, objects: bool) -> Side:
    """The object-based side, or the name-based one."""
    return migration.before if migration.before.objects == objects else migration.after


def with_items(side: Side, changed: Iterable[Item], old: Iterable[Item] = ()) -> Side:
    """The side with `changed` in place of `old`, at the end."""
    gone = {id(item) for item in old}
    kept = tuple(item for item in side.items if id(item) not in gone)
    return replace(side, items=(*kept, *changed))


def variables(side: Side) -> list[Item]:
    """What the other side tells something of: not the counter of saved files."""
    return [item for item in side.items if item.tf1 != COUNTER and not item.free]


def attached(side: Side, item: Item) -> list[Item]:
    """The slot variables of an object graph that cannot be there without the variable."""
    if item.slot is not None or not item.path:
        return []
    return [one for one in side.items if one.slot is not None and one.slot.variable == item.path]


def together(side: Side, item: Item) -> list[Item]:
    """What one object holds: a variable, or both tensors of a table."""
    if not item.table:
        return [item]
    stem = item.tf1.removesuffix(f"-{item.table}")
    return [one for one in side.items if one.table and one.tf1 == f"{stem}-{one.table}"]


def lost_at(gone: Sequence[Item]) -> Depth | None:
    """The least depth that shows that these are gone."""
    if not gone[0].optional:
        return Depth.NAMES
    return Depth.CHECKSUMS if np.any(gone[0].value.array) else None


def shown_at(migration: Migration, item: Item, value: Value, objects: bool) -> Depth | None:
    """The least depth that shows `value` in place of the item's, None if nothing could.

    A transform may undo what was done to a value before, or explain a value after.
    Parts may be put together along another axis.
    """
    partners = side_of(migration, objects=not objects).of(item.tf1)
    right = [item.value]
    if item.tf1 in migration.accepted:
        before, after = (partners[0].value, value) if objects else (value, partners[0].value)
        right, value = [*migration.accepted[item.tf1](before)], after
    elif len(partners) > 1:
        right += [replace(partners[0].value, array=whole) for whole in _wholes(partners)]
    if any(value.equals(one) for one in right):
        return None
    return Depth.CHECKSUMS if any(value.form == one.form for one in right) else Depth.NAMES


def _wholes(parts: Sequence[Item]) -> Iterator[NDArray[Any]]:
    """What the parts are together, along each axis that fits."""
    arrays = [part.value.array for part in parts]
    for axis in range(arrays[0].ndim):
        sizes = {(*array.shape[:axis], *array.shape[axis + 1 :]) for array in arrays}
        if len(sizes) == 1:
            yield np.concatenate(arrays, axis)
