"""Whether the values of matched variables are equal, as far as was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.differences import (
    Difference,
    Tolerance,
    array_difference,
    joined,
)
from tf2migrate.checkpoint.solve.matching import Pair
from tf2migrate.checkpoint.table_values import table_difference, tables_of
from tf2migrate.checkpoint.transforms import Signature, parse
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory, Kind, VariableRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

EQUAL = Difference()
_ROUNDING = 1e-6
"""Relative; transforms that add or scale round once in the value's dtype."""


class ValueTest:
    """Compares the values of pairs of two inventories."""

    def __init__(
        self, before: Inventory, after: Inventory, depth: Depth, tolerance: Tolerance
    ) -> None:
        self.before = before
        self.after = after
        self.depth = depth
        self.tolerance = tolerance

    def differences(self, pairs: Sequence[Pair]) -> list[tuple[Pair, Difference | None]]:
        """Each pair with the difference of its values, None where nothing was compared.

        A pair with alternative transforms comes back with the one that fits. Save
        counters count files of a directory: any two are equal.

        Raises:
          CheckpointError: a value cannot be read.
        """
        if self.depth is Depth.NAMES:
            return [(pair, None) for pair in pairs]
        found: dict[int, tuple[Pair, Difference | None]] = self._tables(pairs)
        in_files: list[int] = []
        for number, pair in enumerate(pairs):
            if number in found:
                continue
            if self._equal_sums(pair) or _is_counter(pair):
                found[number] = pair, EQUAL
            elif _simple(pair) and self.before.file is not None and self.after.file is not None:
                in_files.append(number)
            elif self.before.values is None or self.after.values is None:
                found[number] = pair, None
            else:
                found[number] = self._read(pair)
        compared = self._in_files([pairs[number] for number in in_files])
        for number, difference in zip(in_files, compared, strict=True):
            found[number] = pairs[number], difference
        return [found[number] for number in range(len(pairs))]

    def _tables(self, pairs: Sequence[Pair]) -> dict[int, tuple[Pair, Difference | None]]:
        """The pairs that are columns of hash tables, whose rows have no order."""
        found: dict[int, tuple[Pair, Difference | None]] = {}
        if self.before.values is None or self.after.values is None:
            return found
        for columns in tables_of(pairs):
            one, other = (pairs[number] for number in columns)
            if self._equal_sums(one) and self._equal_sums(other):
                differences = EQUAL, EQUAL
            else:
                before = self.before.values(one.before[0]), self.before.values(other.before[0])
                after = self.after.values(one.after[0]), self.after.values(other.after[0])
                differences = table_difference(before, after, self.tolerance)
            found |= {
                number: (pairs[number], difference)
                for number, difference in zip(columns, differences, strict=True)
            }
        return found

    def _equal_sums(self, pair: Pair) -> bool:
        if self.depth is not Depth.CHECKSUMS or not _simple(pair):
            return False
        checksum = pair.before[0].checksum
        return checksum is not None and checksum == pair.after[0].checksum

    def _in_files(self, pairs: Sequence[Pair]) -> list[Difference]:
        if not pairs:
            return []
        from tf2migrate.checkpoint import values  # noqa: PLC0415  (threads, file scanning)

        tensors = [
            values.Pair(
                values.Stored(self.before.file, pair.before[0].key),
                values.Stored(self.after.file, pair.after[0].key),
            )
            for pair in pairs
        ]
        return [compared.difference for compared in values.compare_values(tensors, self.tolerance)]

    def _read(self, pair: Pair) -> tuple[Pair, Difference]:
        assert self.before.values is not None
        assert self.after.values is not None
        before = [self.before.values(row) for row in pair.before]
        after = [self.after.values(row) for row in pair.after]
        tests = [
            (transform, self._transformed(transform, pair, before, after))
            for transform in (pair.transform, *pair.alternatives)
        ]
        for transform, difference in tests:
            if difference.equal:
                return replace(pair, transform=transform), difference
        return pair, tests[0][1]

    def _transformed(
        self,
        transform: str,
        pair: Pair,
        before: list[NDArray[Any]],
        after: list[NDArray[Any]],
    ) -> Difference:
        steps = parse(transform)
        expected = steps.apply(before, [_form(row, one) for row, one in _zip(pair.before, before)])
        tolerance = self.tolerance
        if tolerance.exact and any(name in transform for name in ("add(", "scale(", "iterations")):
            tolerance = Tolerance(atol=_ROUNDING, rtol=_ROUNDING)
        return joined(
            array_difference(one, other, tolerance)
            for one, other in zip(expected, after, strict=True)
        )


def _zip(
    rows: Sequence[VariableRow], values: Sequence[NDArray[Any]]
) -> list[tuple[VariableRow, NDArray[Any]]]:
    return list(zip(rows, values, strict=True))


def _form(row: VariableRow, value: NDArray[Any]) -> Signature:
    return Signature(tuple(value.shape), row.dtype)


def _simple(pair: Pair) -> bool:
    return len(pair.before) == len(pair.after) == 1 and not pair.transform


def _is_counter(pair: Pair) -> bool:
    return all(row.kind is Kind.SAVE_COUNTER for row in (*pair.before, *pair.after))
