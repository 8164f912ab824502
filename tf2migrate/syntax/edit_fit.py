"""LibCST's part: new code in the place of one expression of one statement.

A statement (or the header of a compound one) is parsed alone, one node is
changed, the statement is printed back, and what now stands in the place of the
old code is cut out. LibCST keeps the layout; `ast` says whether parentheses are
needed: they are when the statement means something else without them.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tf2migrate.model.span import Span
from tf2migrate.syntax.edit_errors import RewriteError
from tf2migrate.syntax.statements import locator, parse

if TYPE_CHECKING:
    import libcst as cst


@dataclass(frozen=True, slots=True)
class Fragment:
    """Code that LibCST can parse once `prefix` and `suffix` are around it."""

    code: bytes
    prefix: bytes = b""
    suffix: bytes = b""

    @property
    def whole(self) -> bytes:
        return self.prefix + self.code + self.suffix


def fit(fragment: Fragment, span: Span, code: bytes) -> bytes:
    """What to put at `span` of the fragment's code so that `code` is there.

    Raises:
      RewriteError: if there is no node at `span`, or `code` cannot stand there.
    """
    if fragment.code[span.start : span.end] == code:
        return code
    parsed = _parsed(fragment)
    shifted = Span(span.start + len(fragment.prefix), span.end + len(fragment.prefix))
    plain, wrapped = parsed.replaced(shifted, code)
    if plain is None and wrapped is None:
        place = fragment.code[span.start : span.end].decode("utf-8")
        raise RewriteError(f"tf2migrate: cannot put {code.decode('utf-8')!r} in place of {place!r}")
    best = _best(plain, wrapped)
    tail = len(fragment.whole) - shifted.end
    if best[: shifted.start] != fragment.whole[: shifted.start] or (
        tail and best[-tail:] != fragment.whole[-tail:]
    ):
        raise RewriteError("tf2migrate: LibCST changed more than was asked for")
    return best[shifted.start : len(best) - tail]


def _best(plain: bytes | None, wrapped: bytes | None) -> bytes:
    """The text without parentheses if it means the same as the one with them."""
    if plain is None or wrapped is None:
        return plain or wrapped or b""
    meaning = _meaning(wrapped)
    if meaning is None:
        return plain
    return plain if _meaning(plain) == meaning else wrapped


def _meaning(text: bytes) -> str | None:
    try:
        return ast.dump(parse(text))
    except (SyntaxError, ValueError):
        return None


@functools.lru_cache(maxsize=16)
def _parsed(fragment: Fragment) -> _Parsed:
    return _Parsed(fragment)


class _Parsed:
    """A fragment's tree with its nodes by span, the outermost first."""

    def __init__(self, fragment: Fragment) -> None:
        import libcst  # noqa: PLC0415 - costs 0.2 s, and most runs change nothing
        from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper  # noqa: PLC0415

        try:
            module = libcst.parse_module(fragment.whole.decode("utf-8"))
        except libcst.ParserSyntaxError as error:
            raise RewriteError(f"tf2migrate: LibCST cannot read {fragment.code!r}") from error
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self.module = wrapper.module
        self.text = fragment.whole
        self.nodes: dict[Span, list[cst.CSTNode]] = {}
        for node, place in wrapper.resolve(ByteSpanPositionProvider).items():
            if place is None:
                continue
            span = Span(place.start, place.start + place.length)
            self._note(span, node)
            if isinstance(node, libcst.Tuple | libcst.GeneratorExp):
                self._note(self._with_parentheses(span, node), node)
            elif isinstance(node, libcst.Param):
                self._note(self._without_default(span, node), node)

    def replaced(self, span: Span, code: bytes) -> tuple[bytes | None, bytes | None]:
        """The text with `code` at `span`, without and with parentheses around it."""
        import libcst  # noqa: PLC0415

        nodes = self.nodes.get(span, ())
        expressions = [
            node
            for node in nodes
            if isinstance(node, libcst.BaseExpression)
            and not isinstance(node, libcst.StarredElement)
        ]
        new = _expression(code)
        if expressions and new is not None:
            old = expressions[-1]
            lpar, rpar = _kept_parentheses(old)
            plain = new.with_changes(lpar=(*lpar, *new.lpar), rpar=(*new.rpar, *rpar))
            printed = self._printed(old, (plain,))
            # LibCST itself refuses to print what would run into the word beside it.
            if printed is not None and _is_primary(new, code):
                return printed, None
            wrapped = plain.with_changes(
                lpar=(*plain.lpar, libcst.LeftParen()), rpar=(libcst.RightParen(), *plain.rpar)
            )
            if new.lpar:
                wrapped = plain
            return printed, self._printed(old, (wrapped,))
        for node in nodes:
            items = _items(node, code)
            if items is not None:
                return self._printed(node, items), None
        if not nodes and self._is_index(span):
            head, tail = self.text[: span.start], self.text[span.end :]
            return head + code + tail, head + b"(" + code + b")" + tail
        return None, None

    def _is_index(self, span: Span) -> bool:
        """Whether it is a tuple for `ast`, but several indices for LibCST, as in `x[a, b]`."""
        locate = locator(self.text)
        return any(
            isinstance(node, ast.Tuple) and locate(node) == span
            for node in ast.walk(parse(self.text))
        )

    def _printed(self, old: cst.CSTNode, new: Sequence[cst.CSTNode]) -> bytes | None:
        import libcst  # noqa: PLC0415

        class Put(libcst.CSTTransformer):
            def on_leave(self, original_node: Any, updated_node: Any) -> Any:
                if original_node is not old:
                    return updated_node
                return new[0] if len(new) == 1 else libcst.FlattenSentinel(list(new))

        try:
            return self.module.visit(Put()).code.encode("utf-8")
        except libcst.CSTValidationError:
            return None

    def _note(self, span: Span, node: cst.CSTNode) -> None:
        held = self.nodes.setdefault(span, [])
        if node not in held:
            held.append(node)

    def _with_parentheses(self, span: Span, node: Any) -> Span:
        """As `ast` has it: a tuple's or a generator's own parentheses are part of it."""
        if node.lpar:
            left = self._length(node.lpar[-1])
            return Span(span.start - left, span.end + self._length(node.rpar[0]))
        start = len(self.text[: span.start].rstrip()) - 1
        end = len(self.text) - len(self.text[span.end :].lstrip()) + 1
        if self.text[start : start + 1] + self.text[end - 1 : end] == b"()":
            return Span(start, end)
        return span

    def _without_default(self, span: Span, node: cst.Param) -> Span:
        import libcst  # noqa: PLC0415

        default = libcst.MaybeSentinel.DEFAULT
        start = span.start
        if isinstance(node.star, str):
            start += len(node.star) + self._length(node.whitespace_after_star)
        empty = libcst.SimpleWhitespace("")
        bare = node.with_changes(
            star="",
            default=None,
            equal=default,
            comma=default,
            whitespace_after_star=empty,
            whitespace_after_param=empty,
        )
        return Span(start, start + self._length(bare))

    def _length(self, node: cst.CSTNode) -> int:
        return len(self.module.code_for_node(node).encode("utf-8"))


