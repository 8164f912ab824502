"""How optimizers come to the names of their variables: scopes, more than one optimizer, parts."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from scripts.checkpoint_programs.networks import Embedding, Regression
from scripts.checkpoint_programs.registry import Program, scenario


def _together(net: Regression, optimizers: list[Any], losses: list[tf.Tensor]) -> Program:
    """Both optimizers take a step on their part of the network, one after the other."""
    lists = [[net.w, net.b], [net.out]]
    first = optimizers[0].minimize(losses[0], var_list=lists[0])
    with tf.control_dependencies([first]):
        second = optimizers[1].minimize(losses[1], var_list=lists[1])
    step = tf.group(first, second)
    return Program(net.loss, step, net.feeds, net.outputs, optimizers)


def _adversaries(net: Regression) -> list[tf.Tensor]:
    """Losses of two players, each linear in what the other one wants."""
    return [net.loss, net.loss + 0.1 * tf.reduce_sum(tf.square(net.out))]


@scenario("optimizer_two_adams", "two AdamOptimizers, each with a part of the variables")
def two_adams() -> Program:
    net = Regression()
    optimizers = [tf.train.AdamOptimizer(0.02), tf.train.AdamOptimizer(0.01, beta1=0.5)]
    return _together(net, optimizers, _adversaries(net))


@scenario("optimizer_adam_and_momentum", "AdamOptimizer and MomentumOptimizer, as in a GAN")
def adam_and_momentum() -> Program:
    net = Regression()
    optimizers = [tf.train.AdamOptimizer(0.02), tf.train.MomentumOptimizer(0.02, 0.9)]
    return _together(net, optimizers, _adversaries(net))


@scenario("optimizer_same_variables", "two AdamOptimizers on the same variables: Adam_2, Adam_3")
def same_variables() -> Program:
    net = Regression()
    optimizers = [tf.train.AdamOptimizer(0.02), tf.train.AdamOptimizer(0.01)]
    first = optimizers[0].minimize(net.loss)
    with tf.control_dependencies([first]):
        penalty = tf.reduce_sum(
            tf.square(net.predict(*(v.read_value() for v in tf.trainable_variables())))
        )
        second = optimizers[1].minimize(penalty, var_list=tf.trainable_variables())
    return Program(net.loss, tf.group(first, second), net.feeds, net.outputs, optimizers)


@scenario("optimizer_custom_name", "AdamOptimizer(name='solver') with a global_step")
def custom_name() -> Program:
    net = Regression()
    optimizer = tf.train.AdamOptimizer(0.02, name="solver")
    step = optimizer.minimize(net.loss, global_step=tf.train.get_or_create_global_step())
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


@scenario("optimizer_in_variable_scope", "minimize in the variables' scope: m/m/w/Adam")
def in_variable_scope() -> Program:
    net = Regression("m")
    optimizer = tf.train.AdamOptimizer(0.02)
    # The name scope of the first `with`, as if minimize stood in it.
    with tf.variable_scope("m"), tf.name_scope("m/"):
        step = optimizer.minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


@scenario("optimizer_in_reentered_scope", "the scope is entered again: m_1/beta1_power, m/m/w/Adam")
def in_reentered_scope() -> Program:
    net = Regression("m")
    optimizer = tf.train.AdamOptimizer(0.02)
    with tf.variable_scope("m"):
        step = optimizer.minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


@scenario(
    "optimizer_in_other_scope",
    "minimize in a scope of its own: train/net/w/RMSProp; a plain variable is the step",
)
def in_other_scope() -> Program:
    net = Regression()
    optimizer = tf.train.RMSPropOptimizer(0.01, momentum=0.5)
    counter = tf.Variable(0, trainable=False, name="global_step")
    with tf.variable_scope("train"):
        step = optimizer.minimize(net.loss, global_step=counter)
    kinds = {"global_step": "step"}
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer], kinds=kinds)


@scenario("optimizer_in_name_scope", "minimize in a name scope: train/beta1_power, net/w/Adam")
def in_name_scope() -> Program:
    net = Regression()
    optimizer = tf.train.AdamOptimizer(0.02)
    with tf.name_scope("train"):
        step = optimizer.minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


@scenario("optimizer_resource_variables", "AdamOptimizer on resource variables")
def resource_variables() -> Program:
    net = Regression(use_resource=True)
    optimizer = tf.train.AdamOptimizer(0.02)
    step = optimizer.minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


@scenario("optimizer_optimize_loss", "tf.contrib.layers.optimize_loss with Adam")
def optimize_loss() -> Program:
    net = Regression()
    optimizer = tf.train.AdamOptimizer(0.02)
    step = tf.contrib.layers.optimize_loss(
        net.loss,
        tf.train.get_or_create_global_step(),
        learning_rate=0.02,
        optimizer=lambda rate: _with_rate(optimizer, rate),
        clip_gradients=0.5,
    )
    kinds = {"OptimizeLoss/learning_rate": "optimizer state"}
    return Program(net.loss, step.op, net.feeds, net.outputs, [optimizer], kinds=kinds)


def _with_rate(optimizer: Any, rate: tf.Tensor) -> Any:
    """The optimizer, with the learning rate that optimize_loss made a variable of."""
    optimizer._lr = rate
    return optimizer


@scenario("optimizer_loss_scale", "tf.contrib.mixed_precision.LossScaleOptimizer around Adam")
def loss_scale() -> Program:
    net = Regression()
    optimizer = tf.train.AdamOptimizer(0.02)
    manager = tf.contrib.mixed_precision.ExponentialUpdateLossScaleManager(
        init_loss_scale=64.0, incr_every_n_steps=4
    )
    scaled = tf.contrib.mixed_precision.LossScaleOptimizer(optimizer, manager)
    step = scaled.minimize(net.loss)
    kinds = {
        variable.op.name: "optimizer state"
        for variable in tf.global_variables()
        if variable.op.name.split("/")[-1] in ("loss_scale", "good_steps", "bad_steps")
    }
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer], kinds=kinds)


@scenario("optimizer_partitioned", "AdamOptimizer on an embedding in 3 parts")
def partitioned() -> Program:
    net = Embedding(partitioner=tf.fixed_size_partitioner(3))
    optimizer = tf.train.AdamOptimizer(0.05)
    step = optimizer.minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


@scenario("optimizer_partitioned_in_scope", "minimize in a scope: TF1 writes corrupt slot keys")
def partitioned_in_scope() -> Program:
    net = Embedding(partitioner=tf.fixed_size_partitioner(3))
    optimizer = tf.train.AdamOptimizer(0.05)
    with tf.variable_scope("opt"):
        step = optimizer.minimize(net.loss)
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])
