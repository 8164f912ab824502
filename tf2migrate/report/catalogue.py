"""The codes that exist, with what their documentation says.

A rule's documentation is a docstring: a summary, then sections, each a heading
at the margin with its text indented below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import dedent

_HEADING = re.compile(r"^(What|Why|Example|Examples|Safety|Limits|Recipe: ?(?P<recipe>.+?)):?\s*$")
_RECIPE = "Recipe: "


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a rule's documentation."""

    title: str
    text: str

    @property
    def recipe(self) -> str | None:
        """The name of the recipe when this section is one."""
        return self.title[len(_RECIPE) :] if self.title.startswith(_RECIPE) else None


@dataclass(frozen=True, slots=True)
class Topic:
    """One rule as people read of it: its codes with their titles, and its documentation."""

    codes: Mapping[str, str]
    summary: str
    sections: tuple[Section, ...]


class Catalogue:
    """All codes, in order."""

    def __init__(self, rules: Iterable[tuple[Mapping[str, str], str]]) -> None:
        topics = [topic(codes, doc) for codes, doc in rules if codes]
        self.topics = tuple(sorted(topics, key=lambda each: min(each.codes)))
        by_code = {code: topic for topic in self.topics for code in topic.codes}
        self._by_code = dict(sorted(by_code.items()))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._by_code)

    def topic(self, code: str) -> Topic | None:
        return self._by_code.get(code)

    def title(self, code: str) -> str:
        """The title of `code`, the code itself when it is not known."""
        found = self._by_code.get(code)
        return found.codes[code] if found else code


def topic(codes: Mapping[str, str], doc: str) -> Topic:
    """Take a rule's docstring apart."""
    summary: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for line in _cleaned(doc).splitlines():
        heading = _HEADING.match(line)
        if heading:
            recipe = heading["recipe"]
            sections.append((f"{_RECIPE}{recipe}" if recipe else heading[1], []))
        else:
            (sections[-1][1] if sections else summary).append(line)
    return Topic(
        codes,
        "\n".join(summary).strip(),
        tuple(Section(title, _body(lines)) for title, lines in sections),
    )


def _cleaned(doc: str) -> str:
    first, _, rest = doc.strip("\n").partition("\n")
    return f"{first.strip()}\n{dedent(rest)}"


def _body(lines: list[str]) -> str:
    return dedent("\n".join(lines)).strip("\n").rstrip()
