"""From the bytes of a project to what can be said of each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tf2migrate.files.discover import Found
from tf2migrate.files.gather import Facts
from tf2migrate.files.relevance import is_generated, relevant_files
from tf2migrate.model.facts import FileFacts
from tf2migrate.model.plan import FileRecord
from tf2migrate.model.problem import UNREADABLE, Problem
from tf2migrate.syntax.source import Source, digest_of, read_source


@dataclass
class Reading:
    """The project's files on their way from bytes to facts."""

    raws: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    facts: dict[str, FileFacts] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.status[problem.path] = "unreadable"

    def records(self) -> tuple[FileRecord, ...]:
        return tuple(
            FileRecord(path, digest_of(self.raws.get(path, b"")), status)
            for path, status in sorted(self.status.items())
        )

    def take(self, path: str, raw: bytes, *, relevant: bool) -> None:
        """Note a file whose bytes are known."""
        if not relevant:
            self.status[path] = "no-tensorflow"
            return
        source = read_source(path, raw)
        if isinstance(source, Problem):
            self.problem(source)
        elif is_generated(source.text):
            self.status[path] = "generated"
        else:
            self.sources[path] = source

    def sort_out(self, found: Mapping[str, Facts]) -> None:
        """Note what parsing the sources gave."""
        for path, facts in found.items():
            if isinstance(facts, Problem):
                self.problem(facts)
            else:
                self.facts[path] = facts
                self.status[path] = "analysed"


def read_project(
    root: Path, asked: Found, everything: Found, overrides: Mapping[str, bytes]
) -> Reading:
    """The bytes of all files, and the sources of those that can matter."""
    reading = Reading()
    for problem in dict.fromkeys((*asked.problems, *everything.problems)):
        reading.problem(problem)
    for path in sorted({*asked.files, *everything.files, *overrides}):
        try:
            raw = overrides.get(path)
            reading.raws[path] = (root / path).read_bytes() if raw is None else raw
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            reading.problem(Problem(path, UNREADABLE, 1, message))
    relevant = relevant_files(reading.raws)
    for path, raw in reading.raws.items():
        reading.take(path, raw, relevant=path in relevant)
    return reading
