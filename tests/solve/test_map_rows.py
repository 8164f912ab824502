"""One TF1 name in two rows of a name map."""

from __future__ import annotations

import pytest

from tests.solve.rows import tf1_inventory, tf2_inventory, tf2_row
from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth
from tf2migrate.model.names import NameRow

ROWS = [NameRow("c", "a", key, "variable", "") for key in ("x", "y")]


@pytest.mark.parametrize("backwards", [False, True])
def test_two_objects_for_one_name_are_refused(backwards: bool) -> None:
    before = tf1_inventory({"a": (2,)})
    after = tf2_inventory(tf2_row("x", (2,)), tf2_row("y", (2,)))
    one, other = (after, before) if backwards else (before, after)
    with pytest.raises(CheckpointError, match="two rows place a: `a` -> `x` and `a` -> `y`"):
        compare_either_way(one, other, ROWS, Depth.NAMES)


@pytest.mark.parametrize("aliases", [("y",), ()], ids=["two paths of one object", "one path only"])
def test_rows_for_paths_of_one_object_are_no_contradiction(aliases: tuple[str, ...]) -> None:
    before = tf1_inventory({"a": (2,)})
    after = tf2_inventory(tf2_row("x", (2,), aliases=aliases))
    assert compare_either_way(before, after, ROWS, Depth.NAMES).ok
