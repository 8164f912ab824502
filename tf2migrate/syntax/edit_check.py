"""Which edits can be made together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tf2migrate.model.edit import Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.model.span import Span
from tf2migrate.syntax.edit_errors import ConflictError

HOLE = re.compile(r"\$<(\d+):(\d+)>")
Spanned = Replace | ReplaceStatement | Insert | Wrap | Remove
_Outer = Replace | ReplaceStatement | Remove


def code_of(edit: Spanned) -> str:
    if isinstance(edit, Remove):
        return ""
    return edit.header if isinstance(edit, Wrap) else edit.code


def holes(code: str) -> Iterator[Span]:
    for match in HOLE.finditer(code):
        yield Span(int(match[1]), int(match[2]))


def outermost(edits: Sequence[Spanned]) -> frozenset[Spanned]:
    """Checks the edits; returns those that no other edit encloses.

    Raises:
      ConflictError: if two edits cannot both be made.
    """
    everywhere = [hole for edit in edits for hole in holes(code_of(edit))]
    free: set[Spanned] = set()
    stack: list[_Outer] = []
    for edit in sorted(edits, key=_order):
        while stack and stack[-1].span.end <= edit.span.start:
            stack.pop()
        for outer in stack:
            if outer.span.overlaps(edit.span) and not outer.span.contains(edit.span):
                raise _conflict(outer, edit, "overlap")
        if stack:
            _check_inner(stack[-1], edit, everywhere)
        else:
            free.add(edit)
        if isinstance(edit, _Outer):
            stack.append(edit)
    return frozenset(free)


def _order(edit: Spanned) -> tuple[int, int, int]:
    kinds = (Insert, Remove, ReplaceStatement, Wrap, Replace)
    return (edit.span.start, -edit.span.end, kinds.index(type(edit)))


def _check_inner(outer: _Outer, edit: Spanned, everywhere: list[Span]) -> None:
    same = outer.span == edit.span
    if same and isinstance(edit, Insert):
        return
    if same and isinstance(edit, Wrap) and not isinstance(outer, Remove):
        return
    if same and type(outer) is type(edit):
        raise _conflict(outer, edit, "change the same code in two ways")
    if isinstance(outer, Remove):
        if isinstance(edit, Remove):
            return
        # What is removed here may live on elsewhere, changed.
        allowed = not same and any(hole.contains(edit.span) for hole in everywhere)
    else:
        allowed = any(hole.contains(edit.span) for hole in holes(outer.code))
    if not allowed:
        raise _conflict(outer, edit, "contradict each other")


def _conflict(one: Spanned, two: Spanned, what: str) -> ConflictError:
    spans = " and ".join(
        f"{type(edit).__name__} at bytes {edit.span.start} to {edit.span.end}"
        for edit in (one, two)
    )
    return ConflictError(f"tf2migrate: the edits {what}: {spans}")
