"""Checkpoints and objects for the tests of `restore`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tf2migrate.runtime import inventory

v1 = tf.compat.v1


def name_based(tmp_path: Path, build: Callable[[], list[Any]], steps: int = 3) -> str:
    """A checkpoint that a Saver writes of a program of TensorFlow 1 after some steps."""
    with tf.Graph().as_default(), v1.Session() as session:
        operations = build()
        for variable in v1.global_variables():
            session.run(variable.initializer)
        for _ in range(steps):
            session.run(operations)
        tmp_path.mkdir(exist_ok=True)
        return str(v1.train.Saver().save(session, str(tmp_path / "tf1" / "model"), steps))


def weights() -> list[Any]:
    v1.get_variable("w", [2, 3])
    v1.get_variable("scope/b", [3])
    return [v1.assign_add(v1.train.get_or_create_global_step(), 1)]


def module(**attributes: Any) -> Any:
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def zeros(shape: list[int], name: str, dtype: Any = tf.float32) -> Any:
    return tf.Variable(tf.zeros(shape, dtype), name=name)


def migrated() -> Any:
    return module(
        first=zeros([2, 3], "w"),
        second=module(b=zeros([3], "scope/b")),
        step=zeros([], "global_step", tf.int64),
    )


def expected(path: str) -> Callable[[str], Any]:
    read: Callable[[str], Any] = tf.train.load_checkpoint(path).get_tensor
    return read


def is_untouched(obj: Any) -> bool:
    found = inventory(obj)
    assert found.values is not None
    return all(not np.any(found.values(row)) for row in found.rows)
