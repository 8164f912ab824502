"""tf.train.ExponentialMovingAverage: names, counters, and evaluation with the averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from scripts.checkpoint_programs.networks import Embedding, Regression
from scripts.checkpoint_programs.registry import Program, scenario

if TYPE_CHECKING:
    from collections.abc import Callable


def averaged(
    name: str,
    about: str,
    make: Callable[[], Any],
    optimizer: Callable[[], Any] = lambda: tf.train.GradientDescentOptimizer(0.1),
    scope: str = "",
) -> None:
    """A scenario: the averages `make()` follow the variables of a regression.

    It is evaluated with average() in the same graph, and in a graph of its own which restores with
    Saver(variables_to_restore()).
    """

    def update(averages: Any) -> tf.Operation:
        if not scope:
            return averages.apply(tf.trainable_variables())
        with tf.variable_scope(scope):
            return averages.apply(tf.trainable_variables())

    def build() -> Program:
        net, solver = Regression(), optimizer()
        counter = tf.train.get_or_create_global_step()
        step = solver.minimize(net.loss, global_step=counter)
        averages = make()
        with tf.control_dependencies([step]):
            step = update(averages)
        shadows = [averages.average(variable) for variable in (net.w, net.b, net.out)]
        outputs = {**net.outputs, "averaged": net.predict(*shadows)}
        optimizers = [solver] if solver.variables() else []
        return Program(
            net.loss,
            step,
            net.feeds,
            outputs,
            optimizers,
            averages=[averages],
            evaluation=evaluate,
        )

    def evaluate() -> tuple[dict[str, tf.Variable], dict[str, tf.Tensor]]:
        net = Regression()
        tf.train.get_or_create_global_step()
        averages = make()
        if scope:
            # Only apply() in the same scope knows the name that the scope gives.
            update(averages)
        return averages.variables_to_restore(), {"evaluated": net.prediction}

    scenario("average_" + name, about)(build)


def counted() -> Any:
    """Averages whose decay depends on the step."""
    return tf.train.ExponentialMovingAverage(0.9, tf.train.get_or_create_global_step())


averaged("plain", "ExponentialMovingAverage(0.9)", lambda: tf.train.ExponentialMovingAverage(0.9))
averaged("num_updates", "ExponentialMovingAverage(0.9, num_updates=global_step)", counted)
averaged(
    "with_adam",
    "ExponentialMovingAverage beside Adam's slots",
    lambda: tf.train.ExponentialMovingAverage(0.9),
    lambda: tf.train.AdamOptimizer(0.02),
)
averaged(
    "in_scope",
    "ExponentialMovingAverage(name='avg') in the scope ema: ema/net/w/avg",
    lambda: tf.train.ExponentialMovingAverage(0.9, name="avg"),
    scope="ema",
)


@scenario("average_two_decays", "two ExponentialMovingAverages of the same variables")
def two_decays() -> Program:
    net = Regression()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    averages = [tf.train.ExponentialMovingAverage(decay) for decay in (0.5, 0.9)]
    with tf.control_dependencies([step]):
        steps = [average.apply(tf.trainable_variables()) for average in averages]
    outputs = {
        f"averaged_{number}": net.predict(*(average.average(v) for v in tf.trainable_variables()))
        for number, average in enumerate(averages)
    }
    return Program(
        net.loss, tf.group(*steps), net.feeds, {**net.outputs, **outputs}, averages=averages
    )


@scenario("average_zero_debias", "averages of tensors with zero_debias: biased and local_step")
def zero_debias() -> Program:
    net = Regression()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    averages = tf.train.ExponentialMovingAverage(0.8, zero_debias=True)
    with tf.control_dependencies([step]):
        penalty = tf.reduce_sum(tf.square(net.out.read_value()), name="penalty")
        step = averages.apply([net.loss, penalty])
    kinds = {
        variable.op.name: "moving average"
        for variable in tf.global_variables()
        if variable.op.name.endswith(("/biased", "/local_step"))
    }
    outputs = {
        "loss": tf.identity(averages.average(net.loss)),
        "penalty": tf.identity(averages.average(penalty)),
    }
    return Program(
        net.loss,
        step,
        net.feeds,
        outputs,
        averages=[averages],
        averaged_tensors=[net.loss, penalty],
        kinds=kinds,
    )


@scenario("average_of_losses", "the average of a loss, as in the CIFAR-10 tutorial")
def of_losses() -> Program:
    net = Regression()
    averages = tf.train.ExponentialMovingAverage(0.9, name="avg")
    follow = averages.apply([net.loss])
    with tf.control_dependencies([follow]):
        step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    outputs = {"average": tf.identity(averages.average(net.loss))}
    return Program(
        net.loss, step, net.feeds, outputs, averages=[averages], averaged_tensors=[net.loss]
    )


@scenario("average_partitioned", "ExponentialMovingAverage of an embedding in 3 parts")
def partitioned() -> Program:
    net = Embedding(partitioner=tf.fixed_size_partitioner(3))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(net.loss)
    averages = tf.train.ExponentialMovingAverage(0.9)
    with tf.control_dependencies([step]):
        step = averages.apply(tf.trainable_variables())
    return Program(net.loss, step, net.feeds, net.outputs, averages=[averages])
