"""Short spellings for tests: edits that name their place by the code that stands there."""

from __future__ import annotations

import re

from tf2migrate.model.edit import AddImport, Edit, Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.model.span import Span
from tf2migrate.rewrite import rewrite

_NAMED = re.compile(r"<<(.*?)>>", re.DOTALL)


class Code:
    """A text and edits of it; a place is its `count`th occurrence in the text."""

    def __init__(self, text: str) -> None:
        self.text = text.encode("utf-8")
        self.edits: list[Edit] = []

    def span(self, code: str, count: int = 1) -> Span:
        wanted = code.encode("utf-8")
        start = -1
        for _ in range(count):
            start = self.text.index(wanted, start + 1)
        return Span(start, start + len(wanted))

    def fill(self, code: str) -> str:
        """`<<a>>` in `code` becomes the hole of the first `a` in the text."""
        return _NAMED.sub(lambda match: self.span(match[1]).hole, code)

    def replace(self, place: str, code: str, count: int = 1) -> Code:
        self.edits.append(Replace("f.py", self.span(place, count), self.fill(code)))
        return self

    def statement(self, place: str, code: str) -> Code:
        self.edits.append(ReplaceStatement("f.py", self.span(place), self.fill(code)))
        return self

    def before(self, place: str, code: str) -> Code:
        self.edits.append(Insert("f.py", self.span(place), self.fill(code)))
        return self

    def after(self, place: str, code: str) -> Code:
        self.edits.append(Insert("f.py", self.span(place), self.fill(code), after=True))
        return self

    def wrap(self, place: str, header: str) -> Code:
        self.edits.append(Wrap("f.py", self.span(place), self.fill(header)))
        return self

    def remove(self, place: str) -> Code:
        self.edits.append(Remove("f.py", self.span(place)))
        return self

    def imports(self, code: str) -> Code:
        self.edits.append(AddImport("f.py", code))
        return self

    def done(self, newline: str = "\n") -> str:
        return rewrite(self.text, self.edits, newline).decode("utf-8")
