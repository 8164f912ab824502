"""Who belongs to whom, step by step."""

from __future__ import annotations

from tf2migrate.checkpoint.solve import solve
from tf2migrate.model.inventory import Kind

from .rows import (
    joined,
    name_row,
    slot_row,
    table_inventory,
    table_rows,
    tf1_inventory,
    tf2_inventory,
    tf2_row,
)


def test_the_name_map_is_final_also_against_equal_names() -> None:
    before = tf1_inventory({"a": (2,), "b": (2,)})
    after = tf2_inventory(tf2_row("x", (2,), "a"), tf2_row("y", (2,), "b"))
    names = [name_row("a", "y"), name_row("b", "x")]
    assert joined(solve(before, after, names)) == {"a": "y", "b": "x"}


def test_a_variable_that_the_map_names_is_matched_so_or_not_at_all() -> None:
    before = tf1_inventory({"a": (2,)})
    after = tf2_inventory(tf2_row("z", (2,), "a"))
    matching = solve(before, after, [name_row("a", "x")])
    assert joined(matching) == {}
    assert matching.fixed == {"a": "the name map expects it at x"}


def test_a_set_by_name_takes_the_name_and_nothing_else() -> None:
    before = tf1_inventory({"s/w": (2,), "s/w/Adam": (2,), "t": (3,)})
    after = tf2_inventory(
        tf2_row("s.Sw", (2,)), tf2_row("s.Sw.SAdam", (2,)), tf2_row("other", (3,), "t")
    )
    matching = solve(before, after, [name_row("*", "{name}", "set")])
    assert joined(matching) == {"s/w": "s.Sw", "s/w/Adam": "s.Sw.SAdam"}
    assert set(matching.before) == {"t"}


def test_a_star_stands_for_the_same_text_on_both_sides() -> None:
    before = tf1_inventory({"layer_0/w": (2,), "layer_1/w": (2,)})
    after = tf2_inventory(tf2_row("layers/0/w", (2,)), tf2_row("layers/1/w", (2,)))
    names = [name_row("layer_*/w", "layers/*/w")]
    assert joined(solve(before, after, names)) == {
        "layer_0/w": "layers/0/w",
        "layer_1/w": "layers/1/w",
    }


def test_an_open_name_is_settled_by_elimination_if_one_solution_fits() -> None:
    before = tf1_inventory({"Variable": (8, 4), "Variable_1": (4,)})
    after = tf2_inventory(tf2_row("m/w", (8, 4)), tf2_row("m/b", (4,)))
    names = [name_row("?", "m/w"), name_row("?", "m/b")]
    assert joined(solve(before, after, names)) == {"Variable": "m/w", "Variable_1": "m/b"}


def test_an_open_name_with_two_solutions_is_not_guessed() -> None:
    before = tf1_inventory({"Variable": (4, 4), "Variable_1": (4, 4)})
    after = tf2_inventory(tf2_row("m/u", (4, 4)), tf2_row("m/v", (4, 4)))
    matching = solve(before, after, [name_row("?", "m/u"), name_row("?", "m/v")])
    assert joined(matching) == {}
    assert len(matching.ambiguities) == 1


def test_an_equal_name_that_two_eager_variables_share_says_nothing() -> None:
    before = tf1_inventory({"w": (2,), "w_1": (2,)})
    after = tf2_inventory(tf2_row("a", (2,), "w"), tf2_row("b", (2,), "w"))
    assert joined(solve(before, after)) == {}


def test_paths_that_are_the_tf1_names_match_although_eager_names_repeat() -> None:
    before = tf1_inventory({"w": (2,), "w_1": (2,)})
    after = tf2_inventory(tf2_row("w", (2,), "w"), tf2_row("w_1", (2,), "w"))
    assert joined(solve(before, after)) == {"w": "w", "w_1": "w_1"}


def test_a_path_and_a_name_that_contradict_each_other_are_not_settled() -> None:
    before = tf1_inventory({"a": (2,), "b": (2,)})
    after = tf2_inventory(tf2_row("a", (2,), "b"), tf2_row("b", (2,), "a"))
    matching = solve(before, after)
    assert joined(matching) == {}
    (ambiguity,) = matching.ambiguities
    assert {row.key for row in ambiguity.before} == {"a", "b"}


