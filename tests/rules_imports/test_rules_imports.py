"""Imports, entries, contrib and removed names, case by case as in fixtures/rules.

A case is a folder `fixtures/rules/<CODE>/<case>` with `before.py` (and perhaps other
modules), `after.py` (`after_<module>.py`) where something is rewritten, and
`findings.txt` with a line `CODE line safety` for each site that any of these rules
sees, where `kept` is the safety of one that may stay.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tf2migrate.model.finding import Finding
from tf2migrate.rules.base import Rule

from .harness import FIXTURES, RULES, found_in, run

CODES = sorted(code for rule in RULES for code in rule.codes)


def modules_of(case: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in case.glob("*.py") if not p.name.startswith("after")}


def afters_of(case: Path) -> dict[str, bytes]:
    names = {p.name.removeprefix("after_"): p for p in case.glob("after*.py")}
    return {
        "before.py" if name == "after.py" else name: path.read_bytes()
        for name, path in names.items()
    }


def cases() -> Iterator[Path]:
    """The cases in which nothing is rewritten come first."""
    found = [path for code in CODES for path in sorted((FIXTURES / code).glob("*"))]
    yield from sorted(found, key=lambda case: bool(afters_of(case)))


def words(case: Path) -> str:
    return f"{case.parent.name} {case.name.replace('_', ' ')}"


@pytest.mark.parametrize("case", list(cases()), ids=words)
def test_case(case: Path) -> None:
    modules = modules_of(case)
    lines, rewritten, _ = run(modules)
    expected = (case / "findings.txt").read_text(encoding="utf-8").split("\n")
    assert lines == sorted(filter(None, expected))
    changed = {path: text for path, text in rewritten.items() if text != modules[path]}
    assert changed == afters_of(case)
    for text in changed.values():
        ast.parse(text)


@pytest.mark.parametrize("case", [case for case in cases() if afters_of(case)], ids=words)
def test_a_second_run_changes_nothing(case: Path) -> None:
    again = found_in({**modules_of(case), **afters_of(case)})
    assert [item for item in again if isinstance(item, Finding) and item.edits] == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_case_without_its_finding(code: str) -> None:
    kinds = {
        any(line.startswith(code) and not line.endswith("kept") for line in lines)
        for lines in (
            (case / "findings.txt").read_text(encoding="utf-8").split("\n")
            for case in (FIXTURES / code).glob("*")
        )
    }
    assert kinds == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: " ".join(rule.codes))
def test_documentation_is_complete(rule: Rule) -> None:
    headings = ("What:", "Why:", "Example:", "Safety:", "Limits:")
    assert [part for part in headings if f"\n{part}\n" not in rule.doc] == []
    recipes = {
        item.recipe
        for case in cases()
        for item in found_in(modules_of(case))
        if isinstance(item, Finding) and item.recipe is not None and item.code in rule.codes
    }
    written = {text.partition("\n")[0] for text in rule.doc.split("\nRecipe: ")[1:]}
    assert written == recipes, "a recipe that no case leads to, or one that is not written"


def test_contrib_and_the_import_that_it_needs_are_one_group() -> None:
    """In 1.15 compat.v1 has no contrib: neither may be applied without the other."""
    text = b"import tensorflow as tf\n\n\ndef f():\n    return tf.contrib.rnn.GRUCell(4)\n"
    safe = [item for item in found_in({"m.py": text}) if isinstance(item, Finding) and item.edits]
    assert [item.code for item in safe] == ["TFM501", "TFM601"]
    assert len({item.group for item in safe}) == 1
    assert safe[0].group is not None


def test_code_after_the_imports_is_set_off_by_a_blank_line() -> None:
    text = b"import tensorflow as tf\n# The input.\nx = tf.placeholder(tf.float32)\n"
    _, after, _ = run({"m.py": text})
    assert after["m.py"] == (
        b"import tensorflow.compat.v1 as tf\n\ntf.disable_v2_behavior()\n\n"
        b"# The input.\nx = tf.placeholder(tf.float32)\n"
    )
