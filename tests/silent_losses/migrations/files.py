"""Counterparts of the losses through paths, pairing and numbering; files of all formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import variable
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.files import InGraph
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    CONSUMED,
    MATCHED,
    asserts,
    at_once,
    ramp,
    stored,
    tf1_checkpoint,
    tf1_fixture,
)
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.names import escape

FALSE_ALARM = {CONSUMED: "raises AssertionError", MATCHED: PASSES}


def loaded(old: str, checkpoint: Any, status: Any, **values: Any) -> Observation:
    """A restore that worked, whatever TensorFlow's checks say of it."""
    return Observation(
        values={name: (stored(old, name), value) for name, value in values.items()},
        tensorflow={name: at_once(check) for name, check in asserts(status).items()},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@migration(
    "A2.13",
    "what `save` wrote is loaded by `read`: TensorFlow misses the save counter",
    tensorflow=FALSE_ALARM,
)
def read_of_what_save_wrote(folder: Path) -> Observation:
    old = tf.train.Checkpoint(w=variable("w", 2.0)).save(str(folder / "old"))
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    return loaded(old, checkpoint, checkpoint.read(old), w=w)


@migration(
    "A2.13",
    "what `write` wrote is loaded by `restore`: TensorFlow misses the save counter in the file",
    tensorflow=BOTH_RAISE,
)
def restore_of_what_write_wrote(folder: Path) -> Observation:
    old = tf.train.Checkpoint(w=variable("w", 2.0)).write(str(folder / "old"))
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    return loaded(old, checkpoint, checkpoint.restore(old), w=w)


@migration(
    "A2.13",
    "a Checkpoint that has saved reads a TF1 checkpoint: TensorFlow misses the save counter in it",
    tensorflow=BOTH_RAISE,
)
def tf1_read_after_save(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 2.0})
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    checkpoint.save(str(folder / "own"))
    return loaded(old, checkpoint, checkpoint.read(old), w=w)


@migration(
    "A2.7",
    "`Checkpoint(model)` restores a TF1 checkpoint: TensorFlow misses the save counter in it",
    tensorflow=BOTH_RAISE,
)
def tf1_restore_with_a_root(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 2.0})
    model = tf.Module()
    model.w = variable("w")
    checkpoint = tf.train.Checkpoint(model)
    return loaded(old, checkpoint, checkpoint.restore(old), w=model.w)


@migration(
    "A2.13",
    "`save` and `restore` are paired, and so are the numbers of the files",
    tensorflow=BOTH_PASS,
)
def save_and_restore(folder: Path) -> Observation:
    first = tf.train.Checkpoint(w=variable("w", 2.0))
    for _ in range(3):
        old = first.save(str(folder / "ckpt"))
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    status = checkpoint.restore(old)
    assert checkpoint.save(str(folder / "ckpt")).endswith("ckpt-4")
    return loaded(old, checkpoint, status, w=w)


@migration("A2.13", "`write` and `read` are paired", tensorflow=BOTH_PASS)
def write_and_read(folder: Path) -> Observation:
    old = tf.train.Checkpoint(w=variable("w", 2.0)).write(str(folder / "old"))
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    return loaded(old, checkpoint, checkpoint.read(old), w=w)


@migration(
    "2g",
    "a program goes on with `restore_or_initialize`",
    tensorflow={"CheckpointManager.save": PASSES},
)
def manager_that_goes_on(folder: Path) -> Observation:
    def manager(value: float) -> Any:
        checkpoint = tf.train.Checkpoint(w=variable("w", value))
        return tf.train.CheckpointManager(checkpoint, str(folder / "all"), max_to_keep=None)

    old = manager(1.0).save()
    again = manager(0.0)
    again.restore_or_initialize()
    new = again.save()
    assert new.endswith("ckpt-2")
    return Observation(
        values={"w": (1.0, stored(old, "w"))},
        tensorflow={"CheckpointManager.save": again.save},
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, again.checkpoint),
        },
    )


@migration("A2.11", "the path is what `latest_checkpoint` gives", tensorflow=BOTH_PASS)
def latest_checkpoint(folder: Path) -> Observation:
    tf1_checkpoint(folder, {"w": 2.0})
    old = tf.train.latest_checkpoint(str(folder))
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    return loaded(old, checkpoint, checkpoint.restore(old), w=w)


@migration(
    "A3.4",
    "in graph mode a fresh Checkpoint reads a TF1 checkpoint",
    tensorflow={"initialize_or_restore": PASSES, **BOTH_PASS},
)
def read_in_graph_mode(folder: Path) -> Observation:
    values = {"w": ramp(2), "b": ramp(3)}
    old = tf1_checkpoint(folder, values)
    program = InGraph(values)
    return program.observed(old, program.inside(lambda: program.checkpoint.read(old)))


@migration(
    "A3.4", "in graph mode a Saver restores a TF1 checkpoint", tensorflow={"Saver.restore": PASSES}
)
def saver_in_graph_mode(folder: Path) -> Observation:
    values = {"w": ramp(2), "b": ramp(3)}
    old = tf1_checkpoint(folder, values)
    program = InGraph(values)

    def restore() -> None:
        tf.compat.v1.train.Saver().restore(program.session, old)

    program.inside(restore)
    found = program.session.run(program.variables)
    return Observation(
        values={name: (value, found[name]) for name, value in values.items()},
        tensorflow={"Saver.restore": lambda: program.inside(restore)},
        ours={
            "assert_variables_match": lambda: program.inside(
                lambda: ours.by_object(old, program.checkpoint)
            )
        },
    )


@migration("A5.4", "a checkpoint in the V1 format", tensorflow=BOTH_PASS)
def v1_format(folder: Path) -> Observation:
    return of_fixture(folder, "storage_v1_format")


@migration("A5.4", "a sharded checkpoint in the V1 format", tensorflow=BOTH_PASS)
def v1_format_sharded(folder: Path) -> Observation:
    return of_fixture(folder, "storage_v1_sharded")


@migration("A5.4", "a sharded checkpoint", tensorflow=BOTH_PASS)
def sharded(folder: Path) -> Observation:
    return of_fixture(folder, "storage_sharded")


@migration("A6.1", "variables of every dtype, scalars and empty ones", tensorflow=BOTH_PASS)
def every_dtype(folder: Path) -> Observation:
    return of_fixture(folder, "storage_types")


@migration("2g", "a Saver's dict with keys that are no names of variables", tensorflow=BOTH_PASS)
def keys_of_a_savers_dict(folder: Path) -> Observation:
    return of_fixture(folder, "storage_renamed_keys")


def of_fixture(folder: Path, name: str) -> Observation:
    """All variables of a TF1.15 checkpoint, each in an eager variable, saved under their names."""
    old = tf1_fixture(name)
    reader = tf.train.load_checkpoint(old)
    dtypes = reader.get_variable_to_dtype_map()

    def build() -> Any:
        return tf.train.Checkpoint(
            variables={
                key: tf.Variable(tf.constant(reader.get_tensor(key), dtypes[key]), name=safe(key))
                for key in dtypes
            }
        )

    checkpoint = build()
    new = checkpoint.write(str(folder / "new"))
    return Observation(
        values={
            key: (reader.get_tensor(key), stored(new, f"variables/{escape(key)}")) for key in dtypes
        },
        tensorflow=asserts(build().read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


def safe(key: str) -> str:
    """TensorFlow allows fewer characters in the name of a variable than in a key."""
    return key.replace(" ", "_").replace(":", "_")
