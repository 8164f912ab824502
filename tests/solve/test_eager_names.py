"""Names that eager mode gives to several variables, or to one that is left of them."""

from __future__ import annotations

from tf2migrate.checkpoint.solve import solve

from .rows import joined, tf1_inventory, tf2_inventory, tf2_row

TWO = tf1_inventory({"dense/kernel": (2, 3), "dense_1/kernel": (2, 3)})


def test_a_lone_name_may_be_the_other_layers() -> None:
    """dense_1 is called `dense` in eager mode; dense itself may be the one that is not saved."""
    after = tf2_inventory(tf2_row("model/second/kernel", (2, 3), "dense/kernel"))
    matching = solve(TWO, after)
    assert joined(matching) == {}
    (ambiguity,) = matching.ambiguities
    assert {row.key for row in ambiguity.before} == {"dense/kernel", "dense_1/kernel"}


def test_a_lone_name_is_settled_by_its_path() -> None:
    after = tf2_inventory(tf2_row("dense_1/kernel", (2, 3), "dense/kernel"))
    assert joined(solve(TWO, after)) == {"dense_1/kernel": "dense_1/kernel"}


def test_names_with_all_their_numbers_are_kept_ones() -> None:
    after = tf2_inventory(
        tf2_row("model/a", (2, 3), "dense_1/kernel"), tf2_row("model/b", (2, 3), "dense/kernel")
    )
    assert joined(solve(TWO, after)) == {"dense/kernel": "model/b", "dense_1/kernel": "model/a"}


def test_a_name_with_its_number_is_nobody_elses() -> None:
    after = tf2_inventory(tf2_row("model/a", (2, 3), "dense_1/kernel"))
    assert joined(solve(TWO, after)) == {"dense_1/kernel": "model/a"}


def test_a_name_of_its_own_says_who_it_is_also_if_it_is_alone() -> None:
    after = tf2_inventory(tf2_row("model/a", (2, 3), "logits/kernel"))
    before = tf1_inventory({"logits/kernel": (2, 3), "dense/kernel": (2, 3)})
    assert joined(solve(before, after)) == {"logits/kernel": "model/a"}
