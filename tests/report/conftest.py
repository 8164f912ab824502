"""A small plan with one finding of every kind."""

from __future__ import annotations

import pytest

from tf2migrate.model.edit import (
    AddImport,
    Insert,
    Remove,
    Replace,
    ReplaceStatement,
    Wrap,
)
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.names import NameRow
from tf2migrate.model.plan import FileRecord, Plan
from tf2migrate.model.span import Place, Span
from tf2migrate.report.catalogue import Catalogue

DOC = """Savers become Checkpoints.

What:
  Every Saver.

Example:
  ```python
  tf.train.Saver()
  ```

Recipe: by hand
  Write it.
"""


def place(path: str, line: int) -> Place:
    return Place(path, Span(line, line + 4), line, 3)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue([({"TFM101": "A Saver is built", "TFM102": "A Saver saves"}, DOC)])


@pytest.fixture
def empty() -> Plan:
    return Plan("root", "graph", (), (), (), (), ())


@pytest.fixture
def plan() -> Plan:
    span = Span(1, 5)
    edits = (
        Replace("a.py", span, "é$<1:5>"),
        ReplaceStatement("a.py", span, "x\ny"),
        Insert("b.py", span, "x", after=True),
        Wrap("b.py", span, "with x:"),
        Remove("b.py", span),
        AddImport("b.py", "import os"),
    )
    row = NameRow("a.py:main", "w", "w", "variable", "its name")
    safe = Finding("TFM101", place("a.py", 1), "100%, a:b", Safety.SAFE, edits, (row,), "g", "r")
    twin = Finding("TFM101", place("a.py", 1), "100%, a:b", Safety.SAFE, edits, (row,), "g", "r")
    unsafe = Finding("TFM102", place("a.py", 2), "two\nlines", Safety.UNSAFE, edits[:1])
    manual = Finding("TFM102", place("d é/b.py", 3), "by hand", Safety.MANUAL)
    files = (FileRecord("a.py", "0" * 64, "analysed"), FileRecord("g.py", "1" * 64, "generated"))
    kept = (Kept("TFM102", place("a.py", 9), "right"),)
    return Plan("root", "graph", files, (safe, twin, unsafe, manual), kept, (twin,), (row,))
