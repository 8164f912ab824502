"""Who belongs to whom so far: the state that the steps of the solver share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tf2migrate.model.inventory import Inventory, Kind, VariableRow
from tf2migrate.model.names import split_path


@dataclass(frozen=True, slots=True)
class Pair:
    """Variables of both sides that belong together: one each, or more with a transform.

    Attributes:
      alternatives: other transforms that may be the right one; only the values tell.
    """

    before: tuple[VariableRow, ...]
    after: tuple[VariableRow, ...]
    evidence: str
    transform: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Variables for which more than one solution fits."""

    before: tuple[VariableRow, ...]
    after: tuple[VariableRow, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class OneSided:
    """A variable that the other side cannot have, and why nothing is lost with it.

    Attributes:
      zero: it has to be all zeros, else it says something that is lost.
    """

    before: tuple[VariableRow, ...]
    after: tuple[VariableRow, ...]
    reason: str
    zero: bool = False


@dataclass
class Matching:
    """What is settled and what is open.

    Attributes:
      before, after: the open rows by key, in the inventories' order.
      partners: key of the one row after of each row before that is settled with one.
      all_before, all_after: every row of either side by key, open or not.
      fixed: keys of open rows of either side that the name map settles as
        unmatched, with what it says; no weaker evidence may match them.
      one_sided: settled without a partner.
      transforms: of pairs of one variable each, by the key of the row before.
      later: keys of open rows after that wait for their own step of the solver.
    """

    before: dict[str, VariableRow]
    after: dict[str, VariableRow]
    pairs: list[Pair] = field(default_factory=list)
    ambiguities: list[Ambiguity] = field(default_factory=list)
    partners: dict[str, str] = field(default_factory=dict)
    all_before: dict[str, VariableRow] = field(default_factory=dict)
    all_after: dict[str, VariableRow] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    one_sided: list[OneSided] = field(default_factory=list)
    transforms: dict[str, str] = field(default_factory=dict)
    later: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, before: Inventory, after: Inventory) -> Matching:
        one, other = before.by_key(), after.by_key()
        return cls(dict(one), dict(other), all_before=one, all_after=other)

    def join(self, before: VariableRow, after: VariableRow, evidence: str) -> None:
        self.join_all((before,), (after,), evidence)

    def join_all(
        self,
        before: Sequence[VariableRow],
        after: Sequence[VariableRow],
        evidence: str,
        transform: str = "",
        alternatives: tuple[str, ...] = (),
    ) -> None:
        """Settle a pair; both sides must be open."""
        for row in before:
            del self.before[row.key]
        for row in after:
            del self.after[row.key]
        if len(before) == len(after) == 1:
            self.partners[before[0].key] = after[0].key
            if transform:
                self.transforms[before[0].key] = transform
        self.pairs.append(Pair(tuple(before), tuple(after), evidence, transform, alternatives))

    def leave(
        self, before: Iterable[VariableRow], after: Iterable[VariableRow], reason: str
    ) -> None:
        """Settle that several solutions fit; no weaker evidence is asked."""
        one, other = tuple(before), tuple(after)
        for row in one:
            self.before.pop(row.key, None)
        for row in other:
            self.after.pop(row.key, None)
        self.ambiguities.append(Ambiguity(one, other, reason))

    def set_aside(
        self,
        before: Sequence[VariableRow],
        after: Sequence[VariableRow],
        reason: str,
        *,
        zero: bool = False,
    ) -> None:
        """Settle rows that have no partner and need none."""
        for row in before:
            del self.before[row.key]
        for row in after:
            del self.after[row.key]
        self.one_sided.append(OneSided(tuple(before), tuple(after), reason, zero))

    def open_before(self) -> list[VariableRow]:
        """The rows before that evidence other than the name map may match."""
        return [row for row in self.before.values() if row.key not in self.fixed]

    def open_after(self) -> list[VariableRow]:
        """The rows after that evidence other than the name map may match."""
        waiting = self.fixed.keys() | self.later if self.later else self.fixed
        return [row for row in self.after.values() if row.key not in waiting]


def is_slot(row: VariableRow) -> bool:
    return row.kind is Kind.SLOT and row.slot is not None


def signature(row: VariableRow) -> tuple[object, str]:
    return row.shape, row.dtype


def path_name(row: VariableRow) -> str | None:
    """The object path read as a TF1 name: plain child names joined by slashes."""
    return None if row.path is None else _as_name(row.path)


@lru_cache(maxsize=1 << 16)
def _as_name(path: str) -> str:
    """Asked for each path by each step of the solver."""
    return "/".join(split_path(path))
