"""Lookup tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.registry import Observation, scenario
from tests.silent_losses.situations import BOTH_PASS, BOTH_RAISE, asserts, stored, tf1_fixture
from tests.silent_losses.verdicts import PASSES
from tf2migrate.model.comparison import Outcome

KEYS = ("counts-keys", "counts-values", "words-keys", "words-values")


def empty_tables() -> tuple[Any, Any, Any]:
    """The weight and the two tables of the TF1 program, with nothing in them."""
    w = tf.Variable(tf.zeros([2, 1]), name="w")
    counts = tf.lookup.experimental.MutableHashTable(tf.int64, tf.float32, 0.0, name="counts")
    words = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
    return w, counts, words


@scenario(
    "A6.2",
    "a table is never matched by its name with a TF1 checkpoint: it stays empty",
    tensorflow={"expect_partial": PASSES, **BOTH_RAISE},
    ours=dict.fromkeys(KEYS, Outcome.SHAPE),
)
def table_by_name(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("storage_tables")
    w, counts, words = empty_tables()
    checkpoint = tf.train.Checkpoint(w=w, counts=counts, words=words)
    status = checkpoint.restore(old)
    return Observation(
        values={
            "counts-keys": (stored(old, "counts-keys"), counts.export()[0]),
            "words-keys": (stored(old, "words-keys"), words.export()[0]),
        },
        tensorflow={"expect_partial": status.expect_partial, **asserts(status)},
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )


@scenario(
    "A6.2",
    "a StaticHashTable is never saved: what the TF1 program kept in a mutable one is gone",
    tensorflow=BOTH_PASS,
    ours=dict.fromkeys(KEYS, Outcome.MISSING),
)
def static_tables(folder: Path) -> Observation:
    old = tf1_fixture("storage_tables")

    def build() -> Any:
        def table(name: str) -> Any:
            items = (stored(old, f"{name}-keys"), stored(old, f"{name}-values"))
            initializer = tf.lookup.KeyValueTensorInitializer(*items)
            return tf.lookup.StaticHashTable(initializer, 0)

        w = tf.Variable(stored(old, "w"), name="w")
        return tf.train.Checkpoint(w=w, counts=table("counts"), words=table("words"))

    new = build().write(str(folder / "new"))
    return Observation(
        values={
            f"{name}-keys": (stored(old, f"{name}-keys"), stored(new, name))
            for name in ("counts", "words")
        },
        tensorflow=asserts(build().read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, build()),
        },
    )
