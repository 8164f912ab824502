"""TensorFlow 2 counterparts of scripts/checkpoint_programs/averages.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import tensorflow as tf

from tests.goldens.networks import InThreeParts, Regression
from tests.goldens.optimizer_programs import row
from tests.goldens.program import Feed, Program
from tests.goldens.recordings import Golden
from tests.goldens.scopes import Scope

v1 = tf.compat.v1.train
EMA = "ExponentialMovingAverage"


def descent() -> Any:
    return v1.GradientDescentOptimizer(0.1)


def without_shadows(values: dict[str, Any]) -> dict[str, Any]:
    """TensorFlow 2 gives shadows names of its own; they are added under those of TensorFlow 1."""
    return {name: value for name, value in values.items() if EMA not in name}


class Averages:
    """tf.train.ExponentialMovingAverage, and an object for its shadow variables.

    TensorFlow does not save an ExponentialMovingAverage, so a program keeps the shadows.

    Args:
      root: gets the object.
      path: where; the shadow of `net/w` is `<path>/net/w`.
    """

    def __init__(
        self, root: Scope, variables: Sequence[Any], path: str = EMA, **arguments: Any
    ) -> None:
        self.average = tf.train.ExponentialMovingAverage(**arguments)
        self.variables = variables
        self.average.apply(variables)
        self.shadows = {v.name.removesuffix(":0"): self.average.average(v) for v in variables}
        for name, shadow in self.shadows.items():
            scope, _, leaf = f"{path}/{name}".rpartition("/")
            setattr(root.scope(scope), leaf, shadow)

    def update(self) -> None:
        self.average.apply(self.variables)

    def values(self, suffix: str = f"/{EMA}", prefix: str = "") -> dict[str, Any]:
        """Shadows by their TF1 names."""
        return {f"{prefix}{key}{suffix}": shadow.numpy() for key, shadow in self.shadows.items()}


class Averaged(Regression):
    """Averages follow all weights.

    Args:
      counted: whether the decay depends on the step.
    """

    def __init__(self, make: Callable[[], Any] = descent, counted: bool = False) -> None:
        self.counted = counted
        super().__init__(make, tf.int64)

    def build(self, root: Scope) -> None:
        super().build(root)
        self.averages = self.make_averages(root)

    def make_averages(self, root: Scope) -> Averages:
        weights = [self.w, self.b, self.out]
        if self.counted:
            return Averages(root, weights, decay=0.9, num_updates=self.step)
        return Averages(root, weights, decay=0.9)

    def train(self, feed: Feed) -> Any:
        loss = super().train(feed)
        self.averages.update()
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        averaged = self.network(feed, *(self.averages.average.average(v) for v in self.weights))
        return {**super().outputs(feed), "averaged": averaged}

    @property
    def weights(self) -> list[Any]:
        return [self.w, self.b, self.out]

    def trained(self) -> list[Any]:
        return self.weights

    def values(self, golden: Golden) -> dict[str, Any]:
        return without_shadows(super().values(golden)) | self.averages.values()


class InScope(Averaged):
    """Averages with a name of their own, made in a scope."""

    names = (
        row("global_step", "global_step"),
        row("net/*", "net/*"),
        row("ema/*/avg", "ema/*"),
    )

    def make_averages(self, root: Scope) -> Averages:
        return Averages(root, self.weights, "ema", decay=0.9, name="avg")

    def values(self, golden: Golden) -> dict[str, Any]:
        found = Regression.values(self, golden)
        weights = {name: value for name, value in found.items() if "/avg" not in name}
        return weights | self.averages.values("/avg", "ema/")


class TwoDecays(Regression):
    """Two averages of the same variables."""

    def __init__(self) -> None:
        super().__init__(descent)

    def build(self, root: Scope) -> None:
        super().build(root)
        self.weights = [self.w, self.b, self.out]
        self.averages = [
            Averages(root, self.weights, EMA + number, decay=decay)
            for number, decay in (("", 0.5), ("_1", 0.9))
        ]

    def trained(self) -> list[Any]:
        return self.weights

    def train(self, feed: Feed) -> Any:
        loss = super().train(feed)
        for averages in self.averages:
            averages.update()
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        found = super().outputs(feed)
        for number, averages in enumerate(self.averages):
            shadows = [averages.average.average(v) for v in self.weights]
            found[f"averaged_{number}"] = self.network(feed, *shadows)
        return found

    def values(self, golden: Golden) -> dict[str, Any]:
        found = without_shadows(super().values(golden))
        for number, averages in enumerate(self.averages):
            found |= averages.values(f"/{EMA}_{number}" if number else f"/{EMA}")
        return found


class OfLosses(Regression):
    """The average of the loss, which is a tensor: TensorFlow 2 has no object for that."""

    def __init__(self) -> None:
        super().__init__(descent)

    def build(self, root: Scope) -> None:
        super().build(root)
        self.average = root.variable("loss/avg", [], trainable=False)

    def train(self, feed: Feed) -> Any:
        loss = super().train(feed)
        self.average.assign_sub((self.average - loss) * (1 - 0.9))
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        del feed
        return {"average": self.average.numpy()}


class Debiased:
    """A moving average that starts at 0 and corrects for it.

    Its variables are `<name>/ExponentialMovingAverage`, and `biased` and `local_step` below that.
    """

    def __init__(self, root: Scope, name: str, decay: float) -> None:
        self.value = root.variable(f"{name}/{EMA}", [], trainable=False)
        self.biased = tf.Variable(77.0, trainable=False, name=f"{name}/{EMA}/biased")
        self.steps = tf.Variable(77.0, trainable=False, name=f"{name}/{EMA}/local_step")
        # The average is a variable, so these are attributes of its scope, beside it.
        setattr(root.scope(name), f"{EMA}/biased", self.biased)
        setattr(root.scope(name), f"{EMA}/local_step", self.steps)
        self.name, self.decay = name, decay

    def update(self, value: Any) -> None:
        self.biased.assign_sub((self.biased - value) * (1 - self.decay))
        self.steps.assign_add(1.0)
        self.value.assign(self.biased / (1 - self.decay**self.steps))

    def values(self) -> dict[str, Any]:
        below = f"{self.name}/{EMA}"
        return {
            below: self.value.numpy(),
            f"{below}/biased": self.biased.numpy(),
            f"{below}/local_step": self.steps.numpy(),
        }


class ZeroDebias(Regression):
    """Averages of the loss before a step and of a penalty after it."""

    def __init__(self) -> None:
        super().__init__(descent)

    def build(self, root: Scope) -> None:
        super().build(root)
        self.of_loss = Debiased(root, "loss", 0.8)
        self.of_penalty = Debiased(root, "penalty", 0.8)

    def train(self, feed: Feed) -> Any:
        loss = super().train(feed)
        self.of_loss.update(loss)
        self.of_penalty.update(tf.reduce_sum(tf.square(self.out)))
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        del feed
        return {"loss": self.of_loss.value.numpy(), "penalty": self.of_penalty.value.numpy()}

    def values(self, golden: Golden) -> dict[str, Any]:
        averages = self.of_loss.values() | self.of_penalty.values()
        return without_shadows(super().values(golden)) | averages


class Partitioned(InThreeParts):
    """Averages of a table that was in parts."""

    def __init__(self) -> None:
        super().__init__(descent)

    def build(self, root: Scope) -> None:
        super().build(root)
        self.averages = Averages(root, [self.emb, self.out], decay=0.9)

    def trained(self) -> list[Any]:
        return [self.emb, self.out]

    def train(self, feed: Feed) -> Any:
        loss = super().train(feed)
        self.averages.update()
        return loss

    def values(self, golden: Golden) -> dict[str, Any]:
        return without_shadows(super().values(golden)) | self.averages.values()


PROGRAMS: dict[str, Callable[[], Program]] = {
    "average_plain": Averaged,
    "average_num_updates": partial(Averaged, counted=True),
    "average_with_adam": partial(Averaged, lambda: v1.AdamOptimizer(0.02)),
    "average_in_scope": InScope,
    "average_two_decays": TwoDecays,
    "average_of_losses": OfLosses,
    "average_zero_debias": ZeroDebias,
    "average_partitioned": Partitioned,
}
