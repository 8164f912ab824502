"""Counterparts of the losses with partitioned variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.situations import BOTH_PASS, asserts, stored, tf1_fixture
from tests.silent_losses.verdicts import PASSES

v1 = tf.compat.v1


@migration("A5.5", "a whole variable of the partitioned one's name", tensorflow=BOTH_PASS)
def whole_variable(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("storage_partitioned_rows")
    emb = tf.Variable(tf.zeros([7, 2]), name="p/emb")
    out = tf.Variable(tf.zeros([2, 1]), name="net/out")
    checkpoint = tf.train.Checkpoint(emb=emb, out=out)
    status = checkpoint.restore(old)
    return Observation(
        values={"p/emb": (stored(old, "p/emb"), emb), "net/out": (stored(old, "net/out"), out)},
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


def in_parts(folder: Path, number: int) -> Observation:
    """A graph with this number of parts, restored by a Saver and saved by a Checkpoint."""
    old = tf1_fixture("storage_partitioned_rows")
    whole = stored(old, "p/emb")
    with tf.Graph().as_default() as graph:
        emb = v1.get_variable("p/emb", whole.shape, partitioner=v1.fixed_size_partitioner(number))
        out = v1.get_variable("net/out", [2, 1])
        session = v1.Session()
        saver = v1.train.Saver()
        saver.restore(session, old)
        checkpoint = tf.train.Checkpoint(emb=list(emb), out=out)
        with session.as_default():
            new = checkpoint.write(str(folder / "new"))
        found = session.run(tf.concat(list(emb), 0))

    def compared() -> Any:
        with graph.as_default(), session.as_default():
            return ours.by_object(old, checkpoint)

    def restore() -> None:
        with graph.as_default():
            saver.restore(session, old)

    return Observation(
        values={"p/emb": (whole, found)},
        tensorflow={"Saver.restore": restore},
        ours={"verify": lambda: ours.by_files(old, new), "assert_variables_match": compared},
    )


@migration(
    "A5.5", "the same parts in a graph, restored by a Saver", tensorflow={"Saver.restore": PASSES}
)
def same_parts_in_a_graph(folder: Path) -> Observation:
    return in_parts(folder, 3)


@migration(
    "A5.5", "other parts in a graph, restored by a Saver", tensorflow={"Saver.restore": PASSES}
)
def other_parts_in_a_graph(folder: Path) -> Observation:
    return in_parts(folder, 2)
