"""Comparisons as JSON, for programs: `--format json` of `verify` and `checkpoint diff`.

The format is described in docs/checkpoint-json.md; a change that a reader could
notice is a new number in its `format`.
"""

from __future__ import annotations

import math
from typing import Any

from tf2migrate.model.comparison import Entry, Report
from tf2migrate.report.inventory_json import dump, row_document

COMPARISON_FORMAT = "tf2migrate-comparison/1"


def comparison_json(report: Report, **more: Any) -> str:
    """The document of one comparison, failures first; `more` are keys of its own."""
    entries = sorted(report.entries, key=lambda entry: entry.ok)
    document = {
        "format": COMPARISON_FORMAT,
        "before": report.before,
        "after": report.after,
        "equal": report.ok,
        "depth": report.depth.name.lower(),
        "counts": {outcome.value: number for outcome, number in report.counts().items()},
        **more,
        "entries": [_entry(entry) for entry in entries],
    }
    return dump(document)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "outcome": entry.outcome.value,
        "ok": entry.ok,
        "before": [row_document(row) for row in entry.before],
        "after": [row_document(row) for row in entry.after],
        "evidence": entry.evidence,
        "detail": entry.detail,
        "transform": entry.transform,
        "difference": _number(entry.difference),
        "candidates": list(entry.candidates),
    }


def _number(difference: float | None) -> float | str | None:
    """JSON has no infinity."""
    return "infinity" if difference is not None and math.isinf(difference) else difference
