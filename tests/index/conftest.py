"""Projects made of source text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Expr
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source, read_source

Make = Callable[..., Project]


def project_of(source_roots: tuple[str, ...] = ("",), **modules: str) -> Project:
    """A project of the modules given by name; `__` in a name stands for `/`."""
    facts = {}
    for name, text in modules.items():
        path = f"{name.replace('__', '/')}.py".replace("/init.py", "/__init__.py")
        source = read_source(path, text.encode())
        assert isinstance(source, Source)
        facts[path] = collect(source)
    return Project(facts, source_roots)


def value_of(project: Project, path: str, name: str) -> tuple[FileIndex, int, Expr]:
    """File, scope and expression of the last assignment to a name."""
    file = project.files[path]
    found = [
        statement
        for statement in file.facts.statements
        if statement.kind == "assign" and file.facts.code(statement.targets[0]) == name
    ]
    value = found[-1].value
    assert value is not None
    return file, found[-1].scope, value


def calls_named(project: Project, word: str) -> list[Occurrence]:
    """The calls of a name or method, in order."""
    return [
        at.up() for file in project.files.values() for at in file.occurrences(word) if at.is_callee
    ]


@pytest.fixture
def make() -> Make:
    return project_of
