"""What the tool says about itself and about the files it is given: TFM9xx.

What
    Files that cannot be read or parsed, suppressions that suppress nothing, and
    failures of tf2migrate itself. The file in question is never changed.

Why
    A file that is passed over in silence looks like a file that is fine.

Example
    A Python 2 file, `print "loss", loss`, is reported as TFM902 with the line of
    the print statement, and all other files are migrated.

Safety
    None of these has edits.

Limits
    A file that never mentions TensorFlow, imports no module of the project and
    is imported by none is not parsed, so its syntax errors are not reported.

Recipe: syntax-error
    Correct the line and run again. A syntax that is newer than the Python that
    runs tf2migrate needs tf2migrate under that newer Python.

Recipe: python-2
    Run `2to3 -w FILE` (or `python -m lib2to3 -w FILE`, Python 3.12 or older), look
    at the diff, then run tf2migrate again.

Recipe: unreadable
    Save the file as UTF-8, or correct the `# -*- coding: ... -*-` line so that
    it names the encoding that the file really has.

Recipe: unused-suppression
    Remove the `# tf2migrate: ignore` comment, or the codes in it that the message
    names: there is no such finding on that line any more.

Recipe: tool-failure
    tf2migrate is at fault, not your code. Please report the message with the
    file, if you may share it. `exclude` in `[tool.tf2migrate]` leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass

from tf2migrate.model.finding import Finding, Safety
from tf2migrate.model.span import Place, Span

SYNTAX_ERROR = "TFM901"
PYTHON_2 = "TFM902"
UNREADABLE = "TFM903"
UNUSED_SUPPRESSION = "TFM905"
REWRITE_FAILED = "TFM906"
TOOL_FAILED = "TFM909"

TOOL_CODES: dict[str, str] = {
    SYNTAX_ERROR: "syntax error",
    PYTHON_2: "Python 2 source",
    UNREADABLE: "file that cannot be read",
    UNUSED_SUPPRESSION: "suppression that suppresses nothing",
    REWRITE_FAILED: "tf2migrate could not write its own rewrite",
    TOOL_FAILED: "tf2migrate failed on this file",
}

_RECIPES = {
    SYNTAX_ERROR: "syntax-error",
    PYTHON_2: "python-2",
    UNREADABLE: "unreadable",
    UNUSED_SUPPRESSION: "unused-suppression",
    REWRITE_FAILED: "tool-failure",
    TOOL_FAILED: "tool-failure",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one file cannot be analysed; the message includes the remedy."""

    path: str
    code: str
    line: int
    message: str

    def finding(self) -> Finding:
        """The finding that reports this problem at its line."""
        return tool_finding(self.code, Place(self.path, Span(0, 0), self.line, 1), self.message)


def tool_finding(code: str, place: Place, message: str) -> Finding:
    """A finding of the tool itself: for a person, with the recipe of its code."""
    return Finding(code, place, message, Safety.MANUAL, recipe=_RECIPES[code])
