"""Counterparts of the losses through names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.migrations.containers import with_optimizer
from tests.silent_losses.programs import module, network, variable
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.names import TF1_NAMES, uniquified
from tests.silent_losses.situations import (
    BOTH_PASS,
    asserts,
    ramp,
    stored,
    tf1_checkpoint,
    tf1_fixture,
)
from tf2migrate.model.names import NameRow


@migration(
    "A2.3",
    "variables of one name are loaded by a dict of their TF1 names",
    tensorflow={"Saver.restore": "passes"},
)
def variables_of_one_name_by_a_dict(folder: Path) -> Observation:
    fixture = tf1_fixture("names_uniquified")
    values = {name: stored(fixture, name) for name in TF1_NAMES}
    old = tf1_checkpoint(folder, values)
    variables = uniquified()
    saver = tf.compat.v1.train.Saver(dict(zip(TF1_NAMES, variables.values(), strict=True)))
    saver.restore(None, old)
    checkpoint = tf.train.Checkpoint(**variables)
    rows = [
        NameRow("train.py:main", tf1, key, "variable", "")
        for tf1, key in zip(TF1_NAMES, variables, strict=True)
    ]
    return Observation(
        values={
            name: (values[name], found)
            for name, found in zip(TF1_NAMES, variables.values(), strict=True)
        },
        tensorflow={"Saver.restore": lambda: saver.restore(None, old)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint, rows)},
    )


@migration("A2.3", "variables have the unique names that TF1 made", tensorflow=BOTH_PASS)
def variables_with_unique_names(folder: Path) -> Observation:
    fixture = tf1_fixture("names_uniquified")
    values = {name: stored(fixture, name) for name in TF1_NAMES}
    old = tf1_checkpoint(folder, values)
    variables = {name: tf.Variable(tf.zeros([2]), name=name) for name in TF1_NAMES}
    checkpoint = tf.train.Checkpoint(model=module(several=list(variables.values())))
    status = checkpoint.restore(old)
    return Observation(
        values={name: (values[name], variables[name]) for name in TF1_NAMES},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration("A2.4", "the program asks for every key of the file", tensorflow=BOTH_PASS)
def every_key_asked_for(folder: Path) -> Observation:
    old = tf1_fixture("optimizer_adam")
    return with_optimizer(folder, old, lambda: tf.compat.v1.train.AdamOptimizer(0.02))


@migration("A2.2", "scopes became objects", tensorflow=BOTH_PASS)
def scopes_as_objects(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_sgd")
    net = network(old)
    checkpoint = tf.train.Checkpoint(net=net)
    status = checkpoint.restore(old)
    return Observation(
        values={
            f"net/{name}": (stored(old, f"net/{name}"), getattr(net, name))
            for name in ("w", "b", "out")
        },
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration(
    "A2.2", "attributes have names of their own, the variables those of TF1", tensorflow=BOTH_PASS
)
def attributes_with_other_names(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"layer1/weights": ramp(2), "layer1/biases": ramp(3)})
    first = tf.Variable(tf.zeros([2]), name="layer1/weights")
    second = tf.Variable(tf.zeros([3]), name="layer1/biases")
    checkpoint = tf.train.Checkpoint(model=module(x=first, y=second))
    status = checkpoint.restore(old)
    return Observation(
        values={"layer1/weights": (ramp(2), first), "layer1/biases": (ramp(3), second)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration(
    "2g",
    "a name is spelled otherwise, and a dict for the Saver says so",
    tensorflow={"Saver.restore": "passes"},
)
def renamed_with_a_map(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"net/weights": 2.0, "net/bias": 3.0})
    weights, bias = variable("net/W"), variable("net/bias")
    saver = tf.compat.v1.train.Saver({"net/weights": weights, "net/bias": bias})
    saver.restore(None, old)
    checkpoint = tf.train.Checkpoint(w=weights, bias=bias)
    rows = [NameRow("train.py:main", "net/weights", "w", "variable", "")]
    return Observation(
        values={"net/weights": (2.0, weights), "net/bias": (3.0, bias)},
        tensorflow={"Saver.restore": lambda: saver.restore(None, old)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint, rows)},
    )


@migration("2g", "objects in a list stay in their order", tensorflow=BOTH_PASS)
def list_in_the_same_order(folder: Path) -> Observation:
    values = {"encoder/w": ramp(2), "decoder/w": ramp(2, start=5.0)}

    def build(zeros: bool) -> Any:
        return [tf.Variable(v * 0 if zeros else v, name=name) for name, v in values.items()]

    old = tf.train.Checkpoint(layers=build(zeros=False)).write(str(folder / "old"))
    layers = build(zeros=True)
    checkpoint = tf.train.Checkpoint(layers=layers)
    status = checkpoint.read(old)
    return Observation(
        values={name: (v, found) for (name, v), found in zip(values.items(), layers, strict=True)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration("2g", "`Checkpoint(model)` on both sides", tensorflow=BOTH_PASS)
def root_against_root(folder: Path) -> Observation:
    def build(value: float) -> Any:
        return module(w=variable("w", value), b=variable("b", value + 1.0))

    old = tf.train.Checkpoint(build(2.0)).write(str(folder / "old"))
    again = build(0.0)
    checkpoint = tf.train.Checkpoint(again)
    status = checkpoint.read(old)
    return Observation(
        values={"w": (2.0, again.w), "b": (3.0, again.b)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration(
    "A2.16",
    "a Saver reads an object-based file by the names in it",
    tensorflow={"Saver.restore": "passes"},
)
def saver_of_an_object_based_file(folder: Path) -> Observation:
    written = tf.train.Checkpoint(x=tf.Variable(ramp(2), name="scope/w"))
    old = written.write(str(folder / "old"))
    again = tf.Variable(tf.zeros([2]), name="scope/w")
    saver = tf.compat.v1.train.Saver([again])
    saver.restore(None, old)
    new = str(saver.save(None, str(folder / "new")))
    return Observation(
        values={"scope/w": (ramp(2), again)},
        tensorflow={"Saver.restore": lambda: saver.restore(None, old)},
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, {"x": again}),
        },
    )
