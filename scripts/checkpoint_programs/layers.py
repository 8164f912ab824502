"""Layers of tf.layers; every program trains with MomentumOptimizer or plain gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from scripts.checkpoint_programs.networks import data, placeholder, squared_error
from scripts.checkpoint_programs.registry import Program, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 0.05


def normal(seed: int) -> Any:
    """An initialiser: normal numbers, the same in every run."""
    return tf.random_normal_initializer(stddev=0.5, seed=seed)


def trained(
    name: str, about: str, network: Callable[[tf.Tensor], tf.Tensor], x: np.ndarray
) -> None:
    """A scenario: `network` of `x` trains until it gives 0.5 everywhere."""

    def build() -> Program:
        inputs = placeholder("x", x)
        prediction = network(inputs)
        loss = squared_error(prediction, 0.5)
        step = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
        return Program(loss, step, {"x": x}, {"prediction": prediction})

    scenario(name, about)(build)


def normalised(
    name: str,
    about: str,
    network: Callable[[tf.Tensor, bool], tf.Tensor],
    x: np.ndarray,
    updates: bool = True,
) -> None:
    """The same for a network with statistics, in the scope `model`; also used for inference.

    Args:
      updates: whether the step runs UPDATE_OPS.
    """

    def build() -> Program:
        inputs = placeholder("x", x)
        with tf.variable_scope("model"):
            prediction = network(inputs, True)
        loss = squared_error(prediction, 0.5)
        operations = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies(operations if updates else []):
            step = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
        with tf.variable_scope("model", reuse=True):
            inference = network(inputs, False)
        statistics = [
            variable
            for variable in tf.global_variables()
            if variable.op.name.split("/")[-1].startswith(("moving_", "renorm_"))
        ]
        outputs = {"prediction": prediction, "inference": inference}
        return Program(loss, step, {"x": x}, outputs, statistics=statistics)

    scenario(name, about)(build)


def dense(x: tf.Tensor) -> tf.Tensor:
    hidden = tf.layers.dense(x, 4, tf.nn.tanh, kernel_initializer=normal(1))
    return tf.layers.dense(hidden, 1, kernel_initializer=normal(2), bias_initializer=normal(3))


def conv1d(x: tf.Tensor) -> tf.Tensor:
    hidden = tf.layers.conv1d(x, 3, 3, activation=tf.nn.tanh, kernel_initializer=normal(1))
    return tf.layers.conv1d(hidden, 2, 2, padding="same", kernel_initializer=normal(2))


def conv2d(x: tf.Tensor) -> tf.Tensor:
    hidden = tf.layers.conv2d(
        x, 3, 3, strides=2, padding="same", activation=tf.nn.tanh, kernel_initializer=normal(1)
    )
    return tf.layers.conv2d(hidden, 2, 2, kernel_initializer=normal(2), name="top")


def conv2d_transpose(x: tf.Tensor) -> tf.Tensor:
    return tf.layers.conv2d_transpose(
        x, 3, 3, strides=2, padding="same", kernel_initializer=normal(1)
    )


def separable_conv2d(x: tf.Tensor) -> tf.Tensor:
    return tf.layers.separable_conv2d(
        x,
        3,
        2,
        depth_multiplier=2,
        padding="same",
        depthwise_initializer=normal(1),
        pointwise_initializer=normal(2),
    )


def batch_normalization(**arguments: Any) -> Callable[[tf.Tensor, bool], tf.Tensor]:
    """Convolution or dense layer, batch normalisation, and a layer on top."""

    def network(x: tf.Tensor, training: bool) -> tf.Tensor:
        if x.shape.ndims == 4:
            hidden = tf.layers.conv2d(x, 3, 2, use_bias=False, kernel_initializer=normal(1))
        else:
            hidden = tf.layers.dense(x, 3, use_bias=False, kernel_initializer=normal(1))
        hidden = tf.layers.batch_normalization(
            hidden, momentum=0.9, training=training, gamma_initializer=normal(2), **arguments
        )
        return tf.layers.dense(tf.nn.tanh(hidden), 2, kernel_initializer=normal(3))

    return network


trained("layer_dense", "tf.layers.dense, two of them", dense, data(4, 2, 5, 3))
trained("layer_conv1d", "tf.layers.conv1d, two of them", conv1d, data(5, 2, 2, 6, 2))
trained("layer_conv2d", "tf.layers.conv2d, one with a name", conv2d, data(6, 1, 2, 6, 5, 2))
trained(
    "layer_conv2d_transpose", "tf.layers.conv2d_transpose", conv2d_transpose, data(7, 1, 2, 3, 4, 2)
)
trained(
    "layer_separable_conv2d",
    "tf.layers.separable_conv2d(depth_multiplier=2)",
    separable_conv2d,
    data(8, 1, 2, 4, 4, 2),
)
normalised(
    "layer_batch_normalization",
    "tf.layers.batch_normalization of vectors, with UPDATE_OPS",
    batch_normalization(),
    data(9, 2, 5, 3),
)
normalised(
    "layer_batch_normalization_fused",
    "tf.layers.batch_normalization of images, fused: the moving variance is unbiased",
    batch_normalization(),
    data(10, 2, 2, 3, 4, 2),
)
normalised(
    "layer_batch_normalization_not_fused",
    "tf.layers.batch_normalization(fused=False) of images",
    batch_normalization(fused=False),
    data(10, 2, 2, 3, 4, 2),
)
normalised(
    "layer_batch_normalization_renorm",
    "tf.layers.batch_normalization(renorm=True), with four more statistics",
    batch_normalization(renorm=True, renorm_momentum=0.9),
    data(9, 2, 5, 3),
)
normalised(
    "layer_batch_normalization_no_updates",
    "tf.layers.batch_normalization whose UPDATE_OPS nobody runs",
    batch_normalization(),
    data(9, 2, 5, 3),
    updates=False,
)
