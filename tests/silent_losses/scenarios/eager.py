"""What is left of variable scopes, collections and initialisers in eager mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, variable
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import BOTH_PASS, asserts, ramp, stored, tf1_checkpoint
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.comparison import Outcome

v1 = tf.compat.v1


def reused(name: str, shape: list[int]) -> Any:
    """The variable of a TF1 function that is called more than once."""
    with v1.variable_scope("s", reuse=v1.AUTO_REUSE):
        return v1.get_variable(name, shape, initializer=v1.zeros_initializer())


@scenario(
    "B6",
    "`get_variable` never reuses: two uses of one variable become two, which are equal after the"
    " restore and not after a step",
    tensorflow=BOTH_PASS,
    ours={"s/w": (Outcome.MISSING, Outcome.UNEXPECTED)},
)
def variable_that_is_not_reused(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"s/w": ramp(2)})
    first, second = reused("w", [2]), reused("w", [2])
    checkpoint = tf.train.Checkpoint(first=first, second=second)
    checks = asserts(checkpoint.restore(old))
    second.assign_sub([0.5, 0.5])
    return Observation(
        values={"s/w": (second, first)},
        tensorflow=checks,
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "B6",
    "`get_variable` in a function makes a new variable in each call: what one call learns, the next"
    " does not know, and nothing is saved",
    tensorflow=BOTH_PASS,
    ours={"s/w": Outcome.MISSING},
)
def new_variable_in_each_call(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"s/w": np.full(2, 2.0, "f"), "bias": 0.0})

    def step() -> Any:
        w = reused("w", [2])
        w.assign_add([1.0, 1.0])
        return w

    model = module(bias=variable("bias"))
    step()
    w = step()
    new = tf.train.Checkpoint(model).write(str(folder / "new"))
    return Observation(
        values={"s/w": (np.array([2.0, 2.0]), w)},
        tensorflow=asserts(tf.train.Checkpoint(model).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, model),
        },
    )


class Net(tf.Module):  # type: ignore[misc]
    """A model whose tf.function asks for a variable."""

    @tf.function  # type: ignore[untyped-decorator]
    def __call__(self) -> Any:
        with v1.variable_scope("net", reuse=v1.AUTO_REUSE):
            self.w = v1.get_variable("w", [2], initializer=v1.zeros_initializer())
        return self.w + 0.0


@scenario(
    "B7",
    "`get_variable` in a tf.function belongs to the process: two models share one variable",
    tensorflow=BOTH_PASS,
    ours={"b/w": Outcome.ALIASED},
)
def models_that_share_a_variable(folder: Path) -> Observation:
    first = module(w=tf.Variable(ramp(2), name="a/w"))
    second = module(w=tf.Variable(ramp(2, start=5.0), name="b/w"))
    old = tf.train.Checkpoint(a=first, b=second).write(str(folder / "old"))
    a, b = Net(), Net()
    a(), b()
    assert a.w is b.w
    checkpoint = tf.train.Checkpoint(a=a, b=b)
    status = checkpoint.read(old)
    return Observation(
        values={"b/w": (ramp(2, start=5.0), b.w)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "B8",
    "`global_variables()` is empty in eager mode: a Checkpoint of it saves nothing",
    tensorflow=BOTH_PASS,
    ours={"s/w": Outcome.MISSING, "s/b": Outcome.MISSING},
)
def checkpoint_of_a_collection(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"s/w": ramp(2), "s/b": ramp(3)})
    variables = [reused("w", [2]), reused("b", [3])]

    def build() -> Any:
        return tf.train.Checkpoint(**{v.name: v for v in v1.global_variables()})

    new = build().write(str(folder / "new"))
    del variables
    return Observation(
        values={name: (stored(old, name), stored(new, name)) for name in ("s/w", "s/b")},
        tensorflow=asserts(build().read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, build()),
        },
    )


@scenario(
    "B8",
    "a collection that is filled inside a tf.function is that function's own: outside it is empty",
    tensorflow=BOTH_PASS,
    ours={"s/w": Outcome.MISSING},
)
def collection_filled_in_a_function(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"s/w": ramp(2)})
    w = tf.Variable(ramp(2), name="s/w")

    @tf.function  # type: ignore[untyped-decorator]
    def build() -> Any:
        v1.add_to_collection("to_be_saved", w)
        return w + 0.0

    build()

    def checkpoint() -> Any:
        return tf.train.Checkpoint(**{v.name: v for v in v1.get_collection("to_be_saved")})

    new = checkpoint().write(str(folder / "new"))
    return Observation(
        values={"s/w": (ramp(2), stored(new, "s/w"))},
        tensorflow=asserts(checkpoint().read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint()),
        },
    )


@scenario(
    "B8",
    "`variables_initializer` does nothing in eager mode: a new task begins with the old head",
    tensorflow={"variables_initializer": PASSES, **BOTH_PASS},
    ours={"head/w": Outcome.VALUE},
)
def variables_that_are_not_initialised_again(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"body/w": ramp(2), "head/w": ramp(2, start=5.0)})
    reset = tf1_checkpoint(folder, {"body/w": ramp(2), "head/w": np.zeros(2, "f")}, "reset")
    body = tf.Variable(tf.zeros([2]), name="body/w")
    head = tf.Variable(tf.zeros([2]), name="head/w")
    checkpoint = tf.train.Checkpoint(body=body, head=head)
    status = checkpoint.restore(old)
    v1.variables_initializer([head])
    return Observation(
        values={"head/w": (np.zeros(2), head)},
        tensorflow={
            "variables_initializer": lambda: v1.variables_initializer([head]),
            **asserts(status),
        },
        ours={"assert_variables_match": lambda: ours.by_object(reset, checkpoint)},
    )


@scenario(
    "2g",
    "`Saver()` without a list has nothing to save in eager mode; a program that was renamed to"
    " compat.v1 only ends here",
    tensorflow={"Saver()": "raises RuntimeError"},
    ours={"s/w": Outcome.UNTRACKED},
)
def saver_without_a_list(folder: Path) -> Observation:
    def program() -> Any:
        return reused("w", [2])

    model = module(bias=variable("bias"))
    new = tf.train.Checkpoint(model).write(str(folder / "new"))
    return Observation(
        values={"s/w": (np.zeros(2), stored(new, "s/w"))},
        tensorflow={"Saver()": v1.train.Saver},
        ours={"watch": lambda: ours.watched(model, program)},
    )


def wrapped() -> Any:
    """A TF1 program as a function: forward, loss, Adam, global step."""

    def program(x: Any) -> Any:
        w = v1.get_variable("w", [3, 1], initializer=v1.ones_initializer())
        step = v1.train.get_or_create_global_step()
        loss = tf.reduce_sum(x @ w, name="loss")
        v1.train.AdamOptimizer(0.1).minimize(loss, step, name="train")
        return loss

    return v1.wrap_function(program, [tf.TensorSpec([None, 3], name="x")])


def trained(function: Any) -> dict[str, Any]:
    """Its variables after a step, by TF1 name."""
    function.prune(["x:0"], [function.graph.get_operation_by_name("train")])(tf.ones([1, 3]))
    return {v.name.partition(":")[0]: v for v in function.graph.get_collection("variables")}


WRAPPED = ("w", "w/Adam", "w/Adam_1", "beta1_power", "beta2_power", "global_step")


@scenario(
    "B9",
    "a Checkpoint of a function from `wrap_function` saves nothing",
    tensorflow=BOTH_PASS,
    ours=dict.fromkeys(WRAPPED, Outcome.UNTRACKED),
)
def checkpoint_of_a_wrapped_function(folder: Path) -> Observation:
    function = wrapped()
    variables = trained(function)
    old = tf1_checkpoint(folder, {name: v.numpy() for name, v in variables.items()})
    checkpoint = tf.train.Checkpoint(function=function)
    new = checkpoint.write(str(folder / "new"))
    return Observation(
        values={name: (stored(old, name), stored(new, name)) for name in WRAPPED},
        tensorflow=asserts(tf.train.Checkpoint(function=wrapped()).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


@scenario(
    "B9",
    "`variables` of a function from `wrap_function` are those that its outputs read: slots and step"
    " are not among them",
    tensorflow=BOTH_PASS,
    ours=dict.fromkeys(("w/Adam", "w/Adam_1", "global_step"), Outcome.MISSING),
)
def variables_of_a_wrapped_function(folder: Path) -> Observation:
    function = wrapped()
    variables = trained(function)
    old = tf1_checkpoint(folder, {name: v.numpy() for name, v in variables.items()})

    def build(function: Any) -> Any:
        return tf.train.Checkpoint(v={v.name.partition(":")[0]: v for v in function.variables})

    new = build(function).write(str(folder / "new"))
    lost = ("w/Adam", "w/Adam_1", "global_step")
    return Observation(
        values={name: (stored(old, name), stored(new, f"v/{name}")) for name in lost},
        tensorflow=asserts(build(wrapped()).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, build(function)),
        },
    )
