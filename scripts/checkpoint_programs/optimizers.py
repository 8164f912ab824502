"""Each optimizer of TensorFlow 1.15.5 on one small network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from scripts.checkpoint_programs.networks import Embedding, Regression
from scripts.checkpoint_programs.registry import Program, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

T = tf.train
contrib = tf.contrib.opt


def dense(name: str, about: str, make: Callable[[], Any]) -> None:
    """A scenario in which `make()` minimises the loss of a regression."""

    def build() -> Program:
        net, optimizer = Regression(), make()
        step = optimizer.minimize(net.loss)
        return Program(net.loss, step, net.feeds, net.outputs, [optimizer])

    scenario("optimizer_" + name, about)(build)


def sparse(name: str, about: str, make: Callable[[], Any]) -> None:
    """The same with an embedding: gradients are IndexedSlices with duplicate rows."""

    def build() -> Program:
        net, optimizer = Embedding(), make()
        step = optimizer.minimize(net.loss)
        return Program(net.loss, step, net.feeds, net.outputs, [optimizer])

    scenario("sparse_" + name, about + " on an embedding")(build)


def dual_averaging() -> Any:
    """AdagradDA, which needs the step as a tensor."""
    step = tf.train.get_or_create_global_step()
    return T.AdagradDAOptimizer(
        0.3, step, initial_gradient_squared_accumulator_value=0.1, l1_regularization_strength=0.001
    )


dense("sgd", "tf.train.GradientDescentOptimizer", lambda: T.GradientDescentOptimizer(0.1))
dense("momentum", "tf.train.MomentumOptimizer", lambda: T.MomentumOptimizer(0.05, 0.9))
dense(
    "nesterov",
    "tf.train.MomentumOptimizer(use_nesterov=True)",
    lambda: T.MomentumOptimizer(0.05, 0.9, use_nesterov=True),
)
dense("adam", "tf.train.AdamOptimizer", lambda: T.AdamOptimizer(0.02))
dense("rmsprop", "tf.train.RMSPropOptimizer", lambda: T.RMSPropOptimizer(0.01))
dense(
    "rmsprop_momentum",
    "tf.train.RMSPropOptimizer(momentum=0.5)",
    lambda: T.RMSPropOptimizer(0.01, momentum=0.5),
)
dense(
    "rmsprop_centered",
    "tf.train.RMSPropOptimizer(centered=True): the momentum is slot 2, not 1",
    lambda: T.RMSPropOptimizer(0.01, momentum=0.5, centered=True),
)
dense("adagrad", "tf.train.AdagradOptimizer", lambda: T.AdagradOptimizer(0.1))
dense("adadelta", "tf.train.AdadeltaOptimizer", lambda: T.AdadeltaOptimizer(0.5))
dense(
    "ftrl",
    "tf.train.FtrlOptimizer with both regularisations",
    lambda: T.FtrlOptimizer(
        0.1, l1_regularization_strength=0.001, l2_regularization_strength=0.002
    ),
)
dense(
    "proximal_adagrad",
    "tf.train.ProximalAdagradOptimizer",
    lambda: T.ProximalAdagradOptimizer(0.1, l1_regularization_strength=0.001),
)
dense("adamax", "tf.contrib.opt.AdaMaxOptimizer", lambda: contrib.AdaMaxOptimizer(0.02))
dense("nadam", "tf.contrib.opt.NadamOptimizer", lambda: contrib.NadamOptimizer(0.02))
sparse("momentum", "tf.train.MomentumOptimizer", lambda: T.MomentumOptimizer(0.05, 0.9))
sparse("adam", "tf.train.AdamOptimizer", lambda: T.AdamOptimizer(0.05))
sparse("rmsprop", "tf.train.RMSPropOptimizer", lambda: T.RMSPropOptimizer(0.02, momentum=0.5))
sparse("adagrad", "tf.train.AdagradOptimizer", lambda: T.AdagradOptimizer(0.3))
sparse("ftrl", "tf.train.FtrlOptimizer", lambda: T.FtrlOptimizer(0.3))
sparse("lazy_adam", "tf.contrib.opt.LazyAdamOptimizer", lambda: contrib.LazyAdamOptimizer(0.05))


@scenario("optimizer_adagrad_da", "tf.train.AdagradDAOptimizer, whose step is a variable")
def adagrad_da() -> Program:
    net, optimizer = Regression(), dual_averaging()
    step = optimizer.minimize(net.loss, global_step=tf.train.get_global_step())
    return Program(net.loss, step, net.feeds, net.outputs, [optimizer])


def decayed(name: str, about: str, make: Callable[[], Any]) -> None:
    """A scenario with decoupled weight decay: gradients first, then decay and step.

    contrib's minimize lets the decay of a variable race with the gradients that read it.
    """

    def build() -> Program:
        net, optimizer = Regression(), make()
        gradients = optimizer.compute_gradients(net.loss)
        with tf.control_dependencies([net.loss, *(gradient for gradient, _ in gradients)]):
            step = optimizer.apply_gradients(gradients)
        return Program(net.loss, step, net.feeds, net.outputs, [optimizer])

    scenario("optimizer_" + name, about)(build)


decayed("adamw", "tf.contrib.opt.AdamWOptimizer", lambda: contrib.AdamWOptimizer(0.01, 0.02))
decayed(
    "momentumw",
    "tf.contrib.opt.MomentumWOptimizer",
    lambda: contrib.MomentumWOptimizer(0.01, 0.05, 0.9),
)
