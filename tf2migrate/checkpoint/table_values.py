"""Values of hash tables: the same keys with the same values, in whatever order they are stored.

TensorFlow exports a table in the order of its buckets, which depends on the order
of the insertions; measured on TensorFlow 2.21: a table that is saved, restored and
saved again has its rows in another order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.differences import Difference, Tolerance, array_difference
from tf2migrate.checkpoint.solve.matching import Pair
from tf2migrate.model.inventory import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEYS, _VALUES = "keys", "values"


def tables_of(pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    """The positions of the two pairs of each table, keys and values."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for number, pair in enumerate(pairs):
        if len(pair.before) == len(pair.after) == 1 and pair.before[0].kind is Kind.TABLE:
            stem, _, column = pair.before[0].key.rpartition("-")
            other = pair.after[0].key.rpartition("-")[0]
            found.setdefault((stem, other), {})[column] = number
    return [
        (columns[_KEYS], columns[_VALUES])
        for columns in found.values()
        if columns.keys() == {_KEYS, _VALUES}
    ]


def table_difference(
    before: tuple[NDArray[Any], NDArray[Any]],
    after: tuple[NDArray[Any], NDArray[Any]],
    tolerance: Tolerance,
) -> tuple[Difference, Difference]:
    """Compare keys and values of two tables of one form, each in the order of its keys."""
    one, other = _order(before[0]), _order(after[0])
    return (
        array_difference(before[0][one], after[0][other]),
        array_difference(before[1][one], after[1][other], tolerance),
    )


def _order(keys: NDArray[Any]) -> NDArray[Any]:
    """The positions of the keys when they are sorted; a key may be a vector."""
    import numpy as np  # noqa: PLC0415

    if keys.ndim == 1:
        return np.argsort(keys, kind="stable")
    rows = keys.reshape(len(keys), -1).tolist()
    return np.array(sorted(range(len(rows)), key=rows.__getitem__), np.intp)
