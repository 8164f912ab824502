"""The mutations: each gives its mutants of one side of a migration.

A mutation that nothing could show is left out here, by the reason that it cannot
be shown: a swap of equal values, a new name where the map leaves the name open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from tf2migrate.model.comparison import Depth
from tf2migrate.model.names import join_path

from .changes import perturbed, transposed
from .migration import Migration
from .mutant import (
    Mutant,
    Named,
    attached,
    lost_at,
    only,
    shown_at,
    side_of,
    together,
    variables,
    with_items,
    with_side,
)
from .saved import Item, ObjectPath, Side, Value, cast

Make = Callable[[], Mutant]
Mutation = Callable[[Migration, bool], Iterator[Make]]
"""Gives what makes each mutant of the object-based side, or of the name-based one."""

DTYPES = ("float64", "float16", "bfloat16", "int32", "string")
ADDED = "added"


def drop(migration: Migration, objects: bool) -> Iterator[Make]:
    """A variable is not saved; with it go the slot variables that hang on it."""
    change = _Change("drop", migration, side_of(migration, objects=objects))
    for item in variables(change.side):
        gone = [*together(change.side, item), *attached(change.side, item)]
        depth = lost_at(gone)
        if depth is not None:
            yield partial(change, gone, (), *(one.tf1 for one in gone), depth=depth)


def add(migration: Migration, objects: bool) -> Iterator[Make]:
    """One more variable, of the form and with the value of another."""
    change = _Change("add", migration, side_of(migration, objects=objects))
    taken = {item.path[:1] if objects else (item.name,) for item in change.side.items}
    for item in variables(change.side):
        for added in () if item.table else _added(item, objects):
            place = added.path[:1] if objects else (added.name,)
            if not place or place not in taken:
                yield partial(change, (), (added,), added.tf1)


def _added(item: Item, objects: bool) -> Iterator[Item]:
    """At the root or beside the other; under a name of its own, a slot's, or (eager) the same."""
    value = item.value
    if not objects:
        yield Item(ADDED, value, "extra")
        yield Item(ADDED, value, f"{item.name}/extra")
        yield Item(ADDED, value, f"{item.name}_7")
        return
    yield Item(ADDED, value, "extra", ("extra",))
    yield Item(ADDED, value, item.name, ("extra",))
    if item.slot is not None:
        place = replace(item.slot, slot="extra")
        yield Item(ADDED, value, f"{item.name}_7", (), place)


def swap(migration: Migration, objects: bool) -> Iterator[Make]:
    """Two variables of one form have each other's values."""
    change = _Change("swap", migration, side_of(migration, objects=objects))
    yield from _swapped(change, [item for item in variables(change.side) if not item.owner])


def swap_slots(migration: Migration, objects: bool) -> Iterator[Make]:
    """The same of slot and shadow variables, of one variable or of two; or their names."""
    change = _Change("swap slots", migration, side_of(migration, objects=objects))
    owned = [item for item in variables(change.side) if item.owner]
    yield from _swapped(change, owned)
    slots = [item for item in owned if item.slot is not None]
    for one, other in _different(slots):
        if one.owner == other.owner and _is_seen(slots, one, other):
            items = replace(one, slot=other.slot), replace(other, slot=one.slot)
            yield partial(change, (one, other), items, one.tf1, other.tf1, depth=Depth.CHECKSUMS)


def _is_seen(slots: list[Item], one: Item, other: Item) -> bool:
    """Whether it is another optimizer's slot: then another variable must show whose it is.

    For one variable only, two optimizers of one kind may be taken for each other.
    """
    assert one.slot is not None
    assert other.slot is not None
    optimizers = {one.slot.optimizer, other.slot.optimizer}
    owners: dict[str, set[ObjectPath]] = {}
    for item in slots:
        if item.slot is not None:
            owners.setdefault(item.owner, set()).add(item.slot.optimizer)
    return len(optimizers) == 1 or any(
        optimizers <= found for owner, found in owners.items() if owner != one.owner
    )


def _swapped(change: _Change, items: list[Item]) -> Iterator[Make]:
    for one, other in _different(items):
        first = replace(other.value, parts=one.value.parts)
        second = replace(one.value, parts=other.value.parts)
        seen = [change.shown_at(one, first), change.shown_at(other, second)]
        if None not in seen:
            new = replace(one, value=first), replace(other, value=second)
            yield partial(change, (one, other), new, one.tf1, other.tf1, depth=Depth.CHECKSUMS)


def _different(items: list[Item]) -> Iterator[tuple[Item, Item]]:
    """Pairs of one form whose values differ: nothing shows that two equal ones changed places."""
    for one, other in combinations(items, 2):
        if one.value.form == other.value.form and not one.value.equals(other.value):
            yield one, other


