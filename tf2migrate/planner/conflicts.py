"""Which edits of a file exclude each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tf2migrate.model.edit import AddImport, Edit, Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.model.span import Span

_HOLE = re.compile(r"\$<(\d+):(\d+)>")
Anchored = Replace | ReplaceStatement | Insert | Wrap | Remove


def conflicts(edits: Iterable[tuple[int, Edit]]) -> Iterator[tuple[int, int]]:
    """Pairs of owners of edits that exclude each other; an owner may be in a pair with itself.

    Args:
      edits: edits of any files, each with its owner.
    """
    by_path: dict[str, list[tuple[int, Anchored]]] = {}
    for owner, edit in edits:
        if not isinstance(edit, AddImport):
            by_path.setdefault(edit.path, []).append((owner, edit))
    for each in by_path.values():
        yield from _sweep(each)


def _sweep(edits: Sequence[tuple[int, Anchored]]) -> Iterator[tuple[int, int]]:
    """Compare each edit with those whose spans are still open where it starts."""
    active: list[tuple[int, Anchored]] = []
    for owner, edit in sorted(edits, key=lambda item: (item[1].span.start, -item[1].span.end)):
        active = [item for item in active if item[1].span.end > edit.span.start]
        for other_owner, other in active:
            if excludes(other, edit):
                yield other_owner, owner
        active.append((owner, edit))


def excludes(one: Anchored, other: Anchored) -> bool:
    """Whether two edits of one file cannot both be made."""
    if one == other or not one.span.overlaps(other.span):
        return False
    if isinstance(one, Insert) and isinstance(other, Insert):
        return not (one.span.contains(other.span) or other.span.contains(one.span))
    if one.span == other.span:
        return _same_place(one, other)
    if one.span.contains(other.span):
        return not _leaves(one, other.span)
    if other.span.contains(one.span):
        return not _leaves(other, one.span)
    return True


def _same_place(one: Anchored, other: Anchored) -> bool:
    """Beside a statement there is room for an insertion, around it for one block."""
    if isinstance(one, Insert) or isinstance(other, Insert):
        return False
    if isinstance(one, Wrap) != isinstance(other, Wrap):
        return isinstance(one, Remove) or isinstance(other, Remove)
    return _leaves(one, one.span) == _leaves(other, one.span)


def _leaves(outer: Anchored, inner: Span) -> bool:
    """Whether `outer` keeps the text at `inner`, so that an edit there has an effect."""
    if isinstance(outer, Insert):
        return True
    if isinstance(outer, Remove):
        return False
    if isinstance(outer, Wrap):
        return True
    holes = (Span(int(start), int(end)) for start, end in _HOLE.findall(outer.code))
    return any(hole.contains(inner) for hole in holes)
