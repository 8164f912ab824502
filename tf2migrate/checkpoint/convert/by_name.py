"""The layout that needs no name map: object keys are the TF1 names, one object a scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tf2migrate.checkpoint.convert.counter import NAME as COUNTER
from tf2migrate.checkpoint.convert.optimizers import Optimizer, find_optimizers
from tf2migrate.checkpoint.convert.plan import Placing
from tf2migrate.checkpoint.convert.tables import tables_of
from tf2migrate.checkpoint.convert.tree import Path
from tf2migrate.model.inventory import Kind, VariableRow

OPTIMIZER = "optimizer"
"""Where the optimizer is, if there is one."""


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
    place_variables_by_name(placing)
    found = find_optimizers(placing.candidates())
    _place_optimizers(placing, found.found)
    left = [row for row in found.open if row.key in placing.open]
    _place_plain(placing, left)
    if left:
        placing.plan.notes.append(
            f"{len(left)} variables of optimizers are children of their scopes, called as in"
            f" TensorFlow 1, and no slot variables ({'; '.join(found.reasons)}): with `like`, a"
            " checkpoint that the migrated program wrote, they become slot variables"
        )


def place_variables_by_name(placing: Placing) -> None:
    """Do so with all that belongs to no optimizer."""
    taken = _taken(placing)
    for stem, (keys, values) in tables_of(placing.open).items():
        placing.table(keys, values, name_path(stem, taken), stem)
    _place_plain(placing, [row for row in placing.open.values() if not _is_attached(row)])
    _place_averages(placing)


def _taken(placing: Placing) -> set[str]:
    """Names that are no scopes, since they are variables' own."""
    own = (name for name, row in placing.rows.items() if not _is_attached(row))
    return {COUNTER, *tables_of(placing.rows), *own}


def _place_plain(placing: Placing, rows: Collection[VariableRow]) -> None:
    taken = _taken(placing) | {row.key for row in rows}
    for row in rows:
        placing.variable(row, name_path(row.key, taken))


def _is_attached(row: VariableRow) -> bool:
    """Whether its place follows from another variable's."""
    if row.kind in (Kind.SLOT, Kind.AVERAGE):
        return row.slot is not None and row.slot.slot.isdigit()
    return row.kind in (Kind.OPTIMIZER, Kind.TABLE)


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


def _place_averages(placing: Placing) -> None:
    """`w/ExponentialMovingAverage_1` is `ExponentialMovingAverage_1/w`."""
    by_average: dict[str, dict[str, VariableRow]] = {}
    for row in placing.open.values():
        if row.kind is Kind.AVERAGE and row.slot is not None:
            number = f"_{row.slot.slot}" if int(row.slot.slot) else ""
            shadows = by_average.setdefault(row.slot.optimizer + number, {})
            shadows[row.slot.variable] = row
    for average, shadows in by_average.items():
        root = free_path(placing, average)
        for name, row in shadows.items():
            placing.variable(row, (*root, *name_path(name, shadows)))


def _place_optimizers(placing: Placing, optimizers: Iterable[Optimizer]) -> None:
    several = list(optimizers)
    for optimizer in several:
        wanted = OPTIMIZER if len(several) == 1 else optimizer.name
        place_optimizer(placing, optimizer, free_path(placing, wanted, optimizer.name))


def free_path(placing: Placing, *wanted: str) -> Path:
    """The first of these names that no object has, else the last with a number."""
    for name in wanted:
        path = tuple(name.split("/"))
        if not placing.tree.has(path):
            return path
    number = 1
    while placing.tree.has(tuple(f"{wanted[-1]}_{number}".split("/"))):
        number += 1
    return tuple(f"{wanted[-1]}_{number}".split("/"))


def place_optimizer(placing: Placing, optimizer: Optimizer, path: Path) -> None:
    """Put an optimizer's slot variables and its state there."""
    owners = [row.slot.variable for row, _ in optimizer.slots if row.slot is not None]
    if any(owner not in placing.paths for owner in owners):
        return
    for name, row in optimizer.state.items():
        placing.variable(row, (*path, name))
    for (row, name), owner in zip(optimizer.slots, owners, strict=True):
        placing.slot(row, path, placing.paths[owner], name)
