"""Pairs of tensors cut into runs of bytes, each read by one thread at one go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tf2migrate.checkpoint.bytewise.extents import Extent

CHUNK = 1 << 20
"""What is read at one go: with smaller ones, threads wait for each other more often."""

SEGMENT = 1 << 25
"""What one thread does of a large tensor before it asks for more."""


class Piece(NamedTuple):
    """Some bytes of a pair.

    Attributes:
      pair: number of the pair.
      before: number of the old tensor's extent that holds them.
      before_start: where they begin in that extent.
      after, after_start: likewise of the new tensor.
    """

    pair: int
    before: int
    before_start: int
    after: int
    after_start: int
    size: int


class Run(NamedTuple):
    """Bytes that follow each other in both files.

    Attributes:
      pieces: one, or several whose sizes together are no more than a chunk.
      once: whether both places are the same bytes of the same file.
    """

    before_path: str
    before_offset: int
    after_path: str
    after_offset: int
    size: int
    pieces: tuple[Piece, ...]
    once: bool


Extents = Sequence[Extent]


def runs(pairs: Sequence[tuple[Extents, Extents] | None]) -> Iterator[Run]:
    """All runs, in the order of the old file; None is a pair that is read otherwise."""
    files = _Files()
    pieces = [
        (extents[0][piece.before], extents[1][piece.after], piece)
        for number, extents in enumerate(pairs)
        if extents is not None
        for piece in _pieces(number, *extents)
    ]
    pieces.sort(key=lambda each: (each[0].path, each[0].offset + each[2].before_start))
    yield from _joined(_single(old, new, piece, files) for old, new, piece in pieces)


def _pieces(pair: int, before: Extents, after: Extents) -> Iterator[Piece]:
    """A pair cut where either side's extent ends, and into segments."""
    old = new = old_start = new_start = 0
    while old < len(before) and new < len(after):
        size = min(before[old].size - old_start, after[new].size - new_start, SEGMENT)
        if size:
            yield Piece(pair, old, old_start, new, new_start, size)
        old_start, new_start = old_start + size, new_start + size
        if old_start == before[old].size:
            old, old_start = old + 1, 0
        if new_start == after[new].size:
            new, new_start = new + 1, 0


class _Files:
    """Tells which paths are one file."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int] | str] = {}

    def same(self, one: str, other: str) -> bool:
        return one == other or self._identity(one) == self._identity(other)

    def _identity(self, path: str) -> tuple[int, int] | str:
        if path not in self._known:
            try:
                status = os.stat(path)
                self._known[path] = (status.st_dev, status.st_ino)
            except OSError:  # whoever reads it says so
                self._known[path] = path
        return self._known[path]


def _single(old: Extent, new: Extent, piece: Piece, files: _Files) -> Run:
    start, other = old.offset + piece.before_start, new.offset + piece.after_start
    once = start == other and files.same(old.path, new.path)
    return Run(old.path, start, new.path, other, piece.size, (piece,), once)


def _joined(singles: Iterable[Run]) -> Iterator[Run]:
    """Small runs that follow each other as one, up to a chunk."""
    members: list[Run] = []
    size = 0
    for run in singles:
        if members and (size + run.size > CHUNK or not _follows(members[-1], run)):
            yield _join(members, size)
            members, size = [], 0
        members.append(run)
        size += run.size
    if members:
        yield _join(members, size)


def _follows(first: Run, second: Run) -> bool:
    """Whether the bytes do so in both files; `once` is the same then."""
    return (
        first.before_path == second.before_path
        and first.after_path == second.after_path
        and first.before_offset + first.size == second.before_offset
        and first.after_offset + first.size == second.after_offset
    )


def _join(members: Sequence[Run], size: int) -> Run:
    pieces = tuple(piece for member in members for piece in member.pieces)
    return members[0]._replace(size=size, pieces=pieces)
