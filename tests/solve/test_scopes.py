"""An object or a scope around everything on one side."""

from __future__ import annotations

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.solve import solve
from tf2migrate.model.comparison import Outcome
from tf2migrate.model.inventory import Kind

from .rows import joined, slot_row, tf1_inventory, tf2_inventory, tf2_row


def test_optimizers_below_the_object_do_not_hide_it() -> None:
    before = tf1_inventory(
        {"w": (2,), "w/Adam": (2,), "w/Adam_1": (2,), "beta1_power": (), "beta2_power": ()}
    )
    after = tf2_inventory(
        tf2_row("model/w", (2,)),
        slot_row("model/w", "model/opt", "m", (2,)),
        slot_row("model/w", "model/opt", "v", (2,)),
        tf2_row("model/opt/beta1_power", (), kind=Kind.OPTIMIZER),
        tf2_row("model/opt/beta2_power", (), kind=Kind.OPTIMIZER),
    )
    assert len(joined(solve(before, after))) == 5


def test_a_scope_that_both_sides_have_is_not_taken_off_one_variable() -> None:
    before = tf1_inventory({"a/kernel": (2,), "a/bias": (2,)})
    after = tf2_inventory(tf2_row("kernel", (2,)), tf2_row("a/bias", (2,)))
    assert joined(solve(before, after)) == {"a/bias": "a/bias"}


def test_a_wrong_shape_below_the_object_is_one_line_of_the_report() -> None:
    before = tf1_inventory({"a/w": (2, 3), "b/w": (4, 5), "c/w": (6,)})
    after = tf2_inventory(
        tf2_row("model/a/w", (2, 3)), tf2_row("model/b/w", (5, 4)), tf2_row("model/c/w", (6,))
    )
    report = compare(before, after)
    assert report.counts() == {Outcome.RENAMED: 2, Outcome.SHAPE: 1}
    assert report.failures[0].label == "b/w"


def test_a_common_eager_name_does_not_hide_the_paths() -> None:
    before = tf1_inventory({"Variable": (2, 3), "Variable_1": (3,)})
    after = tf2_inventory(
        tf2_row("model/Variable", (2, 3), "Variable"), tf2_row("model/Variable_1", (3,), "Variable")
    )
    assert joined(solve(before, after)) == {
        "Variable": "model/Variable",
        "Variable_1": "model/Variable_1",
    }


def test_two_objects_that_both_have_it_are_not_guessed() -> None:
    before = tf1_inventory({"w": (2,)})
    after = tf2_inventory(tf2_row("a/w", (2,)), tf2_row("b/w", (2,)))
    assert joined(solve(before, after)) == {}


def test_a_scope_inside_the_object_that_fits_as_well_is_no_second_solution() -> None:
    before = tf1_inventory({"emb/w": (2,), "generator/emb/w": (2,), "b": (3,)})
    after = tf2_inventory(
        tf2_row("model/emb/w", (2,)),
        tf2_row("model/generator/emb/w", (2,)),
        tf2_row("model/b", (3,)),
    )
    assert joined(solve(before, after)) == {
        "emb/w": "model/emb/w",
        "generator/emb/w": "model/generator/emb/w",
        "b": "model/b",
    }
