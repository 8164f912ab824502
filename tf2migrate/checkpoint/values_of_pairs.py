"""Whether the values of matched variables are equal, as far as was asked."""

from __future__ import annotations

from collections.abc import Iterable

from tf2migrate.checkpoint.differences import Difference, Tolerance, array_difference
from tf2migrate.checkpoint.solve.matching import Pair
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory, VariableRow

EQUAL = Difference()


class ValueTest:
    """Compares the values of pairs; None where nothing was compared."""

    def __init__(
        self, before: Inventory, after: Inventory, depth: Depth, tolerance: Tolerance
    ) -> None:
        self.before = before
        self.after = after
        self.depth = depth
        self.tolerance = tolerance

    def differences(self, pairs: Iterable[Pair]) -> list[Difference | None]:
        """The difference of each pair, in their order.

        Raises:
          CheckpointError: a value cannot be read.
        """
        return [self._one(pair) for pair in pairs]

    def _one(self, pair: Pair) -> Difference | None:
        if self.depth is Depth.NAMES:
            return None
        if _simple(pair):
            before, after = pair.before[0], pair.after[0]
            known = before.checksum is not None and after.checksum is not None
            if known and self.depth is Depth.CHECKSUMS and before.checksum == after.checksum:
                return EQUAL
        if self.before.values is None or self.after.values is None:
            return None
        return self._by_value(pair)

    def _by_value(self, pair: Pair) -> Difference | None:
        assert self.before.values is not None
        assert self.after.values is not None
        before = [self.before.values(row) for row in pair.before]
        after = [self.after.values(row) for row in pair.after]
        return array_difference(before[0], after[0], self.tolerance)


def _simple(pair: Pair) -> bool:
    return len(pair.before) == len(pair.after) == 1 and not pair.transform


def same_form(before: VariableRow, after: VariableRow) -> bool:
    return (before.shape, before.dtype) == (after.shape, after.dtype)
