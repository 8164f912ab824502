"""What Keras 3 objects do to variables in a tf.Module, a tf.train.Checkpoint and a Saver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, variable
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    asserts,
    ramp,
    stored,
    tf1_checkpoint,
)
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.comparison import Outcome

KERNEL, BIAS = ramp(3, 2), ramp(2, start=10.0)
DENSE = {"dense/kernel": KERNEL, "dense/bias": BIAS}
SAVER_PASSES = {"Saver.save": PASSES, "Saver.restore": PASSES}


def dense(name: str = "dense") -> Any:
    """A layer with the values of the checkpoint."""
    layer = keras.layers.Dense(2, name=name)
    layer.build((None, 3))
    layer.set_weights([KERNEL, BIAS])
    return layer


def saver_checks(folder: Path, saver: Any, prefix: str) -> dict[str, Callable[[], object]]:
    return {
        "Saver.save": lambda: saver.save(None, str(folder / "again")),
        "Saver.restore": lambda: saver.restore(None, prefix),
    }


@scenario(
    "A1.13",
    "`module.variables` does not see Keras 3 layers, so a Saver of them does not save the layers",
    tensorflow=SAVER_PASSES,
    ours={"dense/kernel": Outcome.MISSING, "dense/bias": Outcome.MISSING},
)
def saver_of_module_variables_with_a_layer(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {**DENSE, "scale": 2.0})
    model = module(dense=dense(), scale=variable("scale", 2.0))
    saver = tf.compat.v1.train.Saver(model.variables)
    new = str(saver.save(None, str(folder / "new")))
    return Observation(
        values={name: (value, stored(new, name)) for name, value in DENSE.items()},
        tensorflow=saver_checks(folder, saver, new),
        ours={"verify": lambda: ours.by_files(old, new)},
    )


@scenario(
    "A1.13",
    "averages of `module.trainable_variables`: those of the Keras 3 layers are never made",
    tensorflow=BOTH_PASS,
    ours={
        "dense/kernel/ExponentialMovingAverage": Outcome.MISSING,
        "dense/bias/ExponentialMovingAverage": Outcome.MISSING,
    },
)
def averages_of_module_variables(folder: Path) -> Observation:
    shadows = {f"{name}/ExponentialMovingAverage": value for name, value in DENSE.items()}
    other = "scale/ExponentialMovingAverage"
    old = tf1_checkpoint(folder, {**DENSE, "scale": 2.0, **shadows, other: 2.0})

    def build() -> Any:
        tf.compat.v1.reset_default_graph()
        model = module(dense=dense(), scale=variable("scale", 2.0))
        average = tf.train.ExponentialMovingAverage(0.9)
        average.apply(model.trainable_variables)
        model.shadows = {v.name[:-2]: average.average(v) for v in model.trainable_variables}
        return model

    model = build()
    new = str(tf.train.Checkpoint(model).write(str(folder / "new")))
    return Observation(
        values={name: (value, stored(new, f"shadows/{name}")) for name, value in shadows.items()},
        tensorflow=asserts(tf.train.Checkpoint(build()).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, model),
        },
    )


@scenario(
    "A1.13",
    "Keras 3 keeps the kernel of a Dense layer as `_kernel`, tf_keras and a tf.Module as `kernel`:"
    " the bias comes along and the kernel does not",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={"dense/kernel": Outcome.VALUE},
)
def kernel_under_another_attribute(folder: Path) -> Observation:
    kernel, bias = (tf.Variable(value, name=name) for name, value in DENSE.items())
    old = tf.train.Checkpoint(dense=module(kernel=kernel, bias=bias)).write(str(folder / "old"))
    layer = dense()
    layer.set_weights([np.zeros_like(KERNEL), np.zeros_like(BIAS)])
    checkpoint = tf.train.Checkpoint(dense=layer)
    status = checkpoint.read(old)
    assert np.array_equal(layer.bias, BIAS)
    return Observation(
        values={"dense/kernel": (KERNEL, layer.kernel)},
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


class Blocks(keras.Model):  # type: ignore[misc]
    """A model with layers in a container."""

    def __init__(self, kind: type) -> None:
        super().__init__()
        self.blocks: Any = [dense()] if kind is list else {"only": dense()}
        self.head = dense("head")


def in_a_container(folder: Path, kind: type) -> Observation:
    head = {"head/kernel": KERNEL, "head/bias": BIAS}
    old = tf1_checkpoint(folder, {**DENSE, **head})
    model = Blocks(kind)
    new = str(tf.train.Checkpoint(model=model).write(str(folder / "new")))
    again = Blocks(kind)
    for weight in again.weights:
        weight.assign(np.zeros(weight.shape))
    status = tf.train.Checkpoint(model=again).read(new)
    kernel, bias = again.blocks[0 if kind is list else "only"].weights
    return Observation(
        values={"dense/kernel": (KERNEL, kernel), "dense/bias": (BIAS, bias)},
        tensorflow=asserts(status),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, module(model=model)),
        },
    )


LOST_DENSE = {"dense/kernel": Outcome.UNTRACKED, "dense/bias": Outcome.UNTRACKED}


@scenario(
    "A1.14",
    "layers in a list of a Keras 3 model: its `weights` have them, tf.train.Checkpoint does not"
    " save them",
    tensorflow=BOTH_PASS,
    ours=LOST_DENSE,
)
def layers_in_a_list_of_a_keras_model(folder: Path) -> Observation:
    return in_a_container(folder, list)


@scenario(
    "A1.14",
    "layers in a dict of a Keras 3 model: its `weights` have them, tf.train.Checkpoint does not"
    " save them",
    tensorflow=BOTH_PASS,
    ours=LOST_DENSE,
)
def layers_in_a_dict_of_a_keras_model(folder: Path) -> Observation:
    return in_a_container(folder, dict)


class Scaled(keras.layers.Layer):  # type: ignore[misc]
    """A layer with a tf.Variable in a container."""

    def __init__(self, kind: type) -> None:
        super().__init__(name="scaled")
        scale = variable("scaled/scale", 2.0)
        self.scale: Any = [scale] if kind is list else {"one": scale}
        self.w = self.add_weight(shape=(), name="w", initializer="ones")


@scenario(
    "A1.15",
    "a tf.Variable in a list of a Keras 3 layer is not saved",
    tensorflow=BOTH_PASS,
    ours={"scaled/scale": Outcome.UNTRACKED},
)
def variable_in_a_list_of_a_layer(folder: Path) -> Observation:
    return variable_in_a_layer(folder, list)


@scenario(
    "A1.15",
    "a tf.Variable in a dict of a Keras 3 layer is not saved",
    tensorflow=BOTH_PASS,
    ours={"scaled/scale": Outcome.UNTRACKED},
)
def variable_in_a_dict_of_a_layer(folder: Path) -> Observation:
    return variable_in_a_layer(folder, dict)


def variable_in_a_layer(folder: Path, kind: type) -> Observation:
    old = tf1_checkpoint(folder, {"scaled/scale": 2.0, "scaled/w": 1.0})
    layer = Scaled(kind)
    new = str(tf.train.Checkpoint(scaled=layer).write(str(folder / "new")))
    place = "scaled/scale/0" if kind is list else "scaled/scale/one"
    return Observation(
        values={"scaled/scale": (2.0, stored(new, place))},
        tensorflow=asserts(tf.train.Checkpoint(scaled=Scaled(kind)).read(new)),
        ours={"assert_variables_match": lambda: ours.by_object(old, module(scaled=layer))},
    )


class Scale(keras.layers.Layer):  # type: ignore[misc]
    """A layer whose only variable is a tf.Variable."""

    def __init__(self) -> None:
        super().__init__(name="scale")
        self.factor = variable("scale/factor", 2.0)


@scenario(
    "A1.15",
    "a tf.Variable attribute of a Keras 3 layer is no weight: an optimizer of `trainable_weights`"
    " does not train it",
    tensorflow=BOTH_PASS,
    ours={"scale/factor/Momentum": Outcome.MISSING},
)
def variable_that_is_no_weight_of_its_layer(folder: Path) -> Observation:
    slots = {"scale/factor/Momentum": 0.5, "w/Momentum": 0.25}
    old = tf1_checkpoint(folder, {"scale/factor": 2.0, "w": 1.0, **slots})

    def build() -> Any:
        layer, w = Scale(), variable("w", 1.0)
        optimizer = tf.compat.v1.train.MomentumOptimizer(0.1, 0.9)
        optimizer._create_slots([w, *layer.trainable_weights])
        optimizer.get_slot(w, "momentum").assign(0.25)
        return tf.train.Checkpoint(scale=layer, w=w, optimizer=optimizer)

    again, checkpoint = build(), build()
    new = checkpoint.write(str(folder / "new"))
    place = "scale/factor/.OPTIMIZER_SLOT/optimizer/momentum"
    return Observation(
        values={"scale/factor/Momentum": (0.5, stored(new, place))},
        tensorflow=asserts(again.read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


@scenario(
    "A2.8",
    "a Keras 3 variable is never matched by its name with a TF1 checkpoint",
    tensorflow=BOTH_RAISE,
    ours={"w": Outcome.VALUE},
)
def keras_variable_by_name(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 2.0})
    weight = keras.Variable(0.0, name="w")
    checkpoint = tf.train.Checkpoint(w=weight)
    status = checkpoint.restore(old)
    return Observation(
        values={"w": (2.0, weight)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "A2.8",
    "a Keras 3 layer is never matched by the names of its weights with a TF1 checkpoint;"
    " `expect_partial()` says nothing",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={"dense/kernel": Outcome.VALUE, "dense/bias": Outcome.VALUE},
)
def keras_layer_by_name(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, DENSE)
    layer = dense()
    layer.set_weights([np.zeros_like(KERNEL), np.zeros_like(BIAS)])
    checkpoint = tf.train.Checkpoint(dense=layer)
    status = checkpoint.restore(old)
    return Observation(
        values={"dense/kernel": (KERNEL, layer.kernel), "dense/bias": (BIAS, layer.bias)},
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "A4.4",
    "a Saver of Keras 3 weights writes one key, VARIABLE_VALUE, for all of them",
    tensorflow=SAVER_PASSES,
    ours={
        "dense/kernel": Outcome.MISSING,
        "dense/bias": Outcome.MISSING,
        "VARIABLE_VALUE": Outcome.UNEXPECTED,
    },
)
def saver_of_keras_weights(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, DENSE)
    saver = tf.compat.v1.train.Saver(dense().weights)
    new = str(saver.save(None, str(folder / "new")))
    return Observation(
        values={name: (value, stored(new, name)) for name, value in DENSE.items()},
        tensorflow=saver_checks(folder, saver, new),
        ours={"verify": lambda: ours.by_files(old, new)},
    )
