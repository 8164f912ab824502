"""Programs as the graph target leaves them: sessions stay, a Checkpoint of all variables saves.

Such a program is the TF1 program with `tf.compat.v1`; the Saver has become
`tf.train.Checkpoint(**{v.op.name: v for v in tf.global_variables()})`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tests.goldens.program import Feed
from tests.goldens.recordings import Golden
from tf2migrate.model.names import BY_NAME, SET, NameRow

v1 = tf.compat.v1


class Built(NamedTuple):
    """What a session runs."""

    loss: Any
    train: Any
    outputs: Mapping[str, Any]


Build = Callable[[Mapping[str, Any]], Built]


class GraphProgram:
    """A graph, its session, and its Checkpoint.

    Args:
      build: from placeholders by name to the graph.
      golden: tells the placeholders.
    """

    names = (NameRow("model.py:train", "*", BY_NAME, SET, "each child has its op's name"),)
    missing: frozenset[str] = frozenset()

    def __init__(self, build: Build, golden: Golden) -> None:
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.placeholders = {
                name: v1.placeholder(values.dtype, values.shape[1:], name)
                for name, values in golden.feeds.items()
            }
            self.built = build(self.placeholders)
            self.variables = {v.op.name: v for v in v1.global_variables()}
            self.saver = tf.train.Checkpoint(**self.variables)
            self.session = v1.Session()
            self.session.run(v1.global_variables_initializer())

    def restore(self, prefix: str) -> None:
        """Restore all variables, and fail if one is left on either side."""
        with self.graph.as_default(), self.session.as_default():
            self.saver.restore(prefix).assert_consumed().run_restore_ops(self.session)

    def save(self, prefix: str) -> str:
        """Write a checkpoint; returns its prefix."""
        with self.graph.as_default(), self.session.as_default():
            path: str = self.saver.save(prefix)
            return path

    def run(self, fetches: Any, feed: Feed) -> Any:
        return self.session.run(fetches, {self.placeholders[name]: feed[name] for name in feed})

    def train(self, feed: Feed) -> Any:
        return self.run([self.built.loss, self.built.train], feed)[0]

    def outputs(self, feed: Feed) -> dict[str, Any]:
        return dict(self.run(self.built.outputs, feed))

    def values(self, golden: Golden) -> dict[str, Any]:
        """The value of each of the golden's variables; parts are put together."""
        found: dict[str, Any] = {}
        values: dict[str, Any] = self.session.run(self.variables)
        for row in golden.variables:
            parts = [values.pop(name) for name in row.names]
            lengths = {part.shape[:1] for part in parts}
            axis = 0 if len(lengths) > 1 or parts[0].shape[:1] != row.shape[:1] else 1
            found[row.key] = parts[0] if len(parts) == 1 else np.concatenate(parts, axis)
        return found | values


def weight(name: str, shape: Iterable[int], **arguments: Any) -> Any:
    """A variable whose start matters to nobody."""
    initializer = v1.random_normal_initializer()
    return v1.get_variable(name, list(shape), initializer=initializer, **arguments)


def squared(prediction: Any, target: Any) -> Any:
    return tf.reduce_mean(tf.square(prediction - target))


def network(x: Any, w: Any, b: Any, out: Any) -> Any:
    return tf.matmul(tf.tanh(tf.matmul(x, w) + b), out)


def regression(make: Callable[[], Any], feeds: Mapping[str, Any], **arguments: Any) -> Built:
    """The regression and an optimizer."""
    with v1.variable_scope("net"):
        weights = weight("w", [3, 4], **arguments), weight("b", [4]), weight("out", [4, 1])
    prediction = network(feeds["x"], *weights)
    loss = squared(prediction, feeds["y"])
    return Built(loss, make().minimize(loss), {"prediction": prediction})


def embedding(
    make: Callable[[], Any], feeds: Mapping[str, Any], name: str = "emb", **arguments: Any
) -> Built:
    """The embedding and an optimizer."""
    emb, out = weight(name, [7, 2], **arguments), weight("net/out", [2, 1])
    prediction = tf.matmul(v1.nn.embedding_lookup(emb, feeds["ids"]), out)
    loss = squared(prediction, feeds["y"])
    return Built(loss, make().minimize(loss), {"prediction": prediction})


