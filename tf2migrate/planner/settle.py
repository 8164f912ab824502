"""Which findings are applied: all or nothing for each and for each group."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding, Safety
from tf2migrate.planner.conflicts import conflicts


@dataclass
class Candidate:
    """A finding on its way to being applied or not.

    Attributes:
      finding: what the rule said.
      shown: whether it is reported (selected, not suppressed, in a given path).
      obstacle: why it cannot be applied, as a clause; empty if it can.
      told: whether the message must name the obstacle (a manual finding's is obvious).
    """

    finding: Finding
    shown: bool = True
    obstacle: str = ""
    told: bool = True

    def block(self, obstacle: str, *, told: bool = True) -> None:
        """Note why it is not applied; the first reason stays."""
        if not self.obstacle:
            self.obstacle, self.told = obstacle, told

    def result(self) -> Finding:
        """The finding as it is reported: one that is not applied for a reason says so."""
        if not self.obstacle or not self.told:
            return self.finding
        return demoted(self.finding, self.obstacle)

    def __str__(self) -> str:
        return f"{self.finding.code} at {self.finding.place.path}:{self.finding.place.line}"


def demoted(finding: Finding, reason: str) -> Finding:
    """`finding` without edits, for a person; the reason is in its message."""
    return dataclasses.replace(
        finding,
        message=f"{finding.message} [not applied: {reason}]",
        safety=Safety.MANUAL,
        edits=(),
        names=(),
    )


def units(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """The groups and the single findings, in the order of their first members."""
    by_key: dict[object, list[Candidate]] = {}
    for number, candidate in enumerate(candidates):
        group = candidate.finding.group
        by_key.setdefault(number if group is None else group, []).append(candidate)
    return list(by_key.values())


def settle(candidates: Sequence[Candidate]) -> None:
    """Block what cannot be applied: groups with a blocked member, then the later in conflicts."""
    together = units(candidates)
    for unit in together:
        block_together(unit)
    open_units = [unit for unit in together if not any(each.obstacle for each in unit)]
    clashes = _clashes(open_units)
    kept: set[int] = set()
    for number, unit in enumerate(open_units):
        rivals = [rival for rival in clashes.get(number, ()) if rival in kept or rival == number]
        if rivals:
            _block_all(unit, f"its edits overlap those of {open_units[min(rivals)][0]}")
        else:
            kept.add(number)


def block_together(unit: Sequence[Candidate]) -> None:
    """One member that is not applied blocks the others, which say which one and why."""
    culprit = next((each for each in unit if each.obstacle), None)
    if culprit is None:
        return
    _block_all(
        unit, f"it belongs together with {culprit}, which is not applied: {culprit.obstacle}"
    )


def _block_all(unit: Iterable[Candidate], reason: str) -> None:
    for each in unit:
        each.block(reason)


def _clashes(open_units: Sequence[Sequence[Candidate]]) -> Mapping[int, set[int]]:
    """For each unit the units, itself perhaps, whose edits exclude its own."""
    pairs: dict[int, set[int]] = {}
    for one, other in conflicts(_owned_edits(open_units)):
        pairs.setdefault(one, set()).add(other)
        pairs.setdefault(other, set()).add(one)
    return pairs


def _owned_edits(open_units: Sequence[Sequence[Candidate]]) -> Iterator[tuple[int, Edit]]:
    for number, unit in enumerate(open_units):
        for each in unit:
            for edit in each.finding.edits:
                yield number, edit
