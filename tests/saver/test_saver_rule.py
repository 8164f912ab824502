"""The Saver rule, case by case."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.saver import harness
from tf2migrate.rules import saver


def words(path: Path) -> str:
    return f"{path.parent.name} {path.name.replace('_', ' ')}"


@pytest.mark.parametrize("case", harness.cases(), ids=words)
def test_case(case: Path) -> None:
    modules = harness.modules_in(case)
    found = harness.findings(modules)
    expected = (case / "findings.txt").read_text(encoding="utf-8").splitlines()
    assert [harness.line(item) for item in found] == expected
    after = harness.rewritten(modules, found)
    for data in after.values():
        ast.parse(data)
    changed = {name: data for name, data in after.items() if data != modules[name]}
    committed = harness.modules_in(case / "after")
    assert {name: data.decode() for name, data in changed.items()} == {
        name: data.decode() for name, data in committed.items()
    }


@pytest.mark.parametrize("case", harness.cases(), ids=words)
def test_a_second_run_has_nothing_to_rewrite(case: Path) -> None:
    modules = harness.modules_in(case)
    again = harness.findings(harness.rewritten(modules, harness.findings(modules)))
    assert [harness.line(item) for item in again if item.edits] == []


@pytest.mark.parametrize("case", harness.cases(), ids=words)
def test_lines_of_other_statements_stay(case: Path) -> None:
    modules = harness.modules_in(case)
    found = harness.findings(modules)
    touched = {
        (edit.path, line)
        for item in found
        for edit in item.edits
        if hasattr(edit, "span")
        for line in _lines(modules[edit.path], edit.span.start, edit.span.end)
    }
    for name, data in harness.rewritten(modules, found).items():
        kept = [
            text
            for number, text in enumerate(modules[name].splitlines(), 1)
            if (name, number) not in touched
        ]
        remaining = iter(data.splitlines())
        assert all(text in remaining for text in kept)


def _lines(data: bytes, start: int, end: int) -> range:
    return range(data.count(b"\n", 0, start) + 1, data.count(b"\n", 0, end) + 2)


def test_every_recipe_that_a_case_needs_is_written() -> None:
    used = {
        item.recipe
        for case in harness.cases()
        for item in harness.findings(harness.modules_in(case))
    }
    missing = [name for name in used - {None} if f"\nRecipe: {name}\n" not in saver.RULE.doc]
    assert missing == []
