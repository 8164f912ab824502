"""Partitioned variables, which TF1 saves under one name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import (
    BOTH_PASS,
    BOTH_RAISE,
    asserts,
    attempt,
    stored,
    tf1_fixture,
)
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.comparison import Outcome


def eager_parts(name: str, whole: Any) -> list[Any]:
    """Three eager variables for the parts of rows, called as TF1 calls them."""
    return [
        tf.Variable(tf.zeros_like(part), name=f"{name}/part_{number}")
        for number, part in enumerate(np.array_split(whole, 3))
    ]


@scenario(
    "A5.5",
    "the parts of a partitioned variable are called `part_0`, ... in the program; the file knows"
    " the whole only",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours={"p/emb": Outcome.VALUE},
)
def parts_by_name(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("storage_partitioned_rows")
    whole = stored(old, "p/emb")
    parts = eager_parts("p/emb", whole)
    out = tf.Variable(stored(old, "net/out"), name="net/out")
    checkpoint = tf.train.Checkpoint(emb=parts, out=out)
    status = checkpoint.restore(old)
    return Observation(
        values={"p/emb": (whole, tf.concat(parts, 0))},
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "A5.5",
    "in graph mode the parts of a partitioned variable have one name in a list: only the last part"
    " is restored",
    tensorflow={"initialize_or_restore": PASSES, **BOTH_PASS},
    ours={"p/emb": Outcome.VALUE},
)
def parts_in_a_list_in_graph_mode(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("storage_partitioned_rows")
    whole = stored(old, "p/emb")
    graph = tf.Graph()
    with graph.as_default():
        v1 = tf.compat.v1
        partitioned = v1.get_variable(
            "p/emb", whole.shape, initializer=tf.zeros_initializer(),
            partitioner=v1.fixed_size_partitioner(3),
        )  # fmt: skip
        out = v1.get_variable("net/out", initializer=stored(old, "net/out"))
        session = v1.Session()
        session.run(v1.global_variables_initializer())
        checkpoint = tf.train.Checkpoint(emb=list(partitioned), out=out)
        status = checkpoint.read(old)
        status.initialize_or_restore(session)
        found = session.run(tf.concat(list(partitioned), 0))

    def compared() -> object:
        with graph.as_default(), session.as_default():
            return ours.by_object(old, checkpoint)

    return Observation(
        values={"p/emb": (whole, found)},
        tensorflow={
            "initialize_or_restore": lambda: status.initialize_or_restore(session),
            **asserts(status),
        },
        ours={"assert_variables_match": compared},
    )


@scenario(
    "A5.6",
    "TensorFlow 1.15 spells the slots of partitioned variables wrongly inside a variable_scope: no"
    " reader gets at their values, and a program without slots passes",
    tensorflow={"load_checkpoint.get_tensor": "raises ValueError", **BOTH_PASS},
    ours={
        **{f"emb/t_{part}/Adam{end}": Outcome.MISSING for part in range(3) for end in ("", "_1")},
        **{
            f"opt/{name}": Outcome.MISSING
            for name in ("beta1_power", "beta2_power", "net/out/Adam", "net/out/Adam_1")
        },
    },
)
def slots_of_partitions_in_a_scope(folder: Path) -> Observation:
    old = tf1_fixture("optimizer_partitioned_in_scope")
    reader = tf.train.load_checkpoint(old)
    emb = tf.Variable(tf.zeros([7, 2]), name="emb")
    out = tf.Variable(tf.zeros([2, 1]), name="net/out")
    optimizer = tf.compat.v1.train.AdamOptimizer()
    checkpoint = tf.train.Checkpoint(emb=emb, out=out, optimizer=optimizer)
    status = checkpoint.restore(old)
    new = checkpoint.write(str(folder / "new"))
    return Observation(
        values={
            f"emb/t_{part}/Adam": (
                "a part of it",
                attempt(lambda: reader.get_tensor("emb/t_0/Adam")),
            )
            for part in range(3)
        },
        tensorflow={
            "load_checkpoint.get_tensor": lambda: reader.get_tensor("emb/t_0/Adam"),
            **asserts(status),
        },
        ours={"verify": lambda: ours.by_files(old, new)},
    )
