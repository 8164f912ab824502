"""Slots of optimizers: numbers, names of the program's own, and what must be alike for all."""

from __future__ import annotations

from tf2migrate.checkpoint.keras_slots import translation
from tf2migrate.checkpoint.solve import solve
from tf2migrate.model.inventory import Kind, VariableRow

from .rows import joined, name_row, slot_row, tf1_inventory, tf2_inventory, tf2_row


def slots_of(variable: str, **slots: str) -> list[VariableRow]:
    """A variable with slots of the optimizer `o` by name, each with what it is called."""
    rows = [slot_row(variable, "o", slot, (2,), name or None) for slot, name in slots.items()]
    return [tf2_row(variable, (2,), variable), *rows]


def test_a_name_of_the_programs_own_is_known_by_the_slots_that_it_has() -> None:
    before = tf1_inventory({"w": (2,), "w/mine": (2,), "w/mine_1": (2,), "w/mine_2": (2,)})
    after = tf2_inventory(*slots_of("w", rms="", mg="", momentum=""))
    assert joined(solve(before, after)) == {
        "w": "w",
        "w/mine": "w/.OPTIMIZER_SLOT/o/rms",
        "w/mine_1": "w/.OPTIMIZER_SLOT/o/mg",
        "w/mine_2": "w/.OPTIMIZER_SLOT/o/momentum",
    }


def test_a_known_optimizer_goes_first_and_leaves_the_other_to_a_name_of_its_own() -> None:
    before = tf1_inventory({"w": (2,), "w/Momentum": (2,), "w/mine": (2,)})
    after = tf2_inventory(
        tf2_row("w", (2,), "w"),
        slot_row("w", "a", "accumulator", (2,)),
        slot_row("w", "b", "momentum", (2,)),
    )
    found = joined(solve(before, after))
    assert found["w/Momentum"] == "w/.OPTIMIZER_SLOT/b/momentum"
    assert found["w/mine"] == "w/.OPTIMIZER_SLOT/a/accumulator"


def test_numbers_that_no_optimizer_leaves_are_not_put_into_an_order() -> None:
    """`w/Adam` is gone, so `w/Adam_1` must not become the first moment."""
    before = tf1_inventory({"w": (2,), "w/Adam_1": (2,), "w/Adam_7": (2,)})
    after = tf2_inventory(*slots_of("w", m="", v=""))
    assert joined(solve(before, after)) == {"w": "w"}


def test_one_optimizer_after_is_not_two_of_other_names_before() -> None:
    before = tf1_inventory({"w": (2,), "b": (2,), "w/Momentum": (2,), "b/other": (2,)})
    after = tf2_inventory(*slots_of("w", momentum=""), *slots_of("b", momentum=""))
    assert joined(solve(before, after)) == {
        "w": "w",
        "b": "b",
        "w/Momentum": "w/.OPTIMIZER_SLOT/o/momentum",
    }


def test_an_unnamed_slot_is_not_taken_for_one_that_the_optimizer_has_only_here() -> None:
    before = tf1_inventory({"w": (2,), "b": (2,), "w/mine": (2,), "b/mine": (2,)})
    after = tf2_inventory(*slots_of("w", momentum=""), *slots_of("b", other=""))
    assert joined(solve(before, after)) == {"w": "w", "b": "b"}


def test_an_optimizer_that_the_map_calls_otherwise_is_not_taken() -> None:
    before = tf1_inventory({"w": (2,), "w/mine": (2,)})
    after = tf2_inventory(*slots_of("w", momentum=""))
    names = [name_row("*/Momentum*", "o", "optimizer")]
    assert joined(solve(before, after, names)) == {"w": "w"}


def two_optimizers(*names: str) -> list[VariableRow]:
    """Momenta of `w` and `b` in the optimizers p and q, called so."""
    places = [("w", "p"), ("w", "q"), ("b", "p"), ("b", "q")]
    rows = [
        slot_row(variable, optimizer, "momentum", (2,), name)
        for (variable, optimizer), name in zip(places, names, strict=True)
    ]
    return [tf2_row("w", (2,), "w"), tf2_row("b", (2,), "b"), *rows]


