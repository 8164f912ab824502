"""TensorFlow 2 counterparts of scripts/checkpoint_programs/optimizers.py and optimizer_names.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import tensorflow as tf

from tests.goldens import optimizers as own
from tests.goldens.networks import Embedding, InThreeParts, Make, Regression
from tests.goldens.program import Feed, Program
from tests.goldens.scopes import Scope
from tf2migrate.model.names import NameRow

v1 = tf.compat.v1.train


def row(tf1: str, key: str, kind: str = "variable") -> NameRow:
    """A row of a name map."""
    return NameRow("model.py:train", tf1, key, kind, "written for this test")


class DualAveraging(Regression):
    """AdagradDA's step is the program's."""

    def __init__(self) -> None:
        super().__init__(self.solver, tf.int64)

    def solver(self) -> Any:
        return v1.AdagradDAOptimizer(
            0.3,
            self.step,
            initial_gradient_squared_accumulator_value=0.1,
            l1_regularization_strength=0.001,
        )


class TwoOptimizers(Regression):
    """The first trains `w` and `b`; the second `out`, with a penalty on its size.

    Args:
      first, second: give the optimizers.
      called: the attributes of the root that hold them.
      names: rows of the name map.
    """

    def __init__(
        self,
        first: Make,
        second: Make,
        called: tuple[str, str],
        names: tuple[NameRow, ...] = (),
    ) -> None:
        self.second_make, self.called, self.names = second, called, names
        super().__init__(first)

    def build(self, root: Scope) -> None:
        super().build(root)
        self.second = self.second_make()

    def optimizers(self) -> list[Any]:
        return [self.optimizer, self.second]

    def checkpoint(self) -> Any:
        for name, optimizer in zip(self.called, self.optimizers(), strict=True):
            setattr(self.root, name, optimizer)
        return tf.train.Checkpoint(self.root)

    def train(self, feed: Feed) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            loss = self.loss(feed)
            penalised = loss + 0.1 * tf.reduce_sum(tf.square(self.out))
        first, second = [self.w, self.b], [self.out]
        gradients = tape.gradient(loss, first), tape.gradient(penalised, second)
        self.optimizer.apply_gradients(zip(gradients[0], first, strict=True))
        self.second.apply_gradients(zip(gradients[1], second, strict=True))
        return loss


class SameVariables(TwoOptimizers):
    """The second makes the prediction small, after the first has made its step."""

    def train(self, feed: Feed) -> Any:
        loss = Program.train(self, feed)
        with tf.GradientTape() as tape:
            penalty = tf.reduce_sum(tf.square(self.predict(feed)))
        variables = [self.w, self.b, self.out]
        self.second.apply_gradients(zip(tape.gradient(penalty, variables), variables, strict=True))
        return loss


class InScopeM(Regression):
    """The network's scope is `m`."""

    scope = "m"


class OptimizeLoss(Regression):
    """contrib's optimize_loss: clipped gradients, and the learning rate is a variable."""

    def __init__(self) -> None:
        super().__init__(lambda: v1.AdamOptimizer(lambda: self.rate), tf.int64)

    def build(self, root: Scope) -> None:
        self.rate = root.variable("OptimizeLoss/learning_rate", [], trainable=False)
        super().build(root)

    def apply(self, gradients: list[tuple[Any, Any]]) -> None:
        values, variables = zip(*gradients, strict=True)
        clipped, _ = tf.clip_by_global_norm(values, 0.5)
        super().apply(list(zip(clipped, variables, strict=True)))


class LossScale(Regression):
    """contrib's LossScaleOptimizer: the scale doubles after 4 steps without an overflow."""

    def build(self, root: Scope) -> None:
        self.scale = root.variable("loss_scale", [], trainable=False)
        self.good = root.variable("good_steps", [], tf.int32, trainable=False)
        self.bad = root.variable("bad_steps", [], tf.int32, trainable=False)
        super().build(root)

    def train(self, feed: Feed) -> Any:
        with tf.GradientTape() as tape:
            loss = self.loss(feed)
            scaled = loss * self.scale
        variables = [self.w, self.b, self.out]
        gradients = [g / self.scale for g in tape.gradient(scaled, variables)]
        self.apply(list(zip(gradients, variables, strict=True)))
        self.good.assign_add(1)
        if self.good == 4:
            self.scale.assign(self.scale * 2.0)
            self.good.assign(0)
            self.bad.assign(0)
        return loss


WEIGHTS = tuple(row(name, name) for name in ("net/w", "net/b", "net/out"))
TWO_ADAMS = (
    *WEIGHTS,
    *(
        row(f"net/{name}/Adam{number}", f"net/{name}/.OPTIMIZER_SLOT/{owner}/{slot}")
        for name, owner in (("w", "first"), ("b", "first"), ("out", "second"))
        for number, slot in (("", "m"), ("_1", "v"))
    ),
    *(
        row(f"beta{n}_power{number}", f"{owner}/beta{n}_power")
        for n in (1, 2)
        for owner, number in (("first", ""), ("second", "_1"))
    ),
)
"""Both are called Adam; the names do not tell which one trains what."""

