"""Counterparts of the losses in containers and attributes: programs that keep all."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import module, network, variable, with_slots
from tests.silent_losses.registry import Observation, Situation, migration
from tests.silent_losses.scenarios.containers import OLD
from tests.silent_losses.situations import BOTH_PASS, asserts, stored, tf1_checkpoint, tf1_fixture
from tf2migrate.model.names import escape

Build = Callable[[dict[str, Any]], Any]
"""Makes the new program's model of the variables of the old one, by their TF1 names."""


def kept(folder: Path, old: str, build: Build, paths: dict[str, str]) -> Observation:
    """A model with the values of `old`, saved, and restored into another one.

    Args:
      paths: by TF1 name the object path in the file.
    """

    def model() -> Any:
        tf.compat.v1.reset_default_graph()
        return build({name: tf.Variable(stored(old, name), name=name) for name in paths})

    first, again = model(), model()
    new = str(tf.train.Checkpoint(model=first).write(str(folder / "new")))
    checkpoint = tf.train.Checkpoint(model=again)
    status = checkpoint.read(new)
    return Observation(
        values={name: (stored(old, name), stored(new, path)) for name, path in paths.items()},
        tensorflow=asserts(status),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


def two(build: Build, a: str = "a", b: str = "b") -> Situation:
    """Two variables, saved at these places below the model."""

    def situation(folder: Path) -> Observation:
        old = tf1_checkpoint(folder, OLD)
        return kept(folder, old, build, {"a": f"model/{a}", "b": f"model/{b}"})

    return situation


@migration("A1.3", "the keys of a dict are strings", tensorflow=BOTH_PASS)
def strings_as_keys(folder: Path) -> Observation:
    build: Build = lambda v: module(layers={"a": v["a"], "b": v["b"]})  # noqa: E731
    return two(build, "layers/a", "layers/b")(folder)


@migration(
    "A1.8", "a list is appended to before and after it becomes an attribute", tensorflow=BOTH_PASS
)
def list_that_is_appended_to(folder: Path) -> Observation:
    def build(v: dict[str, Any]) -> Any:
        model = module(layers=[])
        model.layers.append({"a": v["a"]})
        model.layers.append({"b": v["b"]})
        return model

    return two(build, "layers/0/a", "layers/1/b")(folder)


@migration("A1.8", "a list is replaced as a whole", tensorflow=BOTH_PASS)
def list_replaced_as_a_whole(folder: Path) -> Observation:
    def build(v: dict[str, Any]) -> Any:
        model = module(layers=[v["b"]])
        model.layers = [module(a=v["a"]), module(b=v["b"])]
        return model

    return two(build, "layers/0/a", "layers/1/b")(folder)


@migration("A1.8", "a dict without the deleted item is assigned", tensorflow=BOTH_PASS)
def dict_replaced_as_a_whole(folder: Path) -> Observation:
    def build(v: dict[str, Any]) -> Any:
        model = module(layers={"a": v["a"], "b": v["b"], "unused": variable("unused")})
        model.layers = {name: v for name, v in model.layers.items() if name != "unused"}
        return model

    return two(build, "layers/a", "layers/b")(folder)


@migration("A1.1", "lists, tuples and dicts in each other, and a namedtuple", tensorflow=BOTH_PASS)
def nested_containers(folder: Path) -> Observation:
    pair = namedtuple("pair", ["b", "other"])

    def build(v: dict[str, Any]) -> Any:
        return module(layers=[({"a": v["a"]},)], pair=pair(v["b"], None))

    return two(build, "layers/0/0/a", "pair/b")(folder)


@migration("A1.10", "an OrderedDict", tensorflow=BOTH_PASS)
def ordered_dict(folder: Path) -> Observation:
    build: Build = lambda v: module(d=OrderedDict(b=v["b"], a=v["a"]))  # noqa: E731
    return two(build, "d/a", "d/b")(folder)


@migration("A1.10", "the layer is a tf.Module instead of a plain object", tensorflow=BOTH_PASS)
def layer_that_is_a_module(folder: Path) -> Observation:
    build: Build = lambda v: module(a=v["a"], layer=module(b=v["b"]))  # noqa: E731
    return two(build, "a", "layer/b")(folder)


@migration("A1.10", "a tuple instead of a set", tensorflow=BOTH_PASS)
def tuple_instead_of_a_set(folder: Path) -> Observation:
    build: Build = lambda v: module(a=v["a"], rest=(module(b=v["b"]),))  # noqa: E731
    return two(build, "a", "rest/0/b")(folder)


@migration("A1.10", "a plain object that holds no variable of its own", tensorflow=BOTH_PASS)
def plain_object_beside_variables(folder: Path) -> Observation:
    class Settings:
        def __init__(self, a: Any) -> None:
            self.rate = 0.1
            self.initial = a

    build: Build = lambda v: module(settings=Settings(v["a"]), **v)  # noqa: E731
    return two(build)(folder)


@migration("A1.9", "an attribute is deleted instead of set to None", tensorflow=BOTH_PASS)
def attribute_deleted(folder: Path) -> Observation:
    def build(v: dict[str, Any]) -> Any:
        model = module(unused=variable("unused"), **v)
        del model.unused
        return model

    return two(build)(folder)


@migration(
    "A1.7",
    "a variable is called `_flatten`: `module.variables` breaks, the Checkpoint does not",
    tensorflow={"module.variables": "raises TypeError", **BOTH_PASS},
)
def variable_called_like_a_private_method(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"a": 1.0, "_flatten": 2.0})
    models = []

    def build(v: dict[str, Any]) -> Any:
        models.append(module(**v))
        return models[-1]

    found = kept(folder, old, build, {"a": "model/a", "_flatten": "model/_flatten"})
    checks = {"module.variables": lambda: models[-1].variables, **found.tensorflow}
    return Observation(found.values, checks, found.ours)


