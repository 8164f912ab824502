"""What attributes of a tf.Module and keyword arguments of a Checkpoint do to variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, variable
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    asserts,
    attempt,
    stored,
    tf1_checkpoint,
)
from tests.silent_losses.verdicts import ERROR, PASSES
from tf2migrate.model.comparison import Outcome


@scenario(
    "A1.9",
    "an attribute is set to None: `module.variables` is empty, yet the file keeps the variable",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.UNEXPECTED},
)
def attribute_set_to_none(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"a": 1.0})
    model = module(a=variable("a", 1.0), b=variable("b", 2.0))
    model.b = None
    return kept(folder, old, model, "b")


@scenario(
    "A1.8",
    "an item is deleted from a dict: the file keeps the variable",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.UNEXPECTED},
)
def item_deleted_from_a_dict(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"a": 1.0})
    model = module(d={"a": variable("a", 1.0), "b": variable("b", 2.0)})
    del model.d["b"]
    return kept(folder, old, model, "d/b")


def kept(folder: Path, old: str, model: Any, path: str) -> Observation:
    """The file holds a variable that the program no longer has."""
    assert "b" not in [v.name for v in model.variables]
    new = str(tf.train.Checkpoint(model).write(str(folder / "new")))
    return Observation(
        values={"b": (None, stored(new, path))},
        tensorflow=asserts(tf.train.Checkpoint(model).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, model),
        },
    )


@scenario(
    "A1.6",
    "a variable is called `restore`: as a keyword argument of the Checkpoint it hides the method",
    tensorflow={"Checkpoint.save": PASSES, "Checkpoint.restore": "raises TypeError"},
    ours={"restore": ERROR},
)
def variable_called_restore(folder: Path) -> Observation:
    return hidden(folder, "restore")


@scenario(
    "A1.6",
    "a variable is called `write`: as a keyword argument of the Checkpoint it hides the method",
    tensorflow={"Checkpoint.write": "raises TypeError"},
    ours={"write": ERROR},
)
def variable_called_write(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 1.0, "write": 2.0})
    variables = {"w": variable("w", 1.0), "write": variable("write", 2.0)}
    checkpoint = tf.train.Checkpoint(**variables)
    new = attempt(lambda: checkpoint.write(str(folder / "new")))
    return Observation(
        values={"w": (1.0, stored(new, "w")), "write": (2.0, stored(new, "write"))},
        tensorflow={"Checkpoint.write": lambda: checkpoint.write(str(folder / "again"))},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


def hidden(folder: Path, name: str) -> Observation:
    """The values are saved, but the program that should restore them cannot call `restore`."""
    old = tf1_checkpoint(folder, {"w": 1.0, name: 2.0})
    new = tf.train.Checkpoint(w=variable("w", 1.0), **{name: variable(name, 2.0)})
    path = new.save(str(folder / "new"))
    w, other = variable("w"), variable(name)
    again = tf.train.Checkpoint(w=w, **{name: other})
    attempt(lambda: again.restore(path))
    return Observation(
        values={"w": (1.0, w), name: (2.0, other)},
        tensorflow={
            "Checkpoint.save": lambda: new.save(str(folder / "again")),
            "Checkpoint.restore": lambda: again.restore(path),
        },
        ours={"assert_variables_match": lambda: ours.by_object(old, new)},
    )


@scenario(
    "A1.7",
    "a variable is called `name` or `variables`: a tf.Module cannot have such an attribute",
    tensorflow={"module.name = v": "raises AttributeError", **BOTH_PASS},
    ours={"name": Outcome.MISSING, "variables": Outcome.MISSING},
)
def variables_called_like_properties(folder: Path) -> Observation:
    values = {"w": 1.0, "name": 2.0, "variables": 3.0}
    old = tf1_checkpoint(folder, values)
    model = tf.Module()
    for name, value in values.items():
        if not hasattr(tf.Module, name):  # how a program may get around the error
            setattr(model, name, variable(name, value))
    new = str(tf.train.Checkpoint(model).write(str(folder / "new")))
    return Observation(
        values={name: (values[name], stored(new, name)) for name in ("name", "variables")},
        tensorflow={
            "module.name = v": lambda: setattr(tf.Module(), "name", variable("name")),
            **asserts(tf.train.Checkpoint(model).read(new)),
        },
        ours={"verify": lambda: ours.by_files(old, new)},
    )


@scenario(
    "A1.10",
    "`module.variables` lacks the slot variables of an optimizer in the module, so a Saver of"
    " them does not save the optimizer",
    tensorflow={"Saver.save": PASSES, "Saver.restore": PASSES},
    ours={
        "w/Adam": Outcome.MISSING,
        "w/Adam_1": Outcome.MISSING,
        "beta1_power": Outcome.MISSING,
        "beta2_power": Outcome.MISSING,
    },
)
def saver_of_module_variables(folder: Path) -> Observation:
    slots = {"w/Adam": 0.1, "w/Adam_1": 0.2, "beta1_power": 0.9, "beta2_power": 0.999}
    old = tf1_checkpoint(folder, {"w": 1.0, **slots})
    model = module(w=variable("w", 1.0), optimizer=tf.compat.v1.train.AdamOptimizer())
    model.optimizer.apply_gradients([(tf.constant(0.0), model.w)])
    saver = tf.compat.v1.train.Saver(model.variables)
    new = str(saver.save(None, str(folder / "new")))
    return Observation(
        values={name: (value, stored(new, name)) for name, value in slots.items()},
        tensorflow={
            "Saver.save": lambda: saver.save(None, str(folder / "again")),
            "Saver.restore": lambda: saver.restore(None, new),
        },
        ours={"verify": lambda: ours.by_files(old, new)},
    )


@scenario(
    "A1.11",
    "values are copied by position: `module.variables` is sorted by attribute, a collection by"
    " creation",
    tensorflow=BOTH_PASS,
    ours={"encoder/w": Outcome.VALUE, "decoder/w": Outcome.VALUE},
)
def copied_by_position(folder: Path) -> Observation:
    values = {"encoder/w": 1.0, "decoder/w": 2.0}
    old = tf1_checkpoint(folder, values)
    model = module(encoder=module(w=variable("encoder/w")), decoder=module(w=variable("decoder/w")))
    for target, value in zip(model.variables, values.values(), strict=True):
        target.assign(value)
    new = str(tf.train.Checkpoint(model).write(str(folder / "new")))
    return Observation(
        values={"encoder/w": (1.0, model.encoder.w), "decoder/w": (2.0, model.decoder.w)},
        tensorflow=asserts(tf.train.Checkpoint(model).read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, model),
        },
    )


@scenario(
    "A1.12",
    "two variables of the file are one variable in the program: one value is dropped",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.ALIASED},
)
def alias_swallows_a_value(folder: Path) -> Observation:
    old = tf.train.Checkpoint(a=variable("a", 3.0), b=variable("b", 4.0)).write(str(folder / "old"))
    shared = variable("shared")
    checkpoint = tf.train.Checkpoint(a=shared, b=shared)
    status = checkpoint.read(old)
    return Observation(
        values={"b": (4.0, shared)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "A1.12",
    "one variable under two names is saved once: the second name is lost to a program with two",
    tensorflow=BOTH_RAISE,
    ours={"b": Outcome.UNEXPECTED},
)
def alias_is_saved_once(folder: Path) -> Observation:
    shared = variable("shared", 3.0)
    old = tf.train.Checkpoint(a=shared, b=shared).write(str(folder / "old"))
    a, b = variable("a"), variable("b")
    checkpoint = tf.train.Checkpoint(a=a, b=b)
    status = checkpoint.read(old)
    return Observation(
        values={"b": (3.0, b)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )
