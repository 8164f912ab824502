"""The mutation that gives a variable another name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.model.comparison import Depth
from tf2migrate.model.names import BY_NAME, join_path

from .migration import Migration
from .mutant import Mutant, attached, only, side_of, variables, with_items, with_side
from .saved import Item, ObjectPath, Side
from .tf1_graph import POWERS, SLOTS

FRESH = "renamed"


def rename(migration: Migration, objects: bool) -> Iterator[Callable[[], Mutant]]:
    """A variable lies under another path, or has another name in TensorFlow 1."""
    side = side_of(migration, objects=objects)
    for item in variables(side):
        if item.table:
            continue
        found = _of_object(migration, side, item) if objects else _of_name(migration, side, item)
        for changed in found:
            words = f"rename: {item.tf1} of TensorFlow {2 if objects else 1}"
            mutated = with_side(migration, changed)
            yield partial(Mutant, "rename", words, mutated, migration, only(item.tf1), Depth.NAMES)


def _of_object(migration: Migration, side: Side, item: Item) -> Iterator[Side]:
    if item.slot is not None:
        if _is_any_slot(side, item):
            return
        changed = replace(item, slot=replace(item.slot, slot=FRESH), name=FRESH)
        yield with_items(side, (changed,), (item,))
        return
    if "_variables" in item.path:
        return  # Keras finds its slots by its lists; positions are no names
    if any(
        len(one.path) > len(item.path) and one.path[: len(item.path)] == item.path
        for one in side.items
    ):
        return  # an object that holds others: they would move as well
    mapped = _is_placed_by_map(migration, item)
    with_number = (*item.path[:-1], f"{item.path[-1]}_7")
    for path in ((*item.path[:-1], FRESH), (FRESH,), with_number):
        if path != with_number or mapped or not _is_the_only_one(item):
            yield _moved(side, item, path, FRESH)
        if mapped:
            yield _moved(side, item, path, item.name)
    shorter = item.path[1:]
    if _keeps_its_scope(migration, side, item) and not _is_taken(side, shorter):
        yield _moved(side, item, shorter, "/".join(shorter))


def _is_any_slot(side: Side, item: Item) -> bool:
    """Whether it is all that an optimizer has, one whose TF1 name does not tell its slots."""
    assert item.slot is not None
    optimizer = item.slot.optimizer
    slots = [one for one in side.items if one.slot is not None and one.slot.optimizer == optimizer]
    known = {name for name, _ in SLOTS.values()}
    return len(slots) == 1 and numbered(item.tf1.rpartition("/")[2])[0] not in known


def _moved(side: Side, item: Item, path: ObjectPath, name: str) -> Side:
    """With the variable at another path; its slot variables go with it."""
    slots = attached(side, item)
    changed = [replace(item, path=path, name=name)]
    for one in slots:
        assert one.slot is not None
        changed.append(replace(one, slot=replace(one.slot, variable=path)))
    aliases = tuple((a, path if b == item.path else b) for a, b in side.aliases)
    return replace(with_items(side, changed, (item, *slots)), aliases=aliases)


def _is_placed_by_map(migration: Migration, item: Item) -> bool:
    """Whether the map says where it must be; else a name that it keeps says who it is."""
    keys = {row.key for row in migration.names if row.tf1 != "?"}
    return BY_NAME in keys or join_path(item.path) in keys


def _keeps_its_scope(migration: Migration, side: Side, item: Item) -> bool:
    """Whether another variable shows that its outer scope is there before and after.

    Without one, all of the scope would be gone, and that is a migration, too.
    """
    if migration.names or len(item.path) < 2 or item.owner:
        return False
    return any(
        one is not item
        and not one.owner
        and one.slot is None
        and one.path[0] == item.path[0]
        and len(one.path) > 1
        and one.tf1 == "/".join(one.path)
        for one in side.items
    )


def _is_taken(side: Side, path: ObjectPath) -> bool:
    return any(one.path[: len(path)] == path for one in side.items)


def _of_name(migration: Migration, side: Side, item: Item) -> Iterator[Side]:
    if item.tf1 in migration.unnamed or _is_alone(migration, side, item):
        return
    scope = item.name.rpartition("/")[0]
    names = [f"{scope}/{FRESH}" if scope else FRESH, FRESH]
    if not _is_told_without_number(migration, side, item):
        names.append(f"{item.name}_7")
    for name in names:
        below = [one for one in side.items if one.owner == item.tf1]
        changed = [replace(item, name=name)]
        changed += [replace(one, name=one.name.replace(item.name, name)) for one in below]
        yield with_items(side, changed, (item, *below))


def _is_alone(migration: Migration, side: Side, item: Item) -> bool:
    """Whether it is all that an optimizer has, whose name may be any where no map says it."""
    told = any(row.kind == "optimizer" for row in migration.names) or BY_NAME in _keys(migration)
    if not item.owner or told:
        return False
    leaf = item.name.rpartition("/")[2]
    return sum(one.name.rpartition("/")[2] == leaf for one in side.items) == 1


def _is_told_without_number(migration: Migration, side: Side, item: Item) -> bool:
    """Whether it is known by what it belongs to, under whatever number.

    So it is with the only slot that an optimizer has for a variable, with the only
    shadow of a variable, and with the only step, unless its path or a map says its name.
    """
    other = migration.after if side is migration.before else migration.before
    partners = [one for one in other.items if one.tf1 == item.tf1]
    if any(item.tf1 == row.tf1 for row in migration.names) or BY_NAME in _keys(migration):
        return False
    if _is_the_only_one(item):
        return True
    by_path = any(one.path == (item.tf1,) for one in partners)
    alike = [one for one in side.items if one.owner == item.owner and _base(one) == _base(item)]
    return bool(item.owner) and len(alike) == 1 and not by_path


def _keys(migration: Migration) -> set[str]:
    return {row.key for row in migration.names}


def _base(item: Item) -> str:
    return numbered(item.name)[0]


def _is_the_only_one(item: Item) -> bool:
    """A step, or the power of a beta: the only one of its kind is found whatever its number."""
    return item.tf1 == "global_step" or item.tf1.rpartition("/")[2] in POWERS
