"""The findings as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tf2migrate.model.finding import Finding
from tf2migrate.model.plan import Plan
from tf2migrate.report.catalogue import Catalogue
from tf2migrate.report.statistics import count, summarise

FINDINGS_FORMAT = "tf2migrate-findings/1"


def findings_json(plan: Plan, catalogue: Catalogue, *, failed: bool = False) -> str:
    """The document of `check --format json`; `failed` tells of an internal failure."""
    summary = asdict(summarise(plan))
    applied = set(map(id, plan.applied))
    document = {
        "format": FINDINGS_FORMAT,
        "target": plan.target,
        "failed": failed,
        "findings": [_finding(each, applied) for each in plan.findings],
        "statistics": [asdict(each) for each in count(plan, catalogue)],
        "summary": {**summary, "would_change": summary.pop("changed")},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def codes_json(catalogue: Catalogue) -> str:
    """The document of `rules --format json`."""
    codes: list[dict[str, Any]] = []
    for code in catalogue.codes:
        topic = catalogue.topic(code)
        assert topic is not None
        sections = {section.title: section.text for section in topic.sections}
        row = {"code": code, "title": topic.codes[code], "summary": topic.summary}
        codes.append({**row, "sections": sections})
    return json.dumps(codes, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding, applied: set[int]) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "message": finding.message,
        "safety": finding.safety.value,
        "fixable": finding.fixable,
        "rewritten": id(finding) in applied,
        "files": sorted({edit.path for edit in finding.edits}),
        "recipe": finding.recipe,
    }
