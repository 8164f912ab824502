"""Recurrent cells in dynamic_rnn, and what is built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from scripts.checkpoint_programs.networks import data, placeholder, squared_error, weight
from scripts.checkpoint_programs.registry import Program, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = 3
BATCH, STEPS, DEPTH = 2, 4, 2
LENGTHS = np.array([[4, 2], [3, 4]], np.int32)
rnn = tf.nn.rnn_cell
contrib = tf.contrib.rnn
cudnn = tf.contrib.cudnn_rnn


def feeds() -> dict[str, np.ndarray]:
    """Two batches of two sequences with their lengths."""
    return {"x": data(31, 2, BATCH, STEPS, DEPTH), "lengths": LENGTHS}


def finish(
    output: tf.Tensor,
    given: dict[str, np.ndarray],
    make: Callable[[], Any] = lambda: tf.train.AdamOptimizer(0.02),
    **outputs: tf.Tensor,
) -> Program:
    """Learn to give 0.5 from `output`; with Adam, each variable has slots as well."""
    loss = squared_error(output, 0.5)
    optimizer = make()
    step = optimizer.minimize(loss)
    optimizers = [optimizer] if optimizer.variables() else []
    return Program(loss, step, given, {"output": output, **outputs}, optimizers)


def random_initializers(scope: str = "") -> Any:
    """A variable scope whose variables start at random values, the same in every run."""
    return tf.variable_scope(
        scope or tf.get_variable_scope(),
        initializer=tf.random_normal_initializer(stddev=0.4, seed=5),
    )


def dynamic(
    name: str, about: str, cell: Callable[[], Any], state: Callable[[Any], tf.Tensor]
) -> None:
    """A scenario: `cell()` in dynamic_rnn with lengths; `state` picks the state to show."""
    scenario("cell_" + name, about)(lambda: in_rnn(cell, state))


def descent(
    name: str, about: str, cell: Callable[[], Any], state: Callable[[Any], tf.Tensor]
) -> None:
    """The same with plain gradient descent, whose steps do not depend on how a cell is stored."""
    name, about = "descent_" + name, about + ", trained by gradient descent"
    scenario(name, about)(
        lambda: in_rnn(cell, state, lambda: tf.train.GradientDescentOptimizer(0.2))
    )


def in_rnn(
    cell: Callable[[], Any], state: Callable[[Any], tf.Tensor], *make: Callable[[], Any]
) -> Program:
    """The program of a cell."""
    given = feeds()
    x, lengths = (placeholder(key, values) for key, values in given.items())
    with random_initializers():
        outputs, last = tf.nn.dynamic_rnn(cell(), x, lengths, dtype=tf.float32)
    return finish(outputs, given, *make, state=state(last))


def itself(state: tf.Tensor) -> tf.Tensor:
    return state


def memory(state: Any) -> tf.Tensor:
    """The state `c` of an LSTM."""
    return state.c


for kind in (dynamic, descent):
    kind("basic_rnn", "BasicRNNCell", lambda: rnn.BasicRNNCell(UNITS), itself)
    kind("gru", "GRUCell", lambda: rnn.GRUCell(UNITS), itself)
    kind("basic_lstm", "BasicLSTMCell", lambda: rnn.BasicLSTMCell(UNITS), memory)
    kind(
        "cudnn_compatible_gru",
        "CudnnCompatibleGRUCell",
        lambda: cudnn.CudnnCompatibleGRUCell(UNITS),
        itself,
    )
    kind(
        "cudnn_compatible_lstm",
        "CudnnCompatibleLSTMCell",
        lambda: cudnn.CudnnCompatibleLSTMCell(UNITS),
        memory,
    )
    kind(
        "multi_rnn",
        "MultiRNNCell of a GRUCell and a BasicLSTMCell",
        lambda: rnn.MultiRNNCell([rnn.GRUCell(UNITS), rnn.BasicLSTMCell(2)]),
        lambda state: state[1].c,
    )
dynamic("gru_block_v2", "GRUBlockCellV2", lambda: contrib.GRUBlockCellV2(UNITS), itself)
dynamic(
    "basic_lstm_no_forget_bias",
    "BasicLSTMCell(forget_bias=0)",
    lambda: rnn.BasicLSTMCell(UNITS, forget_bias=0.0),
    memory,
)
dynamic(
    "lstm",
    "LSTMCell with peepholes, projection and both clips",
    lambda: rnn.LSTMCell(UNITS, use_peepholes=True, num_proj=2, cell_clip=0.4, proj_clip=0.3),
    memory,
)
dynamic(
    "lstm_block",
    "LSTMBlockCell(use_peephole=True)",
    lambda: contrib.LSTMBlockCell(UNITS, use_peephole=True),
    memory,
)
dynamic(
    "layer_norm_basic_lstm",
    "LayerNormBasicLSTMCell",
    lambda: contrib.LayerNormBasicLSTMCell(UNITS),
    memory,
)
dynamic(
    "output_projection",
    "OutputProjectionWrapper around a GRUCell",
    lambda: contrib.OutputProjectionWrapper(rnn.GRUCell(UNITS), 2),
    itself,
)


@scenario("cell_bidirectional", "bidirectional_dynamic_rnn of two GRUCells with lengths")
def bidirectional() -> Program:
    given = feeds()
    x, lengths = (placeholder(key, values) for key, values in given.items())
    with random_initializers():
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            rnn.GRUCell(UNITS), rnn.GRUCell(2), x, lengths, dtype=tf.float32
        )
    return finish(tf.concat(outputs, 2), given, state=tf.concat(states, 1))


@scenario("cell_static_rnn", "static_rnn of a GRUCell in a scope, and a softmax layer beside it")
def static() -> Program:
    given = {"x": feeds()["x"]}
    x = placeholder("x", given["x"])
    with random_initializers("lm"):
        outputs, state = tf.nn.static_rnn(
            rnn.GRUCell(UNITS), tf.unstack(x, axis=1), dtype=tf.float32
        )
        top = tf.matmul(tf.concat(outputs, 0), weight("softmax_w", [UNITS, 2], 6))
    return finish(top, given, state=state)


@scenario("cell_attention", "AttentionWrapper(BahdanauAttention) around a BasicLSTMCell")
def attention() -> Program:
    given = {**feeds(), "memory": data(32, 2, BATCH, 3, 2)}
    x, lengths, states = (placeholder(key, values) for key, values in given.items())
    with random_initializers():
        mechanism = tf.contrib.seq2seq.BahdanauAttention(2, states, tf.constant([3, 2]))
        cell = tf.contrib.seq2seq.AttentionWrapper(
            rnn.BasicLSTMCell(UNITS), mechanism, attention_layer_size=2
        )
        outputs, state = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)
    return finish(outputs, given, state=state.alignments)


@scenario("cell_luong_attention", "AttentionWrapper(LuongAttention(scale=True)) around a GRUCell")
def luong_attention() -> Program:
    given = {**feeds(), "memory": data(32, 2, BATCH, 3, 2)}
    x, lengths, states = (placeholder(key, values) for key, values in given.items())
    with random_initializers("decoder"):
        mechanism = tf.contrib.seq2seq.LuongAttention(UNITS, states, scale=True)
        cell = tf.contrib.seq2seq.AttentionWrapper(rnn.GRUCell(UNITS), mechanism)
        outputs, state = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)
    return finish(outputs, given, state=state.alignments)
