"""Slot variables of Keras 3 optimizers, in a file and in the living optimizer."""

from __future__ import annotations

from typing import Any

import pytest
import tensorflow as tf

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth, Outcome
from tf2migrate.model.inventory import Kind
from tf2migrate.runtime import inventory

OPTIMIZERS = ["Adadelta", "Adagrad", "Adam", "Adamax", "AdamW", "Ftrl", "Lion", "Nadam"]


def trained(optimizer: Any, order: str = "ab") -> tf.train.Checkpoint:
    """Two variables of equal shape, one gradient each."""
    variables = {name: tf.Variable([1.0, 2.0], name=name) for name in "ab"}
    gradients = {"a": tf.constant([1.0, 2.0]), "b": tf.constant([5.0, 6.0])}
    optimizer.apply_gradients([(gradients[name], variables[name]) for name in order])
    return tf.train.Checkpoint(optimizer=optimizer, **variables)


@pytest.mark.parametrize("name", [*OPTIMIZERS, "RMSprop", "SGD"])
def test_a_file_tells_as_much_as_the_living_optimizer(keras: Any, written: Any, name: str) -> None:
    arguments = {"RMSprop": {"centered": True, "momentum": 0.9}, "SGD": {"momentum": 0.9}}
    checkpoint = trained(getattr(keras.optimizers, name)(**arguments.get(name, {})))
    rows = {row.key: (row.kind, row.slot) for row in inventory(checkpoint).rows}
    in_file = checkpoint_inventory(written(checkpoint)).rows
    assert {row.key: (row.kind, row.slot) for row in in_file} == rows
    slots = [slot for kind, slot in rows.values() if kind is Kind.SLOT]
    assert {slot.variable[0] for slot in slots if slot} == {"a", "b"}


def test_slots_are_followed_by_their_variables_not_by_their_positions(
    keras: Any, written: Any
) -> None:
    before = checkpoint_inventory(written(trained(keras.optimizers.Adam())))
    after = inventory(trained(keras.optimizers.Adam(), "ba"))
    found = compare(before, after, depth=Depth.VALUES)
    assert found.ok
    assert found.counts()[Outcome.RENAMED] == 4


def test_slots_that_were_loaded_by_position_are_not_those_of_their_variables(
    keras: Any, written: Any
) -> None:
    """Facts C4.4."""
    file = written(trained(keras.optimizers.Adam()))
    again = trained(keras.optimizers.Adam(), "ba")
    again.read(file.prefix).assert_consumed()
    found = compare(checkpoint_inventory(file), inventory(again), depth=Depth.VALUES)
    assert found.counts()[Outcome.VALUE] == len(found.failures) == 4
