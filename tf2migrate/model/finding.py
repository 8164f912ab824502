"""What a rule says about a place in the program."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tf2migrate.model.edit import Edit
from tf2migrate.model.names import NameRow
from tf2migrate.model.span import Place


class Safety(enum.Enum):
    """How far a finding's edits can be trusted."""

    SAFE = "safe"
    """The edits keep the program's meaning; `fix` makes them."""
    UNSAFE = "unsafe"
    """The edits change something that usually does not matter; `--unsafe` only."""
    MANUAL = "manual"
    """A person must decide; there are no edits, `explain` has the recipe."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to do (`SAFE`, `UNSAFE`) or to decide (`MANUAL`) at one place.

    `edits` are made whole or not at all, also across files. `group` ties
    findings together that are only right together (a Saver and its saves):
    when one of a group cannot be applied, none is. `recipe` names a section of
    the rule's documentation.
    """

    code: str
    place: Place
    message: str
    safety: Safety
    edits: tuple[Edit, ...] = ()
    names: tuple[NameRow, ...] = ()
    group: str | None = None
    recipe: str | None = None

    @property
    def fixable(self) -> bool:
        return self.safety is not Safety.MANUAL


@dataclass(frozen=True, slots=True)
class Kept:
    """A site of a rule that is right as it stands under the target, and why.

    Kept sites are not findings: nobody has anything to do. They are counted so
    that no site is passed over in silence.
    """

    code: str
    place: Place
    reason: str
