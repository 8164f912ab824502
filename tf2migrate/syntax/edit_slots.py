"""Edits of whole statements: what goes beside, around and away with lines."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tf2migrate.model.edit import Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.syntax.edit_check import HOLE, Spanned
from tf2migrate.syntax.edit_errors import RewriteError
from tf2migrate.syntax.edit_render import Layout, Patch, Renderer, Replacement
from tf2migrate.syntax.edit_text import comments, leading, shift
from tf2migrate.syntax.statements import Group, Statement, parse


@dataclass(slots=True)
class _Work:
    """What is to be done with one statement."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    remove: bool = False
    opens: bool = False

    @property
    def beside(self) -> bool:
        return bool(self.before or self.after)


_NOTHING = _Work()


class Slots:
    """Makes the patches for the edits of statements."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer
        self.doc = renderer.doc
        self.newline = renderer.newline
        self._works: dict[Statement, _Work] = {}
        self._opened: dict[Statement, bytes] = {}

    def add(self, edits: Sequence[Spanned]) -> None:
        for edit in edits:
            if not isinstance(edit, Replace):
                self._take(edit)
        done: set[Statement] = set()
        for item in list(self._works):
            if item not in done:
                group = self.doc.group(item)
                done.update(group.members)
                self._patch_group(group)

    def keep_comments(self, edit: Replace | ReplaceStatement, patch: Patch) -> None:
        """Comments that the edit would lose go above the statement."""
        span = edit.span
        old = comments(self.doc.text[span.start : span.end])
        if not old:
            return
        item = self.doc.around(span)
        above = self.doc.group(item).above

        def make(_: Patch) -> bytes:
            indent = leading(self.doc.text[above : self.doc.line_end(above)]).replace(b"\f", b"")
            kept = Counter(comments(patch.text))
            lost = []
            for comment in old:
                kept[comment] -= 1
                if kept[comment] < 0:
                    lost.append(indent + comment + self.newline)
            return b"".join(lost)

        self.renderer.add(Patch(above, above, make))

    def _take(self, edit: Insert | Wrap | Remove | ReplaceStatement) -> None:
        item = self.doc.at(edit.span)
        if item.is_clause and not isinstance(edit, ReplaceStatement):
            raise RewriteError(
                f"tf2migrate: {type(edit).__name__} at bytes {edit.span.start} to"
                f" {edit.span.end} is at an `{item.kind}` clause, which is no statement"
            )
        if isinstance(edit, ReplaceStatement) and _fits_on_a_line(edit.code):
            return
        work = self._works.setdefault(item, _Work())
        if isinstance(edit, Insert):
            (work.after if edit.after else work.before).append(edit.code)
        elif isinstance(edit, Wrap):
            if edit.header not in work.headers:
                work.headers.append(edit.header)
        elif isinstance(edit, Remove):
            work.remove = True
        else:
            work.opens = True

    def add_statement(self, edit: ReplaceStatement) -> Patch:
        """The patch that replaces a statement; its first line is indented already."""
        item = self.doc.at(edit.span)

        def make(patch: Patch) -> bytes:
            layout = self._layout(item)
            return self.renderer.fill(edit.code.strip("\r\n"), patch, layout)[len(layout.indent) :]

        return self.renderer.add(Replacement(item.start, item.end, make))

    def _layout(self, item: Statement) -> Layout:
        indent = self._opened.get(item)
        if indent is None:
            indent = self.doc.indent(item.outer)
        return Layout(indent, self.doc.unit_at(item))

    def _work(self, item: Statement) -> _Work:
        return self._works.get(item, _NOTHING)

    def _patch_group(self, group: Group) -> None:
        works = [self._work(item) for item in group.members]
        if not group.alone and self._removes_only(group, works):
            self._patch_removed(group)
        elif group.alone or self._only_at_its_ends(group, works):
            self.renderer.add(
                Patch(group.start, group.end, lambda patch: self._lines(group, patch))
            )
        else:
            indent = self._indent(group)
            self._opened.update(dict.fromkeys(group.members, indent))
            self.renderer.add(Patch(group.start, group.end, lambda _: self._opened_up(group)))

    def _removes_only(self, group: Group, works: list[_Work]) -> bool:
        removed = [work.remove for work in works]
        if any(work.beside or work.headers or work.opens for work in works):
            return False
        return not all(removed) or group.suite

    def _only_at_its_ends(self, group: Group, works: list[_Work]) -> bool:
        """Whether all that is new goes above and below the line, which can stay as it is."""
        if all(work.remove and not work.beside for work in works):
            return True
        within = any(work.headers or work.remove or work.opens for work in works)
        before = any(work.before for work in works[1:])
        after = any(work.after for work in works[:-1])
        return not (group.suite or within or before or after)

    def _patch_removed(self, group: Group) -> None:
        """Takes statements out of a line that stays."""
        kept = [item for item in group.members if not self._work(item).remove]
        if not kept:
            first, last = group.members[0], group.members[-1]
            self.renderer.add(Patch(first.start, last.end, lambda _: b"pass"))
            return
        position = group.members[0].start
        for item, following in zip(group.members, group.members[1:], strict=False):
            if item is kept[-1]:
                break
            if self._work(item).remove:
                self.renderer.add(Patch(position, following.start, lambda _: b""))
            position = following.start
        if kept[-1].end < group.members[-1].end:
            self.renderer.add(Patch(kept[-1].end, group.members[-1].end, lambda _: b""))

    def _lines(self, group: Group, patch: Patch) -> bytes:
        """The lines of a statement that has them for itself."""
        first, last = group.members[0], group.members[-1]
        if all(self._work(item).remove for item in group.members):
            base = self._if_emptied(first, self._layout(first).indent)
        else:
            base = self.renderer.render(group.start, group.end, patch)
        if first is last:
            return self._dressed(first, base)
        above = self._beside(self._work(first).before, first)
        return above + self._followed(base, self._beside(self._work(last).after, last))

    def _if_emptied(self, item: Statement, indent: bytes) -> bytes:
        """`pass` if nothing is left of the block of the removed statement."""
        works = [self._work(sibling) for sibling in item.siblings]
        emptied = all(work.remove and not work.beside for work in works)
        if item.parent is not None and emptied and item is item.siblings[0]:
            return indent + b"pass" + self.newline
        return b""

    def _indent(self, group: Group) -> bytes:
        first = group.members[0]
        if not group.suite or first.parent is None:
            return self.doc.indent(first.start)
        return self.doc.indent(first.parent.start) + self.doc.unit

    def _opened_up(self, group: Group) -> bytes:
        """The statements of a shared line, one on each line."""
        last = group.members[-1]
        tail = self.doc.text[last.end : group.end].rstrip(b"\r\n").replace(b"\\", b"")
        tail = (leading(tail) or b"  ") + tail.lstrip(b" \t\f;") if b"#" in tail else b""
        kept = [item for item in group.members if not self._work(item).remove]
        out = [self.newline] if group.suite else [self.renderer.marks(group.start)]
        for item in group.members:
            base = b""
            if item in kept:
                base = self._layout(item).indent + self.renderer.render(item.start, item.end)
                base += (tail if item is kept[-1] else b"") + self.newline
            out.append(self._dressed(item, base))
        if not kept and tail:
            out.append(self._indent(group) + tail.strip() + self.newline)
        if not kept and not any(self._work(item).beside for item in group.members):
            first = group.members[0]
            out.append(self._indent(group) + b"pass" + self.newline if group.suite else b"")
            out.append(b"" if group.suite else self._if_emptied(first, self._indent(group)))
        text = b"".join(out)
        if self.doc.text[: group.end].endswith((b"\n", b"\r")) or self._work(last).after:
            return text
        return text[: -len(self.newline)]

    def _dressed(self, item: Statement, base: bytes) -> bytes:
        """A statement's lines with what goes around and beside them."""
        work = self._work(item)
        layout = self._layout(item)
        for header in reversed(work.headers):
            head = layout.indent + self.renderer.fill(header) + self.newline
            base = head + shift(base, b"", layout.unit)
        above = self._beside(work.before, item)
        return above + self._followed(base, self._beside(work.after, item))

    def _followed(self, base: bytes, below: bytes) -> bytes:
        if below and base and not base.endswith((b"\n", b"\r")):
            base += self.newline
        return base + below

    def _beside(self, codes: list[str], item: Statement) -> bytes:
        layout = self._layout(item)
        texts = [self.renderer.fill(code, None, layout) + self.newline for code in codes]
        return b"".join(texts)


def _fits_on_a_line(code: str) -> bool:
    """Whether a statement can be replaced by `code` where others share its line."""
    plain = HOLE.sub("_", code).strip("\r\n")
    if "\n" in plain or "\r" in plain or "#" in plain:
        return False
    try:
        tree = parse(plain.encode("utf-8"))
    except SyntaxError:
        return False
    # A hole on its own may be any statement.
    own = plain == code.strip("\r\n") or not any(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) for node in tree.body
    )
    return own and not any(hasattr(node, "body") or hasattr(node, "cases") for node in tree.body)
