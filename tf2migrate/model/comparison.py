"""What comparing two inventories found: a set equality, in both directions."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass

from tf2migrate.model.inventory import VariableRow


class Outcome(str, enum.Enum):
    """What became of a variable."""

    MATCHED = "matched"  # under its own name
    RENAMED = "renamed"
    TRANSFORMED = "transformed"  # gate order, split, cast: equal after the named transform
    ONE_SIDED = "one-sided"  # the other side cannot have it, and nothing is lost: `detail` says why
    MISSING = "missing"  # before had it, after has nothing for it
    UNEXPECTED = "unexpected"  # after has it, before had nothing for it
    SHAPE = "shape"
    DTYPE = "dtype"
    VALUE = "value"
    AMBIGUOUS = "ambiguous"  # more than one solution fits, so none is taken
    ALIASED = "aliased"  # two variables before, one after
    UNTRACKED = "untracked"  # exists in the program, but no checkpoint would hold it
    TRAINABLE = "trainable"  # trained on one side and not on the other


HARMLESS = frozenset({Outcome.MATCHED, Outcome.RENAMED, Outcome.TRANSFORMED, Outcome.ONE_SIDED})


class Depth(str, enum.Enum):
    """How far two inventories were compared."""

    NAMES = "names, shapes and dtypes"
    CHECKSUMS = "names, shapes, dtypes and checksums of the values"
    VALUES = "names, shapes, dtypes and every byte of the values"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report.

    Attributes:
      before, after: the rows that it is about: one each for a pair; several on
        one side for a split, a merge or an ambiguity; none where the variable
        is missing or unexpected.
      evidence: why the two belong together.
      detail: what is wrong, for people.
      transform: how the value changes (`TRANSFORMED`), as in a name map.
      difference: largest absolute difference of the values, where it was
        computed; inf where a NaN or a string differs.
      candidates: labels of the nearest variables on the other side, best first.
    """

    outcome: Outcome
    before: tuple[VariableRow, ...] = ()
    after: tuple[VariableRow, ...] = ()
    evidence: str = ""
    detail: str = ""
    transform: str = ""
    difference: float | None = None
    candidates: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.outcome in HARMLESS

    @property
    def label(self) -> str:
        return ", ".join(row.label for row in self.before or self.after)

    def __str__(self) -> str:
        text = f"{self.outcome.value}: {self.label}"
        if self.before and self.after:
            text += f" -> {', '.join(row.path or row.label for row in self.after)}"
        elif any(row.path not in (None, row.label) for row in self.after):
            text += f" at {', '.join(row.path or row.label for row in self.after)}"
        if self.detail:
            text += f": {self.detail}"
        if self.candidates:
            text += f" (nearest: {', '.join(self.candidates)})"
        return text


class VariablesMismatch(AssertionError):  # noqa: N818  (an assertion, named as the field does)
    """Two sets of variables are not equal; `report` says where."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class Report:
    """The comparison of two inventories.

    Attributes:
      before, after: what was compared, for people.
      entries: each variable of either side is in exactly one.
      depth: how far the values were compared.
    """

    before: str
    after: str
    entries: tuple[Entry, ...]
    depth: Depth

    @property
    def failures(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if not entry.ok)

    @property
    def ok(self) -> bool:
        return not self.failures

    def counts(self) -> dict[Outcome, int]:
        """Number of entries of each outcome that occurs, in the order of `Outcome`."""
        found = Counter(entry.outcome for entry in self.entries)
        return {outcome: found[outcome] for outcome in Outcome if found[outcome]}

    def raise_for_mismatch(self) -> None:
        """Raises:
        VariablesMismatch: the two sets are not equal; the message names each
          variable that differs, and the nearest candidates.
        """
        if not self.ok:
            raise VariablesMismatch(self)

    def __str__(self) -> str:
        """The summary, then a line for each failure."""
        counts = ", ".join(f"{number} {outcome.value}" for outcome, number in self.counts().items())
        verdict = "equal" if self.ok else "NOT equal"
        lines = [f"{self.before} and {self.after}: {verdict} in {self.depth.value}"]
        lines.append(f"  {counts or 'no variables'}")
        lines += [f"  {entry}" for entry in self.failures]
        return "\n".join(lines)
