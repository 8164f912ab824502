"""Data and small networks that several programs share.

All data are decimals with few digits, the same for every run; all weights have op seeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Sequence


def data(seed: int, *shape: int) -> np.ndarray:
    """Normal numbers with two digits after the point."""
    return np.random.RandomState(seed).randn(*shape).round(2).astype(np.float32)


def indices(seed: int, bound: int, *shape: int) -> np.ndarray:
    """Whole numbers from 0 to bound - 1."""
    return np.random.RandomState(seed).randint(0, bound, shape).astype(np.int32)


def placeholder(name: str, values: np.ndarray) -> tf.Tensor:
    """The placeholder that is fed with a row of `values`."""
    return tf.placeholder(values.dtype, values.shape[1:], name=name)


def weight(name: str, shape: Sequence[int], seed: int, **arguments: Any) -> tf.Variable:
    """A variable of tf.get_variable with random values, the same in every run."""
    initializer = tf.random_normal_initializer(stddev=0.5, seed=seed)
    return tf.get_variable(name, shape, initializer=initializer, **arguments)


def squared_error(prediction: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """The mean of the squared differences."""
    return tf.reduce_mean(tf.square(prediction - target), name="loss")


class Regression:
    """Two layers, `net/w`, `net/b` and `net/out`, and a loss; batches of 4 rows, 2 of them."""

    def __init__(self, scope: str = "net", **arguments: Any) -> None:
        self.feeds = {"x": data(1, 2, 4, 3), "y": data(2, 2, 4, 1)}
        self.x = placeholder("x", self.feeds["x"])
        self.y = placeholder("y", self.feeds["y"])
        with tf.variable_scope(scope):
            self.w = weight("w", [3, 4], 11, **arguments)
            self.b = weight("b", [4], 12, **arguments)
            self.out = weight("out", [4, 1], 13, **arguments)
        self.prediction = self.predict(self.w, self.b, self.out)
        self.outputs = {"prediction": self.prediction}
        self.loss = squared_error(self.prediction, self.y)

    def predict(self, w: tf.Variable, b: tf.Variable, out: tf.Variable) -> tf.Tensor:
        """The network's output with the given weights."""
        return tf.matmul(tf.tanh(tf.matmul(self.x, w) + b), out)


class Embedding:
    """A table of 7 rows and a vector `net/out`; each of 3 batches asks for other rows.

    Each batch asks twice for one row, so gradients have duplicate indices.
    """

    def __init__(self, name: str = "emb", **arguments: Any) -> None:
        rows = np.array([[0, 1, 1, 2], [3, 5, 3, 0], [6, 6, 1, 4]], np.int32)
        self.feeds = {"ids": rows, "y": data(3, 3, 4, 1)}
        self.ids = placeholder("ids", rows)
        self.y = placeholder("y", self.feeds["y"])
        self.emb = weight(name, [7, 2], 21, **arguments)
        with tf.variable_scope("net"):
            self.out = weight("out", [2, 1], 22)
        self.prediction = tf.matmul(tf.nn.embedding_lookup(self.emb, self.ids), self.out)
        self.outputs = {"prediction": self.prediction}
        self.loss = squared_error(self.prediction, self.y)
