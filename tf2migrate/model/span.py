"""Positions in a source file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of byte offsets in the UTF-8 text of one file.

    Offsets count bytes of the decoded text encoded as UTF-8, whatever the
    encoding on disk is, because that is what `ast` and LibCST both report.
    """

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def hole(self) -> str:
        """The placeholder for the (edited) text of this span in an edit's code."""
        return f"$<{self.start}:{self.end}>"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span with its file and the line and column that people read.

    `line` and `column` count from 1; columns count characters.
    """

    path: str
    span: Span
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"
