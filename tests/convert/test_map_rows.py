"""Rows of a name map that cannot be meant are refused, and named."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from benchmarks.bundles import write_objects
from tests.convert.files import SLOT, row, write
from tf2migrate.checkpoint.convert import convert
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import NameRow

ODD_KEYS = [
    *("", "/", "a//b", "/a", "a/", "a/.ATTRIBUTES/VARIABLE_VALUE", ".ATTRIBUTES"),
    *(".OPTIMIZER_SLOT", "a/.OPTIMIZER_SLOT", ".OPTIMIZER_SLOT/o/m"),
    *(f"{SLOT}o/m", f"a{SLOT}o/", f"a{SLOT}", f"a{SLOT}o/.OPTIMIZER_SLOT/m"),
]


@pytest.mark.parametrize("to", ["tf2", "tf1"])
@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_that_is_no_path_is_refused(
    tmp_path: Path, key: str, to: Literal["tf2", "tf1"]
) -> None:
    old = write(tmp_path, ["w"])
    if to == "tf1":
        old = convert(old, tmp_path / "objects").prefix
    with pytest.raises(CheckpointError) as caught:
        convert(old, tmp_path / "new", names=[row("w", key)], to=to)
    assert f"the row `w` -> `{key}` has a" in str(caught.value)
    assert not list(tmp_path.glob("new*"))


@pytest.mark.parametrize("rows", [[row("*/Adam*", "", "optimizer")], [row("x*", "a/*/b")]])
def test_an_optimizer_and_a_member_of_a_family_need_names_in_their_paths(
    tmp_path: Path, rows: list[NameRow]
) -> None:
    with pytest.raises(CheckpointError, match=r"name in its key|in which a name is empty"):
        convert(write(tmp_path, ["x"]), tmp_path / "new", names=rows)


@pytest.mark.parametrize(
    ("names", "rows", "keep_rest", "said"),
    [
        (["a", "b"], [row("a", "k"), row("b", "k/x")], False, "`a` -> `k`, `b` -> `k/x`"),
        (["a", "b"], [row("b", "k/x"), row("a", "k")], False, "`b` -> `k/x`, `a` -> `k`"),
        (["a", "k/x"], [row("a", "k")], True, "`a` -> `k`"),
    ],
    ids=["the variable first", "the child first", "a child by its TF1 name"],
)
def test_a_child_of_a_variable_is_refused(
    tmp_path: Path, names: list[str], rows: list[NameRow], keep_rest: bool, said: str
) -> None:
    with pytest.raises(CheckpointError) as caught:
        convert(write(tmp_path, names), tmp_path / "new", names=rows, keep_rest=keep_rest)
    assert "a is the variable k, and k/x would be below it" in str(caught.value)
    assert f"its rows: {said}" in str(caught.value)


def test_one_name_at_two_places_is_refused(tmp_path: Path) -> None:
    rows = [row("a", "x"), row("a", "y")]
    with pytest.raises(CheckpointError, match="two rows place a: `a` -> `x` and `a` -> `y`"):
        convert(write(tmp_path, ["a"]), tmp_path / "new", names=rows)


def test_a_row_that_is_there_twice_is_one(tmp_path: Path) -> None:
    rows = [row("a", "x"), row("a", "x")]
    assert convert(write(tmp_path, ["a"]), tmp_path / "new", names=rows).report is not None


def test_a_layout_takes_a_row_for_each_path_of_a_shared_object(tmp_path: Path) -> None:
    like = write_objects(tmp_path / "like", {"x": np.ones((2, 3), np.float32), "y": np.ones(2)})
    rows = [row("a", "x"), row("a", "y")]
    with pytest.raises(CheckpointError, match="two rows place a: `a` -> `x` and `a` -> `y`"):
        convert(write(tmp_path, ["a"]), tmp_path / "new", names=rows, like=like)
    like = write_objects(tmp_path / "like2", {"x": np.ones((2, 3), np.float32)})
    rows = [row("a", "x"), row("a", "a path of other programs")]
    new = convert(write(tmp_path, ["a"]), tmp_path / "new", names=rows, like=like)
    assert new.report is not None
    assert new.report.ok
