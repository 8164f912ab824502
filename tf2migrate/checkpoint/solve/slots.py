"""Slot variables, through the variables and the optimizers that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.kept_names import (
    Kept,
    consistent,
    match_kept_names,
    of_one_optimizer,
)
from tf2migrate.checkpoint.solve.matching import Matching
from tf2migrate.checkpoint.solve.slot_groups import Group, alike, groups_by_variable, partners
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.checkpoint.transforms.of_slots import of_slot
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import VariableRow
from tf2migrate.model.names import UNKNOWN

Optimizers = Sequence[tuple[str, str]]
Test = Callable[[Group, Group], bool]


class _Groups(NamedTuple):
    """The open slots of one settled pair of variables."""

    before: list[Group]
    after: list[Group]


def match_slots(matching: Matching, optimizers: Optimizers) -> None:
    """Settle the slot variables of each settled pair of variables.

    TensorFlow 1 numbers slots in the order of creation (`w/Adam` is m, `w/Adam_1`
    is v; RMSProp's second one is mg if it is centered, else the momentum), an
    object graph names them. Slots of several optimizers of one kind are told
    apart by the name map (`optimizers`: TF1 name and object path) or by the
    names that the variables keep; where neither does, none is settled.
    """
    before = groups_by_variable(matching.open_before())
    after = groups_by_variable(matching.open_after())
    open_groups = []
    for one, other in list(matching.partners.items()):
        if one in before and other in after:
            pair = _Groups(before[one], after[other])
            if _is_clear(pair):
                _join(matching, pair.before[0], pair.after[0])
            else:
                open_groups.append(pair)
    if open_groups:
        _settle(matching, open_groups, optimizers)


def _is_clear(pair: _Groups) -> bool:
    """Whether one optimizer has slots on each side, and they are called alike."""
    if len(pair.before) != 1 or len(pair.after) != 1:
        return False
    one, other = pair.before[0], pair.after[0]
    return one.slots.keys() == other.slots.keys() and not one.is_unnamed and alike(one, other)


def _settle(matching: Matching, open_groups: Sequence[_Groups], optimizers: Optimizers) -> None:
    settling = _Settling(matching, open_groups, optimizers)
    settling.by_evidence()
    rows = [
        [row for groups in open_groups for group in groups[side] for row in group.rows]
        for side in (0, 1)
    ]
    match_kept_names(matching, *rows)
    settling.by_elimination()
    for groups in open_groups:
        _leave(matching, groups)


def _join(matching: Matching, one: Group, other: Group) -> None:
    """Settle the slots of two optimizers that are one."""
    for slot, partner in partners(one, other):
        evidence = f"slot {partner} of {other.optimizer}"
        before = one.slots[slot]
        transform = _transform(matching, before) if matching.transforms else ""
        matching.join_all((before,), (other.slots[partner],), evidence, transform)


def _transform(matching: Matching, slot: VariableRow) -> str:
    """That of its variable, as far as it is known what it means for slots."""
    of_variable = matching.transforms.get(slot.slot.variable, "") if slot.slot is not None else ""
    try:
        return str(of_slot(parse(of_variable)))
    except CheckpointError:
        return ""


class _Settling:
    """Settles what has one solution, the strongest evidence first.

    Attributes:
      said: TF1 name of an optimizer by its path, as the name map has it.
      kept: keys of rows before whose groups keep their names.
      kinds: the sets of slot names that an optimizer has for its variables.
    """

    def __init__(
        self, matching: Matching, groups: Sequence[_Groups], optimizers: Optimizers
    ) -> None:
        self.matching = matching
        self.groups = groups
        self.optimizers = optimizers
        self.said = {path: name for name, path in optimizers}
        self.kept = _kept_names(groups, matching.partners)

    @cached_property
    def kinds(self) -> dict[tuple[bool, str], set[frozenset[str]]]:
        """The sets of slot names that an optimizer has for its variables."""
        found: dict[tuple[bool, str], set[frozenset[str]]] = {}
        for rows in (self.matching.all_before, self.matching.all_after):
            for groups in groups_by_variable(rows.values()).values():
                for group in groups:
                    found.setdefault(_identity(group), set()).add(frozenset(group.slots))
        return found

    def _names(self) -> dict[str, set[str]]:
        """What each optimizer of an object graph is on the other side, as far as settled."""
        found: dict[str, set[str]] = {}
        for pair in self.matching.pairs:
            one, other = (
                row.slot if row else None for row in (_lead(pair.before), _lead(pair.after))
            )
            if one is not None and other is not None:
                numbers = other.slot.isdigit() and not one.slot.isdigit()
                path, name = (one, other) if numbers else (other, one)
                found.setdefault(path.optimizer, set()).add(name.optimizer)
        return found

    def by_evidence(self) -> None:
        tests: tuple[Test, ...] = (
            self._is_said,
            self._has_kept_names,
            lambda one, other: one.optimizer == other.optimizer,
            lambda one, other: one.slots.keys() == other.slots.keys() and not one.is_unnamed,
        )
        for test in tests:
            for pair, one, other in self._found(test):
                self._join(pair, one, other)

    def _found(self, test: Test) -> list[tuple[_Groups, Group, Group]]:
        return [(pair, one, other) for pair in self.groups for one, other in _unique(pair, test)]

    def _has_kept_names(self, one: Group, other: Group) -> bool:
        return one.names == other.names and _first(one).key in self.kept

    def _is_said(self, one: Group, other: Group) -> bool:
        """Whether the name map says that the two optimizers are one."""
        base = one.optimizer.rpartition("/")[2]
        said = any((base, path) in self.optimizers for path in other.optimizer_paths)
        return said and self._has_usual_slots(one, other)

    def by_elimination(self) -> None:
        """The only ones that fit, if nothing is left over and no optimizer is two then.

        Two of an object graph may be one in TensorFlow 1, where they share a name.
        """
        for pair in self.groups:
            pair.before[:] = [one for one in pair.before if one.is_open(self.matching.before)]
            pair.after[:] = [one for one in pair.after if one.is_open(self.matching.after)]
        found = self._found(self._may_be_one)
        counted = Counter(id(pair) for pair, _, _ in found)
        found = [each for each in found if _all(each[0]) == {counted[id(each[0])]}]
        names = self._names() if found else {}
        for _, *ends in found:
            path, name = _ends(*ends)
            names.setdefault(path, set()).add(name)
        for pair, one, other in found:
            if len(names[_ends(one, other)[0]]) == 1:
                self._join(pair, one, other)

    def _may_be_one(self, one: Group, other: Group) -> bool:
        """Whether the map does not say that the optimizer is another one."""
        said = {self.said.get(path, UNKNOWN) for path in other.optimizer_paths}
        told = said <= {UNKNOWN, one.optimizer.rpartition("/")[2]}
        return told and self._has_usual_slots(one, other)

    def _has_usual_slots(self, one: Group, other: Group) -> bool:
        """What an unnamed slot is, is told by what its optimizer has for every variable."""
        if not one.is_unnamed and not other.is_unnamed:
            return True
        named = [group for group in (one, other) if not group.is_unnamed]
        return all(len(self.kinds[_identity(group)]) == 1 for group in named)

    def _join(self, pair: _Groups, one: Group, other: Group) -> None:
        pair.before.remove(one)
        pair.after.remove(other)
        _join(self.matching, one, other)


def _kept_names(pairs: Iterable[_Groups], settled: Mapping[str, str]) -> set[str]:
    """Keys of rows before whose group has its names on both sides, without a contradiction."""
    found = [
        Kept(_first(one), _first(other))
        for before, after in pairs
        for one in before
        for other in after
        if one.names == other.names and None not in one.names
    ]
    return {kept.before.key for kept in of_one_optimizer(consistent(found), settled)}


def _first(group: Group) -> VariableRow:
    return min(group.rows, key=lambda row: numbered(row.name or ""))


def _all(pair: _Groups) -> set[int]:
    return {len(pair.before), len(pair.after)}


def _lead(rows: Sequence[VariableRow]) -> VariableRow | None:
    return rows[0] if rows else None


def _identity(group: Group) -> tuple[bool, str]:
    """An object graph's optimizer may have the path that is a name in TensorFlow 1."""
    return bool(group.numbers), group.optimizer


def _ends(one: Group, other: Group) -> tuple[str, str]:
    """The optimizer of the object graph, and what it is on the other side."""
    if other.numbers and not one.numbers:
        return one.optimizer, other.optimizer
    return other.optimizer, one.optimizer


def _unique(pair: _Groups, test: Test) -> list[tuple[Group, Group]]:
    """Groups of a variable that pass the test with each other and with nobody else."""

    def fits(one: Group, other: Group) -> bool:
        return alike(one, other) and test(one, other)

    found = []
    for one in pair.before:
        others = [other for other in pair.after if fits(one, other)]
        if len(others) == 1 and sum(fits(rival, others[0]) for rival in pair.before) == 1:
            found.append((one, others[0]))
    return found


def _leave(matching: Matching, groups: _Groups) -> None:
    """Settle that several optimizers fit, in which no weaker evidence may choose."""
    pairs = [(one, other) for one in groups.before for other in groups.after if alike(one, other)]
    before = {row.key: row for one, _ in pairs for row in one.rows if row.key in matching.before}
    after = {row.key: row for _, other in pairs for row in other.rows if row.key in matching.after}
    if before and after:
        reason = "slot variables of several optimizers of one kind"
        matching.leave(before.values(), after.values(), reason)
