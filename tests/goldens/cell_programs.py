"""TensorFlow 2 counterparts of scripts/checkpoint_programs/cells.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import tensorflow as tf

from tests.goldens.attention import Attention, Bahdanau, Luong
from tests.goldens.cells import (
    GRU,
    LSTM,
    BasicRNN,
    Cell,
    CudnnCompatibleGRU,
    LayerNormBasicLSTM,
    Linear,
    MultiRNN,
    OutputProjection,
)
from tests.goldens.program import Feed, Program
from tests.goldens.scopes import Scope

UNITS, DEPTH = 3, 2
MakeCell = Callable[[Scope], Cell]


class Recurrent(Program):
    """Learns to give 0.5."""

    def build(self, root: Scope) -> None:
        self.network(root)
        self.optimizer = self.solver()

    def solver(self) -> Any:
        """The optimizer."""
        return tf.compat.v1.train.AdamOptimizer(0.02)

    def network(self, root: Scope) -> None:
        """Make the cells."""
        raise NotImplementedError

    def run(self, feed: Feed) -> tuple[Any, Any]:
        """The output of all steps, and what is shown of the state."""
        raise NotImplementedError

    def predict(self, feed: Feed) -> Any:
        return self.run(feed)[0]

    def outputs(self, feed: Feed) -> dict[str, Any]:
        output, state = self.run(feed)
        return {"output": output, "state": state}


class Dynamic(Recurrent):
    """A cell in dynamic_rnn, with lengths.

    Args:
      make: the cell in the scope `rnn`.
      shown: picks what is shown of the state.
    """

    def __init__(self, make: MakeCell, shown: Callable[[Any], Any] = lambda state: state) -> None:
        self.make, self.shown = make, shown
        super().__init__()

    def network(self, root: Scope) -> None:
        self.cell = self.make(root.scope("rnn"))

    def run(self, feed: Feed) -> tuple[Any, Any]:
        outputs, state = tf.compat.v1.nn.dynamic_rnn(
            self.cell, tf.constant(feed["x"]), feed["lengths"], dtype=tf.float32
        )
        return outputs, self.shown(state)


class Descending(Dynamic):
    """The same with plain gradient descent."""

    def solver(self) -> Any:
        return tf.compat.v1.train.GradientDescentOptimizer(0.2)


class Bidirectional(Recurrent):
    """Two GRUCells of different sizes."""

    def network(self, root: Scope) -> None:
        self.forward = GRU(root.scope("bidirectional_rnn/fw"), DEPTH, UNITS)
        self.backward = GRU(root.scope("bidirectional_rnn/bw"), DEPTH, 2)

    def run(self, feed: Feed) -> tuple[Any, Any]:
        outputs, states = tf.compat.v1.nn.bidirectional_dynamic_rnn(
            self.forward,
            self.backward,
            tf.constant(feed["x"]),
            tf.constant(feed["lengths"]),
            dtype=tf.float32,
        )
        return tf.concat(outputs, 2), tf.concat(states, 1)


class Static(Recurrent):
    """A GRUCell over a list of inputs, and a softmax layer."""

    def network(self, root: Scope) -> None:
        model = root.scope("lm")
        self.cell = GRU(model.scope("rnn"), DEPTH, UNITS)
        self.softmax = model.variable("softmax_w", [UNITS, 2])

    def run(self, feed: Feed) -> tuple[Any, Any]:
        inputs = tf.unstack(feed["x"], axis=1)
        state = self.cell.zero_state(len(feed["x"]), tf.float32)
        outputs = []
        for x in inputs:
            output, state = self.cell(x, state)
            outputs.append(output)
        return tf.matmul(tf.concat(outputs, 0), self.softmax), state


class Attentive(Recurrent):
    """A cell with attention.

    Args:
      make: from the root's scope to the cell.
      lengths: of the memories.
    """

    def __init__(self, make: Callable[[Scope], Attention], lengths: Any = None) -> None:
        self.make, self.lengths = make, lengths
        super().__init__()

    def network(self, root: Scope) -> None:
        self.cell = self.make(root)

    def run(self, feed: Feed) -> tuple[Any, Any]:
        self.cell.attend(tf.constant(feed["memory"]), self.lengths)
        outputs, state = tf.compat.v1.nn.dynamic_rnn(
            self.cell, tf.constant(feed["x"]), feed["lengths"], dtype=tf.float32
        )
        return outputs, state.alignments


def bahdanau(root: Scope) -> Attention:
    wrapper = root.scope("rnn/attention_wrapper")
    cell = LSTM(wrapper, DEPTH + 2, UNITS)
    layer = Linear(wrapper.scope("attention_layer"), UNITS + 2, 2, bias=False)
    return Attention(cell, Bahdanau(root, wrapper, 2, UNITS, 2), layer, 2)


def luong(root: Scope) -> Attention:
    decoder = root.scope("decoder")
    wrapper = decoder.scope("rnn/attention_wrapper")
    cell = GRU(wrapper, DEPTH + 2, UNITS)
    return Attention(cell, Luong(decoder, wrapper, 2, UNITS), None, 2)


def multi(scope: Scope) -> Cell:
    cells = scope.scope("multi_rnn_cell")
    return MultiRNN([GRU(cells.scope("cell_0"), DEPTH, UNITS), LSTM(cells.scope("cell_1"), 3, 2)])


def lstm(**arguments: Any) -> MakeCell:
    return lambda scope: LSTM(scope, DEPTH, UNITS, **arguments)


def memory(state: Any) -> Any:
    return state.c


Arguments = tuple[Any, ...]

BOTH: dict[str, Arguments] = {
    "basic_rnn": (lambda scope: BasicRNN(scope, DEPTH, UNITS),),
    "gru": (lambda scope: GRU(scope, DEPTH, UNITS),),
    "basic_lstm": (lstm(), memory),
    "cudnn_compatible_gru": (lambda scope: CudnnCompatibleGRU(scope, DEPTH, UNITS),),
    "cudnn_compatible_lstm": (
        lstm(name="cudnn_compatible_lstm_cell", forget_bias=0.0),
        memory,
    ),
    "multi_rnn": (multi, lambda state: state[1].c),
}
"""Cells that were recorded with Adam and with plain gradient descent."""

PROGRAMS: dict[str, Callable[[], Program]] = {
    **{f"cell_{name}": partial(Dynamic, *arguments) for name, arguments in BOTH.items()},
    **{f"descent_{name}": partial(Descending, *arguments) for name, arguments in BOTH.items()},
    "cell_gru_block_v2": partial(Dynamic, lambda scope: GRU(scope, DEPTH, UNITS)),
    "cell_basic_lstm_no_forget_bias": partial(Dynamic, lstm(forget_bias=0.0), memory),
    "cell_lstm": partial(
        Dynamic,
        lstm(name="lstm_cell", peepholes=True, projection=2, clip=0.4, projection_clip=0.3),
        memory,
    ),
    "cell_lstm_block": partial(Dynamic, lstm(name="lstm_cell", peepholes=True), memory),
    "cell_layer_norm_basic_lstm": partial(
        Dynamic, lambda scope: LayerNormBasicLSTM(scope, DEPTH, UNITS), memory
    ),
    "cell_output_projection": partial(
        Dynamic, lambda scope: OutputProjection(scope, DEPTH, UNITS, 2)
    ),
    "cell_bidirectional": Bidirectional,
    "cell_static_rnn": Static,
    "cell_attention": partial(Attentive, bahdanau, [3, 2]),
    "cell_luong_attention": partial(Attentive, luong),
}
