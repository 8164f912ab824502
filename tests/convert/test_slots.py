"""Names of slot variables by number, as TensorFlow has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.convert.files import GOLDENS
from tf2migrate.checkpoint.slots import (
    KNOWN_OPTIMIZERS,
    family_of,
    slot_counts,
    slot_names,
    state_names,
)


@pytest.mark.parametrize(
    ("optimizer", "count", "names"),
    [
        ("Adam", 2, ("m", "v")),
        ("RMSProp", 2, ("rms", "momentum")),
        ("RMSProp", 3, ("rms", "mg", "momentum")),
        ("Momentum", 1, ("momentum",)),
        ("Adagrad", 1, ("accumulator",)),
        ("Ftrl", 2, ("accum", "linear")),
        ("Adadelta", 2, ("accum", "accum_update")),
    ],
)
def test_the_name_and_the_number_tell_the_slots(
    optimizer: str, count: int, names: tuple[str, ...]
) -> None:
    assert slot_names(optimizer, count) == names
    assert family_of(frozenset(names)) == names
    assert count in slot_counts(optimizer)


@pytest.mark.parametrize(
    ("optimizer", "count"),
    [("Adam", 4), ("Adam", 1), ("RMSProp", 1), ("mine", 1), ("mine", 2), ("mine", 3)],
)
def test_nothing_is_guessed(optimizer: str, count: int) -> None:
    assert slot_names(optimizer, count) is None


def test_beta_powers_tell_adam_under_any_name() -> None:
    assert slot_names("mine", 2, {"beta1_power", "beta2_power"}) == ("m", "v")
    assert slot_names("mine", 3, {"beta1_power", "beta2_power"}) is None
    assert slot_names("Ftrl", 2, {"beta1_power"}) == ("accum", "linear")
    assert slot_names("Shampoo", 2, {"beta1_power"}) is None


def test_slots_of_no_family_have_no_order() -> None:
    assert family_of(("m", "v", "vhat")) is None
    assert slot_counts("mine") == ()
    assert state_names("Momentum") == ()
    assert {"Adam", "Shampoo"} <= KNOWN_OPTIMIZERS


def test_slots_of_tensorflow_1_have_these_numbers() -> None:
    """As `get_slot` of the recorded programs told."""
    compared = set()
    for path in GOLDENS.glob("*/golden.json"):
        variables = json.loads(path.read_text())["variables"]
        state = {each["key"].rpartition("/")[2] for each in variables}
        slots = [each for each in variables if each["kind"] == "slot variable" and "slot" in each]
        for each in slots:
            base = each["optimizer"].rpartition("/")[2]
            family = [
                one
                for one in slots
                if (one["variable"], one["optimizer"]) == (each["variable"], each["optimizer"])
            ]
            names = slot_names(base, len(family), state)
            if names is None:  # several optimizers of one name
                continue
            assert names[each["number"]] == each["slot"], (path.parent.name, each["key"])
            compared.add((base, each["slot"]))
    assert len(compared) > 15


def _optimizers(train: Any) -> dict[str, Callable[[], Any]]:
    return {
        "Adam": lambda: train.AdamOptimizer(0.1),
        "Momentum": lambda: train.MomentumOptimizer(0.1, 0.9),
        "RMSProp": lambda: train.RMSPropOptimizer(0.1),
        "centered RMSProp": lambda: train.RMSPropOptimizer(0.1, centered=True),
        "Adagrad": lambda: train.AdagradOptimizer(0.1),
        "ProximalAdagrad": lambda: train.ProximalAdagradOptimizer(0.1),
        "AdagradDA": lambda: train.AdagradDAOptimizer(0.1, train.get_or_create_global_step()),
        "Adadelta": lambda: train.AdadeltaOptimizer(0.1),
        "Ftrl": lambda: train.FtrlOptimizer(0.1),
    }


@pytest.mark.tensorflow
def test_tensorflow_creates_the_slots_in_this_order() -> None:
    tf = pytest.importorskip("tensorflow")
    v1 = tf.compat.v1
    for label, make in _optimizers(v1.train).items():
        with tf.Graph().as_default():
            weight = v1.get_variable("w", [2])
            optimizer = make()
            step = v1.train.get_or_create_global_step()
            optimizer.minimize(tf.reduce_sum(weight * weight), global_step=step)
            base = label.split()[-1]
            slots = {
                optimizer.get_slot(weight, name).op.name: name
                for name in optimizer.get_slot_names()
            }
            assert len(slots) == len(optimizer.get_slot_names())
            names = slot_names(base, len(slots))
            assert names is not None, label
            expected = {f"w/{base}" + (f"_{i}" if i else ""): n for i, n in enumerate(names)}
            assert slots == expected, label
            created = {variable.op.name for variable in v1.global_variables()}
            state = created - slots.keys() - {"w", "global_step"}
            assert state == set(state_names(base)), label
