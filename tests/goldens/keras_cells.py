"""Cells of Keras 3 in the place of TensorFlow 1's, and how their variables follow from those.

The formulas are those that were measured with random weights (facts C2), written with numpy and not
with the transforms that are tested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from tests.goldens.cell_programs import DEPTH, UNITS, Descending
from tests.goldens.cells import Cell, LSTMState
from tests.goldens.recordings import Array, Golden
from tests.goldens.scopes import Scope

Values = Mapping[str, Array]
Weights = list[Array]
"""Kernel, recurrent kernel, bias."""


class KerasCell(Cell):
    """A Keras cell as dynamic_rnn wants it."""

    def __init__(self, scope: Scope, name: str, layer: Any, inputs: int) -> None:
        super().__init__(layer.units)
        layer.build((None, inputs))
        setattr(scope, name, layer)
        self.layer = layer
        if isinstance(layer, keras.layers.LSTMCell):
            self.state_size = LSTMState(layer.units, layer.units)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        if isinstance(state, LSTMState):
            output, (h, c) = self.layer(inputs, [state.h, state.c])
            return output, LSTMState(c, h)
        output, (new,) = self.layer(inputs, [state])
        return output, new


class WithKeras(Descending):
    """The network of a `descent_` recording with Keras cells.

    Args:
      make: from the root's scope to the cell, or to the cells on top of each other.
      weights: from the TF1 values to those of each Keras cell.
    """

    def __init__(
        self,
        make: Callable[[Scope], Cell],
        weights: Callable[[Values], list[Weights]],
        shown: Callable[[Any], Any] = lambda state: state,
    ) -> None:
        self.weights = weights
        super().__init__(make, shown)

    def network(self, root: Scope) -> None:
        self.cell = self.make(root)
        cells = getattr(self.cell, "cells", [self.cell])
        self.layers: list[Any] = [cell.layer for cell in cells]

    def trained(self) -> list[Any]:
        """The tf.Variables inside the Keras variables, which tf.Module does not see."""
        return [variable.value for layer in self.layers for variable in layer.weights]

    def values(self, golden: Golden) -> dict[str, Any]:
        del golden
        return {
            f"{number}/{variable.name}": variable.numpy()
            for number, layer in enumerate(self.layers)
            for variable in layer.weights
        }

    def expected(self, values: Values) -> dict[str, Array]:
        """What `values()` should be, from TF1 values."""
        names = ("kernel", "recurrent_kernel", "bias")
        return {
            f"{number}/{name}": array
            for number, weights in enumerate(self.weights(values))
            for name, array in zip(names, weights, strict=True)
        }


def gru(values: Values, scope: str, inputs: int) -> Weights:
    """Gates reset, update and the candidate become update, reset, candidate."""
    gates, gates_bias = values[scope + "gates/kernel"], values[scope + "gates/bias"]
    candidate, bias = values[scope + "candidate/kernel"], values[scope + "candidate/bias"]
    units = len(bias)
    kernel = np.concatenate([gates[:, units:], gates[:, :units], candidate], 1)
    biases = np.concatenate([gates_bias[units:], gates_bias[:units], bias])
    return [kernel[:inputs], kernel[inputs:], biases]


def lstm(values: Values, scope: str, inputs: int, forget_bias: float) -> Weights:
    """Gates i, j, f, o become i, f, j, o; the forget bias is part of the bias."""
    i, j, f, o = np.split(values[scope + "kernel"], 4, 1)
    bi, bj, bf, bo = np.split(values[scope + "bias"], 4)
    kernel = np.concatenate([i, f, j, o], 1)
    return [kernel[:inputs], kernel[inputs:], np.concatenate([bi, bf + forget_bias, bj, bo])]


def basic_rnn(values: Values, scope: str, inputs: int) -> Weights:
    kernel = values[scope + "kernel"]
    return [kernel[:inputs], kernel[inputs:], values[scope + "bias"]]


def cudnn_gru(values: Values, scope: str, inputs: int) -> Weights:
    """The gates have one bias in TensorFlow 1; the recurrent one starts at 0."""
    gates, gates_bias = values[scope + "gates/kernel"], values[scope + "gates/bias"]
    candidate = scope + "candidate/"
    of_input, of_hidden = (
        values[f"{candidate}{name}_projection/kernel"] for name in ("input", "hidden")
    )
    input_bias, hidden_bias = (
        values[f"{candidate}{name}_projection/bias"] for name in ("input", "hidden")
    )
    units = len(input_bias)
    swapped = np.concatenate([gates[:, units:], gates[:, :units]], 1)
    kernel = np.concatenate([swapped[:inputs], of_input], 1)
    recurrent = np.concatenate([swapped[inputs:], of_hidden], 1)
    first = np.concatenate([gates_bias[units:], gates_bias[:units], input_bias])
    second = np.concatenate([np.zeros(2 * units, np.float32), hidden_bias])
    return [kernel, recurrent, np.stack([first, second])]


def stacked(scope: Scope) -> Cell:
    """Two cells, each an attribute; Keras's StackedRNNCells would lose both (facts A1.14)."""
    cells = [
        KerasCell(scope, "cell_0", keras.layers.GRUCell(UNITS, reset_after=False), DEPTH),
        KerasCell(scope, "cell_1", keras.layers.LSTMCell(2), UNITS),
    ]
    return Stacked(cells)


class Stacked(Cell):
    """Cells on top of each other."""

    def __init__(self, cells: list[KerasCell]) -> None:
        super().__init__(cells[-1].units)
        self.cells = cells
        self.state_size = tuple(cell.state_size for cell in cells)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        lower, first = self.cells[0](inputs, state[0])
        upper, second = self.cells[1](lower, state[1])
        return upper, (first, second)


def single(layer: Callable[[int], Any]) -> Callable[[Scope], Cell]:
    return lambda scope: KerasCell(scope, "cell", layer(UNITS), DEPTH)


def memory(state: Any) -> Any:
    return state.c


def above(state: Any) -> Any:
    return state[1].c


RNN = "rnn/"
MULTI = "rnn/multi_rnn_cell/"
PROGRAMS: dict[str, Callable[[], WithKeras]] = {
    "descent_basic_rnn": lambda: WithKeras(
        single(keras.layers.SimpleRNNCell),
        lambda values: [basic_rnn(values, RNN + "basic_rnn_cell/", DEPTH)],
    ),
    "descent_gru": lambda: WithKeras(
        single(lambda units: keras.layers.GRUCell(units, reset_after=False)),
        lambda values: [gru(values, RNN + "gru_cell/", DEPTH)],
    ),
    "descent_basic_lstm": lambda: WithKeras(
        single(keras.layers.LSTMCell),
        lambda values: [lstm(values, RNN + "basic_lstm_cell/", DEPTH, 1.0)],
        memory,
    ),
    "descent_cudnn_compatible_lstm": lambda: WithKeras(
        single(keras.layers.LSTMCell),
        lambda values: [lstm(values, RNN + "cudnn_compatible_lstm_cell/", DEPTH, 0.0)],
        memory,
    ),
    "descent_multi_rnn": lambda: WithKeras(
        stacked,
        lambda values: [
            gru(values, MULTI + "cell_0/gru_cell/", DEPTH),
            lstm(values, MULTI + "cell_1/basic_lstm_cell/", UNITS, 1.0),
        ],
        above,
    ),
    "descent_cudnn_compatible_gru": lambda: WithKeras(
        single(lambda units: keras.layers.GRUCell(units, reset_after=True)),
        lambda values: [cudnn_gru(values, RNN + "cudnn_compatible_gru_cell/", DEPTH)],
    ),
}
