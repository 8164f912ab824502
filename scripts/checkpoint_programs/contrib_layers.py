"""Layers of tf.contrib.layers and slim."""

from __future__ import annotations

import tensorflow as tf

from scripts.checkpoint_programs.layers import normal, normalised, trained
from scripts.checkpoint_programs.networks import data, indices, placeholder, squared_error
from scripts.checkpoint_programs.registry import Program, scenario

slim = tf.contrib.slim
layers = tf.contrib.layers


def fully_connected(x: tf.Tensor) -> tf.Tensor:
    with slim.arg_scope([slim.fully_connected], weights_initializer=normal(1)):
        hidden = slim.stack(x, slim.fully_connected, [4, 3], scope="fc")
        return slim.fully_connected(hidden, 2, activation_fn=None)


def conv2d(x: tf.Tensor) -> tf.Tensor:
    with slim.arg_scope([slim.conv2d], weights_initializer=normal(1), padding="SAME"):
        hidden = slim.repeat(x, 2, slim.conv2d, 3, [2, 2], scope="conv1")
        return layers.conv2d(hidden, 2, [1, 1], activation_fn=None)


def batch_norm(x: tf.Tensor, training: bool) -> tf.Tensor:
    """Two layers with contrib's batch normalisation, one of them as a normalizer_fn."""
    hidden = slim.conv2d(
        x,
        3,
        [2, 2],
        weights_initializer=normal(1),
        normalizer_fn=slim.batch_norm,
        normalizer_params={"decay": 0.9, "is_training": training},
    )
    hidden = layers.batch_norm(hidden, decay=0.9, scale=True, is_training=training)
    return slim.conv2d(hidden, 2, [1, 1], activation_fn=None, weights_initializer=normal(2))


def batch_norm_in_place(x: tf.Tensor, training: bool) -> tf.Tensor:
    hidden = slim.fully_connected(
        x,
        4,
        weights_initializer=normal(1),
        normalizer_fn=slim.batch_norm,
        normalizer_params={"decay": 0.9, "is_training": training, "updates_collections": None},
    )
    return slim.fully_connected(hidden, 2, activation_fn=None, weights_initializer=normal(2))


def layer_norm(x: tf.Tensor) -> tf.Tensor:
    hidden = layers.fully_connected(
        x, 4, tf.tanh, normalizer_fn=layers.layer_norm, weights_initializer=normal(1)
    )
    return layers.fully_connected(hidden, 2, None, weights_initializer=normal(2))


def instance_norm(x: tf.Tensor) -> tf.Tensor:
    hidden = layers.conv2d(x, 3, 2, activation_fn=None, weights_initializer=normal(1))
    hidden = layers.instance_norm(hidden, activation_fn=tf.tanh)
    return layers.conv2d(hidden, 2, 1, activation_fn=None, weights_initializer=normal(2))


def group_norm(x: tf.Tensor) -> tf.Tensor:
    hidden = layers.conv2d(x, 4, 2, activation_fn=None, weights_initializer=normal(1))
    hidden = layers.group_norm(hidden, groups=2, activation_fn=tf.tanh)
    return layers.conv2d(hidden, 2, 1, activation_fn=None, weights_initializer=normal(2))


trained(
    "slim_fully_connected",
    "slim.fully_connected, also by slim.stack",
    fully_connected,
    data(4, 2, 5, 3),
)
trained("slim_conv2d", "slim.conv2d by slim.repeat, contrib conv2d", conv2d, data(6, 1, 2, 4, 4, 2))
normalised(
    "slim_batch_norm",
    "slim.batch_norm, as normalizer_fn and alone with scale",
    batch_norm,
    data(10, 2, 2, 3, 4, 2),
)
normalised(
    "slim_batch_norm_in_place",
    "slim.batch_norm(updates_collections=None) of vectors",
    batch_norm_in_place,
    data(9, 2, 5, 3),
)
trained("contrib_layer_norm", "tf.contrib.layers.layer_norm", layer_norm, data(11, 2, 5, 3))
trained(
    "contrib_instance_norm",
    "tf.contrib.layers.instance_norm",
    instance_norm,
    data(12, 1, 2, 3, 4, 2),
)
trained("contrib_group_norm", "tf.contrib.layers.group_norm", group_norm, data(13, 1, 2, 3, 4, 2))


@scenario("contrib_embed_sequence", "tf.contrib.layers.embed_sequence, and the same table reused")
def embed_sequence() -> Program:
    ids = indices(14, 6, 3, 2, 4)
    feed = placeholder("ids", ids)
    table = {"vocab_size": 6, "embed_dim": 2, "initializer": normal(1), "scope": "EmbedSequence"}
    left = layers.embed_sequence(feed, **table)
    right = layers.embed_sequence(feed[:, ::-1], reuse=True, **table)
    hidden = tf.reshape(tf.concat([left, right], 2), [2, 16])
    prediction = layers.linear(hidden, 1, weights_initializer=normal(2))
    loss = squared_error(prediction, 0.5)
    step = tf.train.GradientDescentOptimizer(0.05).minimize(loss)
    return Program(loss, step, {"ids": ids}, {"prediction": prediction})