@migration("A1.6", "variables called like methods of a Checkpoint, in a dict", tensorflow=BOTH_PASS)
def names_of_methods_in_a_dict(folder: Path) -> Observation:
    names = ("restore", "save", "write", "read", "sync", "root", "options", "self")
    old = tf1_checkpoint(folder, {name: float(n) for n, name in enumerate(names)})
    return kept(folder, old, dict, {name: f"model/{name}" for name in names})


@migration(
    "A1.7", "variables called like properties of a tf.Module, in a dict", tensorflow=BOTH_PASS
)
def names_of_properties_in_a_dict(folder: Path) -> Observation:
    return in_a_dict(folder, "names_reserved")


@migration("A1.2", "names that object paths must escape", tensorflow=BOTH_PASS)
def names_that_are_escaped(folder: Path) -> Observation:
    return in_a_dict(folder, "names_odd")


@migration("A1.2", "names of weights that look like those of slot variables", tensorflow=BOTH_PASS)
def names_like_slots(folder: Path) -> Observation:
    return in_a_dict(folder, "names_like_slots")


def in_a_dict(folder: Path, fixture: str) -> Observation:
    """All variables of a TF1.15 checkpoint under their names in one dict of a module."""
    old = tf1_fixture(fixture)
    names = [name for name, _ in tf.train.list_variables(old)]
    build: Build = lambda v: module(variables_by_name=v)  # noqa: E731
    places = {name: f"model/variables_by_name/{escape(name)}" for name in names}
    return kept(folder, old, build, places)


@migration("A1.11", "values are copied by name", tensorflow=BOTH_PASS)
def copied_by_name(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"encoder/w": 1.0, "decoder/w": 2.0})

    def build(v: dict[str, Any]) -> Any:
        return module(encoder=module(w=v["encoder/w"]), decoder=module(w=v["decoder/w"]))

    places = {"encoder/w": "model/encoder/w", "decoder/w": "model/decoder/w"}
    return kept(folder, old, build, places)


@migration(
    "A1.12",
    "tied weights: one variable in the file and in the program, under two paths",
    tensorflow=BOTH_PASS,
)
def tied_weights(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"emb": 1.0, "b": 2.0})

    def build(v: dict[str, Any]) -> Any:
        return module(emb=v["emb"], softmax=module(w=v["emb"], b=v["b"]))

    return kept(folder, old, build, {"emb": "model/emb", "b": "model/softmax/b"})


