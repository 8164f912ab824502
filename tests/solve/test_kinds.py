"""Weights that are only called like a save counter or like the columns of a hash table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.convert.files import write
from tests.solve.rows import slot_row
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.checkpoint.kinds import classify
from tf2migrate.checkpoint.solve.slot_groups import groups_by_variable, is_in_graph
from tf2migrate.model.comparison import Depth, Report
from tf2migrate.model.inventory import Kind

Values = dict[str, NDArray[Any]]
MATRIX = np.arange(6, dtype="f").reshape(3, 2)


def report(folder: Path, before: Values, after: Values) -> Report:
    one = checkpoint_inventory(open_checkpoint(write(folder, before, "before")))
    other = checkpoint_inventory(open_checkpoint(write(folder, after, "after")))
    return compare(one, other, depth=Depth.VALUES)


def test_a_save_counter_may_be_gone_and_has_any_value(tmp_path: Path) -> None:
    counter, other = np.array(5, "i8"), np.array(6, "i8")
    assert report(tmp_path, {"save_counter": counter}, {"save_counter": other}).ok
    assert report(tmp_path, {"save_counter": counter, "w": MATRIX}, {"w": MATRIX}).ok


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("save_counter", np.array(5, "f")),
        ("net/save_counter", np.array(5, "i8")),
        ("save_counter", np.array([5], "i8")),
    ],
    ids=["a floating-point number", "in a scope", "a vector"],
)
def test_a_weight_called_like_a_save_counter(
    tmp_path: Path, name: str, value: NDArray[Any]
) -> None:
    assert not report(tmp_path, {name: value}, {name: value + 1}).ok
    assert not report(tmp_path, {name: value, "w": MATRIX}, {"w": MATRIX}).ok


@pytest.mark.parametrize(
    ("keys", "values"),
    [(MATRIX[:, 0], MATRIX), (np.arange(3), MATRIX[:2])],
    ids=["floating-point keys", "more keys than values"],
)
def test_rows_of_weights_called_like_a_table_have_an_order(
    tmp_path: Path, keys: NDArray[Any], values: NDArray[Any]
) -> None:
    before = {"attention-keys": keys, "attention-values": values}
    after = {name: np.ascontiguousarray(array[::-1]) for name, array in before.items()}
    assert len(report(tmp_path, before, after).failures) == 2


@pytest.mark.parametrize("dtype", ["int32", "int64", "string"])
def test_a_table(dtype: str) -> None:
    forms = {"t-keys": ((None,), dtype), "t-values": ((3, 2), "float32"), "u-keys": ((3,), dtype)}
    kinds = {name: kind for name, (kind, _) in classify(forms).items()}
    assert kinds == {"t-keys": Kind.TABLE, "t-values": Kind.TABLE, "u-keys": Kind.WEIGHT}


@pytest.mark.parametrize("slot", ["²", "٣", "1²"])
def test_slots_called_by_digits_that_are_no_numbers_are_named(slot: str) -> None:
    rows = [slot_row("w", "o", slot, (2,))]
    [group] = groups_by_variable(rows)["w"]
    assert [*group.slots] == [slot]
    assert not group.is_unnamed
    assert not group.numbers
    assert is_in_graph(rows[0])
