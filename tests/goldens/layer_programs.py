"""TensorFlow 2 counterparts of scripts/checkpoint_programs/layers.py and contrib_layers.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import tensorflow as tf

from tests.goldens.layers import (
    BatchNorm,
    Conv,
    ConvTranspose,
    Dense,
    Norm,
    Renorm,
    SeparableConv,
)
from tests.goldens.program import Feed, Program
from tests.goldens.scopes import Scope

Layer = Callable[[Any], Any]
Layers = Callable[[Scope], list[Layer]]
SLIM = ("weights", "biases")


class Stack(Program):
    """Layers, one after the other; plain gradient descent."""

    def __init__(self, layers: Layers) -> None:
        self.make = layers
        super().__init__()

    def build(self, root: Scope) -> None:
        self.layers = self.make(root)
        self.optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.05)

    def predict(self, feed: Feed) -> Any:
        x = feed["x"]
        for layer in self.layers:
            x = layer(x)
        return x


class Normalised(Program):
    """Layers in the scope `model`, some of which keep statistics.

    Args:
      updates: whether a step runs what UPDATE_OPS held.
    """

    def __init__(self, layers: Layers, updates: bool = True) -> None:
        self.make, self.updates = layers, updates
        super().__init__()

    def build(self, root: Scope) -> None:
        self.layers = self.make(root.scope("model"))
        self.optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.05)

    def network(self, x: Any, training: bool, update: bool = False) -> Any:
        for layer in self.layers:
            if isinstance(layer, BatchNorm):
                if update:
                    layer.update(x)
                x = layer(x, training)
            else:
                x = layer(x)
        return x

    def predict(self, feed: Feed) -> Any:
        return self.network(feed["x"], training=True)

    def train(self, feed: Feed) -> Any:
        with tf.GradientTape() as tape:
            loss = self.loss(feed)
        variables = self.root.trainable_variables
        gradients = tape.gradient(loss, variables)
        if self.updates:
            self.network(feed["x"], training=True, update=True)
        self.apply(list(zip(gradients, variables, strict=True)))
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        inference = self.network(feed["x"], training=False)
        return {**super().outputs(feed), "inference": inference}


class EmbedSequence(Program):
    """contrib's embed_sequence, twice with one table, and a linear layer."""

    def build(self, root: Scope) -> None:
        self.table = root.variable("EmbedSequence/embeddings", [6, 2])
        self.linear = Dense(root.scope("fully_connected"), 16, 1, None, SLIM)
        self.optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.05)

    def predict(self, feed: Feed) -> Any:
        ids = feed["ids"]
        left = tf.nn.embedding_lookup(self.table, ids)
        right = tf.nn.embedding_lookup(self.table, ids[:, ::-1])
        return self.linear(tf.reshape(tf.concat([left, right], 2), [2, 16]))


def dense(root: Scope) -> list[Layer]:
    return [Dense(root.scope("dense"), 3, 4, tf.tanh), Dense(root.scope("dense_1"), 4, 1)]


def conv1d(root: Scope) -> list[Layer]:
    return [
        Conv(root.scope("conv1d"), [3, 2, 3], activation=tf.tanh),
        Conv(root.scope("conv1d_1"), [2, 3, 2], padding="SAME"),
    ]


def conv2d(root: Scope) -> list[Layer]:
    return [
        Conv(root.scope("conv2d"), [3, 3, 2, 3], 2, "SAME", tf.tanh),
        Conv(root.scope("top"), [2, 2, 3, 2]),
    ]


def conv2d_transpose(root: Scope) -> list[Layer]:
    return [ConvTranspose(root.scope("conv2d_transpose"), [3, 3, 3, 2], 2)]


def separable_conv2d(root: Scope) -> list[Layer]:
    return [SeparableConv(root.scope("separable_conv2d"), 2, 2, 2, 3)]


def vectors(make: Callable[[Scope], BatchNorm], model: Scope) -> list[Layer]:
    """A dense layer, batch normalisation, tanh, and a layer on top."""
    return [
        Dense(model.scope("dense"), 3, 3, names=("kernel",)),
        make(model.scope("batch_normalization")),
        tf.tanh,
        Dense(model.scope("dense_1"), 3, 2),
    ]


def images(make: Callable[[Scope], BatchNorm], model: Scope) -> list[Layer]:
    """The same with a convolution."""
    return [
        Conv(model.scope("conv2d"), [2, 2, 2, 3], names=("kernel",)),
        make(model.scope("batch_normalization")),
        tf.tanh,
        Dense(model.scope("dense"), 3, 2),
    ]


