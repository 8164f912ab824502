"""Slot variables, optimizer state and shadow variables, through the variables they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.slots import family_of, slot_names
from tf2migrate.checkpoint.solve.matching import Matching, is_slot
from tf2migrate.model.inventory import Kind, VariableRow

Slots = dict[str, VariableRow]
"""The slot variables that one optimizer has for one variable, by slot name, in order."""

Optimizers = Sequence[tuple[str, str]]


def match_slots(matching: Matching, optimizers: Optimizers) -> None:
    """Settle the slot variables of each settled pair of variables.

    TensorFlow 1 numbers slots in the order of creation (`w/Adam` is m, `w/Adam_1`
    is v; RMSProp's second one is mg if it is centered, else the momentum), an
    object graph names them. Slots of several optimizers of one kind are told
    apart by the name map (`optimizers`: TF1 name and object path) or by the
    names that the variables keep; where neither does, none is settled.
    """
    before = _by_variable(matching.open_before())
    after = _by_variable(matching.open_after())
    for one, other in list(matching.partners.items()):
        if one in before and other in after:
            _match(matching, _split(before[one]), _split(after[other]), optimizers)


def _by_variable(rows: Iterable[VariableRow]) -> dict[str, dict[str, list[VariableRow]]]:
    """Slot rows by their variable's key and their optimizer."""
    found: dict[str, dict[str, list[VariableRow]]] = {}
    for row in rows:
        if is_slot(row) and row.slot is not None:
            of_variable = found.setdefault(row.slot.variable, {})
            of_variable.setdefault(row.slot.optimizer, []).append(row)
    return found


def _split(groups: dict[str, list[VariableRow]]) -> list[tuple[str, Slots]]:
    """Each optimizer's slots, named; several optimizers of one TF1 name are taken apart."""
    found: list[tuple[str, Slots]] = []
    for optimizer, rows in groups.items():
        if all(row.slot is not None and row.slot.slot.isdigit() for row in rows):
            found += [(optimizer, slots) for slots in _numbered(optimizer, rows)]
        else:
            found.append((optimizer, {row.slot.slot: row for row in rows if row.slot}))
    return found


def _numbered(optimizer: str, rows: Sequence[VariableRow]) -> list[Slots]:
    ordered = sorted(rows, key=lambda row: int(row.slot.slot) if row.slot else 0)
    base = optimizer.rpartition("/")[2]
    for optimizers in range(1, len(ordered) + 1):
        size, rest = divmod(len(ordered), optimizers)
        names = slot_names(base, size) if not rest else None
        if names is not None:
            return [
                dict(zip(names, ordered[start : start + size], strict=True))
                for start in range(0, len(ordered), size)
            ]
    return [{str(number): row for number, row in enumerate(ordered)}]


def _match(
    matching: Matching,
    before: list[tuple[str, Slots]],
    after: list[tuple[str, Slots]],
    optimizers: Optimizers,
) -> None:
    tests: list[Callable[[tuple[str, Slots], tuple[str, Slots]], bool]] = [
        lambda one, other: _said_by_map(one[0], other[0], optimizers),
        lambda one, other: _keep_names(one[1], other[1]),
        lambda one, other: one[0] == other[0],
        lambda one, other: one[1].keys() == other[1].keys() and not _unnamed(one[1]),
        lambda _one, _other: True,
    ]
    for test in tests:
        for one in list(before):
            fits = [other for other in after if _alike(one[1], other[1]) and test(one, other)]
            back = [b for b in before if fits and _alike(b[1], fits[0][1]) and test(b, fits[0])]
            if len(fits) == len(back) == 1:
                _join(matching, one, fits[0])
                before.remove(one)
                after.remove(fits[0])
    for one in before:
        several = [other for other in after if _alike(one[1], other[1])]
        if several:
            rows = [row for other in several for row in other[1].values()]
            matching.leave(
                one[1].values(),
                [row for row in rows if row.key in matching.after],
                "slot variables of several optimizers of one kind",
            )


def _said_by_map(tf1: str, path: str, optimizers: Optimizers) -> bool:
    return any(key == path and tf1.rpartition("/")[2] == name for name, key in optimizers)


def _keep_names(before: Slots, after: Slots) -> bool:
    return {row.name for row in before.values()} == {row.name for row in after.values()}


def _alike(before: Slots, after: Slots) -> bool:
    """Whether the slots can be those of one optimizer: the same names, or as many unnamed ones."""
    if before.keys() == after.keys():
        return True
    unnamed = _unnamed(before) or _unnamed(after)
    return unnamed and len(before) == len(after) and (len(before) == 1 or _order(after) is not None)


def _unnamed(slots: Slots) -> bool:
    """Whether only numbers of TensorFlow 1 are known, not what the slots are."""
    return all(name.isdigit() for name in slots)


def _order(slots: Slots) -> tuple[str, ...] | None:
    """The slot names in the order in which TensorFlow 1 creates them."""
    return tuple(slots) if _unnamed(slots) else family_of(frozenset(slots))


def _join(matching: Matching, one: tuple[str, Slots], other: tuple[str, Slots]) -> None:
    before, after = one[1], other[1]
    names = list(before)
    partners = names if before.keys() == after.keys() else list(_order(after) or after)
    if before.keys() != after.keys():
        names = list(_order(before) or before)
    for name, partner in zip(names, partners, strict=True):
        evidence = f"slot {partner} of {other[0]}"
        matching.join(before[name], after[partner], evidence)


def match_averages(matching: Matching) -> None:
    """Settle the shadow variables of settled pairs, where each side has one for the variable."""
    before, after = _shadows(matching.open_before()), _shadows(matching.open_after())
    for (owner, slot), rows in before.items():
        partners = after.get((matching.partners.get(owner, ""), slot), ())
        if len(rows) == len(partners) == 1:
            matching.join(rows[0], partners[0], "moving average of the same variable")


def _shadows(rows: Iterable[VariableRow]) -> dict[tuple[str, str], list[VariableRow]]:
    found: dict[tuple[str, str], list[VariableRow]] = {}
    for row in rows:
        if row.kind is Kind.AVERAGE and row.slot is not None:
            found.setdefault((row.slot.variable, row.slot.slot), []).append(row)
    return found


def match_optimizer_state(matching: Matching) -> None:
    """Settle `beta1_power` and the like: the only ones, those of one optimizer, or equal ones.

    Two optimizers each have a `beta1_power`; where nothing tells them apart but
    both hold the same value, each may take either's.
    """
    before = _states(matching.open_before(), lambda row: row.name or row.key)
    after = _states(matching.open_after(), lambda row: row.path or row.name or row.key)
    for base, rows in before.items():
        partners = after.get(base, [])
        if len(rows) == len(partners) == 1:
            matching.join(rows[0], partners[0], "the optimizer's only one")
        elif len(rows) == len(partners):
            _match_states(matching, rows, partners)


def _states(
    rows: Iterable[VariableRow], text: Callable[[VariableRow], str]
) -> dict[str, list[VariableRow]]:
    found: dict[str, list[VariableRow]] = {}
    for row in rows:
        if row.kind is Kind.OPTIMIZER:
            found.setdefault(numbered(text(row).rpartition("/")[2])[0], []).append(row)
    return found


def _match_states(matching: Matching, rows: list[VariableRow], partners: list[VariableRow]) -> None:
    sums = {row.checksum for row in rows}
    if len(sums) == 1 and None not in sums:
        for one, other in zip(rows, partners, strict=True):
            matching.join(one, other, "all of this name hold the same value")
        return
    matching.leave(rows, partners, "state of several optimizers of one kind")
