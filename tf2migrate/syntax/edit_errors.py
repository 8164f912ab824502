"""What can go wrong while edits are made."""

from __future__ import annotations


class RewriteError(Exception):
    """tf2migrate could not make an edit, or made a text that is not Python."""


class ConflictError(RewriteError):
    """Two edits cannot both be made; the message names their spans."""