def fully_connected(root: Scope) -> list[Layer]:
    return [
        Dense(root.scope("fc/fc_1"), 3, 4, tf.nn.relu, SLIM),
        Dense(root.scope("fc/fc_2"), 4, 3, tf.nn.relu, SLIM),
        Dense(root.scope("fully_connected"), 3, 2, None, SLIM),
    ]


def slim_conv2d(root: Scope) -> list[Layer]:
    return [
        Conv(root.scope("conv1/conv1_1"), [2, 2, 2, 3], 1, "SAME", tf.nn.relu, SLIM),
        Conv(root.scope("conv1/conv1_2"), [2, 2, 3, 3], 1, "SAME", tf.nn.relu, SLIM),
        Conv(root.scope("Conv"), [1, 1, 3, 2], 1, "SAME", None, SLIM),
    ]


def batch_norm(model: Scope) -> list[Layer]:
    return [
        Conv(model.scope("Conv"), [2, 2, 2, 3], 1, "SAME", None, ("weights",)),
        BatchNorm(model.scope("Conv/BatchNorm"), 3, 0.9, bessel=True, scale=False),
        tf.nn.relu,
        BatchNorm(model.scope("BatchNorm"), 3, 0.9, bessel=True),
        Conv(model.scope("Conv_1"), [1, 1, 3, 2], 1, "SAME", None, SLIM),
    ]


def batch_norm_in_place(model: Scope) -> list[Layer]:
    return [
        Dense(model.scope("fully_connected"), 3, 4, None, ("weights",)),
        BatchNorm(model.scope("fully_connected/BatchNorm"), 4, 0.9, bessel=True, scale=False),
        tf.nn.relu,
        Dense(model.scope("fully_connected_1"), 4, 2, None, SLIM),
    ]


def layer_norm(root: Scope) -> list[Layer]:
    return [
        Dense(root.scope("fully_connected"), 3, 4, None, ("weights",)),
        Norm(root.scope("fully_connected/LayerNorm"), 4, [1], 1e-12),
        tf.tanh,
        Dense(root.scope("fully_connected_1"), 4, 2, None, SLIM),
    ]


def instance_norm(root: Scope) -> list[Layer]:
    return [
        Conv(root.scope("Conv"), [2, 2, 2, 3], 1, "SAME", None, SLIM),
        Norm(root.scope("InstanceNorm"), 3, [1, 2], 1e-6),
        tf.tanh,
        Conv(root.scope("Conv_1"), [1, 1, 3, 2], 1, "SAME", None, SLIM),
    ]


def group_norm(root: Scope) -> list[Layer]:
    return [
        Conv(root.scope("Conv"), [2, 2, 2, 4], 1, "SAME", None, SLIM),
        Norm(root.scope("GroupNorm"), 4, [1, 2, 4], 1e-6, groups=2),
        tf.tanh,
        Conv(root.scope("Conv_1"), [1, 1, 4, 2], 1, "SAME", None, SLIM),
    ]


def plain(scope: Scope) -> BatchNorm:
    return BatchNorm(scope, 3, 0.9, bessel=False)


def fused(scope: Scope) -> BatchNorm:
    return BatchNorm(scope, 3, 0.9, bessel=True)


def renorm(scope: Scope) -> BatchNorm:
    return Renorm(scope, 3, 0.9)


PROGRAMS: dict[str, Callable[[], Program]] = {
    "layer_dense": partial(Stack, dense),
    "layer_conv1d": partial(Stack, conv1d),
    "layer_conv2d": partial(Stack, conv2d),
    "layer_conv2d_transpose": partial(Stack, conv2d_transpose),
    "layer_separable_conv2d": partial(Stack, separable_conv2d),
    "layer_batch_normalization": partial(Normalised, partial(vectors, plain)),
    "layer_batch_normalization_fused": partial(Normalised, partial(images, fused)),
    "layer_batch_normalization_not_fused": partial(Normalised, partial(images, plain)),
    "layer_batch_normalization_renorm": partial(Normalised, partial(vectors, renorm)),
    "layer_batch_normalization_no_updates": partial(Normalised, partial(vectors, plain), False),
    "slim_fully_connected": partial(Stack, fully_connected),
    "slim_conv2d": partial(Stack, slim_conv2d),
    "slim_batch_norm": partial(Normalised, batch_norm),
    "slim_batch_norm_in_place": partial(Normalised, batch_norm_in_place),
    "contrib_layer_norm": partial(Stack, layer_norm),
    "contrib_instance_norm": partial(Stack, instance_norm),
    "contrib_group_norm": partial(Stack, group_norm),
    "contrib_embed_sequence": EmbedSequence,
}
