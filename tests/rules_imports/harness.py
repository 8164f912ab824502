"""Runs the rules about imports and removed names on the modules of a case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rewrite import rewrite
from tf2migrate.rules import contrib, entry, imports, removed
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source, read_source

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
RULES = (imports.RULE, entry.RULE, contrib.RULE, removed.RULE)


def project_of(modules: Mapping[str, bytes]) -> Project:
    facts = {}
    for path, data in modules.items():
        source = read_source(path, data)
        assert isinstance(source, Source)
        facts[path] = collect(source)
    return Project(facts)


def found_in(modules: Mapping[str, bytes]) -> list[Finding | Kept]:
    project = project_of(modules)
    return [item for rule in RULES for item in rule.find(project)]


def run(modules: Mapping[str, bytes]) -> tuple[list[str], dict[str, bytes], list[Finding | Kept]]:
    """One line for each site, the modules after the safe edits, and what was found."""
    found = found_in(modules)
    edits: dict[str, list[Edit]] = {path: [] for path in modules}
    for item in found:
        if isinstance(item, Finding) and item.safety is Safety.SAFE:
            for edit in item.edits:
                edits[edit.path].append(edit)
    after = {
        path: rewrite(text, edits[path], "\r\n" if b"\r\n" in text else "\n")
        for path, text in modules.items()
    }
    return sorted(map(_line, found)), after, found


def _line(item: Finding | Kept) -> str:
    safety = item.safety.value if isinstance(item, Finding) else "kept"
    where = "" if item.place.path == "before.py" else f"{item.place.path}:"
    return f"{item.code} {where}{item.place.line} {safety}"
