"""A file's edits to its new text."""

from __future__ import annotations

from collections.abc import Sequence

from tf2migrate.model.edit import Edit
from tf2migrate.syntax.edit import apply
from tf2migrate.syntax.edit_errors import ConflictError, RewriteError

__all__ = ["ConflictError", "RewriteError", "rewrite"]


def rewrite(text: bytes, edits: Sequence[Edit], newline: str = "\n") -> bytes:
    """The text after the edits; what they do not touch stays byte for byte.

    Args:
      text: a file's text in UTF-8, without byte order mark, with its own newlines.
      edits: in any order; equal ones count once.
      newline: what new lines end with.

    Raises:
      ConflictError: if two edits cannot both be made; the message has both spans.
      RewriteError: if an edit cannot be made, or its result is not Python.
    """
    return apply(text, edits, newline) if edits else text
