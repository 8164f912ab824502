"""Counterparts of the losses of tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.tables import empty_tables
from tests.silent_losses.situations import BOTH_PASS, asserts, stored, tf1_fixture


def restored_tables(folder: Path, load: Callable[..., None]) -> Observation:
    old = tf1_fixture("storage_tables")

    def build() -> Any:
        w, counts, words = empty_tables()
        load(old, w, counts, words)
        return tf.train.Checkpoint(w=w, counts=counts, words=words)

    checkpoint = build()
    new = checkpoint.write(str(folder / "new"))
    return Observation(
        values={
            f"{name}-keys": (
                np.sort(stored(old, f"{name}-keys")),
                np.sort(getattr(checkpoint, name).export()[0].numpy()),
            )
            for name in ("counts", "words")
        },
        tensorflow=asserts(build().read(new)),
        ours={
            "verify": lambda: ours.by_files(old, new),
            "assert_variables_match": lambda: ours.by_object(old, checkpoint),
        },
    )


@migration("A6.2", "tables are restored by a Saver with a dict", tensorflow=BOTH_PASS)
def tables_by_a_saver(folder: Path) -> Observation:
    def load(old: str, w: Any, counts: Any, words: Any) -> None:
        tables = {"w": w, "counts": counts, "words": words}
        tf.compat.v1.train.Saver(tables).restore(None, old)

    return restored_tables(folder, load)


@migration("A6.2", "tables are filled with what the file holds", tensorflow=BOTH_PASS)
def tables_filled_by_hand(folder: Path) -> Observation:
    def load(old: str, w: Any, counts: Any, words: Any) -> None:
        w.assign(stored(old, "w"))
        for name, table in {"counts": counts, "words": words}.items():
            table.insert(stored(old, f"{name}-keys"), stored(old, f"{name}-values"))

    return restored_tables(folder, load)
