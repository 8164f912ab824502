"""Make a Plan, and take findings out of one again."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tf2migrate.index.project import Project
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.names import NameRow
from tf2migrate.model.plan import FileRecord, Plan
from tf2migrate.model.problem import TOOL_FAILED, tool_finding
from tf2migrate.model.span import Place, Span
from tf2migrate.planner.selection import Selection, Suppressions
from tf2migrate.planner.settle import Candidate, demoted, settle, units
from tf2migrate.rules.base import Rule


@dataclass(frozen=True)
class Options:
    """What a plan depends on beside the project and the rules.

    Attributes:
      root, target, files: go into the plan as they are.
      unsafe: also apply `UNSAFE` findings.
      selection: what is reported, and so what may be applied.
      findings: what was found before any rule ran (files that cannot be read).
    """

    root: str = "."
    target: str = "graph"
    files: tuple[FileRecord, ...] = ()
    unsafe: bool = False
    selection: Selection = field(default_factory=Selection)
    findings: tuple[Finding, ...] = ()


def make_plan(project: Project, rules: Sequence[Rule], options: Options) -> Plan:
    """Everything that a run decides. Does not raise for what a rule does."""
    where = min(filter(options.selection.within, project.files), default=".")
    candidates, kept = _run(project, rules, where)
    facts = {path: file.facts for path, file in project.files.items()}
    suppressions = Suppressions(facts)
    for candidate in candidates:
        if suppressions.covers(candidate.finding):
            candidate.shown = False
            candidate.block("it is suppressed by a comment")
    candidates += [Candidate(finding) for finding in options.findings]
    candidates += [Candidate(finding) for finding in suppressions.unused()]
    for candidate in candidates:
        _restrict(candidate, options, facts.keys())
    settle(candidates)
    selection = options.selection
    return _plan(candidates, [k for k in kept if selection.takes(k.code, k.place.path)], options)


def demote(plan: Plan, findings: Collection[Finding], reason: str) -> Plan:
    """`plan` without the edits of `findings` and of all that must be applied with them."""
    unwanted = set(map(id, findings))
    replaced: dict[int, Finding] = {}
    for unit in units(Candidate(finding) for finding in plan.applied):
        culprit = next((each for each in unit if id(each.finding) in unwanted), None)
        for each in unit if culprit else ():
            together = f"it belongs together with {culprit}, which is not applied: {reason}"
            mine = id(each.finding) in unwanted
            replaced[id(each.finding)] = demoted(each.finding, reason if mine else together)
    applied = tuple(each for each in plan.applied if id(each) not in replaced)
    return dataclasses.replace(
        plan,
        findings=tuple(replaced.get(id(each), each) for each in plan.findings),
        applied=applied,
        names=_names(applied),
    )


def with_findings(plan: Plan, findings: Iterable[Finding]) -> Plan:
    """`plan` with findings that came up after it was made."""
    together = sorted((*plan.findings, *findings), key=_position)
    return dataclasses.replace(plan, findings=tuple(together))


def _run(project: Project, rules: Sequence[Rule], where: str) -> tuple[list[Candidate], list[Kept]]:
    """All that the rules yield, doubles left out, in the order of the rules.

    Of a rule that fails nothing is applied, nor is any group, which might lack a
    finding of that rule.
    """
    candidates: list[Candidate] = []
    kept: list[Kept] = []
    failed = False
    for rule in rules:
        mine: dict[Finding | Kept, None] = {}
        try:
            for item in rule.find(project):
                mine[item] = None
        except Exception as error:  # a rule must not stop the run
            failed = True
            problem = Candidate(_rule_failure(where, rule, error))
            candidates += [problem, *_blocked(mine, f"the rule failed after it ({problem})")]
        else:
            candidates += [Candidate(item) for item in mine if isinstance(item, Finding)]
            kept += [item for item in mine if isinstance(item, Kept)]
    for candidate in candidates if failed else ():
        if candidate.finding.group is not None:
            candidate.block("it is part of a group, and a rule that may add to it failed")
    return candidates, kept


def _blocked(items: Iterable[Finding | Kept], reason: str) -> Iterator[Candidate]:
    for item in items:
        if isinstance(item, Finding):
            candidate = Candidate(item)
            candidate.block(reason)
            yield candidate


def _rule_failure(path: str, rule: Rule, error: Exception) -> Finding:
    codes = ", ".join(rule.codes)
    message = (
        f"tf2migrate failed in the rule for {codes} ({type(error).__name__}: {error});"
        " its findings are incomplete and none of them is applied"
    )
    return tool_finding(TOOL_FAILED, Place(path, Span(0, 0), 1, 1), message)


def _restrict(candidate: Candidate, options: Options, editable: Collection[str]) -> None:
    """Block a candidate that the options keep from being applied or shown."""
    finding = candidate.finding
    path = finding.place.path
    selection = options.selection
    if not selection.takes(finding.code, path):
        candidate.shown = False
        within = selection.within(path)
        candidate.block("it is not selected" if within else "it is outside the given paths")
    if finding.safety is Safety.MANUAL:
        candidate.block("it needs a person", told=False)
    elif finding.safety is Safety.UNSAFE and not options.unsafe:
        candidate.block("it needs --unsafe", told=False)
    for other in sorted({edit.path for edit in finding.edits}):
        if not selection.within(other):
            candidate.block(f"{other}, outside the given paths, must change too")
        elif other not in editable:
            candidate.block(f"{other}, which is not analysed, must change too")


def _plan(candidates: Sequence[Candidate], kept: Sequence[Kept], options: Options) -> Plan:
    results = [(each, each.result()) for each in candidates if each.shown]
    applied = tuple(finding for each, finding in results if not each.obstacle)
    return Plan(
        root=options.root,
        target=options.target,
        files=options.files,
        findings=tuple(sorted((finding for _, finding in results), key=_position)),
        kept=tuple(sorted(kept, key=_position)),
        applied=applied,
        names=_names(applied),
    )


def _position(item: Finding | Kept) -> tuple[str, int, int, str]:
    place = item.place
    return place.path, place.line, place.column, item.code


def _names(applied: Iterable[Finding]) -> tuple[NameRow, ...]:
    return tuple(dict.fromkeys(row for finding in applied for row in finding.names))
