"""Counterparts of the losses with Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, variable
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.keras3 import (
    BIAS,
    DENSE,
    KERNEL,
    SAVER_PASSES,
    dense,
    saver_checks,
)
from tests.silent_losses.situations import (
    BOTH_PASS,
    asserts,
    ramp,
    stored,
    tf1_checkpoint,
    tf1_fixture,
)


def saved(folder: Path, old: str, build: Callable[[], Any], paths: dict[str, str]) -> Observation:
    """A Checkpoint that already has the values of `old`; `paths` are those in its file."""
    first, again = build(), build()
    new = str(first.write(str(folder / "new")))
    return Observation(
        values={name: (stored(old, name), stored(new, path)) for name, path in paths.items()},
        tensorflow=asserts(again.read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, again),
        },
    )


def dense_at(place: str, leaf: str = "_kernel") -> dict[str, str]:
    return {"dense/kernel": f"{place}/{leaf}", "dense/bias": f"{place}/bias"}


@migration("A1.13", "a Keras 3 layer is an attribute of a tf.Module", tensorflow=BOTH_PASS)
def layer_of_a_module(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {**DENSE, "scale": 2.0})

    def build() -> Any:
        model = module(dense=dense(), scale=variable("scale", 2.0))
        return tf.train.Checkpoint(model=model)

    return saved(folder, old, build, {**dense_at("model/dense"), "scale": "model/scale"})


@migration(
    "A1.13",
    "a Dense layer for one of slim: weights and biases are kernel and bias",
    tensorflow=BOTH_PASS,
)
def layer_for_one_of_slim(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"fc/weights": KERNEL, "fc/biases": BIAS})

    def build() -> Any:
        return tf.train.Checkpoint(fc=dense("fc"))

    return saved(folder, old, build, {"fc/weights": "fc/_kernel", "fc/biases": "fc/bias"})


@migration("A1.14", "layers in a list of a tf.Module", tensorflow=BOTH_PASS)
def layers_in_a_list_of_a_module(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {**DENSE, "dense_1/kernel": KERNEL + 1, "dense_1/bias": BIAS + 1})

    def build() -> Any:
        second = dense("dense_1")
        second.set_weights([KERNEL + 1, BIAS + 1])
        return tf.train.Checkpoint(model=module(blocks=[dense(), second]))

    places = dense_at("model/blocks/0")
    places |= {"dense_1/kernel": "model/blocks/1/_kernel", "dense_1/bias": "model/blocks/1/bias"}
    return saved(folder, old, build, places)


class Attributes(keras.Model):  # type: ignore[misc]
    """A model with a layer as an attribute, and one that has random numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = dense()
        self.normalisation = keras.layers.BatchNormalization(name="norm")
        self.normalisation.build((None, 2))


@migration(
    "A1.14",
    "layers that are attributes of a Keras 3 model, with moving statistics",
    tensorflow=BOTH_PASS,
)
def layers_as_attributes_of_a_keras_model(folder: Path) -> Observation:
    statistics = {
        f"norm/{name}": np.full(2, value, "f")
        for name, value in {"gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1}.items()
    }
    old = tf1_checkpoint(folder, {**DENSE, **statistics})

    def build() -> Any:
        return tf.train.Checkpoint(model=Attributes())

    places = {name: name.replace("norm/", "model/normalisation/") for name in statistics}
    return saved(folder, old, build, {**dense_at("model/dense"), **places})


class Direct(keras.layers.Layer):  # type: ignore[misc]
    """A layer with tf.Variables as an attribute and in a tuple."""

    def __init__(self) -> None:
        super().__init__(name="direct")
        self.scale = variable("direct/scale", 2.0)
        self.several = (variable("direct/several", 3.0),)


@migration(
    "A1.15", "tf.Variables that are attributes of a layer, or in a tuple", tensorflow=BOTH_PASS
)
def variables_of_a_layer(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"direct/scale": 2.0, "direct/several": 3.0})
    places = {"direct/scale": "direct/scale", "direct/several": "direct/several/0"}
    return saved(folder, old, lambda: tf.train.Checkpoint(direct=Direct()), places)


