"""Counts of a Plan: by code what is rewritten, what is right as it stands, what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from tf2migrate.model.finding import Finding, Safety
from tf2migrate.model.plan import Plan
from tf2migrate.report.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class CodeCount:
    """The sites of one code.

    Attributes:
      rewritten: findings whose edits this run makes, or would make.
      unsafe: findings that only `--unsafe` rewrites.
      held: findings with edits that could not be made, such as one of a group.
      manual: findings that a person must decide.
      kept: sites that need no change.
    """

    code: str
    title: str
    rewritten: int
    unsafe: int
    held: int
    manual: int
    kept: int

    @property
    def sites(self) -> int:
        return self.rewritten + self.unsafe + self.held + self.manual + self.kept


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run came to."""

    read: int
    changed: int
    findings: int
    rewritten: int
    unsafe: int
    generated: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def remaining(self) -> int:
        return self.findings - self.rewritten


def summarise(plan: Plan, changed: Collection[str] | None = None) -> Summary:
    """The summary of `plan`; `changed` are the files really written, if any were."""
    applied = set(map(id, plan.applied))
    return Summary(
        read=len(plan.files),
        changed=len(plan.edits() if changed is None else changed),
        findings=len(plan.findings),
        rewritten=len(plan.findings) - len(plan.remaining()),
        unsafe=sum(_fate(each, applied) == "unsafe" for each in plan.findings),
        generated=tuple(each.path for each in plan.files if each.status == "generated"),
        unreadable=tuple(each.path for each in plan.files if each.status == "unreadable"),
    )


def count(plan: Plan, catalogue: Catalogue) -> tuple[CodeCount, ...]:
    """The counts of every code that has a site in `plan`, by code."""
    applied = set(map(id, plan.applied))
    fates = Counter((each.code, _fate(each, applied)) for each in plan.findings)
    fates.update((each.code, "kept") for each in plan.kept)
    return tuple(
        CodeCount(
            code,
            catalogue.title(code),
            **{
                fate: fates[code, fate]
                for fate in ("rewritten", "unsafe", "held", "manual", "kept")
            },
        )
        for code in sorted({code for code, _ in fates})
    )


def _fate(finding: Finding, applied: Collection[int]) -> str:
    if id(finding) in applied:
        return "rewritten"
    if finding.safety is Safety.SAFE:
        return "held"
    return "unsafe" if finding.safety is Safety.UNSAFE else "manual"
