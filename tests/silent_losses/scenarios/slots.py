"""Slot variables of optimizers, and what belongs to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import adam, network, variable, with_slots
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    asserts,
    at_once,
    ramp,
    stored,
    tf1_checkpoint,
    tf1_fixture,
)
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.comparison import Outcome
from tf2migrate.model.names import OPTIMIZER, NameRow

NET = ("w", "b", "out")


def slot_values(old: str, net: Any, optimizer: Any, slots: dict[str, str]) -> dict[str, Any]:
    """By TF1 name the value in the file and that of the optimizer's slot variable."""
    return {
        f"net/{name}/{tf1}": (
            stored(old, f"net/{name}/{tf1}"),
            optimizer.get_slot(getattr(net, name), slot),
        )
        for name in NET
        for tf1, slot in slots.items()
    }


@scenario(
    "A2.9, C4.2",
    "an optimizer makes its slot variables after the restore: they start at 0",
    tensorflow=BOTH_PASS,
    ours={f"net/{name}/Adam{end}": Outcome.VALUE for name in NET for end in ("", "_1")},
)
def slots_made_after_the_restore(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_adam")
    net, optimizer = network(old), adam()
    checkpoint = tf.train.Checkpoint(net=net, optimizer=optimizer)
    status = checkpoint.restore(old)
    checks = {name: at_once(check) for name, check in asserts(status).items()}
    with_slots(optimizer, net.variables)
    return Observation(
        values=slot_values(old, net, optimizer, {"Adam": "m", "Adam_1": "v"}),
        tensorflow=checks,
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "C4.2",
    "it is the second model of the process: its slot variables are called `w/Adam_2`, which the"
    " file does not have",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={f"net/{name}/Adam{end}": Outcome.VALUE for name in NET for end in ("", "_1")},
)
def slots_of_a_second_model(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_adam")
    with_slots(adam(), network(old).variables)
    net = network(old)
    optimizer = with_slots(adam(), net.variables)
    checkpoint = tf.train.Checkpoint(net=net, optimizer=optimizer)
    status = checkpoint.restore(old)
    return Observation(
        values=slot_values(old, net, optimizer, {"Adam": "m", "Adam_1": "v"}),
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "C4.2",
    "it is the second model of the process: the mean square of RMSProp is called `w/RMSProp_2`,"
    " which is the momentum in the file",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={f"net/{name}/RMSProp{end}": Outcome.VALUE for name in NET for end in ("", "_1", "_2")},
)
def slots_under_the_key_of_others(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_rmsprop_centered")

    def centered() -> Any:
        return tf.compat.v1.train.RMSPropOptimizer(0.02, centered=True, momentum=0.5)

    # the first model's RMSProp is a plain one, which has two slot variables
    with_slots(tf.compat.v1.train.RMSPropOptimizer(0.02), network(old).variables)
    net = network(old)
    optimizer = with_slots(centered(), net.variables)
    checkpoint = tf.train.Checkpoint(net=net, optimizer=optimizer)
    status = checkpoint.restore(old)
    slots = {"RMSProp": "rms", "RMSProp_1": "mg", "RMSProp_2": "momentum"}
    values = slot_values(old, net, optimizer, slots)
    momentum = stored(old, "net/w/RMSProp_2")
    assert np.array_equal(values["net/w/RMSProp"][1], momentum)
    return Observation(
        values=values,
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


def rows_of_two_adams() -> list[NameRow]:
    """Which of two optimizers of the network has which slot variables in TF1."""
    slots = [
        NameRow("train.py:main", tf1, key, "slot", "")
        for name in NET
        for tf1, key in {
            f"net/{name}/Adam": f"net/{name}/.OPTIMIZER_SLOT/first/m",
            f"net/{name}/Adam_1": f"net/{name}/.OPTIMIZER_SLOT/first/v",
            f"net/{name}/Adam_2": f"net/{name}/.OPTIMIZER_SLOT/second/m",
            f"net/{name}/Adam_3": f"net/{name}/.OPTIMIZER_SLOT/second/v",
        }.items()
    ]
    others = [
        NameRow("train.py:main", f"beta{n}_power{end}", f"{key}/beta{n}_power", OPTIMIZER, "")
        for n in (1, 2)
        for end, key in {"": "first", "_1": "second"}.items()
    ]
    return slots + others


@scenario(
    "C4.2",
    "two optimizers of the same variables are made in another order: they swap their slot"
    " variables",
    tensorflow=BOTH_PASS,
    ours={f"net/{name}/Adam{end}": Outcome.VALUE for name in NET for end in ("", "_1", "_2", "_3")},
)
def optimizers_in_another_order(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_same_variables")
    net = network(old)
    second, first = with_slots(adam(), net.variables), with_slots(adam(), net.variables)
    checkpoint = tf.train.Checkpoint(net=net, first=first, second=second)
    status = checkpoint.restore(old)
    values = slot_values(old, net, first, {"Adam": "m", "Adam_1": "v"})
    values |= slot_values(old, net, second, {"Adam_2": "m", "Adam_3": "v"})
    return Observation(
        values=values,
        tensorflow=asserts(status),
        ours={
            "assert_variables_match": lambda: ours.by_object(old, checkpoint, rows_of_two_adams())
        },
    )


@scenario(
    "C4.4",
    "a Keras 3 optimizer keeps its slot variables by position: built on [b, a] instead of [a, b] it"
    " swaps them",
    tensorflow=BOTH_PASS,
    ours={
        "adam/a_0_momentum": Outcome.VALUE,
        "adam/a_0_velocity": Outcome.VALUE,
        "adam/b_0_momentum": Outcome.VALUE,
        "adam/b_0_velocity": Outcome.VALUE,
    },
)
def keras_optimizer_built_in_another_order(folder: Path) -> Observation:
    a, b = variable("a", 1.0), variable("b", 1.0)
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.apply_gradients([(tf.constant(1.0), a), (tf.constant(9.0), b)])
    names = [slot.path for slot in optimizer.variables[2:]]
    values = dict(zip(names, map(np.asarray, optimizer.variables[2:]), strict=True))
    old = tf.train.Checkpoint(a=a, b=b, optimizer=optimizer).write(str(folder / "old"))
    a, b = variable("a"), variable("b")
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build([b, a])
    checkpoint = tf.train.Checkpoint(a=a, b=b, optimizer=optimizer)
    status = checkpoint.read(old)
    b_m, b_v, a_m, a_v = optimizer.variables[2:]
    return Observation(
        values={
            name: (values[name], found)
            for name, found in zip(names, (a_m, a_v, b_m, b_v), strict=True)
        },
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


def powers(steps: int) -> dict[str, Any]:
    """What Adam of TF1 multiplies up, after a number of steps."""
    return {
        "beta1_power": np.float32(0.9) ** np.float32(steps + 1),
        "beta2_power": np.float32(0.999) ** np.float32(steps + 1),
    }


@scenario(
    "2g",
    "the slot variables of TF1's Adam match nothing of a Keras 3 Adam; `expect_partial()` keeps"
    " quiet",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours=dict.fromkeys(("w/Adam", "w/Adam_1", "beta1_power", "beta2_power"), Outcome.VALUE),
)
def tf1_adam_against_keras_adam(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 1.0, "w/Adam": 0.1, "w/Adam_1": 0.2, **powers(1)})
    w = variable("w")
    optimizer = keras.optimizers.Adam(0.02)
    optimizer.build([w])
    checkpoint = tf.train.Checkpoint(w=w, optimizer=optimizer)
    status = checkpoint.restore(old)
    _, _, m, v = optimizer.variables
    return Observation(
        values={"w/Adam": (0.1, m), "w/Adam_1": (0.2, v)},
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "C4.1",
    "a v1 optimizer trains the `value` of Keras 3 variables: its slot variables are not saved",
    tensorflow=BOTH_PASS,
    ours={
        "w/Adam": Outcome.UNTRACKED,
        "w/Adam_1": Outcome.UNTRACKED,
    },
)
def v1_optimizer_of_keras_variables(folder: Path) -> Observation:
    slots = {"w/Adam": ramp(2), "w/Adam_1": ramp(2, start=3.0)}
    old = tf1_checkpoint(folder, {"w": ramp(2), **slots, **powers(0)})

    def build() -> Any:
        tf.compat.v1.reset_default_graph()
        w = keras.Variable(ramp(2), name="w")
        optimizer = with_slots(adam(), [w.value])
        optimizer.get_slot(w.value, "m").assign(slots["w/Adam"])
        optimizer.get_slot(w.value, "v").assign(slots["w/Adam_1"])
        return tf.train.Checkpoint(w=w, optimizer=optimizer)

    again, checkpoint = build(), build()
    new = checkpoint.write(str(folder / "new"))
    place = "w/.OPTIMIZER_SLOT/optimizer"
    return Observation(
        values={
            "w/Adam": (slots["w/Adam"], stored(new, f"{place}/m")),
            "w/Adam_1": (slots["w/Adam_1"], stored(new, f"{place}/v")),
        },
        tensorflow=asserts(again.read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )
