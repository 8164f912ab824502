"""The command line over small projects, with one toy rule and a toy rewriter."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # `benchmarks` is not installed

from tf2migrate import pipeline
from tf2migrate.cli import catalogue as catalogue_module
from tf2migrate.cli import group
from tf2migrate.files import render as rendering
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.names import NameRow
from tf2migrate.model.span import Span
from tf2migrate.rules.base import Rule

DOC = """Toys become other toys.

What
    Every toy.

Why
    It is one.

Recipe: toy
    Replace it by hand.
"""
CODES = {"TFM101": "safe toy", "TFM102": "unsafe toy", "TFM103": "manual toy"}
_TOY = re.compile(rb"tf\.(old|risky|manual|kept|pair|saver|broken)")


def toy(project: Project) -> Iterator[Finding | Kept]:
    """What is to do with `tf.old` and its friends; all `tf.pair` go together."""
    for path, file in project.files.items():
        for match in _TOY.finditer(file.facts.text):
            span = Span(*match.span())
            place, word = file.facts.place(span), match[1].decode()
            edits = (Replace(path, span, f"tf.new_{word}"),)
            row = NameRow(f"{path}:main", "*", "{name}", "set", "toy")
            if word == "kept":
                yield Kept("TFM101", place, "right as it is")
            elif word == "manual":
                yield Finding("TFM103", place, "decide", Safety.MANUAL, recipe="toy")
            elif word == "risky":
                yield Finding("TFM102", place, "dare", Safety.UNSAFE, edits)
            else:
                names = (row,) if word == "saver" else ()
                together = "pair" if word == "pair" else None
                yield Finding("TFM101", place, "old toy", Safety.SAFE, edits, names, together)


def toy_rewrite(text: bytes, edits: Sequence[Edit], _newline: str) -> bytes:
    for edit in sorted(edits, key=lambda edit: -edit.span.start):  # type: ignore[union-attr]
        assert isinstance(edit, Replace)
        if "broken" in edit.code:
            raise ValueError("broken toy")
        text = text[: edit.span.start] + edit.code.encode() + text[edit.span.end :]
    return text


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    rules = (Rule(CODES, DOC, toy),)
    monkeypatch.setattr(pipeline, "RULES", rules)
    monkeypatch.setattr(catalogue_module, "RULES", rules)
    monkeypatch.setattr(rendering, "_rewrite", toy_rewrite)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv(group.DEBUG_VARIABLE, raising=False)
    catalogue_module.catalogue.cache_clear()
    yield
    catalogue_module.catalogue.cache_clear()


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")


Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the current folder."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process."""

    def call(*args: str, stdin: bytes | None = None) -> Result:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        status = group.run(args)
        captured = capfdbinary.readouterr()
        return Result(status, captured.out, captured.err.decode("utf-8"))

    return call


def write(root: Path, **files: str | bytes) -> None:
    """Files by module name; the import of TensorFlow comes on its own."""
    for name, body in files.items():
        raw = body.encode("utf-8") if isinstance(body, str) else body
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"import tensorflow as tf\n" + raw)


Make = Callable[..., None]


@pytest.fixture
def make(project: Path) -> Make:
    """Writes files into the project."""
    return lambda **files: write(project, **files)