def _is_primary(node: Any, code: bytes) -> bool:
    """Whether an expression binds so tightly that it needs parentheses nowhere."""
    import libcst  # noqa: PLC0415

    kinds = (libcst.Name, libcst.Attribute, libcst.Call, libcst.Subscript, libcst.List)
    while isinstance(node, kinds) and not node.lpar:
        if isinstance(node, libcst.Name | libcst.List):
            # A break outside of brackets needs parentheses around it.
            return _on_one_line(code)
        node = node.func if isinstance(node, libcst.Call) else node.value
    return False


def _on_one_line(code: bytes) -> bool:
    if b"\n" not in code and b"\r" not in code:
        return True
    return _meaning(code) is not None and _meaning(code) == _meaning(b"(" + code + b"\n)")


def _kept_parentheses(old: Any) -> tuple[Any, Any]:
    """The parentheses that stay: all but those that `ast` counts as the node's own."""
    import libcst  # noqa: PLC0415

    if isinstance(old, libcst.GeneratorExp | libcst.Tuple):
        return old.lpar[:-1], old.rpar[1:]
    return old.lpar, old.rpar


def _is_bare_generator(text: bytes, span: Span, old: Any) -> bool:
    """Whether it is a call's only argument, in the call's own parentheses."""
    import libcst  # noqa: PLC0415

    bare = isinstance(old, libcst.GeneratorExp) and not old.lpar
    return bare and text[span.start : span.start + 1] == b"("


def _expression(code: bytes) -> Any | None:
    """The expression, also one that is an expression only within parentheses."""
    import libcst  # noqa: PLC0415

    if not code.strip():
        return None
    for before, after in ((b"", b""), (b"(", b")"), (b"(", b"\n)")):
        try:
            node: Any = libcst.parse_expression((before + code + after).decode("utf-8"))
        except libcst.ParserSyntaxError:
            continue
        if after != b")":
            return node
        return node.with_changes(lpar=node.lpar[1:], rpar=node.rpar[:-1])
    return None


def _items(node: cst.CSTNode, code: bytes) -> Sequence[cst.CSTNode] | None:
    """`code` as what stands at an argument's, parameter's, element's or alias's place."""
    import libcst  # noqa: PLC0415

    text = code.decode("utf-8")
    makers: tuple[tuple[Any, Callable[[], Any]], ...] = (
        (libcst.Arg, lambda: _call(f"_({text}\n)").args),
        (libcst.BaseElement, lambda: _call(f"[{text}\n]").elements),
        (libcst.SubscriptElement, lambda: _call(f"_[{text}]").slice),
        (libcst.ImportAlias, lambda: _statement(f"from _ import {text}", f"import {text}").names),
        (libcst.Param, lambda: _statement(f"def _({text}\n): pass").params.params),
    )
    for kind, make in makers:
        if isinstance(node, kind):
            try:
                items = list(make())
            except (libcst.ParserSyntaxError, libcst.CSTValidationError, AttributeError):
                return None
            return _with_ends(items, node)
    return None


def _call(text: str) -> Any:
    import libcst  # noqa: PLC0415

    return libcst.parse_expression(text)


def _statement(*texts: str) -> Any:
    import libcst  # noqa: PLC0415

    for text in texts[:-1]:
        try:
            return _inner(libcst.parse_statement(text))
        except libcst.ParserSyntaxError:
            continue
    return _inner(libcst.parse_statement(texts[-1]))


def _inner(statement: Any) -> Any:
    import libcst  # noqa: PLC0415

    return statement.body[0] if isinstance(statement, libcst.SimpleStatementLine) else statement


def _with_ends(items: list[Any], old: Any) -> list[cst.CSTNode] | None:
    """The items, the last one with what followed the old one: comma, space, default."""
    if not items:
        return None
    last = items[-1]
    changes = {"comma": old.comma}
    for name in ("whitespace_after_arg", "whitespace_after_param"):
        if hasattr(old, name):
            changes[name] = getattr(old, name)
    if hasattr(old, "default"):
        items[0] = items[0].with_changes(
            star=old.star, whitespace_after_star=old.whitespace_after_star
        )
        last = items[-1]
        if last.default is None:
            changes.update(default=old.default, equal=old.equal)
    items[-1] = last.with_changes(**changes)
    return items
