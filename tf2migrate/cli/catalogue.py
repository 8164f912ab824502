"""All codes: those of the rules and those of the tool itself."""

from __future__ import annotations

from functools import cache

from tf2migrate.model import problem
from tf2migrate.report.catalogue import Catalogue
from tf2migrate.rules import RULES


@cache
def catalogue() -> Catalogue:
    """The codes that this version knows."""
    rules = [(rule.codes, rule.doc) for rule in RULES]
    return Catalogue([*rules, (problem.TOOL_CODES, problem.__doc__ or "")])
