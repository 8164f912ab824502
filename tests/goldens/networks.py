"""The two networks on which optimizers and averages were recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tests.goldens.program import Feed, Program
from tests.goldens.scopes import Scope

Make = Callable[[], Any]


class Regression(Program):
    """Two layers: `net/w`, `net/b` and `net/out`.

    Args:
      make: gives the optimizer.
      step: dtype of `global_step`, None if the program has none.
    """

    scope = "net"

    def __init__(self, make: Make, step: Any = None) -> None:
        self.make, self.step_type = make, step
        super().__init__()

    def build(self, root: Scope) -> None:
        net = root.scope(self.scope)
        self.w = net.variable("w", [3, 4])
        self.b = net.variable("b", [4])
        self.out = net.variable("out", [4, 1])
        if self.step_type is not None:
            self.step = root.variable("global_step", [], self.step_type, trainable=False)
        self.optimizer = self.make()

    def predict(self, feed: Feed) -> Any:
        return self.network(feed, self.w, self.b, self.out)

    @staticmethod
    def network(feed: Feed, w: Any, b: Any, out: Any) -> Any:
        """The output with these weights."""
        return tf.matmul(tf.tanh(tf.matmul(feed["x"], w) + b), out)


class Embedding(Program):
    """A table of 7 rows and a vector `net/out`."""

    def __init__(self, make: Make, name: str = "emb") -> None:
        self.make, self.name = make, name
        super().__init__()

    def build(self, root: Scope) -> None:
        self.emb = root.variable(self.name, [7, 2])
        self.out = root.variable("net/out", [2, 1])
        self.optimizer = self.make()

    def rows(self, ids: Any) -> Any:
        """Where the table has the row of each id."""
        return ids

    def predict(self, feed: Feed) -> Any:
        rows = tf.nn.embedding_lookup(self.emb, self.rows(feed["ids"]))
        return tf.matmul(rows, self.out)


class InThreeParts(Embedding):
    """The table was in 3 parts, and TensorFlow 1 looks up with `partition_strategy="mod"`.

    Id 5 is row 1 of part 2, although the parts hold rows 0 to 2, 3 to 4, and 5 to 6 of the table
    that the checkpoint gives.
    """

    def rows(self, ids: Any) -> Any:
        return tf.gather([0, 3, 5], ids % 3) + ids // 3
