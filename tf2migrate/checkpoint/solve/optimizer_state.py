"""Shadow variables, and variables of optimizers that belong to no variable."""

from __future__ import annotations

from collections.abc import Iterable

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.matching import Matching, path_name
from tf2migrate.model.inventory import Kind, VariableRow


def match_averages(matching: Matching) -> None:
    """Settle the shadow variables of settled pairs, where each side has one for the variable.

    Several are told apart by their numbers, which eager mode counts through the
    process: the only one of a variable may have another number, unless its path
    is that name as well.
    """
    for by_number in (True, False):
        before = _shadows(matching.open_before(), by_number)
        after = _shadows(matching.open_after(), by_number)
        for (owner, slot), rows in before.items():
            partners = after.get((matching.partners.get(owner, ""), slot), ())
            if len(rows) == len(partners) == 1:
                matching.join(rows[0], partners[0], "moving average of the same variable")


def _shadows(
    rows: Iterable[VariableRow], by_number: bool
) -> dict[tuple[str, str], list[VariableRow]]:
    found: dict[tuple[str, str], list[VariableRow]] = {}
    for row in rows:
        if row.kind is Kind.AVERAGE and row.slot is not None:
            slot = row.slot.slot
            if slot.isdigit() and not by_number:
                if _is_called_so_by_path(row):
                    continue
                slot = ""
            found.setdefault((row.slot.variable, slot), []).append(row)
    return found


def _is_called_so_by_path(row: VariableRow) -> bool:
    leaf = (path_name(row) or "").rpartition("/")[2]
    return row.slot is not None and numbered(leaf)[0] == row.slot.optimizer.rpartition("/")[2]


def match_optimizer_state(matching: Matching) -> None:
    """Settle `beta1_power` and the like: the only ones, those of one optimizer, or equal ones.

    Two optimizers each have a `beta1_power`; where nothing tells them apart but
    both hold the same value, each may take either's.
    """
    before, after = _states(matching.open_before()), _states(matching.open_after())
    for base, rows in before.items():
        partners = after.get(base, [])
        if len(rows) == len(partners) == 1:
            matching.join(rows[0], partners[0], "the optimizer's only one")
        elif len(rows) == len(partners):
            _match_states(matching, rows, partners)


def _states(rows: Iterable[VariableRow]) -> dict[str, list[VariableRow]]:
    found: dict[str, list[VariableRow]] = {}
    for row in rows:
        if row.kind is Kind.OPTIMIZER:
            leaf = (row.path or row.name or row.key).rpartition("/")[2]
            found.setdefault(numbered(leaf)[0], []).append(row)
    return found


def _match_states(matching: Matching, rows: list[VariableRow], partners: list[VariableRow]) -> None:
    sums = {row.checksum for row in rows}
    if len(sums) == 1 and None not in sums:
        for one, other in zip(rows, partners, strict=True):
            matching.join(one, other, "all of this name hold the same value")
        return
    matching.leave(rows, partners, "state of several optimizers of one kind")
