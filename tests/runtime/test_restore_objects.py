"""An object-based checkpoint into an object: slots, other state, numbering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.runtime.restoring import module, zeros
from tf2migrate.model.comparison import Outcome
from tf2migrate.runtime import restore

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow


def trained(optimizer: Any) -> Any:
    model = module(w=tf.Variable([1.0, 2.0], name="w"), optimizer=optimizer, n=tf.Variable(3))
    model.optimizer.apply_gradients([(tf.ones(2), model.w)])
    return model


def test_an_object_based_checkpoint_with_slots_that_do_not_exist_yet(tmp_path: Path) -> None:
    old = trained(v1.train.AdamOptimizer(0.1))
    path = tf.train.Checkpoint(model=old).write(str(tmp_path / "x"))
    new = module(w=zeros([2], "w"), optimizer=v1.train.AdamOptimizer(0.1), n=tf.Variable(0))
    report = restore(tf.train.Checkpoint(model=new), path)
    assert report.ok
    np.testing.assert_array_equal(
        new.optimizer.get_slot(new.w, "v"), old.optimizer.get_slot(old.w, "v")
    )


def test_numbering_goes_on_after_restore(tmp_path: Path) -> None:
    """Facts A2.13, A5.3."""
    checkpoint = tf.train.Checkpoint(model=trained(v1.train.MomentumOptimizer(0.1, 0.9)))
    checkpoint.save(str(tmp_path / "x"))
    path = checkpoint.save(str(tmp_path / "x"))
    new = tf.train.Checkpoint(model=trained(v1.train.MomentumOptimizer(0.1, 0.9)))
    assert restore(new, path).ok
    assert new.save(str(tmp_path / "x")).endswith("x-3")


def test_other_state_is_restored_by_tensorflow(tmp_path: Path) -> None:
    def state() -> Any:
        return module(
            iterator=iter(tf.data.Dataset.range(9)),
            random=tf.random.Generator.from_seed(1),
            table=tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1),
        )

    old, new = state(), state()
    next(old.iterator)
    old.random.normal([2])
    old.table.insert(["a"], [1])
    path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    report = restore(new, path)
    assert report.ok
    assert int(next(new.iterator)) == 1
    assert int(new.table.size()) == 1
    np.testing.assert_array_equal(new.random.normal([2]), old.random.normal([2]))


def test_a_dict_of_objects(tmp_path: Path) -> None:
    def table() -> Any:
        return tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)

    old, new = table(), table()
    words = [f"word {number}" for number in range(100)]
    old.insert(words, list(range(100)))
    path = tf.train.Checkpoint(words=old, w=tf.Variable(3.0)).write(str(tmp_path / "x"))
    w = tf.Variable(0.0)
    assert restore({"words": new, "w": w}, path).ok
    assert new.lookup(tf.constant(words)).numpy().tolist() == list(range(100))
    assert float(w) == 3.0


def test_a_renamed_attribute_is_not_lost(tmp_path: Path) -> None:
    old = module(w=tf.Variable([1.0, 2.0], name="w"))
    path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    new = module(weight=zeros([2], "w"))
    report = restore(new, path)
    assert [entry.outcome for entry in report.entries] == [Outcome.MATCHED]
    assert new.weight.numpy().tolist() == [1.0, 2.0]
