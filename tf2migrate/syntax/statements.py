"""The statements of a file and how they stand on its lines."""

from __future__ import annotations

import ast
import bisect
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tf2migrate.model.span import Span
from tf2migrate.syntax.edit_errors import RewriteError
from tf2migrate.syntax.edit_text import blanked, leading, line_starts

_BLOCKS = ("body", "orelse", "finalbody")


def parse(text: bytes) -> ast.Module:
    """The tree of UTF-8 `text`, whatever encoding its cookie names."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text.decode("utf-8"))


def locator(text: bytes) -> Callable[[Any], Span]:
    """A function that gives the span of a node of this text."""
    starts = line_starts(text)

    def span(node: Any) -> Span:
        return Span(
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )

    return span


@dataclass(slots=True, eq=False)
class Statement:
    """A statement or a clause.

    Attributes:
      kind: `simple`, `block`, or for clauses `elif`, `handler`, `case`.
      start, end: as `ast` says.
      outer: where its first decorator begins, else `start`.
      siblings: the statements of its block, itself included (empty for clauses).
    """

    kind: str
    start: int
    end: int
    outer: int
    node: Any
    parent: Statement | None
    block: str
    siblings: list[Statement] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def is_clause(self) -> bool:
        return self.kind in ("elif", "handler", "case")


@dataclass(frozen=True, slots=True)
class Group:
    """Simple statements that share lines, or that stand on the line of their header.

    Attributes:
      start: begin of the first line, or for a one-line suite the end of its header's colon.
      end: begin of the line after the last.
      suite: whether it is a one-line suite.
      above: begin of the line above which a comment can be put.
      alone: whether it is one statement with lines of its own and no semicolon.
    """

    members: tuple[Statement, ...]
    start: int
    end: int
    suite: bool
    above: int
    alone: bool


class Statements:
    """All statements of a text, found by one parse of `ast`."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.starts = line_starts(text)
        self.tree = parse(text)
        self.all: list[Statement] = []
        self.top = self._block(self.tree.body, None, "body")
        self.all.sort(key=lambda item: (item.outer, -item.end))
        self._outers = [item.outer for item in self.all]
        self._by_span = {item.span: item for item in self.all}
        self._unit: bytes | None = None

    def at(self, span: Span) -> Statement:
        """The statement with exactly this span."""
        found = self._by_span.get(span)
        if found is None:
            raise RewriteError(f"tf2migrate: no statement at bytes {span.start} to {span.end}")
        return found

    def around(self, span: Span) -> Statement:
        """The innermost statement or clause that holds this span."""
        index = bisect.bisect_right(self._outers, span.start) - 1
        found = self.all[index] if index >= 0 else None
        while found is not None and not (found.outer <= span.start and span.end <= found.end):
            found = found.parent
        if found is None:
            raise RewriteError(f"tf2migrate: no statement around bytes {span.start} to {span.end}")
        return found

    def line_start(self, offset: int) -> int:
        return self.starts[bisect.bisect_right(self.starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Begin of the line after the one of `offset`; blank continued lines belong to it."""
        index = bisect.bisect_right(self.starts, offset)
        while index < len(self.starts):
            end = self.starts[index]
            if not self.text[offset:end].rstrip(b"\r\n").endswith(b"\\"):
                return end
            if self.text[offset:end].strip(b" \t\f\\;\r\n"):
                return end
            index += 1
        return len(self.text)

    def indent(self, offset: int) -> bytes:
        """The indentation of the line of `offset`."""
        start = self.line_start(offset)
        return leading(self.text[start:offset]).replace(b"\f", b"")

    def header_end(self, item: Statement) -> int:
        """The end of the colon of a compound statement's header; a simple one's end."""
        if item.kind == "simple":
            return item.end
        return self._colon(item.start, self._first_child(item))

    def group(self, item: Statement) -> Group:
        """The lines of a statement: a compound one has its lines for itself."""
        if item.kind != "simple":
            start = self.line_start(item.outer)
            return Group((item,), start, self.line_end(item.end), False, start, True)
        members = self._members(item)
        first, last = members[0], members[-1]
        start, end = self.line_start(first.start), self.line_end(last.end)
        tail = self.text[last.end : end].lstrip(b" \t\f")
        if not self._follows_colon(first):
            alone = len(members) == 1 and not tail.startswith(b";")
            return Group(members, start, end, False, start, alone)
        colon = self.text.rfind(b":", 0, first.start) + 1
        above = self.line_start(colon)
        parent = first.parent
        if parent is not None and first.block == "body":
            above = self.line_start(parent.outer)
        return Group(members, colon, end, True, above, False)

    def decorators(self, item: Statement) -> list[tuple[int, int]]:
        """Where the decorators' expressions begin and end."""
        return [
            (
                self._offset(node.lineno, node.col_offset),
                self._offset(node.end_lineno, node.end_col_offset),
            )
            for node in getattr(item.node, "decorator_list", ())
        ]

    @property
    def unit(self) -> bytes:
        """What the file indents a block by."""
        if self._unit is None:
            self._unit = next(self._units(), b"    ")
        return self._unit

    def unit_at(self, item: Statement) -> bytes:
        """What the block of a statement is indented by, or else the file's unit."""
        if item.parent is not None:
            own, above = self.indent(item.outer), self.indent(item.parent.start)
            if len(own) > len(above) and own.startswith(above):
                return own[len(above) :]
        return self.unit

    def _units(self) -> Iterator[bytes]:
        for item in self.all:
            if item.parent is not None:
                own, above = self.indent(item.outer), self.indent(item.parent.start)
                if len(own) > len(above) and own.startswith(above):
                    yield own[len(above) :]

    def _members(self, item: Statement) -> tuple[Statement, ...]:
        index = stop = item.siblings.index(item)
        while index > 0 and self._joined(item.siblings[index - 1], item.siblings[index]):
            index -= 1
        while stop + 1 < len(item.siblings) and self._joined(*item.siblings[stop : stop + 2]):
            stop += 1
        return tuple(item.siblings[index : stop + 1])

    def _follows_colon(self, item: Statement) -> bool:
        """Whether a statement stands on the line of its header."""
        line = self.line_start(item.start)
        while not self.text[line : item.start].strip(b" \t\f\\\r\n"):
            if not self.text[:line].rstrip(b"\r\n").endswith(b"\\"):
                return False
            line = self.line_start(line - 1)
        return True

    def _joined(self, one: Statement, two: Statement) -> bool:
        between = self.text[one.end : two.outer]
        return (
            one.kind == "simple"
            and between.strip(b" \t\f\\\r\n") == b";"
            and (two.start < self.line_end(one.end) or b"\\" in between)
        )

    def _colon(self, start: int, limit: int) -> int:
        # Only blanks and comments stand between the colon and what follows the header.
        return start + blanked(self.text[start:limit]).rfind(b":") + 1

    def _first_child(self, item: Statement) -> int:
        if isinstance(item.node, ast.Match):
            return self._case(item.node.cases[0])
        return self._outer(item.node.body[0])

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _outer(self, node: Any) -> int:
        start = self._offset(node.lineno, node.col_offset)
        decorators = getattr(node, "decorator_list", None)
        if not decorators:
            return start
        first = self._offset(decorators[0].lineno, decorators[0].col_offset)
        return self.text.rfind(b"@", 0, first)

    def _case(self, case: Any) -> int:
        pattern = self._offset(case.pattern.lineno, case.pattern.col_offset)
        return self.text.rfind(b"case", 0, pattern)

    def _block(
        self, body: Sequence[ast.stmt], parent: Statement | None, block: str
    ) -> list[Statement]:
        siblings: list[Statement] = []
        for node in body:
            start = self._offset(node.lineno, node.col_offset)
            simple = not hasattr(node, "body") and not hasattr(node, "cases")
            elif_ = block == "orelse" and self.text.startswith(b"elif", start)
            elif_ = elif_ and isinstance(node, ast.If)
            kind = "elif" if elif_ else "simple" if simple else "block"
            item = self._add(kind, node, start, parent, block)
            if kind != "elif":
                item.siblings = siblings
                siblings.append(item)
            self._children(item)
        return siblings

    def _add(
        self, kind: str, node: Any, start: int, parent: Statement | None, block: str
    ) -> Statement:
        last = node.body[-1] if kind == "case" else node
        end = self._offset(last.end_lineno, last.end_col_offset)
        outer = self._outer(node) if kind == "block" else start
        item = Statement(kind, start, end, outer, node, parent, block)
        self.all.append(item)
        return item

    def _children(self, item: Statement) -> None:
        node = item.node
        for block in _BLOCKS:
            body = getattr(node, block, None)
            if isinstance(body, list):
                self._block(body, item, block)
        for handler in getattr(node, "handlers", ()):
            start = self._offset(handler.lineno, handler.col_offset)
            self._children(self._add("handler", handler, start, item, "handlers"))
        for case in getattr(node, "cases", ()):
            self._children(self._add("case", case, self._case(case), item, "cases"))
