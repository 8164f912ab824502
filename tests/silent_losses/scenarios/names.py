"""What becomes of TF1 names when tf.train.Checkpoint reads a name-based file in eager mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, network, variable
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    asserts,
    ramp,
    stored,
    tf1_checkpoint,
    tf1_fixture,
)
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.comparison import Outcome
from tf2migrate.model.names import NameRow

REPEATED = ("w_1", "w_2", "Variable_1")


def uniquified() -> dict[str, Any]:
    """The variables of the TF1 program in its spelling, by the object paths of the new one."""
    zeros = tf.zeros([2])
    return {
        "first": tf.Variable(zeros, name="w"),
        "second": tf.Variable(zeros, name="w"),
        "third": tf.Variable(zeros, name="w"),
        "fourth": tf.Variable(zeros),
        "fifth": tf.Variable(zeros),
    }


TF1_NAMES = ("w", "w_1", "w_2", "Variable", "Variable_1")


@scenario(
    "A2.3",
    "names are not made unique in eager mode: three variables called `w` all get the value of `w`",
    tensorflow=BOTH_PASS,
    ours={
        **dict.fromkeys(REPEATED, Outcome.VALUE),
        **{f"{name}/Momentum": Outcome.MISSING for name in TF1_NAMES},
    },
)
def variables_of_one_name(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("names_uniquified")
    variables = uniquified()
    names = dict(zip(TF1_NAMES, variables, strict=True))
    checkpoint = tf.train.Checkpoint(**variables)
    status = checkpoint.restore(old)
    rows = [NameRow("train.py:main", tf1, key, "variable", "") for tf1, key in names.items()]
    return Observation(
        values={name: (stored(old, name), variables[names[name]]) for name in REPEATED},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint, rows)},
    )


@scenario(
    "A2.3",
    "the same without a name map: names that occur twice say nothing about the variables",
    tensorflow=BOTH_PASS,
    ours={"w": (Outcome.MISSING, Outcome.UNEXPECTED), "w_1": Outcome.MISSING},
)
def variables_of_one_name_without_a_map(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 1.0, "w_1": 2.0})
    first, second = variable("w"), variable("w")
    checkpoint = tf.train.Checkpoint(first=first, second=second)
    status = checkpoint.restore(old)
    return Observation(
        values={"w_1": (2.0, second)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "A2.4",
    "what the file holds and the program does not ask for is never reported: here, all of Adam",
    tensorflow=BOTH_PASS,
    ours={
        **{
            f"net/{name}/Adam{end}": Outcome.MISSING
            for name in ("w", "b", "out")
            for end in ("", "_1")
        },
        "beta1_power": Outcome.MISSING,
        "beta2_power": Outcome.MISSING,
    },
)
def keys_that_nobody_asks_for(folder: Path) -> Observation:
    old = tf1_fixture("optimizer_adam")
    net = network(old)
    checkpoint = tf.train.Checkpoint(net=net)
    status = checkpoint.restore(old)
    new = checkpoint.write(str(folder / "new"))
    lost = [name for name, _ in tf.train.list_variables(old) if "Adam" in name or "power" in name]
    return Observation(
        values={name: (stored(old, name), stored(new, name)) for name in lost},
        tensorflow=asserts(status),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


@scenario(
    "2g",
    "a name is spelled otherwise and `expect_partial()` keeps quiet: the variable keeps its initial"
    " value",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={"net/weights": Outcome.MISSING, "net/W": Outcome.UNEXPECTED},
)
def expected_to_be_partial(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"net/weights": 2.0, "net/bias": 3.0})
    weights = variable("net/W")
    checkpoint = tf.train.Checkpoint(w=weights, bias=variable("net/bias"))
    status = checkpoint.restore(old)
    return Observation(
        values={"net/weights": (2.0, weights)},
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "2g",
    "objects in a list are in another order: variables of equal shape swap their values",
    tensorflow=BOTH_PASS,
    ours={"encoder/w": Outcome.VALUE, "decoder/w": Outcome.VALUE},
)
def list_in_another_order(folder: Path) -> Observation:
    values = {"encoder/w": ramp(2), "decoder/w": ramp(2, start=5.0)}
    tf1 = tf1_checkpoint(folder, values)

    def variables() -> dict[str, Any]:
        return {name: tf.Variable(tf.zeros([2]), name=name) for name in values}

    first = variables()
    tf.train.Checkpoint(layers=[first["encoder/w"], first["decoder/w"]]).restore(tf1)
    old = tf.train.Checkpoint(layers=list(first.values())).write(str(folder / "old"))
    second = variables()
    checkpoint = tf.train.Checkpoint(layers=[second["decoder/w"], second["encoder/w"]])
    status = checkpoint.read(old)
    return Observation(
        values={name: (value, second[name]) for name, value in values.items()},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(tf1, checkpoint)},
    )


@scenario(
    "2g",
    "objects in a list are in another order, seen without the TF1 checkpoint: object paths and the"
    " names in the file contradict each other",
    tensorflow=BOTH_PASS,
    ours={"encoder/w": Outcome.AMBIGUOUS, "decoder/w": Outcome.AMBIGUOUS},
)
def list_in_another_order_than_in_an_object_based_file(folder: Path) -> Observation:
    values = {"encoder/w": ramp(2), "decoder/w": ramp(2, start=5.0)}
    first = [tf.Variable(value, name=name) for name, value in values.items()]
    old = tf.train.Checkpoint(layers=first).write(str(folder / "old"))
    second = [tf.Variable(tf.zeros([2]), name=name) for name in reversed(values)]
    checkpoint = tf.train.Checkpoint(layers=second)
    status = checkpoint.read(old)
    decoder, encoder = second
    return Observation(
        values={
            "encoder/w": (values["encoder/w"], encoder),
            "decoder/w": (values["decoder/w"], decoder),
        },
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "2g",
    "`Checkpoint(model)` reads what `Checkpoint(model=model)` has written: nothing is loaded",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={"w": Outcome.VALUE, "b": Outcome.VALUE},
)
def root_against_keyword(folder: Path) -> Observation:
    model = module(w=variable("w", 2.0), b=variable("b", 3.0))
    old = tf.train.Checkpoint(model=model).write(str(folder / "old"))
    again = module(w=variable("w"), b=variable("b"))
    checkpoint = tf.train.Checkpoint(again)
    status = checkpoint.read(old)
    return Observation(
        values={"w": (2.0, again.w), "b": (3.0, again.b)},
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )
