"""Which findings a run is about: codes, per-file ignores, given paths, suppressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from pathspec import GitIgnoreSpec

from tf2migrate.model.facts import FileFacts, Statement, Suppression
from tf2migrate.model.finding import Finding
from tf2migrate.model.problem import TOOL_FAILED, UNUSED_SUPPRESSION, tool_finding
from tf2migrate.model.span import Place, Span

_TOOL = "TFM9"


@dataclass(frozen=True)
class Selection:
    """What is reported.

    Attributes:
      select: prefixes of codes; none means all.
      ignore: prefixes of codes; where both match, the longer prefix decides.
      per_file_ignores: prefixes of codes by `.gitignore`-style pattern of the path.
      scope: the files that the user asked about; None means all.
    """

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    per_file_ignores: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scope: frozenset[str] | None = None

    def takes(self, code: str, path: str) -> bool:
        """Whether sites of `code` in the file `path` are reported.

        What the tool says of itself (TFM9xx) need not be selected, so that no file
        is passed over in silence; a failure of the tool cannot be ignored either.
        """
        if not self.within(path) or code == TOOL_FAILED:
            return self.within(path)
        if any(code.startswith(each) for each in self._ignored_in(path)):
            return False
        anyway = not self.select or code.startswith(_TOOL)
        selected = max(_longest(code, self.select), 0 if anyway else -1)
        return selected > _longest(code, self.ignore)

    def within(self, path: str) -> bool:
        return self.scope is None or path in self.scope

    def _ignored_in(self, path: str) -> Iterator[str]:
        for pattern, codes in self.per_file_ignores.items():
            if _spec(pattern).match_file(path):
                yield from codes


@cache
def _spec(pattern: str) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines([pattern])


def _longest(code: str, prefixes: Iterable[str]) -> int:
    """The length of the longest prefix that fits, -1 if none does."""
    return max((len(each) for each in prefixes if code.startswith(each)), default=-1)


class Suppressions:
    """The `# tf2migrate: ignore` comments of a project, and which of them are used."""

    def __init__(self, files: Mapping[str, FileFacts]) -> None:
        self._files = files
        self._by_line = {
            (path, suppression.line): suppression
            for path, facts in files.items()
            for suppression in facts.suppressions
        }
        self._paths = {path for path, _ in self._by_line}
        self._used: dict[tuple[str, int], set[str | None]] = {}

    def covers(self, finding: Finding) -> bool:
        """Whether a comment suppresses `finding`; all that do count as used."""
        path = finding.place.path
        if path not in self._paths:
            return False
        found = False
        for line in _lines(self._files[path], finding.place):
            suppression = self._by_line.get((path, line))
            for name in _matching(suppression, finding.code):
                self._used.setdefault((path, line), set()).add(name)
                found = True
        return found

    def unused(self) -> Iterator[Finding]:
        """A finding for each comment of which a code, or all of it, suppressed nothing."""
        for (path, line), suppression in self._by_line.items():
            used = self._used.get((path, line), set())
            if suppression.codes is None:
                idle = [] if used else ["tf2migrate: ignore"]
            else:
                idle = [code for code in suppression.codes if code not in used]
                idle = idle or ([] if suppression.codes else ["ignore[] without a code"])
            if idle:
                message = f"unused suppression: {', '.join(idle)} matches no finding on this line"
                place = self._files[path].place(suppression.span)
                yield tool_finding(UNUSED_SUPPRESSION, place, message)


def _matching(suppression: Suppression | None, code: str) -> list[str | None]:
    if suppression is None:
        return []
    if suppression.codes is None:
        return [None]
    return [each for each in suppression.codes if code.startswith(each)]


def _lines(facts: FileFacts, place: Place) -> set[int]:
    """The finding's own lines and the first and last one of the statement around it."""
    lines = {place.line, *_ends(facts, place.span)}
    statement = _innermost(facts.statements, place.span)
    if statement is not None:
        lines.update(_ends(facts, Span(statement.start, statement.header_end)))
    return lines


def _ends(facts: FileFacts, span: Span) -> tuple[int, int]:
    return facts.line_of(span.start), facts.line_of(max(span.start, span.end - 1))


def _innermost(statements: Sequence[Statement], span: Span) -> Statement | None:
    """The last statement, in source order, that has `span` in itself or its header."""
    around = (each for each in statements if each.start <= span.start < each.header_end)
    return max(around, key=lambda each: each.start, default=None)