ADAM_AND_MOMENTUM = (
    *WEIGHTS,
    row("*/Adam*", "solver", "optimizer"),
    row("*/Momentum*", "second", "optimizer"),
)


def momentum(nesterov: bool = False) -> Any:
    return v1.MomentumOptimizer(0.05, 0.9, use_nesterov=nesterov)


PROGRAMS: dict[str, Callable[[], Program]] = {
    "optimizer_sgd": partial(Regression, lambda: v1.GradientDescentOptimizer(0.1)),
    "optimizer_momentum": partial(Regression, momentum),
    "optimizer_nesterov": partial(Regression, lambda: momentum(nesterov=True)),
    "optimizer_adam": partial(Regression, lambda: v1.AdamOptimizer(0.02)),
    "optimizer_rmsprop": partial(Regression, lambda: v1.RMSPropOptimizer(0.01)),
    "optimizer_rmsprop_momentum": partial(
        Regression, lambda: v1.RMSPropOptimizer(0.01, momentum=0.5)
    ),
    "optimizer_rmsprop_centered": partial(
        Regression, lambda: v1.RMSPropOptimizer(0.01, momentum=0.5, centered=True)
    ),
    "optimizer_adagrad": partial(Regression, lambda: v1.AdagradOptimizer(0.1)),
    "optimizer_adadelta": partial(Regression, lambda: v1.AdadeltaOptimizer(0.5)),
    "optimizer_ftrl": partial(
        Regression,
        lambda: v1.FtrlOptimizer(
            0.1, l1_regularization_strength=0.001, l2_regularization_strength=0.002
        ),
    ),
    "optimizer_proximal_adagrad": partial(
        Regression,
        lambda: v1.ProximalAdagradOptimizer(0.1, l1_regularization_strength=0.001),
    ),
    "optimizer_adagrad_da": DualAveraging,
    "optimizer_adamax": partial(Regression, lambda: own.AdaMax(0.02)),
    "optimizer_nadam": partial(Regression, lambda: own.Nadam(0.02)),
    "optimizer_adamw": partial(Regression, lambda: own.AdamW(0.01, 0.02)),
    "optimizer_momentumw": partial(Regression, lambda: own.MomentumW(0.01, 0.05, 0.9)),
    "sparse_momentum": partial(Embedding, momentum),
    "sparse_adam": partial(Embedding, lambda: v1.AdamOptimizer(0.05)),
    "sparse_rmsprop": partial(Embedding, lambda: v1.RMSPropOptimizer(0.02, momentum=0.5)),
    "sparse_adagrad": partial(Embedding, lambda: v1.AdagradOptimizer(0.3)),
    "sparse_ftrl": partial(Embedding, lambda: v1.FtrlOptimizer(0.3)),
    "sparse_lazy_adam": partial(Embedding, lambda: own.LazyAdam(0.05)),
    "optimizer_two_adams": partial(
        TwoOptimizers,
        lambda: v1.AdamOptimizer(0.02),
        lambda: v1.AdamOptimizer(0.01, beta1=0.5),
        ("first", "second"),
        TWO_ADAMS,
    ),
    "optimizer_adam_and_momentum": partial(
        TwoOptimizers,
        lambda: v1.AdamOptimizer(0.02),
        lambda: v1.MomentumOptimizer(0.02, 0.9),
        ("solver", "second"),
        ADAM_AND_MOMENTUM,
    ),
    "optimizer_same_variables": partial(
        SameVariables,
        lambda: v1.AdamOptimizer(0.02),
        lambda: v1.AdamOptimizer(0.01),
        ("Adam", "Adam_1"),
    ),
    "optimizer_custom_name": partial(
        Regression, lambda: v1.AdamOptimizer(0.02, name="solver"), tf.int64
    ),
    "optimizer_in_variable_scope": partial(InScopeM, lambda: v1.AdamOptimizer(0.02)),
    "optimizer_in_reentered_scope": partial(InScopeM, lambda: v1.AdamOptimizer(0.02)),
    "optimizer_in_other_scope": partial(
        Regression, lambda: v1.RMSPropOptimizer(0.01, momentum=0.5), tf.int32
    ),
    "optimizer_in_name_scope": partial(Regression, lambda: v1.AdamOptimizer(0.02)),
    "optimizer_resource_variables": partial(Regression, lambda: v1.AdamOptimizer(0.02)),
    "optimizer_optimize_loss": OptimizeLoss,
    "optimizer_loss_scale": partial(LossScale, lambda: v1.AdamOptimizer(0.02)),
    "optimizer_partitioned": partial(InThreeParts, lambda: v1.AdamOptimizer(0.05)),
    "optimizer_partitioned_in_scope": partial(InThreeParts, lambda: v1.AdamOptimizer(0.05)),
}
