"""Findings for one site of a group that is migrated, or left, as a whole."""

from __future__ import annotations

from typing import NamedTuple

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.model.facts import Expr, Statement
from tf2migrate.model.span import Place


class Blocker(NamedTuple):
    """Why a group cannot be rewritten: the place, the reason and the recipe that helps."""

    place: Place
    reason: str
    recipe: str


def place_of(file: FileIndex, expr: Expr | Statement) -> Place:
    return file.facts.place(expr.span)


def blocker(at: Occurrence, reason: str, recipe: str) -> Blocker:
    return Blocker(place_of(at.file, at.expr), reason, recipe)


def qualified(at: Occurrence) -> str:
    """`path:function` of an occurrence, the stable identity of a site in the name map."""
    name = at.file.scope(at.scope).qualname
    return f"{at.file.path}:{name}" if name else at.file.path