def test_kernel_and_weights_bias_and_biases_are_the_same() -> None:
    before = tf1_inventory({"fc/weights": (2, 3), "fc/biases": (3,)})
    after = tf2_inventory(tf2_row("fc/kernel", (2, 3)), tf2_row("fc/bias", (3,)))
    assert joined(solve(before, after)) == {"fc/weights": "fc/kernel", "fc/biases": "fc/bias"}


def test_an_object_around_all_scopes_is_seen_through() -> None:
    before = tf1_inventory({"g/w": (2, 3), "g/b": (3,), "d/w": (3,)})
    after = tf2_inventory(
        tf2_row("model/g/w", (2, 3)), tf2_row("model/g/b", (3,)), tf2_row("model/d/w", (3,))
    )
    assert len(joined(solve(before, after))) == 3


def test_an_object_that_holds_more_than_the_scope_is_not_seen_through() -> None:
    before = tf1_inventory({"w": (2,)})
    after = tf2_inventory(tf2_row("gen/w", (2,)), tf2_row("gen/b", (2,)))
    assert joined(solve(before, after)) == {}


def test_numbered_layers_are_elements_of_a_list() -> None:
    before = tf1_inventory({"dense/kernel": (4, 4), "dense_1/kernel": (4, 4)})
    after = tf2_inventory(tf2_row("layers/0/kernel", (4, 4)), tf2_row("layers/1/kernel", (4, 4)))
    assert joined(solve(before, after)) == {
        "dense/kernel": "layers/0/kernel",
        "dense_1/kernel": "layers/1/kernel",
    }


def test_two_series_of_one_profile_are_not_guessed() -> None:
    before = tf1_inventory({"a/w": (4,), "a_1/w": (4,), "b/w": (4,), "b_1/w": (4,)})
    after = tf2_inventory(*(tf2_row(f"{x}s/{n}/w", (4,)) for x in ("q", "p") for n in range(2)))
    assert joined(solve(before, after)) == {}


def test_slots_are_matched_by_number_and_name_whatever_eager_calls_them() -> None:
    before = tf1_inventory({"w": (2,), "w/Adam": (2,), "w/Adam_1": (2,), "beta1_power": ()})
    after = tf2_inventory(
        tf2_row("m/w", (2,), "w"),
        slot_row("m/w", "opt", "m", (2,), "w/Adam_2"),
        slot_row("m/w", "opt", "v", (2,), "w/Adam_3"),
        tf2_row("opt/beta1_power", (), kind=Kind.OPTIMIZER),
    )
    assert joined(solve(before, after)) == {
        "w": "m/w",
        "w/Adam": "m/w/.OPTIMIZER_SLOT/opt/m",
        "w/Adam_1": "m/w/.OPTIMIZER_SLOT/opt/v",
        "beta1_power": "opt/beta1_power",
    }


def test_a_centered_rmsprop_shifts_the_number_of_the_momentum() -> None:
    before = tf1_inventory({"w": (2,), "w/RMSProp": (2,), "w/RMSProp_1": (2,), "w/RMSProp_2": (2,)})
    after = tf2_inventory(
        tf2_row("w", (2,), "w"),
        *(slot_row("w", "o", slot, (2,)) for slot in ("momentum", "mg", "rms")),
    )
    found = joined(solve(before, after))
    assert found["w/RMSProp_1"].endswith("/mg")
    assert found["w/RMSProp_2"].endswith("/momentum")


def test_names_of_slots_that_lie_do_not_win_over_their_variables() -> None:
    """A second RMSProp in an eager process calls its first slot `w/RMSProp_2` (facts C4.2)."""
    before = tf1_inventory({"w": (2,), "w/RMSProp": (2,), "w/RMSProp_1": (2,), "w/RMSProp_2": (2,)})
    slots = [("rms", "_2"), ("mg", "_3"), ("momentum", "_4")]
    after = tf2_inventory(
        tf2_row("w", (2,), "w"),
        *(slot_row("w", "o", slot, (2,), f"w/RMSProp{number}") for slot, number in slots),
    )
    assert joined(solve(before, after))["w/RMSProp"].endswith("/rms")


def two_adams() -> tuple[dict[str, tuple[int, ...]], list[str]]:
    names = ["w/Adam", "w/Adam_1", "w/Adam_2", "w/Adam_3"]
    return {"w": (2,), **dict.fromkeys(names, (2,))}, names


