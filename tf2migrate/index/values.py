"""The data of a flow of values: slots that hold them, uses, escapes and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tf2migrate.index.files import Occurrence
from tf2migrate.model.facts import Expr


class Slot(NamedTuple):
    """A place that holds values.

    `kind` is `name` (of `scope` in the file `path`), `attr` (`name` of the class
    family `scope`, or of any object where that is -1) or `return` (of the
    function `scope`). `keys` leads from the value in the slot to the one of
    interest, through constant subscripts.
    """

    kind: str
    path: str
    scope: int
    name: str
    keys: tuple[object, ...] = ()


class Use(NamedTuple):
    """A method call on, or an attribute read from, a value of interest."""

    name: str
    at: Occurrence
    """The value itself; its parent is the attribute, above it perhaps the call."""
    call: Expr | None


class Escape(NamedTuple):
    """Where a value goes that cannot be followed."""

    at: Occurrence
    reason: str
    callee: str = ""


@dataclass
class Group:
    """Origins that cannot be told apart, and all that happens to them."""

    origins: list[Occurrence] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)
    tests: list[Occurrence] = field(default_factory=list)
    slots: set[Slot] = field(default_factory=set)
