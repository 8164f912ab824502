"""Slot variables that nothing but their names tells apart, where all names are kept.

In eager mode slots are called otherwise in the next program. So one equal name
says nothing, and all names of a family (`w/Adam`, `w/Adam_1`, ...) do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.matching import Matching
from tf2migrate.checkpoint.solve.slot_groups import is_in_graph
from tf2migrate.model.inventory import Kind, VariableRow


class Kept(NamedTuple):
    """Two rows of one name."""

    before: VariableRow
    after: VariableRow


def match_kept_names(
    matching: Matching, before: Iterable[VariableRow], after: Iterable[VariableRow]
) -> None:
    """Settle the open slots whose names are all kept, unless they contradict each other."""
    families = _families(row for row in before if row.key in matching.before)
    others = _families(row for row in after if row.key in matching.after)
    found = [
        Kept(row, others[base][name])
        for base, rows in families.items()
        if rows.keys() == others.get(base, {}).keys()
        for name, row in rows.items()
    ]
    for one, other in of_one_optimizer(consistent(found), matching.partners):
        matching.join(one, other, "slots of several optimizers keep their names")


def _families(rows: Iterable[VariableRow]) -> dict[str, dict[str, VariableRow]]:
    """Slots by their names without numbers, then by name; none with a repeated name."""
    found: dict[str, dict[str, VariableRow]] = {}
    repeated: set[str] = set()
    for row in rows:
        if row.name is not None and row.kind is Kind.SLOT:
            base = numbered(row.name)[0]
            family = found.setdefault(base, {})
            if row.name in family:
                repeated.add(base)
            family[row.name] = row
    return {base: family for base, family in found.items() if base not in repeated}


def consistent(found: Sequence[Kept]) -> list[Kept]:
    """Those that do not put the optimizers of a graph into different orders.

    TensorFlow 1 creates one optimizer after the other. So of two which have slots
    of one name, the same one has the lower numbers for every variable.
    """
    orders: dict[tuple[str, str], set[bool]] = {}
    by_variable: dict[str, dict[str, list[int]]] = {}
    for kept in found:
        path, variable, number = _place(kept)
        if path:
            by_variable.setdefault(variable, {}).setdefault(path, []).append(number)
    for numbers in by_variable.values():
        for one, other in combinations(sorted(numbers), 2):
            order = orders.setdefault((one, other), set())
            order |= {a < b for a in numbers[one] for b in numbers[other]}
    wrong = {path for pair, order in orders.items() if len(order) > 1 for path in pair}
    return [kept for kept in found if _place(kept)[0] not in wrong]


def of_one_optimizer(found: Sequence[Kept], partners: Mapping[str, str]) -> list[Kept]:
    """Those whose optimizer in the graph is one on the other side for every variable.

    Args:
      partners: settled variables. Names may put a slot to another variable than the
        graph does, as `net/w/Adam` may be of `w`; such ones say nothing about others.
    """
    names: dict[str, set[str]] = {}
    for kept in found:
        one, other = kept.before.slot, kept.after.slot
        if one is not None and other is not None and partners.get(one.variable) == other.variable:
            outer = one if is_in_graph(kept.after) else other
            names.setdefault(_place(kept)[0], set()).add(outer.optimizer)
    several = {path for path, others in names.items() if path and len(others) > 1}
    return [kept for kept in found if _place(kept)[0] not in several]


def _place(kept: Kept) -> tuple[str, str, int]:
    """The optimizer in the object graph ("" without one), the slots' name, and the number."""
    base, number = numbered(kept.before.name or "")
    row = next((row for row in (kept.after, kept.before) if is_in_graph(row)), None)
    path = row.slot.optimizer if row is not None and row.slot is not None else ""
    return path, base, number
