"""What tf.Module and tf.train.Checkpoint do to variables in containers and attributes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, variable
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import BOTH_PASS, asserts, attempt, stored, tf1_checkpoint
from tests.silent_losses.verdicts import ERROR, PASSES
from tf2migrate.model.comparison import Outcome

FAILS_LATE = {"Checkpoint(model=model)": PASSES, "Checkpoint.write": "raises ValueError"}
OLD = {"a": 1.0, "b": 2.0}


def fails_late(
    folder: Path, build: Callable[[Any, Any], Any], places: tuple[str, str]
) -> Observation:
    """A model of the variables a and b whose save fails; `places` are their object paths."""
    old = tf1_checkpoint(folder, OLD)
    a, b = variable("a", 1.0), variable("b", 2.0)
    model = build(a, b)
    new = attempt(lambda: tf.train.Checkpoint(model=model).write(str(folder / "new")))
    return Observation(
        values={"a": (1.0, stored(new, places[0])), "b": (2.0, stored(new, places[1]))},
        tensorflow={
            "Checkpoint(model=model)": lambda: tf.train.Checkpoint(model=model),
            "Checkpoint.write": lambda: tf.train.Checkpoint(model=model).write(str(folder / "n")),
        },
        ours={"assert_variables_match": lambda: ours.by_object(old, module(model=model))},
    )


@scenario(
    "A1.3",
    "the keys of a dict are integers: accepted when the Checkpoint is built, refused when it"
    " saves, after the training",
    tensorflow=FAILS_LATE,
    ours={"model/layers": ERROR},
)
def integer_keys_of_a_dict(folder: Path) -> Observation:
    places = ("model/layers/0", "model/layers/1")
    return fails_late(folder, lambda a, b: module(layers={0: a, 1: b}), places)


@scenario(
    "A1.3",
    "the keys of a dict are integers and strings: nothing can be saved, and `module.variables`"
    " cannot be read either",
    tensorflow={**FAILS_LATE, "module.variables": "raises ValueError"},
    ours={"model/layers": ERROR},
)
def integers_and_strings_as_keys(folder: Path) -> Observation:
    models = []

    def build(a: Any, b: Any) -> Any:
        models.append(module(layers={0: a, "head": b}))
        return models[0]

    found = fails_late(folder, build, ("model/layers/0", "model/layers/head"))
    more = {**found.tensorflow, "module.variables": lambda: models[0].variables}
    return Observation(found.values, more, found.ours)


@scenario(
    "A1.8",
    "an item of a list is replaced: saving fails, after the training",
    tensorflow=FAILS_LATE,
    ours={"model/layers": ERROR},
)
def item_of_a_list_replaced(folder: Path) -> Observation:
    def build(a: Any, b: Any) -> Any:
        model = module(layers=[variable("old"), b])
        model.layers[0] = a
        return model

    return fails_late(folder, build, ("model/layers/0", "model/layers/1"))


@scenario(
    "A1.8",
    "a list is extended through the variable that it came from: saving fails, after the training",
    tensorflow=FAILS_LATE,
    ours={"model/layers": ERROR},
)
def list_changed_through_its_original(folder: Path) -> Observation:
    def build(a: Any, b: Any) -> Any:
        layers = [a]
        model = module(layers=layers)
        layers.append(b)
        return model

    return fails_late(folder, build, ("model/layers/0", "model/layers/1"))


@scenario(
    "A1.8",
    "an item is inserted into a list of an attribute: saving fails, after the training",
    tensorflow=FAILS_LATE,
    ours={"model/layers": ERROR},
)
def item_inserted_into_a_list(folder: Path) -> Observation:
    def build(a: Any, b: Any) -> Any:
        model = module(layers=[b])
        model.layers.insert(0, a)
        return model

    return fails_late(folder, build, ("model/layers/0", "model/layers/1"))


@scenario(
    "A1.8",
    "an item is popped from a dict: saving fails, after the training",
    tensorflow=FAILS_LATE,
    ours={"model/layers": ERROR},
)
def item_popped_from_a_dict(folder: Path) -> Observation:
    def build(a: Any, b: Any) -> Any:
        model = module(layers={"a": a, "b": b, "unused": variable("unused")})
        model.layers.pop("unused")
        return model

    return fails_late(folder, build, ("model/layers/a", "model/layers/b"))


def round_trip(
    folder: Path, old: str, build: Callable[[], Any], values: dict[str, tuple[Any, str]]
) -> Observation:
    """Save a model, restore the file into a new one, and look for the values in the file.

    Args:
      build: makes the model, with the values of `old`.
      values: by TF1 name what the file should hold, and under which object path.
    """
    model = build()
    new = str(tf.train.Checkpoint(model=model).write(str(folder / "new")))
    status = tf.train.Checkpoint(model=build()).read(new)
    return Observation(
        values={name: (value, stored(new, path)) for name, (value, path) in values.items()},
        tensorflow=asserts(status),
        ours={
            "assert_variables_match": lambda: ours.by_object(old, module(model=model)),
        },
    )


@scenario(
    "A1.5",
    "an ExponentialMovingAverage in a list is skipped without a word, its shadow variables with it",
    tensorflow=BOTH_PASS,
    ours={"w/ExponentialMovingAverage": Outcome.UNTRACKED},
)
def averages_in_a_list(folder: Path) -> Observation:
    shadow = "w/ExponentialMovingAverage"
    old = tf1_checkpoint(folder, {"w": 1.0, shadow: 1.0})

    def build() -> Any:
        tf.compat.v1.reset_default_graph()
        weight, average = variable("w", 1.0), tf.train.ExponentialMovingAverage(0.9)
        average.apply([weight])
        return module(w=weight, extras=[average])

    return round_trip(folder, old, build, {shadow: (1.0, "model/extras/0")})


@scenario(
    "A1.5",
    "a PartitionedVariable in a list or attribute is skipped without a word",
    tensorflow=BOTH_PASS,
    ours={
        "emb": Outcome.MISSING,
        "emb/part_0": Outcome.UNTRACKED,
        "emb/part_1": Outcome.UNTRACKED,
    },
)
def partitioned_variable_as_an_attribute(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"emb": np.zeros([4, 2], np.float32), "w": 1.0})

    def build() -> Any:
        embedding = tf.compat.v1.get_variable(
            "emb", [4, 2], initializer=tf.zeros_initializer(),
            partitioner=tf.compat.v1.fixed_size_partitioner(2),
        )  # fmt: skip
        return module(w=variable("w", 1.0), embedding=embedding)

    values = {"emb": (np.zeros([4, 2], np.float32), "model/embedding")}
    return round_trip(folder, old, build, values)


@scenario(
    "A1.5",
    "a variable became an array or a tensor: attributes that TensorFlow cannot track are skipped",
    tensorflow=BOTH_PASS,
    ours={"mean": Outcome.MISSING, "scale": Outcome.MISSING},
)
def arrays_and_tensors_as_attributes(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 1.0, "mean": 2.0, "scale": 3.0})

    def build() -> Any:
        return module(w=variable("w", 1.0), mean=np.float32(2.0), scale=tf.constant(3.0))

    values = {"mean": (2.0, "model/mean"), "scale": (3.0, "model/scale")}
    return round_trip(folder, old, build, values)


@scenario(
    "A1.10",
    "a variable is an attribute of a plain Python object",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.UNTRACKED},
)
def attribute_of_a_plain_object(folder: Path) -> Observation:
    class Layer:
        def __init__(self) -> None:
            self.b = variable("b", 2.0)

    old = tf1_checkpoint(folder, OLD)
    build = lambda: module(a=variable("a", 1.0), layer=Layer())  # noqa: E731
    return round_trip(folder, old, build, {"b": (2.0, "model/layer/b")})


@scenario(
    "A1.10",
    "a variable is in a set",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.UNTRACKED},
)
def member_of_a_set(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, OLD)

    def build() -> Any:
        return module(a=variable("a", 1.0), rest={variable("b", 2.0).ref()})

    return round_trip(folder, old, build, {"b": (2.0, "model/rest/0")})


@scenario(
    "A1.10",
    "a variable is in a defaultdict",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.UNTRACKED},
)
def value_of_a_defaultdict(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, OLD)

    def build() -> Any:
        rest: dict[str, Any] = defaultdict(list, b=variable("b", 2.0))
        return module(a=variable("a", 1.0), rest=rest)

    return round_trip(folder, old, build, {"b": (2.0, "model/rest/b")})


@scenario(
    "A1.9",
    "a variable is put into the instance's `__dict__`: `module.variables` has it, the file has not",
    tensorflow=BOTH_PASS,
    ours={"b": Outcome.UNTRACKED},
)
def attribute_in_the_instances_dict(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, OLD)

    def build() -> Any:
        model = module(a=variable("a", 1.0))
        vars(model)["b"] = variable("b", 2.0)
        assert len(model.variables) == 2
        return model

    return round_trip(folder, old, build, {"b": (2.0, "model/b")})
