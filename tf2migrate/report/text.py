"""What people read: findings by file, the table of counts, the summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import indent

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tf2migrate.model.finding import Finding, Safety
from tf2migrate.model.plan import Plan
from tf2migrate.report.catalogue import Topic
from tf2migrate.report.statistics import CodeCount, Summary

REWRITES = "[*]"
UNSAFE = "[!]"


def print_findings(console: Console, findings: Iterable[Finding], plan: Plan) -> None:
    """`findings` of `plan`, grouped by file, one line each."""
    applied = set(map(id, plan.applied))
    for path, group in groupby(findings, key=lambda each: each.place.path):
        members = list(group)
        _line(console, Text(path, style="bold"))
        width = max(len(_position(each)) for each in members)
        for finding in members:
            _line(console, _finding_line(finding, width, marker(finding, applied)))
        _line(console, Text(""))


def marker(finding: Finding, applied: set[int]) -> str:
    """How the finding can be fixed: by this run, by `--unsafe`, or (empty) by a person."""
    if id(finding) in applied:
        return REWRITES
    return UNSAFE if finding.safety is Safety.UNSAFE else ""


def _position(finding: Finding) -> str:
    return f"{finding.place.line}:{finding.place.column}"


def _finding_line(finding: Finding, width: int, mark: str) -> Text:
    message = " ".join(finding.message.split())
    return Text.assemble(
        "  ",
        (_position(finding).ljust(width), "cyan"),
        "  ",
        (finding.code, "red"),
        " ",
        (f"{mark} " if mark else "", "green"),
        message,
    )


def print_summary(console: Console, plan: Plan, summary: Summary, *, written: bool) -> None:
    """The last lines of a run; `written` says whether the changes were made."""
    for line in summary_lines(plan, summary, written=written):
        _line(console, Text(line))


def summary_lines(plan: Plan, summary: Summary, *, written: bool) -> list[str]:
    """The summary in plain words."""
    lines = [f"{_count(summary.read, 'file')} read, {_changes(summary, written)}."]
    if summary.findings:
        lines.append(f"{_count(summary.findings, 'finding')}: {_by_code(plan.findings)}.")
        lines += _advice(summary, written)
    else:
        lines.append("No findings.")
    for names, what in (
        (summary.generated, "generated, skipped"),
        (summary.unreadable, "not readable, left as it is"),
    ):
        lines += _listed(names, what)
    return lines


def _changes(summary: Summary, written: bool) -> str:
    return f"{summary.changed} {'changed' if written else 'would change'}"


def _by_code(findings: Sequence[Finding]) -> str:
    codes = sorted(each.code for each in findings)
    return ", ".join(f"{len(list(group))} {code}" for code, group in groupby(codes))


def _advice(summary: Summary, written: bool) -> list[str]:
    lines = []
    if summary.rewritten:
        done = "rewritten" if written else f"{REWRITES} `tf2migrate fix` rewrites them"
        lines.append(f"  {summary.rewritten} {done}")
    if summary.unsafe:
        lines.append(f"  {summary.unsafe} {UNSAFE} `tf2migrate fix --unsafe` rewrites them")
    left = summary.remaining - summary.unsafe
    if left:
        lines.append(f"  {left} left to a person; `tf2migrate explain CODE` has the recipes")
    return lines


def _listed(names: Sequence[str], what: str, most: int = 10) -> list[str]:
    lines = [f"{name}: {what}" for name in names[:most]]
    return [*lines, f"... and {len(names) - most} more {what}"] if len(names) > most else lines


def print_statistics(console: Console, counts: Sequence[CodeCount], *, written: bool) -> None:
    """One row a code and the share of sites that need no person."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Code", style="red")
    done = "rewritten" if written else "fixable"
    for heading in (done, "unsafe", "held back", "manual", "kept"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for each in counts:
        numbers = (each.rewritten, each.unsafe, each.held, each.manual, each.kept)
        table.add_row(each.code, *map(str, numbers), Text(each.title))
    console.print(table, highlight=False)
    sites = sum(each.sites for each in counts)
    if sites:
        settled = sum(each.rewritten + each.kept for each in counts)
        verb = "are settled" if written else "can be settled"
        _line(console, Text(f"{settled} of {sites} sites ({settled / sites:.0%}) {verb}."))


def print_topic(console: Console, topic: Topic, code: str) -> None:
    """`explain`: the documentation of the rule behind `code`."""
    _line(console, Text(f"{code}: {topic.codes[code]}", style="bold"))
    blocks = [Text(""), Text(topic.summary)]
    for section in topic.sections:
        blocks += [Text(""), Text(section.title, style="bold cyan")]
        blocks.append(Text(indent(section.text, "    ")))
    others = [f"{each} ({title})" for each, title in topic.codes.items() if each != code]
    if others:
        blocks += [Text(""), Text("See also: " + ", ".join(others))]
    for block in blocks:
        _line(console, block)


def print_codes(console: Console, topics: Iterable[Topic]) -> None:
    """`rules`: every code with its title."""
    for topic in topics:
        for code, title in topic.codes.items():
            _line(console, Text.assemble((code, "red"), "  ", title))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _line(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=True, highlight=False)
