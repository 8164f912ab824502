"""Comparisons as workflow commands, which GitHub shows as annotations."""

from __future__ import annotations

import re

from tf2migrate.model.comparison import Entry, Report
from tf2migrate.report.github import data, property_

_PLACE = re.compile(r"(?P<path>.+):(?P<line>[0-9]+)")


def comparison_github(report: Report) -> str:
    """One `::error` line for each failure, at the line that creates the variable if known."""
    return "".join(f"{_annotation(entry)}\n" for entry in report.failures)


def _annotation(entry: Entry) -> str:
    properties = [*_place(entry), f"title={property_(f'tf2migrate verify: {entry.outcome.value}')}"]
    return f"::error {','.join(properties)}::{data(str(entry))}"


def _place(entry: Entry) -> list[str]:
    """New code first: it is what a person will change."""
    for row in (*entry.after, *entry.before):
        match = _PLACE.fullmatch(row.origin or "")
        if match is not None:
            return [f"file={property_(match['path'])}", f"line={match['line']}"]
    return []