def transpose(migration: Migration, objects: bool) -> Iterator[Make]:
    """A matrix is stored with its axes the other way round."""
    yield from _with_value("transpose", migration, objects, transposed)


def perturb(migration: Migration, objects: bool) -> Iterator[Make]:
    """One element is off by 1e-3; of a type that is no float, it is another one."""
    yield from _with_value("perturb", migration, objects, perturbed)


def change_dtype(migration: Migration, objects: bool) -> Iterator[Make]:
    """The same numbers in another type."""
    for dtype in DTYPES:
        yield from _with_value("dtype", migration, objects, partial(cast, dtype=dtype))


def _with_value(
    kind: str, migration: Migration, objects: bool, changed: Callable[[Value], Value | None]
) -> Iterator[Make]:
    change = _Change(kind, migration, side_of(migration, objects=objects))
    for item in variables(change.side):
        value = changed(item.value)
        depth = None if value is None else change.shown_at(item, value)
        if value is not None and depth is not None:
            yield partial(change, (item,), (replace(item, value=value),), item.tf1, depth=depth)


def alias(migration: Migration, objects: bool) -> Iterator[Make]:
    """Two variables of one form are one object after: the second path leads to the first."""
    change = _Change("alias", migration, side_of(migration, objects=objects))
    side = change.side
    plain = [item for item in variables(side) if item.path and not item.table]
    parents = {item.path[:size] for item in side.items for size in range(len(item.path))}
    fixed = parents | {path for _, path in side.aliases}
    for one, other in combinations(plain, 2):
        if one.value.form == other.value.form and other.path not in fixed:
            lost = [other, *attached(side, other)]
            more = tuple(Named(pair) for pair in _merged(side, one, other))
            yield partial(change, lost, (), aliases=((other.path, one.path),), more=more)


def _merged(side: Side, one: Item, other: Item) -> Iterator[tuple[str, ...]]:
    """What became one: either may be called lost, and so may either's slots."""
    yield one.tf1, other.tf1
    kept = {
        (item.slot.optimizer, item.slot.slot): item.tf1
        for item in attached(side, one)
        if item.slot is not None
    }
    for item in attached(side, other):
        assert item.slot is not None
        partner = kept.get((item.slot.optimizer, item.slot.slot), item.tf1)
        yield item.tf1, partner


def untrack(migration: Migration, objects: bool) -> Iterator[Make]:
    """The program has the variable, or a whole optimizer, and its checkpoint would not."""
    change = _Change("untrack", migration, side_of(migration, objects=objects))
    side = change.side
    for item in variables(side):
        if item.path and not item.table:
            gone = [item, *attached(side, item)]
            depth = lost_at(gone)
            if depth is None:
                continue
            texts = (f"{item.name}, reached as {'.'.join(item.path)}, created at train.py:7",)
            named = (one.tf1 for one in gone)
            yield partial(change, gone, (), *named, untracked=texts, depth=depth)
    for optimizer in sorted({item.slot.optimizer for item in side.items if item.slot}):
        state = [item for item in side.items if _is_of(item, optimizer)]
        where = join_path(optimizer)
        labels = tuple(f"{item.name}, reached as {where}" for item in state)
        yield partial(change, state, (), *(item.tf1 for item in state), untracked=labels)


def _is_of(item: Item, optimizer: ObjectPath) -> bool:
    if item.slot is not None:
        return item.slot.optimizer == optimizer
    return item.path[: len(optimizer)] == optimizer


@dataclass(frozen=True, eq=False)
class _Change:
    """Makes the mutants of one kind of one side of a migration."""

    kind: str
    migration: Migration
    side: Side

    def shown_at(self, item: Item, value: Value) -> Depth | None:
        """The least depth that shows this value in place of the item's, None for none."""
        return shown_at(self.migration, item, value, self.side.objects)

    def __call__(
        self,
        old: Iterable[Item],
        new: Iterable[Item],
        *named: str,
        depth: Depth = Depth.NAMES,
        aliases: tuple[tuple[ObjectPath, ObjectPath], ...] = (),
        untracked: tuple[str, ...] = (),
        more: tuple[Named, ...] = (),
    ) -> Mutant:
        side = with_items(self.side, new, old)
        side = replace(side, aliases=(*side.aliases, *aliases), untracked=untracked)
        where = "TensorFlow 2" if side.objects else "TensorFlow 1"
        must = (*only(*dict.fromkeys(named)), *more)
        words = f"{self.kind} in {where}: {', '.join(min(names) for names in must)}"
        mutated = with_side(self.migration, side)
        return Mutant(self.kind, words, mutated, self.migration, must, depth)
