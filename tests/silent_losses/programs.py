"""Parts of the migrated programs that several situations share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tensorflow as tf


def module(**attributes: Any) -> Any:
    """A tf.Module with these attributes."""
    model = tf.Module()
    for name, value in attributes.items():
        setattr(model, name, value)
    return model


def variable(name: str, value: Any = 0.0) -> Any:
    """An eager variable of this name."""
    return tf.Variable(value, name=name, dtype=tf.float32)


def network(old: str) -> Any:
    """The variables net/w, net/b, net/out of the TF1 program that wrote `old`, with zeros."""
    shapes = dict(tf.train.list_variables(old))
    return module(
        **{
            name: tf.Variable(tf.zeros(shapes[f"net/{name}"]), name=f"net/{name}")
            for name in ("w", "b", "out")
        }
    )


def adam() -> Any:
    return tf.compat.v1.train.AdamOptimizer(0.02)


def with_slots(optimizer: Any, variables: Iterable[Any]) -> Any:
    """The optimizer with its slot variables made, as `minimize` does in graph mode."""
    optimizer._prepare()
    optimizer._create_slots(list(variables))
    return optimizer
