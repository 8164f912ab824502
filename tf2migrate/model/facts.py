"""What one file says, as plain data: the only view of source code that rules have.

`NamedTuple`s, because some hundred thousand of them are built for a large
repository and a frozen dataclass costs four times as much to construct.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tf2migrate.model.span import Place, Span

Constant = str | bytes | int | float | complex | bool | None


class Expr(NamedTuple):
    """An expression.

    `kind` and what the other fields hold for it:

    - `name`: `text` is the identifier; `attr`: `text` is the attribute, `parts` the base;
    - `const`: `value`; `call`: `parts` are the callee, the positional and the keyword
      arguments' values, `names` the keywords of the last `len(names)` of them (`None`: `**`);
    - `star`, `tuple`, `list`, `set`: `parts`; `dict`: `parts` are the values and `keys` the
      keys in the same order (`None`: `**`); `subscript`: base and index;
    - `binop`, `boolop`, `unary`, `compare`: `text` is the operator's class name in `ast`
      (of several comparisons joined by a blank), `parts` the operands;
    - `ifexp`: test, body, orelse; `lambda`: `text` the parameters joined by a blank, the body;
    - `comp`: `text` is `list`, `set`, `dict` or `generator`; `parts` the element (for `dict`
      key and value), then per `for`: target, iterable, conditions; `names` marks each part
      as `element`, `target`, `iter` or `if`;
    - `named` (`:=`): target, value; `fstring` and `other`: the sub-expressions.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    value: Constant = None
    parts: tuple[Expr, ...] = ()
    names: tuple[str | None, ...] = ()
    keys: tuple[Expr | None, ...] = ()

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def hole(self) -> str:
        return f"$<{self.start}:{self.end}>"

    @property
    def args(self) -> tuple[Expr, ...]:
        """The positional arguments of a call."""
        return self.parts[1 : len(self.parts) - len(self.names)]

    @property
    def keywords(self) -> dict[str | None, Expr]:
        """The keyword arguments of a call (`None` stands for a `**` argument)."""
        if not self.names:
            return {}
        return dict(zip(self.names, self.parts[-len(self.names) :], strict=True))

    def children(self) -> Iterator[Expr]:
        for key in self.keys:
            if key is not None:
                yield key
        yield from self.parts

    def walk(self) -> Iterator[Expr]:
        """This expression and all below it, in preorder."""
        stack = [self]
        while stack:
            expr = stack.pop()
            yield expr
            stack.extend(reversed(tuple(expr.children())))


class Param(NamedTuple):
    """A parameter; `kind` is `positional`, `keyword`, `vararg` or `kwarg`."""

    name: str
    kind: str
    default: Expr | None
    start: int
    end: int


class Scope(NamedTuple):
    """A module (id 0), class or function; `statement` is its def's id (-1: the module)."""

    id: int
    kind: str
    name: str
    qualname: str
    parent: int
    statement: int
    params: tuple[Param, ...] = ()
    bases: tuple[Expr, ...] = ()
    decorators: tuple[Expr, ...] = ()


class Statement(NamedTuple):
    """A statement.

    Attributes:
      kind: `assign` (also annotated), `augassign`, `expr`, `return`, `if`, `for`, `while`,
        `with`, `try`, `handler` (an `except` clause), `def`, `class`, `import`, `del`, `raise`,
        `assert`, `global` (names in `text`), `match`, `case`, `other`.
      block: which block of the parent it is in: `body`, `orelse`, `finalbody`, `handlers`.
      header_end: end of a compound statement's header; of a simple one, its end.
      targets: what is bound (`for`, `with`: the targets in order, those there are).
      value: the assigned, returned or iterated value, or the expression itself.
      exprs: the other expressions in it: tests, `with` items, bases, defaults, decorators.
      alone: nothing else stands on its lines.
    """

    id: int
    parent: int
    scope: int
    kind: str
    start: int
    end: int
    header_end: int
    block: str
    targets: tuple[Expr, ...] = ()
    value: Expr | None = None
    exprs: tuple[Expr, ...] = ()
    text: str = ""
    alone: bool = True

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def expressions(self) -> Iterator[Expr]:
        """The topmost expressions, each once (an item of `with` may stand in for its target)."""
        for target in self.targets:
            if not any(target is expr for expr in self.exprs):
                yield target
        if self.value is not None:
            yield self.value
        yield from self.exprs


class Import(NamedTuple):
    """One name that an import binds.

    `module` is the dotted module (empty for `from . import x`), `name` what is taken
    from it (empty for `import module`, `*` for all), `bound` the name it gets,
    `level` the number of leading dots; the span is the alias's.
    """

    module: str
    name: str
    bound: str
    level: int
    scope: int
    statement: int
    start: int
    end: int


class Suppression(NamedTuple):
    """A comment `# tf2migrate: ignore[CODES]`; `codes` is None when it names none."""

    line: int
    codes: tuple[str, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that the tool knows of one file."""

    path: str
    digest: str
    text: bytes
    line_starts: tuple[int, ...]
    imports: tuple[Import, ...]
    scopes: tuple[Scope, ...]
    statements: tuple[Statement, ...]
    identifiers: frozenset[str]
    suppressions: tuple[Suppression, ...]

    def line_of(self, offset: int) -> int:
        return bisect.bisect_right(self.line_starts, offset)

    def place(self, span: Span) -> Place:
        line = self.line_of(span.start)
        before = self.text[self.line_starts[line - 1] : span.start]
        return Place(self.path, span, line, len(before.decode("utf-8", "replace")) + 1)

    def code(self, expr: Expr | Statement | Span) -> str:
        """The source text of an expression, statement or span."""
        return self.text[expr.start : expr.end].decode("utf-8")
