"""Programs in which TensorFlow loses something, with `tf2migrate.runtime.restore` instead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import adam, module, network, variable, with_slots
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.files import InGraph
from tests.silent_losses.scenarios.keras3 import BIAS, DENSE, KERNEL, dense
from tests.silent_losses.scenarios.names import TF1_NAMES, uniquified
from tests.silent_losses.scenarios.partitions import eager_parts
from tests.silent_losses.scenarios.slots import rows_of_two_adams, slot_values
from tests.silent_losses.scenarios.tables import empty_tables
from tests.silent_losses.situations import ramp, stored, tf1_checkpoint, tf1_fixture
from tf2migrate.model.names import NameRow


def restored(old: str, checkpoint: Any, names: ours.Names = (), **values: Any) -> Observation:
    """Restore with our function, and look at the values."""
    report = ours.restored(checkpoint, old, names)
    return Observation(
        values={name: (stored(old, name), value) for name, value in values.items()},
        tensorflow={},
        ours={
            "restore": lambda: report,
            "assert_variables_match": lambda: ours.by_object(old, checkpoint, names),
        },
    )


def with_values(found: Observation, values: Mapping[str, tuple[Any, Any]]) -> Observation:
    return Observation({**found.values, **values}, found.tensorflow, found.ours)


@migration("A2.3", "`restore` with a name map: five variables of two names")
def restore_of_variables_of_one_name(folder: Path) -> Observation:
    fixture = tf1_fixture("names_uniquified")
    old = tf1_checkpoint(folder, {name: stored(fixture, name) for name in TF1_NAMES})
    variables = uniquified()
    rows = [
        NameRow("train.py:main", tf1, key, "variable", "")
        for tf1, key in zip(TF1_NAMES, variables, strict=True)
    ]
    by_name = dict(zip(TF1_NAMES, variables.values(), strict=True))
    return restored(old, tf.train.Checkpoint(**variables), rows, **by_name)


@migration("A2.8", "`restore` of a TF1 checkpoint into a Keras 3 layer")
def restore_into_a_keras_layer(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, DENSE)
    layer = dense()
    layer.set_weights([np.zeros_like(KERNEL), np.zeros_like(BIAS)])
    found = restored(old, tf.train.Checkpoint(dense=layer))
    return with_values(
        found, {"dense/kernel": (KERNEL, layer.kernel), "dense/bias": (BIAS, layer.bias)}
    )


@migration("A1.13", "`restore` of a `kernel` into a Keras 3 `_kernel`")
def restore_of_a_kernel_under_another_attribute(folder: Path) -> Observation:
    kernel, bias = (tf.Variable(value, name=name) for name, value in DENSE.items())
    old = tf.train.Checkpoint(dense=module(kernel=kernel, bias=bias)).write(str(folder / "old"))
    layer = dense()
    layer.set_weights([np.zeros_like(KERNEL), np.zeros_like(BIAS)])
    found = restored(old, tf.train.Checkpoint(dense=layer))
    return with_values(found, {"dense/kernel": (KERNEL, layer.kernel)})


@migration("A2.9, C4.2", "`restore` makes the slot variables that the file has")
def restore_before_there_are_slots(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_adam")
    net, optimizer = network(old), adam()
    found = restored(old, tf.train.Checkpoint(net=net, optimizer=optimizer))
    slots = slot_values(old, net, optimizer, {"Adam": "m", "Adam_1": "v"})
    return with_values(found, slots)


@migration("C4.2", "`restore` into the second model of a process")
def restore_into_a_second_model(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_adam")
    with_slots(adam(), network(old).variables)
    net = network(old)
    optimizer = with_slots(adam(), net.variables)
    found = restored(old, tf.train.Checkpoint(net=net, optimizer=optimizer))
    slots = slot_values(old, net, optimizer, {"Adam": "m", "Adam_1": "v"})
    return with_values(found, slots)


@migration("C4.2", "`restore` with a name map: two optimizers of the same variables")
def restore_of_optimizers_in_another_order(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_same_variables")
    net = network(old)
    second, first = with_slots(adam(), net.variables), with_slots(adam(), net.variables)
    checkpoint = tf.train.Checkpoint(net=net, first=first, second=second)
    found = restored(old, checkpoint, rows_of_two_adams())
    slots = slot_values(old, net, first, {"Adam": "m", "Adam_1": "v"})
    slots |= slot_values(old, net, second, {"Adam_2": "m", "Adam_3": "v"})
    return with_values(found, slots)


@migration("A3.4", "`restore` in graph mode")
def restore_in_graph_mode_of_ours(folder: Path) -> Observation:
    values = {"w": ramp(2), "b": ramp(3)}
    old = tf1_checkpoint(folder, values)
    program = InGraph(values)
    report = program.inside(lambda: ours.restored(program.checkpoint, old))
    found = program.session.run(program.variables)
    return Observation(
        values={name: (value, found[name]) for name, value in values.items()},
        tensorflow={},
        ours={"restore": lambda: report},
    )


@migration("A2.13", "`restore` in graph mode after the Checkpoint has saved")
def restore_in_graph_mode_after_save(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": ramp(2)})
    program = InGraph({"w": ramp(2)})
    program.inside(lambda: program.checkpoint.save(str(folder / "own")))
    report = program.inside(lambda: ours.restored(program.checkpoint, old))
    found = program.session.run(program.variables)
    return Observation(
        values={"w": (ramp(2), found["w"])}, tensorflow={}, ours={"restore": lambda: report}
    )


@migration("A5.5", "`restore` of a partitioned variable into a list of its parts")
def restore_of_parts(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("storage_partitioned_rows")
    whole = stored(old, "p/emb")
    parts = eager_parts("p/emb", whole)
    out = tf.Variable(tf.zeros([2, 1]), name="net/out")
    found = restored(old, tf.train.Checkpoint(emb=parts, out=out))
    return with_values(found, {"p/emb": (whole, tf.concat(parts, 0))})


@migration("A6.2", "`restore` of tables")
def restore_of_tables(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("storage_tables")
    w, counts, words = empty_tables()
    found = restored(old, tf.train.Checkpoint(w=w, counts=counts, words=words))
    return with_values(
        found,
        {
            f"{name}-keys": (
                np.sort(stored(old, f"{name}-keys")),
                np.sort(table.export()[0].numpy()),
            )
            for name, table in {"counts": counts, "words": words}.items()
        },
    )


@migration("2g", "`restore` of what `Checkpoint(model=model)` wrote into `Checkpoint(model)`")
def restore_of_a_keyword_into_a_root(folder: Path) -> Observation:
    model = module(w=variable("w", 2.0), b=variable("b", 3.0))
    old = tf.train.Checkpoint(model=model).write(str(folder / "old"))
    again = module(w=variable("w"), b=variable("b"))
    found = restored(old, tf.train.Checkpoint(again))
    return with_values(found, {"w": (2.0, again.w), "b": (3.0, again.b)})


@migration("A2.13", "`restore` of what `save` wrote: the numbers of the files go on")
def restore_goes_on_counting(folder: Path) -> Observation:
    first = tf.train.Checkpoint(w=variable("w", 2.0))
    for _ in range(2):
        old = first.save(str(folder / "ckpt"))
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    found = restored(old, checkpoint, w=w)
    assert checkpoint.save(str(folder / "ckpt")).endswith("ckpt-3")
    return found


@migration("A2.13", "`restore` of what `write` wrote")
def restore_of_what_write_wrote_by_ours(folder: Path) -> Observation:
    old = tf.train.Checkpoint(w=variable("w", 2.0)).write(str(folder / "old"))
    w = variable("w")
    return restored(old, tf.train.Checkpoint(w=w), w=w)
