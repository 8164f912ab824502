"""Rules that judge one site at a time, case by case as in fixtures/rules.

A case is a folder `fixtures/rules/<CODE>/<case>` with `before.py` (and perhaps other
modules), `after.py` where something is rewritten, and `findings.txt` with a line
`CODE line safety` for each site, where `kept` is the safety of one that may stay.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding, Kept
from tf2migrate.rewrite import rewrite
from tf2migrate.rules import (
    averages,
    checkpoint_files,
    collections,
    frameworks,
    initializers,
    name_filters,
    save_counter,
    uninitialized,
    update_ops,
)
from tf2migrate.rules.base import Rule
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source, read_source

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
RULES = tuple(
    module.RULE
    for module in (
        checkpoint_files,
        collections,
        update_ops,
        name_filters,
        save_counter,
        initializers,
        uninitialized,
        frameworks,
        averages,
    )
)
BY_CODE: Mapping[str, Rule] = {code: rule for rule in RULES for code in rule.codes}


def cases() -> Iterator[tuple[str, Path]]:
    """The cases in which nothing is rewritten come first."""
    found = [(code, path) for code in BY_CODE for path in sorted((FIXTURES / code).glob("*"))]
    yield from sorted(found, key=lambda case: ((case[1] / "after.py").exists(), case[0]))


def words(case: tuple[str, Path]) -> str:
    return f"{case[0]} {case[1].name.replace('_', ' ')}"


def project_of(modules: Mapping[str, bytes]) -> Project:
    facts = {}
    for path, data in modules.items():
        source = read_source(path, data)
        assert isinstance(source, Source)
        facts[path] = collect(source)
    return Project(facts)


def modules_of(case: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in case.glob("*.py") if path.name != "after.py"}


def line(item: Finding | Kept) -> str:
    safety = item.safety.value if isinstance(item, Finding) else "kept"
    where = "" if item.place.path == "before.py" else f"{item.place.path}:"
    return f"{item.code} {where}{item.place.line} {safety}"


def edits_of(found: list[Finding | Kept], path: str) -> list[Edit]:
    edits = [edit for item in found if isinstance(item, Finding) for edit in item.edits]
    return [edit for edit in dict.fromkeys(edits) if edit.path == path]


@pytest.mark.parametrize("case", list(cases()), ids=words)
def test_case(case: tuple[str, Path]) -> None:
    code, folder = case
    rule = BY_CODE[code]
    modules = modules_of(folder)
    found = list(rule.find(project_of(modules)))
    expected = (folder / "findings.txt").read_text(encoding="utf-8").split("\n")
    assert sorted(map(line, found)) == sorted(filter(None, expected))
    after = folder / "after.py"
    rewritten = {path: rewrite(text, edits_of(found, path)) for path, text in modules.items()}
    assert {path for path in modules if rewritten[path] != modules[path]} == (
        {"before.py"} if after.exists() else set()
    )
    if after.exists():
        ast.parse(rewritten["before.py"])
        assert rewritten["before.py"].decode() == after.read_text(encoding="utf-8")
        again = list(rule.find(project_of(rewritten)))
        assert [item for item in again if isinstance(item, Finding) and item.edits] == []


def test_every_code_has_a_case() -> None:
    assert {code for code, _ in cases()} == set(BY_CODE)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: " ".join(rule.codes))
def test_documentation_is_complete(rule: Rule) -> None:
    headings = ("What:", "Why:", "Example:", "Safety:", "Limits:")
    assert [part for part in headings if f"\n{part}\n" not in rule.doc] == []
    recipes = {
        item.recipe
        for code in rule.codes
        for folder in (FIXTURES / code).glob("*")
        for item in rule.find(project_of(modules_of(folder)))
        if isinstance(item, Finding) and item.recipe is not None
    }
    assert [name for name in sorted(recipes) if f"\nRecipe: {name}\n" not in rule.doc] == []
    written = {text.partition("\n")[0] for text in rule.doc.split("\nRecipe: ")[1:]}
    assert written == recipes, "a recipe that no case leads to"