MOMENTA = tf1_inventory(
    dict.fromkeys(("w", "b", "w/Momentum", "w/Momentum_1", "b/Momentum", "b/Momentum_1"), (2,))
)


def test_names_that_are_kept_tell_two_optimizers_of_one_kind_apart() -> None:
    after = two_optimizers("w/Momentum_1", "w/Momentum", "b/Momentum_1", "b/Momentum")
    found = joined(solve(MOMENTA, tf2_inventory(*after)))
    assert found["w/Momentum"] == "w/.OPTIMIZER_SLOT/q/momentum"
    assert found["b/Momentum_1"] == "b/.OPTIMIZER_SLOT/p/momentum"


def test_names_that_put_the_optimizers_into_two_orders_tell_nothing() -> None:
    after = two_optimizers("w/Momentum", "w/Momentum_1", "b/Momentum_1", "b/Momentum")
    matching = solve(MOMENTA, tf2_inventory(*after))
    assert joined(matching) == {"w": "w", "b": "b"}
    assert sum(len(ambiguity.before) for ambiguity in matching.ambiguities) == 4


def test_a_slot_that_is_called_as_another_one_of_eager_mode_is_not_matched_by_name() -> None:
    """Three slots there, two here, and eager mode numbers from 2 on (facts C4.2)."""
    before = tf1_inventory({"w": (2,), "w/RMSProp_1": (2,), "w/RMSProp_2": (2,)})
    after = tf2_inventory(
        *slots_of("w", rms="w/RMSProp_2", mg="w/RMSProp_3", momentum="w/RMSProp_4")
    )
    assert joined(solve(before, after)) == {"w": "w"}


def test_the_only_shadow_of_a_variable_may_have_another_number() -> None:
    before = tf1_inventory({"w": (2,), "w/ExponentialMovingAverage": (2,)})
    shadow = tf1_inventory({"w": (2,), "w/ExponentialMovingAverage_3": (2,)}).rows[1]
    after = tf2_inventory(
        tf2_row("w", (2,), "w"),
        VariableRow(
            "shadow", (2,), "float32", Kind.AVERAGE, shadow.name, "shadow", slot=shadow.slot
        ),
    )
    assert joined(solve(before, after))["w/ExponentialMovingAverage"] == "shadow"


def test_the_optimizers_further_path_is_what_the_map_says() -> None:
    alias = "w/.OPTIMIZER_SLOT/model/{}/momentum"
    before = tf1_inventory({"w": (2,), "w/first": (2,), "w/second": (2,)})
    rows = [
        VariableRow(
            f"w/.OPTIMIZER_SLOT/{path}/momentum",
            (2,),
            "float32",
            Kind.SLOT,
            None,
            f"w/.OPTIMIZER_SLOT/{path}/momentum",
            slot_row("w", path, "momentum", (2,)).slot,
            aliases=(alias.format(path),),
        )
        for path in "xy"
    ]
    names = [
        name_row("*/first*", "model/y", "optimizer"),
        name_row("*/second*", "model/x", "optimizer"),
    ]
    found = joined(solve(before, tf2_inventory(tf2_row("w", (2,), "w"), *rows), names))
    assert found["w/first"] == "w/.OPTIMIZER_SLOT/y/momentum"
    assert found["w/second"] == "w/.OPTIMIZER_SLOT/x/momentum"


def test_only_the_momentum_of_an_rmsprop_may_be_none_of_keras() -> None:
    """Keras's RMSprop has none without a momentum; the mean square it always has."""
    slots = ("rms", "momentum")
    without = translation(slots, ("velocity",), "RMSProp")
    assert without is not None
    assert without.unused == ("momentum",)
    assert translation(slots, ("momentum",), "RMSProp") is None
    assert translation(("rms", "mg", "momentum"), ("velocity",), "RMSProp") is None
