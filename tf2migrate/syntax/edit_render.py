"""Patches of a text, and the text with the patches made."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tf2migrate.model.edit import Replace
from tf2migrate.model.span import Span
from tf2migrate.syntax.edit_check import HOLE, holes
from tf2migrate.syntax.edit_errors import ConflictError, RewriteError
from tf2migrate.syntax.edit_fit import Fragment, fit
from tf2migrate.syntax.edit_text import laid_out, leading, quotes_around, shift
from tf2migrate.syntax.statements import Statement, Statements, locator, parse

_MARK = re.compile(rb"_tfm_hole_(\d+)_")
_HEADERS = {
    "elif": (b"if _: pass\n", b" pass"),
    "handler": (b"try: pass\n", b" pass"),
    "case": (b"match _:\n ", b" pass"),
}
_EXPRESSIONS = ((b"(", b"\n)"), (b"_(", b"\n)"), (b"from _ import ", b""), (b"import ", b""))
_STATEMENTS = ((b"", b""), (b"", b" pass"))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where lines of code go: their indentation and the unit of deeper blocks."""

    indent: bytes
    unit: bytes


class Patch:
    """New text for a part of the file, made when it is asked for."""

    def __init__(self, start: int, end: int, make: Callable[[Patch], bytes]) -> None:
        self.start = start
        self.end = end
        self._make = make
        self._text: bytes | None = None
        self._busy = False

    @property
    def is_replacement(self) -> bool:
        """Whether it belongs to the very code at its place, not to the lines around."""
        return False

    @property
    def text(self) -> bytes:
        if self._text is None:
            self._text = self.guarded(lambda: self._make(self))
        return self._text

    def guarded(self, make: Callable[[], bytes]) -> bytes:
        if self._busy:
            span = f"bytes {self.start} to {self.end}"
            raise ConflictError(f"tf2migrate: the holes of the edit at {span} form a circle")
        self._busy = True
        try:
            return make()
        finally:
            self._busy = False


class Replacement(Patch):
    """New code in the place of an expression or a statement."""

    @property
    def is_replacement(self) -> bool:
        return True


