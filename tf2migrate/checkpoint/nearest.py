"""The variables of the other side that a lost one most resembles."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from tf2migrate.checkpoint.kinds import Signature
from tf2migrate.model.inventory import VariableRow

MOST = 3
_COMPARED = 500
_ANSWERED = 200
_ALIKE = 0.3
"""The share of common letter sequences from which names of variables of another form count."""


class Nearest:
    """Finds candidates among the rows of one side.

    After the first few hundred lost variables no more are looked for: such a pair
    of checkpoints is of two different models, and nobody reads so many hints.
    """

    def __init__(self, rows: Iterable[VariableRow]) -> None:
        self._rows = list(rows)
        self._forms: dict[Signature, list[VariableRow]] = {}
        for row in self._rows:
            self._forms.setdefault((row.shape, row.dtype), []).append(row)
        self._grams: dict[str, frozenset[str]] = {}
        self._asked = 0

    def to(self, row: VariableRow) -> tuple[str, ...]:
        """At most three labels, best first: equal values, then shape and dtype, then names."""
        self._asked += 1
        if self._asked > _ANSWERED:
            return ()
        alike = self._forms.get((row.shape, row.dtype), ())
        same = [one for one in alike if one.checksum is not None and one.checksum == row.checksum]
        pool = {one.key: one for one in (*same, *(alike or self._rows)[:_COMPARED])}
        scored = [self._score(row, one, bool(alike)) for one in islice(pool.values(), _COMPARED)]
        found = sorted(score for score in scored if score is not None)
        return tuple(label for *_, label in found[:MOST])

    def _score(
        self, row: VariableRow, other: VariableRow, alike: bool
    ) -> tuple[bool, float, str] | None:
        texts = _texts(other)
        ratio = max(_ratio(self._of(one), self._of(two)) for one in _texts(row) for two in texts)
        same = alike and row.checksum is not None and row.checksum == other.checksum
        return (not same, -ratio, other.path or other.label) if alike or ratio > _ALIKE else None

    def _of(self, text: str) -> frozenset[str]:
        if text not in self._grams:
            padded = f"  {text} "
            self._grams[text] = frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
        return self._grams[text]


def _ratio(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's index of the names' sequences of three letters."""
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _texts(row: VariableRow) -> list[str]:
    return [text for text in dict.fromkeys((row.name, row.path)) if text] or [row.key]
