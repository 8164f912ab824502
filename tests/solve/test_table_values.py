"""Values of hash tables have no order; save counters are no values of the program."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.differences import Tolerance
from tf2migrate.checkpoint.table_values import table_difference
from tf2migrate.model.comparison import Depth, Outcome, Report
from tf2migrate.model.inventory import Inventory, Kind, Source, VariableRow

from .rows import table_rows


def table(keys: Any, values: Any) -> Inventory:
    """A table `words` in an object-based checkpoint."""
    arrays = {"keys": np.array(keys, object), "values": np.array(values, "i8")}
    rows = table_rows("words")
    return Inventory(
        Source.TF2_CHECKPOINT, "table", rows, lambda row: arrays[row.key.rpartition("-")[2]]
    )


def report(before: tuple[Any, Any], after: tuple[Any, Any]) -> Report:
    return compare(table(*before), table(*after), depth=Depth.VALUES)


def test_the_order_of_the_rows_does_not_count() -> None:
    assert report(([b"b", b"", b"a"], [1, 2, 3]), ([b"a", b"b", b""], [3, 1, 2])).ok


def test_values_that_belong_to_other_keys() -> None:
    found = report(([b"a", b"b"], [1, 2]), ([b"b", b"a"], [1, 2]))
    assert found.counts() == {Outcome.MATCHED: 1, Outcome.VALUE: 1}
    assert found.failures[0].before[0].key.endswith("values")


def test_another_key() -> None:
    found = report(([b"a", b"b"], [1, 2]), ([b"a", b"c"], [1, 2]))
    assert [entry.before[0].key.rpartition("-")[2] for entry in found.failures] == ["keys"]


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        pytest.param(np.array([3, -1, 2**40]), [1, 0, 2], id="numbers"),
        pytest.param(np.array([[1, 2], [1, 1], [0, 9]]), [2, 1, 0], id="vectors"),
        pytest.param(np.array([], "i8"), [], id="no rows"),
    ],
)
def test_keys_of_every_kind(keys: Any, order: list[int]) -> None:
    values = np.arange(len(keys), dtype="f4")
    found = table_difference((keys[order], values[order]), (keys, values), Tolerance())
    assert all(one.equal for one in found)


def test_values_may_differ_by_the_tolerance_and_keys_may_not() -> None:
    keys, values = np.array([1.0, 2.0]), np.array([1.0, 2.0])
    before, after = (keys, values), (keys + 0.01, values + 0.01)
    one, other = table_difference(before, after, Tolerance(atol=0.1))
    assert not one.equal
    assert other.equal
    assert other.largest == pytest.approx(0.01)


def counter(value: int, kind: Kind = Kind.SAVE_COUNTER) -> Inventory:
    row = VariableRow("save_counter", (), "int64", kind, "save_counter", "save_counter")
    return Inventory(Source.TF2_CHECKPOINT, "file", (row,), lambda _: np.array(value))


def test_files_are_counted_and_the_count_is_no_value_of_the_program() -> None:
    assert compare(counter(3), counter(4), depth=Depth.VALUES).ok
    found = compare(counter(3, Kind.WEIGHT), counter(4, Kind.WEIGHT), depth=Depth.VALUES)
    assert found.counts() == {Outcome.VALUE: 1}