def test_two_optimizers_of_one_kind_are_told_apart_by_the_names_they_keep() -> None:
    variables, _ = two_adams()
    after = tf2_inventory(
        tf2_row("w", (2,), "w"),
        slot_row("w", "b", "m", (2,), "w/Adam"),
        slot_row("w", "b", "v", (2,), "w/Adam_1"),
        slot_row("w", "a", "m", (2,), "w/Adam_2"),
        slot_row("w", "a", "v", (2,), "w/Adam_3"),
    )
    found = joined(solve(tf1_inventory(variables), after))
    assert found["w/Adam"] == "w/.OPTIMIZER_SLOT/b/m"
    assert found["w/Adam_3"] == "w/.OPTIMIZER_SLOT/a/v"


def test_two_optimizers_that_nothing_tells_apart_are_not_guessed() -> None:
    variables, names = two_adams()
    after = tf2_inventory(
        tf2_row("w", (2,), "w"),
        *(slot_row("w", optimizer, slot, (2,)) for optimizer in "ab" for slot in "mv"),
    )
    matching = solve(tf1_inventory(variables), after)
    assert joined(matching) == {"w": "w"}
    left = {row.key for ambiguity in matching.ambiguities for row in ambiguity.before}
    assert left == set(names)


def test_the_name_map_tells_optimizers_apart() -> None:
    before = tf1_inventory({"w": (2,), "w/Momentum": (2,), "w/Adagrad": (2,)})
    after = tf2_inventory(
        tf2_row("w", (2,)),
        slot_row("w", "first", "momentum", (2,)),
        slot_row("w", "second", "accumulator", (2,)),
    )
    found = joined(solve(before, after))
    assert found["w/Adagrad"] == "w/.OPTIMIZER_SLOT/second/accumulator"
    assert found["w/Momentum"] == "w/.OPTIMIZER_SLOT/first/momentum"


def test_parts_that_are_rows_of_their_own_add_up_to_the_partitioned_variable() -> None:
    before = tf1_inventory({"emb": (7, 2)})
    parts = [(3, 2), (2, 2), (2, 2)]
    after = tf2_inventory(*(tf2_row(f"emb/{n}", shape) for n, shape in enumerate(parts)))
    (pair,) = solve(before, after).pairs
    assert [row.shape for row in pair.after] == parts
    assert pair.transform


def test_a_saved_counter_is_no_variable_of_the_program() -> None:
    after = tf2_inventory(
        tf2_row("w", (2,)), tf2_row("save_counter", (), dtype="int64", kind=Kind.SAVE_COUNTER)
    )
    matching = solve(tf1_inventory({"w": (2,)}), after)
    assert not matching.after


def test_the_two_tensors_of_a_table_go_together() -> None:
    before = table_inventory("words", "labels")
    after = tf2_inventory(*table_rows("model/a"), *table_rows("labels"))
    names = [name_row("words", "model/a")]
    assert joined(solve(before, after, names)) == {
        "words-keys": "model/a",
        "words-values": "model/a",
        "labels-keys": "labels",
        "labels-values": "labels",
    }


def test_the_only_table_is_matched_and_one_of_two_is_not_guessed() -> None:
    one, two = table_inventory("words"), table_inventory("words", "labels")
    after = tf2_inventory(*table_rows("model/a"))
    assert len(joined(solve(one, after))) == 2
    assert joined(solve(two, after)) == {}


def test_a_table_that_the_map_puts_elsewhere_is_not_matched() -> None:
    after = tf2_inventory(*table_rows("words"))
    assert joined(solve(table_inventory("words"), after, [name_row("words", "a")])) == {}


def test_parts_in_a_list_that_all_have_the_name_of_the_whole() -> None:
    before = tf1_inventory({"p/emb": (7, 2)})
    parts = [(3, 2), (2, 2), (2, 2)]
    rows = [tf2_row(f"emb/{n}", shape, "p/emb") for n, shape in enumerate(parts)]
    [pair] = solve(before, tf2_inventory(*rows)).pairs
    assert [row.shape for row in pair.after] == parts


def test_equal_names_in_two_lists_are_no_parts_of_one_variable() -> None:
    before = tf1_inventory({"w": (4, 2)})
    after = tf2_inventory(tf2_row("a/0", (2, 2), "w"), tf2_row("b/1", (2, 2), "w"))
    assert joined(solve(before, after)) == {}
