"""A TensorFlow 2 program that goes on where a TF1 program stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tensorflow as tf

from tests.goldens.recordings import Golden
from tests.goldens.scopes import Scope, by_name
from tf2migrate.model.names import NameRow

Feed = Mapping[str, Any]


class Program:
    """The root object's children are the TF1 scopes, and `optimizer` if there is one.

    Subclasses make their variables in `build`, and say what the network gives and what its loss is.

    Attributes:
      names: rows of the name map where keys are not those that the TF1 names give.
      missing: TF1 keys that this program has no variable for.
    """

    names: tuple[NameRow, ...] = ()
    missing: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.root = Scope()
        self.step: Any = None
        self.optimizer: Any = None
        self.build(self.root)

    def build(self, root: Scope) -> None:
        """Make the variables, the optimizer and the step."""
        raise NotImplementedError

    def predict(self, feed: Feed) -> Any:
        """The network's output in training."""
        raise NotImplementedError

    def loss(self, feed: Feed) -> Any:
        """The scalar that training minimises."""
        return tf.reduce_mean(tf.square(self.predict(feed) - feed.get("y", 0.5)))

    def outputs(self, feed: Feed) -> dict[str, Any]:
        """What the recording shows of the program; variables do not change."""
        return {"prediction": self.predict(feed)}

    def checkpoint(self) -> Any:
        """What a migrated program saves."""
        if self.optimizer is not None:
            self.root.optimizer = self.optimizer
        return tf.train.Checkpoint(self.root)

    def train(self, feed: Feed) -> Any:
        """One step; returns the loss before it."""
        with tf.GradientTape() as tape:
            loss = self.loss(feed)
        variables = self.trained()
        gradients = tape.gradient(loss, variables)
        self.apply(list(zip(gradients, variables, strict=True)))
        return loss

    def compile(self) -> None:
        """Make the step a tf.function."""
        self.train = tf.function(self.train)  # type: ignore[method-assign]

    def apply(self, gradients: list[tuple[Any, Any]]) -> None:
        """Change the variables."""
        self.optimizer.apply_gradients(gradients, global_step=self.step)

    def trained(self) -> Iterable[Any]:
        """The variables that training changes."""
        variables: Iterable[Any] = self.root.trainable_variables
        return variables

    def values(self, golden: Golden) -> dict[str, Any]:
        """The value of each of the golden's variables, by its TF1 key."""
        found = by_name(self.root.variables)
        owners = self.optimizers()
        originals = {v.name.removesuffix(":0"): v for v in self.root.variables}
        for row in golden.variables:
            if row.slot:
                slot = owners[row.owner].get_slot(originals[row.variable], row.slot)
                found[row.key] = slot.numpy()
            elif row.kind == "optimizer state" and row.key not in found:
                found[row.key] = self.state(row.key, owners[row.owner])
        return found

    def optimizers(self) -> list[Any]:
        """All optimizers, in the order in which the recording numbers them."""
        return [] if self.optimizer is None else [self.optimizer]

    def state(self, key: str, optimizer: Any) -> Any:
        """The value of an optimizer's variable that is no slot variable."""
        base = key.rpartition("/")[2].removesuffix("_1")
        found = {v.name.removesuffix(":0"): v for v in optimizer.variables()}
        return found[base].numpy()
