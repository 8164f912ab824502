"""What a Saver stores and how: parts, tables, formats, shards, types and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from scripts.checkpoint_programs.networks import (
    Embedding,
    Regression,
    data,
    indices,
    placeholder,
    squared_error,
    weight,
)
from scripts.checkpoint_programs.registry import Program, scenario

if TYPE_CHECKING:
    from collections.abc import Sequence


@scenario("storage_partitioned_rows", "an embedding [7, 2] in 3 parts of rows, in a scope")
def partitioned_rows() -> Program:
    net = Embedding("p/emb", partitioner=tf.fixed_size_partitioner(3))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs)


@scenario("storage_partitioned_columns", "a matrix [3, 4] in 2 parts of columns")
def partitioned_columns() -> Program:
    given = {"x": data(1, 2, 4, 3), "y": data(2, 2, 4, 4)}
    x, y = (placeholder(name, values) for name, values in given.items())
    w = weight("w", [3, 4], 11, partitioner=tf.fixed_size_partitioner(2, axis=1))
    prediction = tf.matmul(x, tf.convert_to_tensor(w))
    loss = squared_error(prediction, y)
    optimizer = tf.train.AdamOptimizer(0.02)
    step = optimizer.minimize(loss)
    return Program(loss, step, given, {"prediction": prediction}, [optimizer])


@scenario("storage_v1_format", "Saver(write_version=V1), with Adam's slots")
def v1_format() -> Program:
    net = Regression()
    optimizer = tf.train.AdamOptimizer(0.02)
    step = optimizer.minimize(net.loss)
    saver = {"write_version": tf.train.SaverDef.V1}
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer], saver=saver)


@scenario("storage_v1_partitioned", "Saver(write_version=V1) of a partitioned embedding")
def v1_partitioned() -> Program:
    net = Embedding(partitioner=tf.fixed_size_partitioner(3))
    optimizer = tf.train.MomentumOptimizer(0.05, 0.9)
    step = optimizer.minimize(net.loss)
    saver = {"write_version": tf.train.SaverDef.V1}
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer], saver=saver)


def _two_devices() -> Program:
    """The embedding on one device, the vector on another, and Adam's slots beside them."""
    rows = np.array([[0, 1, 1, 2], [3, 5, 3, 0], [6, 6, 1, 4]], np.int32)
    given = {"ids": rows, "y": data(3, 3, 4, 1)}
    ids, y = (placeholder(name, values) for name, values in given.items())
    with tf.device("/cpu:0"):
        emb = weight("emb", [7, 2], 21)
    with tf.device("/cpu:1"):
        out = weight("net/out", [2, 1], 22)
    prediction = tf.matmul(tf.nn.embedding_lookup(emb, ids), out)
    loss = squared_error(prediction, y)
    optimizer = tf.train.AdamOptimizer(0.02)
    step = optimizer.minimize(loss)
    return Program(loss, step, given, {"prediction": prediction}, [optimizer])


@scenario("storage_sharded", "Saver(sharded=True) on two devices")
def sharded() -> Program:
    program = _two_devices()
    program.saver = {"sharded": True}
    return program


@scenario("storage_v1_sharded", "Saver(sharded=True, write_version=V1) on two devices")
def v1_sharded() -> Program:
    program = _two_devices()
    program.saver = {"sharded": True, "write_version": tf.train.SaverDef.V1}
    return program


