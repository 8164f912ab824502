"""A checkpoint of TensorFlow 1 into an object, by names, and proved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.runtime.restoring import (
    expected,
    is_untouched,
    migrated,
    module,
    name_based,
    weights,
    zeros,
)
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Outcome, VariablesMismatch
from tf2migrate.model.names import VARIABLE, NameRow
from tf2migrate.runtime import restore

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: model,
        tf.train.Checkpoint,
        lambda model: tf.train.Checkpoint(model=model),
        lambda model: v1.train.Checkpoint(model=model),
        lambda model: {"model": model},
    ],
    ids=["module", "positional root", "named", "v1 Checkpoint", "dict"],
)
def test_a_tf1_checkpoint_by_variable_names(wrap: Callable[[Any], Any], tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = migrated()
    report = restore(wrap(model), path)
    assert report.ok
    assert report.depth is Depth.VALUES
    value = expected(path)
    np.testing.assert_array_equal(model.first, value("w"))
    np.testing.assert_array_equal(model.second.b, value("scope/b"))
    assert int(model.step) == 3


def test_a_tf1_checkpoint_by_a_name_map(tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = module(x=zeros([3, 2], "x"), y=zeros([3], "y"), n=zeros([], "n", tf.int64))
    names = [
        NameRow("train.py:main", "w", "x", VARIABLE, "said", transform="transpose(1,0)"),
        NameRow("train.py:main", "scope/b", "y", VARIABLE, "said"),
        NameRow("train.py:main", "global_step", "n", VARIABLE, "said"),
    ]
    report = restore(model, path, names)
    assert {entry.outcome for entry in report.entries} == {Outcome.TRANSFORMED, Outcome.RENAMED}
    np.testing.assert_array_equal(model.x, expected(path)("w").T)


def test_a_name_map_is_read_from_its_file(tmp_path: Path) -> None:
    from tf2migrate.model.names_json import names_json  # noqa: PLC0415

    path = name_based(tmp_path, weights)
    model = module(x=zeros([2, 3], "x"), y=zeros([3], "y"), n=zeros([], "n", tf.int64))
    pairs = {"w": "x", "scope/b": "y", "global_step": "n"}
    rows = [NameRow("a.py:f", old, new, VARIABLE, "") for old, new in pairs.items()]
    (tmp_path / "names.json").write_bytes(names_json(rows))
    restore(model, path, tmp_path / "names.json")
    np.testing.assert_array_equal(model.x, expected(path)("w"))
    with pytest.raises(CheckpointError, match=r"nowhere\.json"):
        restore(model, path, tmp_path / "nowhere.json")


def test_two_variables_of_one_name_are_not_given_the_same_value(tmp_path: Path) -> None:
    """Facts A2.3: TensorFlow gives both the value of `w`, and its checks pass."""

    def build() -> list[Any]:
        tf.Variable([1.0], name="w")
        tf.Variable([2.0], name="w")
        return [tf.no_op()]

    path = name_based(tmp_path, build)
    model = module(a=zeros([1], "w"), b=zeros([1], "w"))
    status = tf.train.Checkpoint(model=model).restore(path)
    status.assert_consumed()
    assert [float(model.a[0]), float(model.b[0])] == [1.0, 1.0]
    model = module(a=zeros([1], "w"), b=zeros([1], "w"))
    with pytest.raises(VariablesMismatch):
        restore(model, path)
    assert is_untouched(model)
    rows = [NameRow("x", "w", "a", VARIABLE, ""), NameRow("x", "w_1", "b", VARIABLE, "")]
    restore(model, path, rows)
    assert [float(model.a[0]), float(model.b[0])] == [1.0, 2.0]


def test_averages_and_partitions_and_tables(tmp_path: Path) -> None:
    def build() -> list[Any]:
        w = v1.get_variable("w", [3])
        v1.get_variable("emb", [5, 2], partitioner=v1.fixed_size_partitioner(2))
        average = tf.train.ExponentialMovingAverage(0.5)
        table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
        return [average.apply([w]), table.insert(["a", "b"], [1, 2])]

    path = name_based(tmp_path, build)
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
    table.insert(["stale"], [9])
    model = module(
        w=zeros([3], "w"),
        shadow=zeros([3], "w/ExponentialMovingAverage"),
        emb=zeros([5, 2], "emb"),
        words=table,
    )
    restore(model, path)
    value = expected(path)
    np.testing.assert_array_equal(model.shadow, value("w/ExponentialMovingAverage"))
    np.testing.assert_array_equal(model.emb, value("emb"))
    keys, values = table.export()
    found = dict(zip(keys.numpy().tolist(), values.numpy().tolist(), strict=True))
    assert found == {b"a": 1, b"b": 2}


def test_all_dtypes(tmp_path: Path) -> None:
    kinds = ("float16", "bfloat16", "float64", "int8", "uint8", "int16", "uint16", "int32")
    more = ("int64", "bool", "complex64", "complex128")

    def build() -> list[Any]:
        for kind in (*kinds, *more):
            tf.Variable(tf.cast([[1, 0, 3]], kind), name=f"v_{kind}")
        tf.Variable(["a", "b\0c"], name="texts")
        tf.Variable("text", name="text")
        tf.Variable(tf.zeros([0, 3]), name="nothing")
        return [tf.no_op()]

    path = name_based(tmp_path, build)
    model = module(
        numbers=[zeros([1, 3], f"v_{kind}", tf.as_dtype(kind)) for kind in (*kinds, *more)],
        texts=tf.Variable(["", ""], name="texts"),
        text=tf.Variable("", name="text"),
        nothing=zeros([0, 3], "nothing"),
    )
    assert restore(model, path).ok
    assert model.texts.numpy().tolist() == [b"a", b"b\0c"]


def test_keras_variables_are_loaded_by_name(keras: Any, tmp_path: Path) -> None:
    """Facts A2.8: TensorFlow never matches them by name."""

    def build() -> list[Any]:
        with v1.variable_scope("dense"):
            v1.get_variable("kernel", [3, 2])
            v1.get_variable("bias", [2])
        return [tf.no_op()]

    path = name_based(tmp_path, build)
    layer = keras.layers.Dense(2, name="dense")
    layer.build((None, 3))
    model = module(layer=layer)
    assert restore(model, path).ok
    np.testing.assert_array_equal(layer.kernel.numpy(), expected(path)("dense/kernel"))
