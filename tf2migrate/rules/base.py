"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tf2migrate.index.project import Project
from tf2migrate.model.finding import Finding, Kept


@dataclass(frozen=True, slots=True)
class Rule:
    """One idiom: the codes it reports, its documentation and its pure function.

    Attributes:
      codes: each code with its title, in the order of the documentation.
      doc: the docstring of the rule's module, with the sections What, Why,
        Example, Safety, Limits and, for each `Finding.recipe` it uses, a section
        `Recipe: <name>`; `explain` and `docs/rules.md` are made of it.
      find: yields a `Finding` or a `Kept` for every site of the idiom in the
        project. It sees no syntax tree and no other rule.
    """

    codes: Mapping[str, str]
    doc: str
    find: Callable[[Project], Iterator[Finding | Kept]]
