"""Pieces that situations are made of: TF1 checkpoints, what a file holds, sets of checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.silent_losses.verdicts import PASSES, Check

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "checkpoints"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
CONSUMED, MATCHED = "assert_consumed", "assert_existing_objects_matched"
BOTH_PASS = {CONSUMED: PASSES, MATCHED: PASSES}
BOTH_RAISE = {CONSUMED: "raises AssertionError", MATCHED: "raises AssertionError"}


def tf1_fixture(name: str) -> str:
    """Prefix of a checkpoint that TensorFlow 1.15.5 has written (scripts/record_checkpoints.py)."""
    golden = json.loads((FIXTURES / name / "golden.json").read_text("utf-8"))
    return str(FIXTURES / name / golden["prefix"])


def tf1_checkpoint(folder: Path, values: Mapping[str, Any], name: str = "tf1") -> str:
    """Write a name-based checkpoint of these variables with a Saver in graph mode.

    The keys, shapes, dtypes and bytes are those of TensorFlow 1.15.5: a test compares
    the two for one of its files.
    """
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = {
            key: tf.compat.v1.get_variable(f"v{number}", initializer=tf.constant(value))
            for number, (key, value) in enumerate(values.items())
        }
        session.run(tf.compat.v1.global_variables_initializer())
        saver = tf.compat.v1.train.Saver(variables)
        return str(saver.save(session, str(folder / name), write_meta_graph=False))


def stored(prefix: str | None, name: str) -> Any:
    """The value under a key (also without the suffix of object-based ones), None without one."""
    if prefix is None:
        return None
    reader = tf.train.load_checkpoint(prefix)
    key = next((key for key in (name + VALUE, name) if reader.has_tensor(key)), None)
    return None if key is None else reader.get_tensor(key)


def attempt(check: Check) -> Any:
    """What a call gives; None if it fails: then nothing of it is kept."""
    try:
        return check()
    except (ValueError, TypeError, AttributeError, tf.errors.OpError):
        return None


def at_once(check: Check) -> Check:
    """Run a check now; the check that is given says again what it said."""
    try:
        check()
    except Exception as error:
        return partial(_again, error)
    return lambda: None


def _again(error: Exception) -> None:
    raise error


def asserts(status: Any) -> dict[str, Check]:
    """TensorFlow's two checks of the status that a restore gives."""
    return {
        CONSUMED: status.assert_consumed,
        MATCHED: status.assert_existing_objects_matched,
    }


def ramp(*shape: int, start: float = 1.0) -> Any:
    """Values that are all different."""
    size = int(np.prod(shape, dtype=int))
    return (start + np.arange(size, dtype=np.float32)).reshape(shape)
