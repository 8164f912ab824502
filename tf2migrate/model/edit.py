"""Edits as data: what shall change in one file, not yet how it is spelled there.

The code of an edit may hold placeholders `$<start:end>` (`Span.hole`): each
stands for the text of that span of the same file after the other edits
inside it were made. So edits nest, and what they do not touch keeps its
comments and its layout.
"""

from __future__ import annotations

from dataclasses import dataclass

from tf2migrate.model.span import Span


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace the expression (or imported name, or parameter) at `span`."""

    path: str
    span: Span
    code: str


@dataclass(frozen=True, slots=True)
class ReplaceStatement:
    """Replace the whole statement at `span` by `code`, one or more statements.

    Lines of `code` are written without the indentation of the place.
    """

    path: str
    span: Span
    code: str


@dataclass(frozen=True, slots=True)
class Insert:
    """Put the statements `code` before or after the statement at `span`."""

    path: str
    span: Span
    code: str
    after: bool = False


@dataclass(frozen=True, slots=True)
class Wrap:
    """Put the statement at `span` into a block headed by `header` (`with x:`)."""

    path: str
    span: Span
    header: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the statement at `span`; a block left empty gets `pass`."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class AddImport:
    """Make sure that the module at `path` has the import statement `code`."""

    path: str
    code: str


Edit = Replace | ReplaceStatement | Insert | Wrap | Remove | AddImport
