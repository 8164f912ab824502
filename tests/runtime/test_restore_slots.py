"""Slot variables of a TF1 checkpoint into optimizers, also into ones that have none yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.runtime.restoring import expected, module, name_based, zeros
from tf2migrate.model.comparison import VariablesMismatch
from tf2migrate.model.names import OPTIMIZER, VARIABLE, NameRow
from tf2migrate.runtime import create_slots, restore

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow


def adam_program() -> list[Any]:
    w, b = v1.get_variable("w", [3]), v1.get_variable("b", [3])
    loss = tf.reduce_sum((w - 3.0) ** 2) + tf.reduce_sum(b**4)
    step = v1.train.get_or_create_global_step()
    return [v1.train.AdamOptimizer(0.1).minimize(loss, step)]


def adam_model() -> Any:
    return module(
        w=zeros([3], "w"),
        b=zeros([3], "b"),
        step=zeros([], "global_step", tf.int64),
        optimizer=v1.train.AdamOptimizer(0.1),
    )


def adam_step(model: Any) -> None:
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((model.w - 3.0) ** 2) + tf.reduce_sum(model.b**4)
    trained = [model.w, model.b]
    model.optimizer.apply_gradients(zip(tape.gradient(loss, trained), trained, strict=True))


def test_slots_that_do_not_exist_yet_are_loaded_too(tmp_path: Path) -> None:
    """Facts C4.2: TensorFlow leaves them at zero, and its checks pass."""
    path = name_based(tmp_path, adam_program)
    later = name_based(tmp_path / "later", adam_program, 3)
    model = adam_model()
    restore(model, path)
    np.testing.assert_array_equal(
        model.optimizer.get_slot(model.w, "v"), expected(path)("w/Adam_1")
    )
    assert later
    adam_step(model)  # goes on as it was


def test_training_goes_on_on_the_same_trajectory(tmp_path: Path) -> None:
    def build() -> list[Any]:
        v1.set_random_seed(7)
        return adam_program()

    early, late = name_based(tmp_path / "a", build, 10), name_based(tmp_path / "b", build, 20)
    model = adam_model()
    restore(model, early)
    for _ in range(10):
        adam_step(model)
    np.testing.assert_allclose(model.w, expected(late)("w"), rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        model.optimizer.get_slot(model.b, "m"), expected(late)("b/Adam"), rtol=0, atol=1e-5
    )


def test_slots_of_two_optimizers_of_one_kind_are_not_guessed(tmp_path: Path) -> None:
    def build() -> list[Any]:
        a, b = v1.get_variable("a", [3]), v1.get_variable("b", [3])
        return [
            v1.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(a * a), var_list=[a]),
            v1.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(b * b), var_list=[b]),
        ]

    path = name_based(tmp_path, build)
    one, other = v1.train.AdamOptimizer(0.1), v1.train.AdamOptimizer(0.1)
    model = module(a=zeros([3], "a"), b=zeros([3], "b"), one=one, other=other)
    with pytest.raises(VariablesMismatch, match=r"missing: a/Adam"):
        restore(model, path)
    create_slots(one, [model.a])
    create_slots(other, [model.b])
    names = [
        NameRow("x", "beta1_power", "one/beta1_power", VARIABLE, ""),
        NameRow("x", "beta2_power", "one/beta2_power", VARIABLE, ""),
        NameRow("x", "beta1_power_1", "other/beta1_power", VARIABLE, ""),
        NameRow("x", "beta2_power_1", "other/beta2_power", VARIABLE, ""),
        NameRow("x", "a", "a", VARIABLE, ""),
        NameRow("x", "b", "b", VARIABLE, ""),
    ]
    restore(model, path, names)
    np.testing.assert_array_equal(one.get_slot(model.a, "v"), expected(path)("a/Adam_1"))
    np.testing.assert_array_equal(other.get_slot(model.b, "v"), expected(path)("b/Adam_1"))


def test_the_name_map_says_which_optimizer_has_the_slots(tmp_path: Path) -> None:
    path = name_based(tmp_path, adam_program)
    model = adam_model()
    model.unused = v1.train.AdamOptimizer(0.1)
    names = [NameRow("x", "*/Adam*", "optimizer", OPTIMIZER, "")]
    restore(model, path, names)
    np.testing.assert_array_equal(model.optimizer.get_slot(model.w, "m"), expected(path)("w/Adam"))
