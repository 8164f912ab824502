"""Paths, the pairing of save and restore, and the numbering of files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.programs import variable
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    asserts,
    at_once,
    attempt,
    ramp,
    stored,
    tf1_checkpoint,
)
from tests.silent_losses.verdicts import ERROR, PASSES, Check
from tf2migrate.model.comparison import Outcome


def restored(old: str, path: str | None) -> Observation:
    """A program that restores from a wrong path, and goes on."""
    w = variable("w")
    checkpoint = tf.train.Checkpoint(w=w)
    found: list[Any] = []
    attempt(lambda: found.append(checkpoint.restore(path)))
    status = {"Checkpoint.restore": lambda: checkpoint.restore(path)}
    return Observation(
        values={"w": (stored(old, "w"), w)},
        tensorflow=status | (asserts(found[0]) if found else {}),
        ours={"restore": lambda: ours.restored(checkpoint, path)},
    )


@scenario(
    "A2.11",
    "the path ends in `.index`: nothing is restored",
    tensorflow={"Checkpoint.restore": PASSES, **BOTH_RAISE},
    ours={"tf1.index": ERROR},
)
def path_of_the_index(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 2.0})
    return restored(old, old + ".index")


@scenario(
    "2g",
    "`latest_checkpoint` finds nothing and gives None: nothing is restored",
    tensorflow={"Checkpoint.restore": PASSES, **BOTH_RAISE},
    ours={"None": ERROR},
)
def path_that_is_none(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 2.0})
    return restored(old, tf.train.latest_checkpoint(str(folder / "elsewhere")))


@scenario(
    "A2.11",
    "the path is that of the directory",
    tensorflow={"Checkpoint.restore": "raises DataLossError"},
    ours={"checkpoints": ERROR},
)
def path_of_the_directory(folder: Path) -> Observation:
    (folder / "checkpoints").mkdir()
    old = tf1_checkpoint(folder / "checkpoints", {"w": 2.0})
    return restored(old, str(folder / "checkpoints"))


@scenario(
    "A2.11",
    "there is no such file",
    tensorflow={"Checkpoint.restore": "raises NotFoundError"},
    ours={"tf2": ERROR},
)
def path_of_no_file(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 2.0})
    return restored(old, str(folder / "tf2"))


@scenario(
    "2g",
    "a program starts again without restoring: the CheckpointManager counts from 1 again and"
    " overwrites an old file (seen against a copy of it)",
    tensorflow={"CheckpointManager.save": PASSES},
    ours={"w": Outcome.VALUE},
)
def manager_that_starts_again(folder: Path) -> Observation:
    def manager(value: float) -> Any:
        checkpoint = tf.train.Checkpoint(w=variable("w", value))
        return tf.train.CheckpointManager(checkpoint, str(folder / "all"), max_to_keep=None)

    oldest = manager(1.0).save()
    copy = copied(oldest, folder / "copy")
    again = manager(0.0)
    again.save()
    return Observation(
        values={"w": (1.0, stored(oldest, "w"))},
        tensorflow={"CheckpointManager.save": again.save},
        ours={"verify": lambda: ours.by_files(copy, oldest)},
    )


@scenario(
    "A5.2",
    "`save` counts from 1 and overwrites the file that a TF1 Saver wrote at step 1 (seen against a"
    " copy of it)",
    tensorflow={**BOTH_PASS, "save": PASSES},
    ours={"w/Adam": Outcome.MISSING, "w": Outcome.VALUE},
)
def file_of_a_tf1_saver_overwritten(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": 1.0, "w/Adam": 0.5}, "model-1")
    copy = copied(old, folder / "copy")
    w = variable("w")
    status = tf.train.Checkpoint(w=w).read(old)
    w.assign(2.0)
    checkpoint = tf.train.Checkpoint(w=w)
    checkpoint.save(str(folder / "model"))
    return Observation(
        values={"w": (1.0, stored(old, "w")), "w/Adam": (0.5, stored(old, "w/Adam"))},
        tensorflow={**asserts(status), "save": lambda: checkpoint.save(str(folder / "model"))},
        ours={"verify": lambda: ours.by_files(copy, old)},
    )


def copied(prefix: str, folder: Path) -> str:
    """Copy a checkpoint's files to another directory."""
    folder.mkdir()
    source = Path(prefix)
    for file in source.parent.glob(source.name + ".*"):
        shutil.copy(file, folder / file.name)
    return str(folder / source.name)


class InGraph:
    """A program in graph mode, with a session that stays open."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.variables = {
                name: tf.compat.v1.get_variable(
                    name, np.shape(value), initializer=tf.zeros_initializer()
                )
                for name, value in values.items()
            }
            self.session = tf.compat.v1.Session()
            self.session.run(tf.compat.v1.global_variables_initializer())
            self.checkpoint = tf.train.Checkpoint(**self.variables)

    def inside(self, check: Check) -> Any:
        with self.graph.as_default(), self.session.as_default():
            return check()

    def observed(self, old: str, status: Any) -> Observation:
        """What the variables are after a restore whose ops may have failed."""
        restore = at_once(lambda: self.inside(status.initialize_or_restore))
        found = self.session.run(self.variables)
        return Observation(
            values={name: (stored(old, name), value) for name, value in found.items()},
            tensorflow={"initialize_or_restore": restore, **asserts(status)},
            ours={
                "assert_variables_match": lambda: self.inside(
                    lambda: ours.by_object(old, self.checkpoint)
                )
            },
        )


@scenario(
    "A3.4",
    "in graph mode `restore` of a TF1 checkpoint fails on the save counter: the program keeps its"
    " initial values",
    tensorflow={"initialize_or_restore": "raises NotFoundError", **BOTH_PASS},
    ours={"w": Outcome.VALUE, "b": Outcome.VALUE},
)
def restore_in_graph_mode(folder: Path) -> Observation:
    values = {"w": ramp(2), "b": ramp(3)}
    old = tf1_checkpoint(folder, values)
    program = InGraph(values)
    return program.observed(old, program.inside(lambda: program.checkpoint.restore(old)))


@scenario(
    "A2.13",
    "in graph mode a Checkpoint that has saved once cannot `read` a TF1 checkpoint any more, for"
    " it wants its own save counter",
    tensorflow={"initialize_or_restore": "raises NotFoundError", **BOTH_PASS},
    ours={"w": Outcome.VALUE},
)
def read_after_save_in_graph_mode(folder: Path) -> Observation:
    old = tf1_checkpoint(folder, {"w": ramp(2)})
    program = InGraph({"w": ramp(2)})
    program.inside(lambda: program.checkpoint.save(str(folder / "own")))
    return program.observed(old, program.inside(lambda: program.checkpoint.read(old)))
