"""Workflow commands that GitHub shows as annotations of a change."""

from __future__ import annotations

from tf2migrate.model.finding import Finding
from tf2migrate.model.plan import Plan
from tf2migrate.report.catalogue import Catalogue


def github(plan: Plan, catalogue: Catalogue) -> str:
    """One `::warning` line for each finding."""
    return "".join(f"{_annotation(each, catalogue)}\n" for each in plan.findings)


def _annotation(finding: Finding, catalogue: Catalogue) -> str:
    place = finding.place
    title = f"{finding.code}: {catalogue.title(finding.code)}"
    properties = f"file={property_(place.path)},line={place.line},col={place.column}"
    return f"::warning {properties},title={property_(title)}::{data(finding.message)}"


def data(text: str) -> str:
    """The text of a command, escaped as GitHub unescapes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_(text: str) -> str:
    """The value of a property of a command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
