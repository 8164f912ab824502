"""What holds for any file: tried on modules of the standard library."""

from __future__ import annotations

import ast
import functools
import random
import re
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tf2migrate.model.edit import Edit, Insert, Replace, Wrap
from tf2migrate.model.span import Span
from tf2migrate.rewrite import rewrite

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_NO_SPAN_OF_ITS_OWN = (ast.JoinedStr, ast.FormattedValue, ast.Slice)


@functools.cache
def _files() -> list[Path]:
    paths = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    return [path for path in paths if path.stat().st_size < 60_000][::2][:60]


def _parse(text: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text.decode("utf-8"))


class _File:
    """A file's text with the places that can be edited."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_bytes()
        self.tree = _parse(self.text)
        self.starts = [0, *(match.end() for match in _NEWLINE.finditer(self.text))]
        self.loads: list[ast.expr] = []
        self.nodes: list[Any] = []
        self.statements: list[Any] = []
        self._collect(self.tree, False)

    def span(self, node: Any) -> Span:
        return Span(
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _collect(self, node: ast.AST, in_pattern: bool) -> None:
        in_pattern = in_pattern or isinstance(node, ast.pattern)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                is_elif = self.text.startswith(b"elif", self.span(child).start)
                if not is_elif and not isinstance(child, ast.ImportFrom):
                    self.statements.append(child)
            if isinstance(child, ast.JoinedStr) and sys.version_info < (3, 12):
                continue
            is_piece = isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)
            if not is_piece and isinstance(child, ast.expr | ast.keyword | ast.alias | ast.arg):
                self.nodes.append(child)
                if isinstance(child, ast.expr) and self._is_value(node, child, in_pattern):
                    self.loads.append(child)
            self._collect(child, in_pattern)

    def _is_value(self, parent: ast.AST, node: ast.expr, in_pattern: bool) -> bool:
        if in_pattern or isinstance(node, ast.Starred):
            return False
        if isinstance(parent, ast.JoinedStr | ast.AnnAssign) or isinstance(
            node, _NO_SPAN_OF_ITS_OWN
        ):
            return False
        if isinstance(parent, ast.Subscript) and isinstance(node, ast.Tuple):
            return False
        return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


@functools.lru_cache(maxsize=8)
def _file(path: Path) -> _File:
    return _File(path)


def _ids(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", _files(), ids=_ids)
def test_replacing_by_itself_changes_nothing(path: Path) -> None:
    file = _file(path)
    chosen = random.Random(path.stem).sample(file.nodes, min(40, len(file.nodes)))
    edits = [Replace("f.py", span, span.hole) for span in {file.span(node) for node in chosen}]
    assert rewrite(file.text, edits) == file.text


@pytest.mark.parametrize("path", _files(), ids=_ids)
def test_replacing_changes_the_tree_there_only(path: Path) -> None:
    """Wraps random expressions into calls and sums, nested ones too, and compares trees."""
    file = _file(path)
    rng = random.Random(path.stem)
    chosen = rng.sample(file.loads, min(15, len(file.loads)))
    codes = {node: rng.choice(("f({})", "({}).a", "{} + 1", "b or {}")) for node in chosen}
    spans: dict[Span, ast.expr] = {}
    for node in chosen:
        spans.setdefault(file.span(node), node)
    edits = [Replace("f.py", span, codes[node].format(span.hole)) for span, node in spans.items()]
    result = rewrite(file.text, edits)

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            new = self.generic_visit(node)
            if node not in spans.values():
                return new
            whole = ast.parse(codes[node].format("_hole_"), mode="eval").body  # type: ignore[index,attr-defined]
            return _filled(whole, new)

    # The transformer changes the tree: it must not be used again.
    expected = Put().visit(file.tree)
    _file.cache_clear()
    assert ast.dump(_parse(result)) == ast.dump(expected)


def _filled(whole: ast.AST, new: ast.AST) -> ast.AST:
    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return new if node.id == "_hole_" else node

    return Fill().visit(whole)  # type: ignore[no-any-return]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_inserted_and_wrapped_statements_are_there(data: st.DataObject) -> None:
    file = _file(data.draw(st.sampled_from(_files())))
    if not file.statements:
        return
    chosen = data.draw(st.lists(st.sampled_from(file.statements), max_size=8, unique_by=id))
    edits: list[Edit] = []
    for number, node in enumerate(chosen):
        after = data.draw(st.booleans())
        edits.append(Insert("f.py", file.span(node), f"with a{number}:\n    _tfm_new()", after))
        if data.draw(st.booleans()) and not isinstance(node, ast.Expr):
            edits.append(Wrap("f.py", file.span(node), "if _tfm_wrap:"))
    # `from __future__` must stay first for compiling; parsing does not mind.
    result = rewrite(file.text, edits)
    assert result.count(b"_tfm_new()") == len(chosen)
    assert result.count(b"_tfm_wrap") == len(edits) - len(chosen)
    words = set(file.text.split())
    assert words - set(result.replace(b";", b"; ").split()) <= {
        w for w in words if b";" in w or b":" in w
    }
    assert ast.dump(_without_new(_parse(result))) == ast.dump(file.tree)


def _without_new(tree: ast.Module) -> ast.Module:
    class Drop(ast.NodeTransformer):
        def visit_With(self, node: ast.With) -> Any:
            new = ast.unparse(node.body[0]) == "_tfm_new()"
            return None if new else self.generic_visit(node)

        def visit_If(self, node: ast.If) -> Any:
            self.generic_visit(node)
            return node.body if ast.unparse(node.test) == "_tfm_wrap" else node

    return Drop().visit(tree)  # type: ignore[no-any-return]