def columns(feeds: Mapping[str, Any]) -> Built:
    """A matrix in two parts of columns."""
    w = weight("w", [3, 4], partitioner=v1.fixed_size_partitioner(2, axis=1))
    prediction = tf.matmul(feeds["x"], tf.convert_to_tensor(w))
    loss = squared(prediction, feeds["y"])
    step = v1.train.AdamOptimizer(0.02).minimize(loss)
    return Built(loss, step, {"prediction": prediction})


def averaged(make: Callable[[], Any], feeds: Mapping[str, Any], counted: bool = False) -> Built:
    """The regression, whose weights an ExponentialMovingAverage follows."""
    with v1.variable_scope("net"):
        weights = weight("w", [3, 4]), weight("b", [4]), weight("out", [4, 1])
    prediction = network(feeds["x"], *weights)
    loss = squared(prediction, feeds["y"])
    counter = v1.train.get_or_create_global_step()
    step = make().minimize(loss, global_step=counter)
    averages = v1.train.ExponentialMovingAverage(0.9, counter if counted else None)
    with tf.control_dependencies([step]):
        step = averages.apply(list(weights))
    shadows = [averages.average(variable) for variable in weights]
    outputs = {"prediction": prediction, "averaged": network(feeds["x"], *shadows)}
    return Built(loss, step, outputs)


def vectors(feeds: Mapping[str, Any]) -> Built:
    """Variables whose names TensorFlow makes unique."""
    made = [v1.Variable(tf.zeros([2]), name=name) for name in ("w", "w", "w", None, None)]
    prediction = tf.add_n([tf.reduce_sum(tf.tanh(feeds["x"] * vector), 1) for vector in made])
    loss = squared(prediction, 0.5)
    step = v1.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
    return Built(loss, step, {"prediction": prediction})


def in_scope(feeds: Mapping[str, Any]) -> Built:
    """minimize in the variables' scope, entered again."""
    with v1.variable_scope("m"):
        weights = weight("w", [3, 4]), weight("b", [4]), weight("out", [4, 1])
    prediction = network(feeds["x"], *weights)
    loss = squared(prediction, feeds["y"])
    with v1.variable_scope("m"):
        step = v1.train.AdamOptimizer(0.02).minimize(loss)
    return Built(loss, step, {"prediction": prediction})


T = v1.train
PROGRAMS: dict[str, Build] = {
    "optimizer_momentum": partial(regression, lambda: T.MomentumOptimizer(0.05, 0.9)),
    "optimizer_adam": partial(regression, lambda: T.AdamOptimizer(0.02)),
    "optimizer_resource_variables": partial(regression, lambda: T.AdamOptimizer(0.02)),
    "optimizer_rmsprop_centered": partial(
        regression, lambda: T.RMSPropOptimizer(0.01, momentum=0.5, centered=True)
    ),
    "optimizer_adagrad": partial(regression, lambda: T.AdagradOptimizer(0.1)),
    "optimizer_adadelta": partial(regression, lambda: T.AdadeltaOptimizer(0.5)),
    "optimizer_in_reentered_scope": in_scope,
    "sparse_adam": partial(embedding, lambda: T.AdamOptimizer(0.05)),
    "sparse_ftrl": partial(embedding, lambda: T.FtrlOptimizer(0.3)),
    "storage_v1_format": partial(regression, lambda: T.AdamOptimizer(0.02)),
    "storage_sharded": partial(embedding, lambda: T.AdamOptimizer(0.02)),
    "average_plain": partial(averaged, lambda: T.GradientDescentOptimizer(0.1)),
    "average_num_updates": partial(averaged, lambda: T.GradientDescentOptimizer(0.1), counted=True),
    "average_with_adam": partial(averaged, lambda: T.AdamOptimizer(0.02)),
    "names_uniquified": vectors,
}

PARTITIONED: dict[str, Build] = {
    "optimizer_partitioned": partial(
        embedding,
        lambda: T.AdamOptimizer(0.05),
        partitioner=v1.fixed_size_partitioner(3),
    ),
    "storage_partitioned_rows": partial(
        embedding,
        lambda: T.GradientDescentOptimizer(0.1),
        name="p/emb",
        partitioner=v1.fixed_size_partitioner(3),
    ),
    "storage_partitioned_columns": columns,
}