class Renderer:
    """The text with its patches, which may lie within each other."""

    def __init__(self, doc: Statements, newline: bytes) -> None:
        self.doc = doc
        self.newline = newline
        self._patches: list[Patch] = []
        self._replaces: dict[Span, tuple[Patch, Replace]] = {}

    def add(self, patch: Patch) -> Patch:
        self._patches.append(patch)
        return patch

    def add_replace(self, edit: Replace) -> Patch:
        def make(patch: Patch) -> bytes:
            return self._in_place(edit, self.fill(self._lines(edit), patch))

        patch = self.add(Replacement(edit.span.start, edit.span.end, make))
        self._replaces[edit.span] = (patch, edit)
        return patch

    def _lines(self, edit: Replace) -> str:
        """The code, its further lines indented as the statement that it goes into."""
        if "\n" not in edit.code:
            return edit.code
        indent = self.doc.indent(self.doc.around(edit.span).start)
        return edit.code.replace("\n", (self.newline + indent).decode("utf-8"))

    def finish(self) -> None:
        """To be called when all patches are there; the order of equal ones stays."""
        # Lines before what is on them: a comment goes above the code that loses it.
        self._patches.sort(key=lambda patch: (patch.start, patch.is_replacement, -patch.end))

    def render(self, start: int, end: int, skip: Patch | None = None) -> bytes:
        """The text from `start` to `end` after all patches within, but for `skip`."""
        return self._spliced(start, end, lambda patch: patch is not skip)

    def marks(self, start: int) -> bytes:
        """What is put in at `start`."""
        return b"".join(patch.text for patch in self._patches if patch.start == patch.end == start)

    def _spliced(self, start: int, end: int, wanted: Callable[[Patch], bool]) -> bytes:
        out = []
        position = start
        for patch in self._patches:
            if patch.start >= end:
                break
            if patch.start >= position and patch.end <= end and wanted(patch):
                out += [self.doc.text[position : patch.start], patch.text]
                position = patch.end
        out.append(self.doc.text[position:end])
        return b"".join(out)

    def fill(self, code: str, patch: Patch | None = None, layout: Layout | None = None) -> bytes:
        """An edit's code with its holes filled; as lines of the file given a layout."""
        spans = list(holes(code))
        numbers = iter(range(len(spans)))
        template = HOLE.sub(lambda _: f"_tfm_hole_{next(numbers)}_", code).encode("utf-8")
        texts = [self._hole(span, patch) for span in spans]
        fitted = [
            self._fitted(template, match, texts[int(match[1])], layout is not None)
            for match in _MARK.finditer(template)
        ]
        lines = template
        if layout is not None:
            lines = laid_out(template, layout.indent, layout.unit, self.newline)
        return self._joined(lines, spans, texts, fitted, layout is not None)

    def _joined(
        self, lines: bytes, spans: list[Span], texts: list[bytes], fitted: list[bytes], block: bool
    ) -> bytes:
        out = []
        position = 0
        for match, fitting in zip(_MARK.finditer(lines), fitted, strict=True):
            out.append(lines[position : match.start()])
            number = int(match[1])
            if block and self._is_statement(spans[number], lines, match):
                old, new = self.doc.indent(spans[number].start), leading(_line(lines, match))
                out.append(shift(old + texts[number], old, new)[len(new) :])
            else:
                out.append(fitting)
            position = match.end()
        return b"".join([*out, lines[position:]])

    def _is_statement(self, span: Span, lines: bytes, match: re.Match[bytes]) -> bool:
        if _line(lines, match).strip() != match.group():
            return False
        return any(item.start == span.start for item in self.doc.all)

    def _hole(self, span: Span, patch: Patch | None) -> bytes:
        if not 0 <= span.start <= span.end <= len(self.doc.text):
            raise RewriteError(f"tf2migrate: the hole {span.hole} is outside of the file")
        held, edit = self._replaces.get(span, (None, None))
        if held is not None and held is not patch and edit is not None:
            # Without parentheses: those depend on where the hole is.
            return held.guarded(lambda: self.fill(self._lines(edit), held))

        def wanted(other: Patch) -> bool:
            around = other.start <= span.start and other.end >= span.end
            mark = other.start == other.end == span.start
            return other is not patch and not mark and (other.is_replacement or not around)

        return self._spliced(span.start, span.end, wanted)

    def _fitted(
        self, template: bytes, match: re.Match[bytes], text: bytes, statements: bool
    ) -> bytes:
        """A hole's text, in parentheses if its place in the template needs them."""
        if template.strip() == match.group():
            return text
        for prefix, suffix in _STATEMENTS if statements else (*_EXPRESSIONS, *_STATEMENTS):
            try:
                return fit(Fragment(template, prefix, suffix), Span(*match.span()), text)
            except RewriteError:
                continue
        return text

    def _in_place(self, edit: Replace, code: bytes) -> bytes:
        start, fragment = self.fragment(edit.span)
        span = Span(edit.span.start - start, edit.span.end - start)
        code = _for_fstring(edit, fragment, span, code)
        return fit(fragment, span, code)

    def fragment(self, span: Span) -> tuple[int, Fragment]:
        """The simple statement, header or decorator around a span, and where it begins."""
        item = self.doc.around(span)
        text = self.doc.text
        if item.kind == "simple":
            return item.start, Fragment(text[item.start : item.end])
        if span.start < item.start:
            return self._decorator(item, span)
        end = self.doc.header_end(item)
        if span.end > end or span.start < item.start:
            raise RewriteError(f"tf2migrate: no expression at bytes {span.start} to {span.end}")
        prefix, suffix = _HEADERS.get(item.kind, (b"", b" pass"))
        if isinstance(item.node, ast.Match):
            suffix = b"\n case _: pass"
        return item.start, Fragment(text[item.start : end], prefix, suffix)

    def _decorator(self, item: Statement, span: Span) -> tuple[int, Fragment]:
        for start, end in self.doc.decorators(item):
            if start <= span.start and span.end <= end:
                return start, Fragment(self.doc.text[start:end], b"@", b"\ndef _(): pass")
        raise RewriteError(f"tf2migrate: no expression at bytes {span.start} to {span.end}")


def _line(lines: bytes, match: re.Match[bytes]) -> bytes:
    """The line of a match."""
    before = re.split(rb"[\r\n]", lines[: match.start()])[-1]
    return before + match.group() + re.split(rb"[\r\n]", lines[match.end() :])[0]


def _for_fstring(edit: Replace, fragment: Fragment, span: Span, code: bytes) -> bytes:
    """`code` as it can stand in an f-string, if its place is in one."""
    if code == fragment.code[span.start : span.end]:
        return code
    if b"{" not in fragment.code or not _in_fstring(fragment, span):
        return code
    place = f"bytes {edit.span.start} to {edit.span.end}"
    if sys.version_info < (3, 12):
        raise ConflictError(
            f"tf2migrate: cannot edit within the f-string around {place}:"
            " Python before 3.12 does not say where its expressions are"
        )
    quote = quotes_around(fragment.code, span.start)
    if not quote or quote not in code:
        return code
    # The file may have to run under Python < 3.12, where the quotes must differ.
    other = b"'" if quote[:1] == b'"' else b'"'
    if len(quote) > 1 or other in code:
        raise ConflictError(f"tf2migrate: {edit.code!r} has the quotes of the f-string at {place}")
    return code.replace(quote, other)


def _in_fstring(fragment: Fragment, span: Span) -> bool:
    start = span.start + len(fragment.prefix)
    end = span.end + len(fragment.prefix)
    locate = locator(fragment.whole)
    for node in ast.walk(parse(fragment.whole)):
        if isinstance(node, ast.JoinedStr):
            held = locate(node)
            if held.contains(Span(start, end)) and held != Span(start, end):
                return True
    return False