@migration("A1.12", "an alias in both programs", tensorflow=BOTH_PASS)
def alias_in_both(folder: Path) -> Observation:
    def build() -> Any:
        shared = variable("shared", 3.0)
        return tf.train.Checkpoint(a=shared, b=shared)

    old = build().write(str(folder / "old"))
    checkpoint = build()
    status = checkpoint.read(old)
    return Observation(
        values={"a": (3.0, checkpoint.a)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration("A1.12", "two variables stay two", tensorflow=BOTH_PASS)
def two_stay_two(folder: Path) -> Observation:
    old = tf.train.Checkpoint(a=variable("a", 3.0), b=variable("b", 4.0)).write(str(folder / "old"))
    checkpoint = tf.train.Checkpoint(a=variable("a"), b=variable("b"))
    status = checkpoint.read(old)
    return Observation(
        values={"a": (3.0, checkpoint.a), "b": (4.0, checkpoint.b)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration(
    "A1.4", "a list reads what a dict with the keys 0 and 1 has written", tensorflow=BOTH_PASS
)
def list_for_a_dict_of_numbers(folder: Path) -> Observation:
    a, b = variable("a", 3.0), variable("b", 4.0)
    old = tf.train.Checkpoint(layers={"0": a, "1": b}).write(str(folder / "old"))
    a, b = variable("a"), variable("b")
    checkpoint = tf.train.Checkpoint(layers=[a, b])
    status = checkpoint.read(old)
    return Observation(
        values={"a": (3.0, a), "b": (4.0, b)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration("A1.5", "the shadow variables of an average are attributes", tensorflow=BOTH_PASS)
def averages_as_attributes(folder: Path) -> Observation:
    shadow = "w/ExponentialMovingAverage"
    old = tf1_checkpoint(folder, {"w": 1.0, shadow: 0.5})

    def build(v: dict[str, Any]) -> Any:
        average = tf.train.ExponentialMovingAverage(0.9)
        average.apply([v["w"]])
        average.average(v["w"]).assign(v[shadow])
        return module(w=v["w"], average=average, shadows={"w": average.average(v["w"])})

    return kept(folder, old, build, {"w": "model/w", shadow: "model/shadows/w"})


@migration("A1.5", "a partitioned variable became a whole one", tensorflow=BOTH_PASS)
def whole_instead_of_partitioned(folder: Path) -> Observation:
    old = tf1_fixture("storage_partitioned_rows")

    def build(v: dict[str, Any]) -> Any:
        return module(embedding=v["p/emb"], net=module(out=v["net/out"]))

    places = {"p/emb": "model/embedding", "net/out": "model/net/out"}
    return kept(folder, old, build, places)


@migration("A1.5", "the parts of a partitioned variable are a list", tensorflow=BOTH_PASS)
def parts_in_a_list(folder: Path) -> Observation:
    old = tf1_fixture("storage_partitioned_rows")
    whole, out = stored(old, "p/emb"), stored(old, "net/out")

    def build() -> Any:
        parts = [
            tf.Variable(part, name=f"p/emb/part_{number}")
            for number, part in enumerate(np.array_split(whole, 3))
        ]
        return tf.train.Checkpoint(emb=parts, out=tf.Variable(out, name="net/out"))

    checkpoint = build()
    new = checkpoint.write(str(folder / "new"))
    found = np.concatenate([stored(new, f"emb/{number}") for number in range(3)])
    return Observation(
        values={"p/emb": (whole, found)},
        tensorflow=asserts(build().read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


@migration(
    "A1.10",
    "an optimizer in the module is saved with its slot variables, though `module.variables` lacks"
    " them",
    tensorflow=BOTH_PASS,
)
def optimizer_in_a_module(folder: Path) -> Observation:
    old = tf1_fixture("optimizer_adam")
    return with_optimizer(folder, old, lambda: tf.compat.v1.train.AdamOptimizer(0.02))


def with_optimizer(folder: Path, old: str, make: Callable[[], Any]) -> Observation:
    """Restore a TF1.15 checkpoint into the network and an optimizer with slots, and save it."""
    net = network(old)
    model = module(net=net, optimizer=with_slots(make(), net.variables))
    checkpoint = tf.train.Checkpoint(model=model)
    status = checkpoint.restore(old)
    new = checkpoint.write(str(folder / "new"))
    return Observation(
        values={
            f"net/{name}": (stored(old, f"net/{name}"), getattr(net, name))
            for name in ("w", "b", "out")
        },
        tensorflow={**asserts(status)},
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )
