"""Statements that choose between an old and a new name, and do the same with either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.edit import Edit, Replace, ReplaceStatement
from tf2migrate.model.facts import Expr, Statement
from tf2migrate.model.span import Place, Span
from tf2migrate.rules.support.references import respelled
from tf2migrate.rules.support.sites import place_of

_LOOKS = frozenset({
    "hasattr", "getattr", "int", "float", "str", "tuple", "list", "map", "dir", "len",
    "split", "startswith", "LooseVersion", "StrictVersion", "parse", "Version",
})  # fmt: skip
_BLANK = re.compile(r"\s+")


class Fallback(NamedTuple):
    """A statement or expression to be replaced by its modern branch."""

    path: str
    place: Place
    edits: tuple[Edit, ...]
    references: tuple[Reference, ...]


class _Old(NamedTuple):
    """The old names of one file and what they become."""

    project: Project
    file: FileIndex
    references: tuple[Reference, ...]
    new: Mapping[str, str]

    def inside(self, span: Span) -> tuple[Reference, ...]:
        return tuple(ref for ref in self.references if span.contains(ref.at.expr.span))

    def normal(self, span: Span) -> str:
        """The code of a span with new names for old ones and one blank for white space."""
        facts, start, parts = self.file.facts, span.start, []
        for ref in sorted(self.inside(span), key=lambda ref: ref.at.expr.start):
            expr = ref.at.expr
            base = "" if expr.kind == "name" else facts.code(expr.parts[0]) + "."
            parts += [facts.code(Span(start, expr.start)), base, self.new[ref.name]]
            start = expr.end
        parts.append(facts.code(Span(start, span.end)))
        return _BLANK.sub(" ", "".join(parts))

    def edits(self, span: Span) -> tuple[Edit, ...] | None:
        """What makes a span modern."""
        edits: list[Edit] = []
        for ref in self.inside(span):
            some = respelled(self.project, ref, self.new[ref.name])
            if some is None:
                return None
            edits += some
        return tuple(edits)


def fallbacks(project: Project, new: Mapping[str, str]) -> list[Fallback]:
    """All fallbacks with an old name in one of their branches."""
    by_path: dict[str, list[Reference]] = {}
    for name in new:
        for reference in project.by_name.get(name, ()):
            by_path.setdefault(reference.at.file.path, []).append(reference)
    found: list[Fallback] = []
    for path, references in by_path.items():
        old = _Old(project, project.files[path], tuple(references), new)
        found += _outermost(item for ref in references for item in _around(old, ref))
    return found


def _outermost(items: Iterator[Fallback]) -> list[Fallback]:
    unique = {item.place.span: item for item in items}
    return [
        item
        for span, item in unique.items()
        if not any(other != span and other.contains(span) for other in unique)
    ]


def _around(old: _Old, reference: Reference) -> Iterator[Fallback]:
    at = reference.at
    for expr in at.path:
        if expr.kind == "ifexp" and _only_looks(expr.parts[0]):
            one, other = expr.parts[1], expr.parts[2]
            kept = _choose(old, [one.span, other.span])
            if kept is not None:
                edit = Replace(old.file.path, expr.span, kept[0].hole)
                yield _fallback(old, expr, edit, kept[1])
    for outer in old.file.ancestors(at.statement):
        if outer.scope != at.scope or outer.kind not in ("try", "if"):
            continue
        branches = _branches(old.file, outer)
        if len(branches) < 2:
            continue
        kept = _choose(old, [Span(block[0].start, block[-1].end) for block in branches])
        if kept is not None:
            statement = ReplaceStatement(old.file.path, outer.span, kept[0].hole)
            yield _fallback(old, outer, statement, kept[1])


def _fallback(old: _Old, whole: Expr | Statement, edit: Edit, inner: tuple[Edit, ...]) -> Fallback:
    references = old.inside(whole.span)
    return Fallback(old.file.path, place_of(old.file, whole), (edit, *inner), references)


def _choose(old: _Old, spans: Sequence[Span]) -> tuple[Span, tuple[Edit, ...]] | None:
    """The branch to keep, modern if there is one, with its edits; None if they differ."""
    if len({old.normal(span) for span in spans}) != 1:
        return None
    best = min(spans, key=lambda span: len(old.inside(span)))
    edits = old.edits(best)
    return None if edits is None else (best, edits)


def _branches(file: FileIndex, outer: Statement) -> list[list[Statement]]:
    """The blocks of which one is run, none where there is more to it than that."""
    children = file.children(outer)
    blocks: dict[str, list[Statement]] = {}
    for child in children:
        blocks.setdefault(child.block, []).append(child)
    if outer.kind == "if":
        elif_ = file.facts.text.startswith(b"elif", outer.start)
        if elif_ or set(blocks) != {"body", "orelse"} or not _only_looks(outer.exprs[0]):
            return []
        return [blocks["body"], blocks["orelse"]]
    if set(blocks) != {"body", "handlers"}:
        return []
    return [blocks["body"], *(file.children(handler) for handler in blocks["handlers"])]


def _only_looks(test: Expr) -> bool:
    """Whether evaluating the test has no effect."""
    return all(
        part.parts[0].text in _LOOKS for part in test.walk() if part.kind == "call"
    ) and not any(part.kind == "named" for part in test.walk())
