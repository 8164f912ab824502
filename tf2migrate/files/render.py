"""A plan's edits to new bytes; an edit that cannot be made is taken out of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding
from tf2migrate.model.plan import Plan
from tf2migrate.model.problem import REWRITE_FAILED, tool_finding
from tf2migrate.planner import demote, with_findings
from tf2migrate.syntax.source import Source


@dataclass(frozen=True)
class Rendered:
    """The new bytes of each file that changes, and the plan that they fulfil.

    `plan` is the given one unless a rewrite failed: then the findings concerned are
    not applied any more, in any file, and TFM906 says so.
    """

    plan: Plan
    files: Mapping[str, bytes] = field(repr=False)


def render_plan(plan: Plan, sources: Mapping[str, Source]) -> Rendered:
    """Make all edits of `plan`."""
    made: dict[str, tuple[list[Edit], bytes]] = {}
    while True:
        edits = plan.edits()
        failed = None
        for path in sorted(edits):
            if path in made and made[path][0] == edits[path]:
                continue
            try:
                made[path] = edits[path], _new_bytes(sources[path], edits[path])
            except Exception as error:  # whatever it is, the file stays as it is
                failed = path, error
                break
        if failed is None:
            return Rendered(plan, _changed(sources, {path: made[path][1] for path in edits}))
        plan = _without_culprits(plan, sources[failed[0]], failed[1])


def _rewrite(text: bytes, edits: Sequence[Edit], newline: str) -> bytes:
    """Imported late: LibCST takes a fifth of a second, and `check` never needs it."""
    from tf2migrate.rewrite import rewrite  # noqa: PLC0415

    return rewrite(text, edits, newline)


def _new_bytes(source: Source, edits: Sequence[Edit]) -> bytes:
    return source.encode(_rewrite(source.text, edits, source.newline))


def _changed(sources: Mapping[str, Source], files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if data != sources[path].raw}


def _without_culprits(plan: Plan, source: Source, error: Exception) -> Plan:
    """`plan` without the findings whose edits cannot be made in `source` after those before."""
    concerned = [each for each in plan.applied if _edits_in(each, source.path)]
    culprits = _culprits(concerned, source) or [(each, error) for each in concerned]
    for finding, reason in culprits:
        text = f"{type(reason).__name__}: {reason}"
        plan = demote(plan, [finding], f"{source.path} could not be rewritten ({text})")
    return with_findings(plan, (_report(finding, source, reason) for finding, reason in culprits))


def _culprits(findings: Iterable[Finding], source: Source) -> list[tuple[Finding, Exception]]:
    culprits: list[tuple[Finding, Exception]] = []
    accepted: list[Edit] = []
    for finding in findings:
        fresh = [edit for edit in _edits_in(finding, source.path) if edit not in accepted]
        try:
            _new_bytes(source, [*accepted, *fresh])
        except Exception as error:
            culprits.append((finding, error))
        else:
            accepted += fresh
    return culprits


def _edits_in(finding: Finding, path: str) -> list[Edit]:
    return list(dict.fromkeys(edit for edit in finding.edits if edit.path == path))


def _report(finding: Finding, source: Source, error: Exception) -> Finding:
    message = (
        f"tf2migrate could not make the edits of {finding.code} in {source.path}"
        f" ({type(error).__name__}: {error}); they are not made in any file"
    )
    return tool_finding(REWRITE_FAILED, finding.place, message)