@migration("A2.8", "the tf.Variable in a Keras 3 variable is matched by name", tensorflow=BOTH_PASS)
def value_of_a_keras_variable(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": ramp(2)})
    weight = keras.Variable(np.zeros(2, "f"), name="w")
    checkpoint = tf.train.Checkpoint(w=weight.value)
    status = checkpoint.restore(old)
    return Observation(
        values={"w": (ramp(2), weight)},
        tensorflow=asserts(status),
        ours={
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
            "of the Keras variable": lambda: ours.by_object(old, {"w": weight}),
        },
    )


@migration("A2.8", "a Keras 3 layer that was loaded from TF1 values by hand", tensorflow=BOTH_PASS)
def layer_loaded_by_hand(folder: Path) -> Observation:
    old = tf1_fixture("layer_dense")
    names = [name for name, _ in tf.train.list_variables(old)]
    layers = sorted({name.partition("/")[0] for name in names if name.endswith("/kernel")})

    def build() -> Any:
        made = {}
        for scope in layers:
            kernel = stored(old, f"{scope}/kernel")
            bias = stored(old, f"{scope}/bias")
            made[scope] = keras.layers.Dense(kernel.shape[1], use_bias=bias is not None, name=scope)
            made[scope].build((None, kernel.shape[0]))
            made[scope].set_weights([kernel] if bias is None else [kernel, bias])
        rest = {
            name: tf.Variable(stored(old, name), name=name)
            for name in names
            if name.partition("/")[0] not in layers
        }
        return tf.train.Checkpoint(**made, **rest)

    paths = {f"{scope}/kernel": f"{scope}/_kernel" for scope in layers}
    return saved(folder, old, build, paths)


@migration("A4.4", "a Saver of a dict of Keras 3 weights", tensorflow=SAVER_PASSES)
def saver_of_a_dict_of_keras_weights(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, DENSE)
    saver = tf.compat.v1.train.Saver({weight.path: weight.value for weight in dense().weights})
    new = str(saver.save(None, str(folder / "new")))
    return Observation(
        values={name: (value, stored(new, name)) for name, value in DENSE.items()},
        tensorflow=saver_checks(folder, saver, new),
        ours={"verify": lambda: ours.by_files(old, new)},
    )


@migration("C4.4", "a Keras 3 optimizer is built on the same list", tensorflow=BOTH_PASS)
def keras_optimizer_built_in_the_same_order(folder: Path) -> Observation:
    return keras_optimizer(folder, build_first=True)


@migration(
    "C4.4", "a Keras 3 optimizer is built after the restore, on the same list", tensorflow=BOTH_PASS
)
def keras_optimizer_built_later(folder: Path) -> Observation:
    return keras_optimizer(folder, build_first=False)


def keras_optimizer(folder: Path, *, build_first: bool) -> Observation:
    a, b = variable("a", 1.0), variable("b", 1.0)
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.apply_gradients([(tf.constant(1.0), a), (tf.constant(9.0), b)])
    values = {slot.path: np.asarray(slot) for slot in optimizer.variables}
    old = tf.train.Checkpoint(a=a, b=b, optimizer=optimizer).write(str(folder / "old"))
    a, b = variable("a"), variable("b")
    optimizer = keras.optimizers.Adam(0.1, name="adam")
    if build_first:
        optimizer.build([a, b])
    checkpoint = tf.train.Checkpoint(a=a, b=b, optimizer=optimizer)
    status = checkpoint.read(old)
    optimizer.build([a, b])
    return Observation(
        values={slot.path: (values[slot.path], slot) for slot in optimizer.variables},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration(
    "C4.4",
    "two Keras 3 models of one process, in another order than in the file",
    tensorflow=BOTH_PASS,
)
def keras_layers_made_in_another_order(folder: Path) -> Observation:
    """Keras numbers the names of layers through the process, and paths stay."""

    def layer(shift: float) -> Any:
        made = keras.layers.Dense(2)
        made.build((None, 3))
        made.set_weights([KERNEL + shift, BIAS + shift])
        return made

    first, second = layer(0.0), layer(1.0)
    old = tf.train.Checkpoint(a=first, b=second).write(str(folder / "old"))
    keras.utils.clear_session(free_memory=False)
    second, first = layer(0.0), layer(0.0)
    checkpoint = tf.train.Checkpoint(a=first, b=second)
    status = checkpoint.read(old)
    assert [first.name, second.name] == ["dense_1", "dense"]
    return Observation(
        values={"a": (KERNEL, first.kernel), "b": (KERNEL + 1.0, second.kernel)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )
