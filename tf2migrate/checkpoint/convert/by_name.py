"""The layout that needs no name map: object keys are the TF1 names, one object a scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain, count

from tf2migrate.checkpoint.convert.placing import Placing
from tf2migrate.checkpoint.convert.plan import OF_OPTIMIZERS, listed
from tf2migrate.checkpoint.convert.tables import tables_of
from tf2migrate.checkpoint.convert.tree import Object, Path
from tf2migrate.checkpoint.kinds import SAVE_COUNTER
from tf2migrate.checkpoint.optimizers import Optimizer, Optimizers, find_optimizers
from tf2migrate.model.inventory import Kind, VariableRow

OPTIMIZER = "optimizer"
"""Where the optimizer is, if there is one."""
_ATTACHED = OF_OPTIMIZERS | {Kind.AVERAGE, Kind.TABLE}
"""Kinds of variables whose place may follow from another variable's."""


def place_by_name(placing: Placing) -> None:
    """Put every open variable at the path that its TF1 name says.

    - `generator/g_h0/w` is the attribute w of the attribute g_h0 of `generator`.
    - What is called like something below another variable (`w/moving`, where `w`
      is a variable) cannot be a child of it, as variables have no children that
      TensorFlow would restore: it is a child of the variable's scope, called by
      the rest of its name, whose slash is escaped: `w.Smoving`.
    - Slot variables belong to an object `optimizer`, or to several called as in
      TensorFlow 1 (`Adam`, `Momentum_1`).
    - The shadow variable of `scope/w` is `ExponentialMovingAverage/scope/w`.
    - The two tensors of a hash table are one object.
    """
    found = place_variables_by_name(placing)
    taken = _own_names(placing, found)
    _place_optimizers(placing, found.found, taken)
    left = [row for row in found.open if row.key in placing.open]
    if not left:
        return
    _place_plain(placing, left, taken)
    placing.plan.notes.append(
        f"called as in TensorFlow 1, and no slot variables: {listed(row.key for row in left)}"
        f" ({'; '.join(found.reasons)}); with a name map, or with `--like`, a checkpoint that the"
        " migrated program wrote, they may become slot variables"
    )


def place_variables_by_name(placing: Placing) -> Optimizers:
    """Do so with all that belongs to no optimizer; returns the optimizers."""
    found = find_optimizers(placing.candidates())
    taken = _own_names(placing, found)
    for stem, (keys, values) in tables_of(placing.open).items():
        placing.table(keys, values, name_path(stem, taken), stem)
    attached = {row.key for row in found.open}
    rows = [row for name, row in placing.open.items() if name in taken and name not in attached]
    _place_plain(placing, rows, taken)
    _place_averages(placing, taken)
    return found


def _own_names(placing: Placing, optimizers: Optimizers) -> set[str]:
    """Names that are no scopes, since they are those of variables at their own place."""
    names = {SAVE_COUNTER, *tables_of(placing.rows), *(row.key for row in optimizers.open)}
    for name, row in placing.rows.items():
        if row.kind in _ATTACHED:
            slot = row.slot
            if row.kind in OF_OPTIMIZERS or row.kind is Kind.TABLE:
                continue
            if slot is not None and slot.slot.isdigit():
                continue
        names.add(name)
    return names


def _place_plain(placing: Placing, rows: Iterable[VariableRow], taken: Collection[str]) -> None:
    tree = placing.tree
    scopes: dict[str, Object | None] = {"": tree.root}
    for row in rows:
        scope, slash, leaf = row.key.rpartition("/")
        scope += slash
        if scope not in scopes:
            path = name_path(row.key, taken)
            scopes[scope] = tree.at(path[:-1]) if path[-1] == leaf else None
        parent = scopes[scope]
        if parent is None:
            placing.variable(row, name_path(row.key, taken))
        else:
            placing.place(row, tree.child(parent, leaf))


def name_path(name: str, variables: Collection[str]) -> Path:
    """The path of a TF1 name, among `variables` that have no children."""
    parts = name.split("/")
    if "" in parts:
        return (name,)
    head = ""
    for position, part in enumerate(parts[:-1]):
        head = f"{head}/{part}" if head else part
        if head in variables:
            return (*parts[:position], "/".join(parts[position:]))
    return tuple(parts)


def _place_averages(placing: Placing, taken: Collection[str]) -> None:
    """`w/ExponentialMovingAverage_1` is `ExponentialMovingAverage_1/w`."""
    by_average: dict[str, dict[str, VariableRow]] = {}
    for row in placing.open.values():
        if row.kind is Kind.AVERAGE and row.slot is not None:
            number = f"_{row.slot.slot}" if int(row.slot.slot) else ""
            shadows = by_average.setdefault(row.slot.optimizer + number, {})
            shadows[row.slot.variable] = row
    for average, shadows in by_average.items():
        root = _free_path(placing, taken, average)
        for name, row in shadows.items():
            placing.variable(row, (*root, *name_path(name, shadows)))


def _place_optimizers(
    placing: Placing, optimizers: Collection[Optimizer], taken: Collection[str]
) -> None:
    for optimizer in optimizers:
        wanted = [OPTIMIZER] if len(optimizers) == 1 else []
        place_optimizer(placing, optimizer, _free_path(placing, taken, *wanted, optimizer.name))


def _free_path(placing: Placing, taken: Collection[str], *wanted: str) -> Path:
    """The path of the first of these names that no object has, else the last with a number."""
    numbered = (f"{wanted[-1]}_{number}" for number in count(1))
    paths = (name_path(name, taken) for name in chain(wanted, numbered))
    return next(path for path in paths if not placing.tree.has(path))


def place_optimizer(placing: Placing, optimizer: Optimizer, path: Path) -> None:
    """Put an optimizer's slot variables and its state there."""
    owners = [placing.places.get(row.slot.variable) for row, _ in optimizer.slots if row.slot]
    if None in owners:
        return
    place = placing.tree.at(path)
    for name, row in optimizer.state.items():
        placing.place(row, placing.tree.child(place, name))
    for (row, name), owner in zip(optimizer.slots, owners, strict=True):
        assert owner is not None
        placing.slot(row, place, owner, name)
