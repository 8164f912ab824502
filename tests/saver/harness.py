"""Cases of the Saver rule: folders of fixtures/rules/TFM101 to TFM105.

A case holds the modules of a small project, `after/` with those that are
rewritten, and `findings.txt` with a line `CODE [file:]line safety` for each site.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding
from tf2migrate.rewrite import rewrite
from tf2migrate.rules import saver
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source, read_source

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
CODES = ("TFM101", "TFM102", "TFM103", "TFM105")


def cases() -> list[Path]:
    """All cases; those in which nothing is rewritten come first."""
    found = [path for code in CODES for path in sorted((FIXTURES / code).iterdir())]
    return sorted(found, key=lambda path: (path / "after").exists())


def project_of(modules: Mapping[str, bytes]) -> Project:
    """The index of modules given by their path."""
    facts = {}
    for path, data in modules.items():
        source = read_source(path, data)
        assert isinstance(source, Source)
        facts[path] = collect(source)
    return Project(facts)


def modules_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}


def findings(modules: Mapping[str, bytes]) -> list[Finding]:
    return [item for item in saver.RULE.find(project_of(modules)) if isinstance(item, Finding)]


def line(finding: Finding) -> str:
    place = finding.place
    where = "" if place.path == "before.py" else f"{place.path}:"
    return f"{finding.code} {where}{place.line} {finding.safety.value}"


def rewritten(modules: Mapping[str, bytes], found: list[Finding]) -> dict[str, bytes]:
    """The modules after all edits of the findings."""
    edits: list[Edit] = list(dict.fromkeys(edit for item in found for edit in item.edits))
    return {
        path: rewrite(data, [edit for edit in edits if edit.path == path])
        for path, data in modules.items()
    }
