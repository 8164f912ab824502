"""Counterparts of the losses of variable scopes, collections and initialisers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.eager import WRAPPED, trained, wrapped
from tests.silent_losses.situations import (
    BOTH_PASS,
    asserts,
    ramp,
    stored,
    tf1_checkpoint,
    tf1_fixture,
)
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.names import escape

v1 = tf.compat.v1


class Owner(tf.Module):  # type: ignore[misc]
    """A model that makes its variable in the first call and keeps it."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope
        self.w: Any = None

    def __call__(self) -> Any:
        if self.w is None:
            self.w = tf.Variable(tf.zeros([2]), name=f"{self.scope}/w")
        return self.w + 0.0


@migration("B6", "the owner keeps the variable that its function makes", tensorflow=BOTH_PASS)
def owner_that_keeps_its_variable(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"s/w": ramp(2)})
    model = Owner("s")

    def program() -> Any:
        model()
        model()
        return model

    checkpoint = tf.train.Checkpoint(s=model)
    program()
    status = checkpoint.restore(old)
    return Observation(
        values={"s/w": (ramp(2), model.w)},
        tensorflow=asserts(status),
        ours={
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
            "watch": lambda: ours.watched(checkpoint, lambda: other_owner(checkpoint)),
        },
    )


def other_owner(checkpoint: Any) -> Any:
    """Add another owner to a Checkpoint, and let it make its variable."""
    checkpoint.other = Owner("other")
    checkpoint.other()
    return checkpoint


@migration("B7", "two models make their variables themselves", tensorflow=BOTH_PASS)
def models_with_variables_of_their_own(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"a/w": ramp(2), "b/w": ramp(2, start=5.0)})
    a, b = Owner("a"), Owner("b")
    a(), b()
    checkpoint = tf.train.Checkpoint(a=a, b=b)
    status = checkpoint.restore(old)
    return Observation(
        values={"a/w": (ramp(2), a.w), "b/w": (ramp(2, start=5.0), b.w)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration("B8", "a Checkpoint of a list that the program keeps itself", tensorflow=BOTH_PASS)
def checkpoint_of_a_list_of_ones_own(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"s/w": ramp(2), "s/b": ramp(3)})
    variables = [tf.Variable(tf.zeros([n]), name=name) for name, n in (("s/w", 2), ("s/b", 3))]
    checkpoint = tf.train.Checkpoint(**{v.name.partition(":")[0]: v for v in variables})
    status = checkpoint.restore(old)
    new = checkpoint.write(str(folder / "new"))
    return Observation(
        values={name: (stored(old, name), stored(new, escape(name))) for name in ("s/w", "s/b")},
        tensorflow=asserts(status),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


@migration("B8, E2", "variables are initialised again by assignment", tensorflow=BOTH_PASS)
def initialised_again_by_assignment(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"body/w": ramp(2), "head/w": ramp(2, start=5.0)})
    reset = tf1_checkpoint(folder, {"body/w": ramp(2), "head/w": np.zeros(2, "f")}, "reset")
    body = tf.Variable(tf.zeros([2]), name="body/w")
    head = tf.Variable(tf.zeros([2]), name="head/w")
    checkpoint = tf.train.Checkpoint(body=body, head=head)
    status = checkpoint.restore(old)
    head.assign(tf.zeros([2]))
    return Observation(
        values={"head/w": (np.zeros(2), head), "body/w": (ramp(2), body)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(reset, checkpoint)},
    )


@migration("A4.1", "a Saver with a list, in eager mode", tensorflow={"Saver.restore": PASSES})
def saver_with_a_list(folder: Path) -> Observation:
    old = tf1_fixture("optimizer_sgd")
    variables = [
        tf.Variable(tf.zeros(shape), name=name) for name, shape in tf.train.list_variables(old)
    ]
    saver = v1.train.Saver(variables)
    saver.restore(None, old)
    new = str(saver.save(None, str(folder / "new")))
    return Observation(
        values={name: (stored(old, name), stored(new, name)) for name in ("net/w", "net/out")},
        tensorflow={"Saver.restore": lambda: saver.restore(None, old)},
        ours={"verify": lambda: ours.by_files(old, new)},
    )


@migration("B9", "all variables of a wrapped function's graph are attributes", tensorflow=BOTH_PASS)
def variables_of_a_wrapped_functions_graph(folder: Path) -> Observation:
    variables = trained(wrapped())
    old = tf1_checkpoint(folder, {name: v.numpy() for name, v in variables.items()})

    def build(variables: dict[str, Any]) -> Any:
        return tf.train.Checkpoint(model=module(variables_by_name=dict(variables)))

    checkpoint = build(variables)
    new = checkpoint.write(str(folder / "new"))
    place = "model/variables_by_name"
    return Observation(
        values={
            name: (stored(old, name), stored(new, f"{place}/{escape(name)}")) for name in WRAPPED
        },
        tensorflow=asserts(build(trained(wrapped())).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )
