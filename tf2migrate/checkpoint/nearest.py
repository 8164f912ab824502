"""The variables of the other side that a lost one most resembles."""

from __future__ import annotations

from collections.abc import Iterable

from tf2migrate.model.inventory import VariableRow

MOST = 3
_COMPARED = 200


def nearest(row: VariableRow, others: Iterable[VariableRow]) -> tuple[str, ...]:
    """At most three labels, best first: equal values, then shape and dtype, then names."""
    from difflib import SequenceMatcher  # only a failure pays for it

    pool = list(others)
    alike = [other for other in pool if (other.shape, other.dtype) == (row.shape, row.dtype)]
    texts = _texts(row)
    scored = []
    for other in (alike or pool)[:_COMPARED]:
        ratio = max(
            SequenceMatcher(None, one, two, autojunk=False).ratio()
            for one in texts
            for two in _texts(other)
        )
        same = row.checksum is not None and row.checksum == other.checksum
        if alike or ratio > 0.6:
            scored.append((not same, -ratio, other.path or other.label))
    return tuple(label for _, _, label in sorted(scored)[:MOST])


def _texts(row: VariableRow) -> list[str]:
    return [text for text in dict.fromkeys((row.name, row.path)) if text] or [row.key]