@scenario("storage_tables", "contrib MutableHashTables of numbers and strings beside weights")
def tables() -> Program:
    keys = indices(41, 6, 2, 4).astype(np.int64)
    given = {"keys": keys, "y": data(42, 2, 4, 1)}
    feed, y = (placeholder(name, values) for name, values in given.items())
    counts = tf.contrib.lookup.MutableHashTable(
        tf.int64, tf.float32, 0.0, name="counts", checkpoint=True
    )
    words = tf.contrib.lookup.MutableHashTable(
        tf.string, tf.int64, -1, name="words", checkpoint=True
    )
    count = counts.lookup(feed)
    w = weight("w", [2, 1], 43)
    features = tf.stack([tf.math.log1p(count), tf.ones_like(count)], 1)
    prediction = tf.matmul(features, w)
    loss = squared_error(prediction, y)
    with tf.control_dependencies([loss]):
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        insert = counts.insert(feed, count + 1.0)
    fill = words.insert(tf.constant(["a", "b\0c", ""]), tf.constant([1, 2, 2**40], tf.int64))
    outputs = {
        "prediction": prediction,
        "counts": counts.lookup(tf.range(7, dtype=tf.int64)),
        "words": words.lookup(tf.constant(["", "b\0c", "z"])),
    }
    return Program(loss, tf.group(train, insert), given, outputs, setup=fill)


@scenario("storage_types", "variables of every type that TF1 can save, scalars and empty ones")
def types() -> Program:
    net = Regression()
    values = {
        "bool": np.array([True, False]),
        "int8": np.array([-128, 127], np.int8),
        "int16": np.array([-32768, 5], np.int16),
        "int32": np.array([[-(2**31)], [3]], np.int32),
        "int64": np.array(2**40 + 1, np.int64),
        "uint8": np.array([255], np.uint8),
        "uint16": np.array([65535], np.uint16),
        "half": np.array([0.1, -65504.0], np.float16),
        "double": np.array([0.1, 1e300], np.float64),
        "complex64": np.array([1 + 2j], np.complex64),
        "complex128": np.array([0.1 - 3j], np.complex128),
        "empty": np.zeros((0, 3), np.float32),
        "string": np.array([b"one", b"", b"a\0b\xff"], object),
    }
    for name, value in values.items():
        tf.get_variable("types/" + name, initializer=tf.constant(value), trainable=False)
    bfloat = tf.constant([1.5, -2.0], tf.bfloat16)
    tf.get_variable("types/bfloat16", initializer=bfloat, trainable=False)
    resource = tf.get_variable(
        "types/resource", initializer=[7], use_resource=True, trainable=False
    )
    step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    outputs = {**net.outputs, "resource": tf.identity(resource)}
    return Program(net.loss, tf.group(step, resource.assign_add([1])), net.feeds, outputs)


@scenario("storage_renamed_keys", "a Saver's dict whose keys are no variable's name")
def renamed_keys() -> Program:
    net = Regression()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    keys = {"first layer/w": net.w, "first layer/b:0": net.b, "out": net.out}
    return Program(net.loss, step, net.feeds, net.outputs, saver={"var_list": keys})


def named(name: str, about: str, names: Sequence[str | None]) -> None:
    """A scenario: a network with vectors of these names, None for none."""

    def build() -> Program:
        given = {"x": data(51, 2, 4, 2)}
        x = placeholder("x", given["x"])
        vectors = [
            tf.Variable(tf.random_normal([2], stddev=0.5, seed=60 + seed), name=called)
            for seed, called in enumerate(names)
        ]
        prediction = tf.add_n([tf.reduce_sum(tf.tanh(x * vector), 1) for vector in vectors])
        loss = squared_error(prediction, 0.5)
        optimizer = tf.train.MomentumOptimizer(0.05, 0.9)
        step = optimizer.minimize(loss)
        return Program(loss, step, given, {"prediction": prediction}, [optimizer])

    scenario("names_" + name, about)(build)


named(
    "uniquified",
    "tf.Variable(name='w') three times, and two without a name",
    ["w", "w", "w", None, None],
)
named(
    "odd",
    "dots, dashes, and names that escape badly",
    ["a.b", "a.S/b", ".hidden", "net-1/w", "..", "a.Sb", ".OPTIMIZER_SLOT/w"],
)
named(
    "reserved",
    "names that tf.Module and tf.train.Checkpoint have attributes for",
    ["name", "variables/w", "save_counter", "submodules/name", "read", "self", "root/root"],
)
named(
    "like_slots",
    "names of weights that look like an optimizer's",
    ["head/Adam", "Adam/w", "w", "w/Ftrl_1", "moving_mean_of/w", "b/ExponentialMovingAverage/w"],
)
