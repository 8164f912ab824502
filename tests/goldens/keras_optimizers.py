"""Optimizers of Keras 3 in the place of TensorFlow 1's, with the settings that make them equal.

The settings are measured (facts C3): epsilon is not Keras's default in most of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tests.goldens.cell_programs import DEPTH, UNITS
from tests.goldens.keras_cells import (
    MULTI,
    RNN,
    WithKeras,
    above,
    basic_rnn,
    gru,
    lstm,
    memory,
    single,
    stacked,
)
from tests.goldens.networks import Regression
from tests.goldens.recordings import Golden
from tests.goldens.scopes import by_name

O = keras.optimizers  # noqa: E741


class ByKeras(Regression):
    """The regression, trained by a Keras optimizer."""

    def apply(self, gradients: list[tuple[Any, Any]]) -> None:
        self.optimizer.apply_gradients(gradients)
        if self.step is not None:
            self.step.assign_add(1)

    def values(self, golden: Golden) -> dict[str, Any]:
        """Without what the optimizer has: ten steps that are the same tell that it is right."""
        del golden
        return by_name([*self.trained(), *([] if self.step is None else [self.step])])

    def trained(self) -> list[Any]:
        return [self.w, self.b, self.out]


REGRESSIONS: dict[str, Callable[[], ByKeras]] = {
    "optimizer_sgd": lambda: ByKeras(lambda: O.SGD(0.1)),
    "optimizer_momentum": lambda: ByKeras(lambda: O.SGD(0.05, 0.9)),
    "optimizer_nesterov": lambda: ByKeras(lambda: O.SGD(0.05, 0.9, nesterov=True)),
    "optimizer_adam": lambda: ByKeras(lambda: O.Adam(0.02, epsilon=1e-8)),
    "optimizer_custom_name": lambda: ByKeras(lambda: O.Adam(0.02, epsilon=1e-8), tf.int64),
    "optimizer_in_reentered_scope": lambda: InScopeM(lambda: O.Adam(0.02, epsilon=1e-8)),
    "optimizer_rmsprop": lambda: ByKeras(lambda: O.RMSprop(0.01, epsilon=1e-10)),
    "optimizer_rmsprop_momentum": lambda: ByKeras(
        lambda: O.RMSprop(0.01, momentum=0.5, epsilon=1e-10)
    ),
    "optimizer_rmsprop_centered": lambda: ByKeras(
        lambda: O.RMSprop(0.01, momentum=0.5, centered=True, epsilon=1e-10)
    ),
    "optimizer_adagrad": lambda: ByKeras(lambda: O.Adagrad(0.1, epsilon=0.0)),
    "optimizer_adadelta": lambda: ByKeras(lambda: O.Adadelta(0.5, epsilon=1e-8)),
    "optimizer_ftrl": lambda: ByKeras(
        lambda: O.Ftrl(0.1, l1_regularization_strength=0.001, l2_regularization_strength=0.002)
    ),
    "optimizer_adamax": lambda: ByKeras(lambda: O.Adamax(0.02, epsilon=1e-8)),
    "storage_v1_format": lambda: ByKeras(lambda: O.Adam(0.02, epsilon=1e-8)),
}


class InScopeM(ByKeras):
    """The network's scope is `m`."""

    scope = "m"


class CellsByKeras(WithKeras):
    """Keras cells, trained by Keras's Adam: slot variables have the layout of the cells."""

    def solver(self) -> Any:
        return O.Adam(0.02, epsilon=1e-8)

    def apply(self, gradients: list[tuple[Any, Any]]) -> None:
        self.optimizer.apply_gradients(gradients)

    def trained(self) -> list[Any]:
        return [variable for layer in self.layers for variable in layer.weights]


CELLS: dict[str, Callable[[], CellsByKeras]] = {
    "cell_basic_rnn": lambda: CellsByKeras(
        single(keras.layers.SimpleRNNCell),
        lambda values: [basic_rnn(values, RNN + "basic_rnn_cell/", DEPTH)],
    ),
    "cell_gru": lambda: CellsByKeras(
        single(lambda units: keras.layers.GRUCell(units, reset_after=False)),
        lambda values: [gru(values, RNN + "gru_cell/", DEPTH)],
    ),
    "cell_basic_lstm": lambda: CellsByKeras(
        single(keras.layers.LSTMCell),
        lambda values: [lstm(values, RNN + "basic_lstm_cell/", DEPTH, 1.0)],
        memory,
    ),
    "cell_multi_rnn": lambda: CellsByKeras(
        stacked,
        lambda values: [
            gru(values, MULTI + "cell_0/gru_cell/", DEPTH),
            lstm(values, MULTI + "cell_1/basic_lstm_cell/", UNITS, 1.0),
        ],
        above,
    ),
}
