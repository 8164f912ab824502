"""What a scenario is, and the list of all scenarios."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import tensorflow as tf

SCENARIOS: dict[str, Scenario] = {}


class Scenario(NamedTuple):
    """A program: its name, what it is about, and the function that builds its graph."""

    name: str
    about: str
    build: Callable[[], Program]


@dataclass
class Program:
    """A graph that can be trained.

    Attributes:
      loss: scalar that is recorded before each step.
      train: operation of one step.
      feeds: by placeholder's name (no `:0`) the values for all steps, stacked along axis 0: step
        t is fed with row t modulo their number.
      outputs: evaluated with the first feeds when the checkpoint is saved, and ten steps later.
      optimizers: all that have variables.
      averages: all tf.train.ExponentialMovingAverage objects.
      averaged_tensors: tensors (not variables) that one of them follows.
      statistics: moving statistics that no UPDATE_OPS assign.
      kinds: kinds of variables that no API tells, by name.
      setup: runs once, after the initialisers.
      saver: arguments of tf.train.Saver.
      evaluation: builds the graph of an evaluation program in a new graph and returns what
        its Saver restores and its outputs.
      unreadable: keys that TensorFlow itself cannot read back.
    """

    loss: tf.Tensor
    train: tf.Operation
    feeds: dict[str, np.ndarray]
    outputs: dict[str, tf.Tensor] = field(default_factory=dict)
    optimizers: list[Any] = field(default_factory=list)
    averages: list[Any] = field(default_factory=list)
    averaged_tensors: list[tf.Tensor] = field(default_factory=list)
    statistics: list[tf.Variable] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    setup: tf.Operation | None = None
    saver: dict[str, Any] = field(default_factory=dict)
    evaluation: Callable[[], tuple[dict[str, tf.Variable], dict[str, tf.Tensor]]] | None = None
    unreadable: list[str] = field(default_factory=list)


def scenario(name: str, about: str) -> Callable[[Callable[[], Program]], Callable[[], Program]]:
    """Decorator: the function builds the graph of scenario `name`."""

    def register(build: Callable[[], Program]) -> Callable[[], Program]:
        if name in SCENARIOS:
            raise ValueError("two scenarios are called " + name)
        SCENARIOS[name] = Scenario(name, about, build)
        return build

    return register
