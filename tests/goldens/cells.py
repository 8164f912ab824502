"""RNN cells of TensorFlow 1 for TensorFlow 2, as objects that tf.compat.v1.nn.dynamic_rnn takes.

A cell makes its variables in the scope that dynamic_rnn gave it, with the names of TensorFlow 1.15,
and computes what that cell computes; see the formulas in section C2 of the measured facts, which
TensorFlow 1.15.5 gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from tests.goldens.scopes import Scope


class LSTMState(NamedTuple):
    """The state of an LSTM."""

    c: Any
    h: Any


class Cell:
    """What dynamic_rnn asks of a cell.

    Attributes:
      state_size, output_size: sizes, nested as the state is.
    """

    state_size: Any
    output_size: Any

    def __init__(self, units: int) -> None:
        self.units = units
        self.state_size = self.output_size = units

    def zero_state(self, batch_size: int, dtype: Any) -> Any:
        """The state before the first step."""
        return tf.nest.map_structure(
            lambda size: tf.zeros([batch_size, size], dtype), self.state_size
        )

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step; returns the output and the new state."""
        del scope  # The variables are there already.
        return self.call(inputs, state)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        raise NotImplementedError


class Linear:
    """`kernel` and `bias`: the sum of products with some inputs."""

    def __init__(self, scope: Scope, inputs: int, units: int, bias: bool = True) -> None:
        self.kernel = scope.variable("kernel", [inputs, units])
        self.bias = scope.variable("bias", [units]) if bias else None

    def __call__(self, *inputs: Any) -> Any:
        product = tf.matmul(tf.concat(inputs, 1), self.kernel)
        return product if self.bias is None else product + self.bias


class BasicRNN(Cell):
    def __init__(self, scope: Scope, inputs: int, units: int) -> None:
        super().__init__(units)
        self.linear = Linear(scope.scope("basic_rnn_cell"), inputs + units, units)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        output = tf.tanh(self.linear(inputs, state))
        return output, output


class GRU(Cell):
    """GRUCell and GRUBlockCellV2: the reset gate acts before the product."""

    def __init__(self, scope: Scope, inputs: int, units: int) -> None:
        super().__init__(units)
        cell = scope.scope("gru_cell")
        self.gates = Linear(cell.scope("gates"), inputs + units, 2 * units)
        self.candidate = Linear(cell.scope("candidate"), inputs + units, units)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        reset, update = tf.split(tf.sigmoid(self.gates(inputs, state)), 2, 1)
        candidate = tf.tanh(self.candidate(inputs, reset * state))
        output = update * state + (1 - update) * candidate
        return output, output


class CudnnCompatibleGRU(Cell):
    """The reset gate acts after the product, which has a bias of its own."""

    def __init__(self, scope: Scope, inputs: int, units: int) -> None:
        super().__init__(units)
        cell = scope.scope("cudnn_compatible_gru_cell")
        self.gates = Linear(cell.scope("gates"), inputs + units, 2 * units)
        self.of_input = Linear(cell.scope("candidate/input_projection"), inputs, units)
        self.of_hidden = Linear(cell.scope("candidate/hidden_projection"), units, units)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        reset, update = tf.split(tf.sigmoid(self.gates(inputs, state)), 2, 1)
        candidate = tf.tanh(self.of_input(inputs) + reset * self.of_hidden(state))
        output = (1 - update) * candidate + update * state
        return output, output


class LSTM(Cell):
    """BasicLSTMCell, LSTMCell, LSTMBlockCell and CudnnCompatibleLSTMCell.

    Args:
      name: the cell's scope.
      forget_bias: added at each step; it is in no variable.
      projection: size of the output, 0 for no projection.
      clip, projection_clip: limits of the state and of the output, 0 for none.
    """

    def __init__(
        self,
        scope: Scope,
        inputs: int,
        units: int,
        name: str = "basic_lstm_cell",
        forget_bias: float = 1.0,
        peepholes: bool = False,
        projection: int = 0,
        clip: float = 0.0,
        projection_clip: float = 0.0,
    ) -> None:
        super().__init__(units)
        self.output_size = projection or units
        self.state_size = LSTMState(units, self.output_size)
        self.forget_bias, self.clip, self.projection_clip = forget_bias, clip, projection_clip
        cell = scope.scope(name)
        self.linear = Linear(cell, inputs + self.output_size, 4 * units)
        self.peepholes = (
            {gate: cell.variable(f"w_{gate}_diag", [units]) for gate in "ifo"} if peepholes else {}
        )
        self.projection = (
            Linear(cell.scope("projection"), units, projection, bias=False) if projection else None
        )

    def peep(self, gate: str, c: Any) -> Any:
        """What a gate sees of the state."""
        return self.peepholes[gate] * c if self.peepholes else 0.0

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, h = state
        i, j, f, o = tf.split(self.linear(inputs, h), 4, 1)
        kept = tf.sigmoid(f + self.forget_bias + self.peep("f", c)) * c
        c = kept + tf.sigmoid(i + self.peep("i", c)) * tf.tanh(j)
        if self.clip:
            c = tf.clip_by_value(c, -self.clip, self.clip)
        output = tf.sigmoid(o + self.peep("o", c)) * tf.tanh(c)
        if self.projection is not None:
            output = self.projection(output)
            if self.projection_clip:
                output = tf.clip_by_value(output, -self.projection_clip, self.projection_clip)
        return output, LSTMState(c, output)


class LayerNormBasicLSTM(Cell):
    """Each gate and the new state are normalised over the units."""

    def __init__(self, scope: Scope, inputs: int, units: int) -> None:
        super().__init__(units)
        self.state_size = LSTMState(units, units)
        cell = scope.scope("layer_norm_basic_lstm_cell")
        self.linear = Linear(cell, inputs + units, 4 * units, bias=False)
        self.norms = {
            name: (cell.variable(f"{name}/gamma", [units]), cell.variable(f"{name}/beta", [units]))
            for name in ("input", "transform", "forget", "output", "state")
        }

    def norm(self, name: str, x: Any) -> Any:
        mean, variance = tf.nn.moments(x, [1], keepdims=True)
        gamma, beta = self.norms[name]
        return (x - mean) * tf.math.rsqrt(variance + 1e-12) * gamma + beta

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, h = state
        i, j, f, o = tf.split(self.linear(inputs, h), 4, 1)
        forget = tf.sigmoid(self.norm("forget", f) + 1.0)
        new = tf.sigmoid(self.norm("input", i)) * tf.tanh(self.norm("transform", j))
        c = self.norm("state", c * forget + new)
        h = tf.tanh(c) * tf.sigmoid(self.norm("output", o))
        return h, LSTMState(c, h)


class MultiRNN(Cell):
    """Cells on top of each other."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__(cells[-1].units)
        self.cells = cells
        self.state_size = tuple(cell.state_size for cell in cells)
        self.output_size = cells[-1].output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        states = []
        for cell, old in zip(self.cells, state, strict=True):
            inputs, new = cell(inputs, old)
            states.append(new)
        return inputs, tuple(states)


class OutputProjection(Cell):
    """A cell, and a linear layer in its scope."""

    def __init__(self, scope: Scope, inputs: int, units: int, size: int) -> None:
        super().__init__(units)
        inner = scope.scope("output_projection_wrapper")
        self.cell = GRU(inner, inputs, units)
        self.linear = Linear(inner, units, size)
        self.output_size = size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        output, new = self.cell(inputs, state)
        return self.linear(output), new
