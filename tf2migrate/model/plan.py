"""A Plan: everything that one run decided, before a byte is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding, Kept
from tf2migrate.model.names import NameRow

PLAN_FORMAT = "tf2migrate-plan/1"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that was read: its digest (sha256, hex) ties the plan to its bytes.

    `status` is `analysed`, `no-tensorflow`, `generated` (skipped, said so) or
    `unreadable` (syntax error, Python 2, bad encoding; a TFM9xx finding says
    which).
    """

    path: str
    digest: str
    status: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The frozen outcome of the analysis of a project.

    Attributes:
      root: the project root; every path is relative to it, with `/`.
      target: `graph` or `eager`.
      files: every Python file that was read.
      findings: in order of path and position, suppressed ones left out.
      kept: sites that need no change under the target.
      applied: the findings' edits that `fix` makes under the options of the run.
      names: the rows of the name map.
    """

    root: str
    target: str
    files: tuple[FileRecord, ...]
    findings: tuple[Finding, ...]
    kept: tuple[Kept, ...]
    applied: tuple[Finding, ...]
    names: tuple[NameRow, ...]

    def edits(self) -> dict[str, list[Edit]]:
        """The edits of the applied findings by path, doubles left out."""
        by_path: dict[str, list[Edit]] = {}
        for edit in self._each_edit():
            edits = by_path.setdefault(edit.path, [])
            if edit not in edits:
                edits.append(edit)
        return by_path

    def _each_edit(self) -> Iterator[Edit]:
        for finding in self.applied:
            yield from finding.edits

    def remaining(self) -> tuple[Finding, ...]:
        """The findings that a person must still look at after `fix`."""
        done = set(map(id, self.applied))
        return tuple(finding for finding in self.findings if id(finding) not in done)
