"""AttentionWrapper of tf.contrib.seq2seq for TensorFlow 2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from tests.goldens.cells import Cell, Linear
from tests.goldens.scopes import Scope


class AttentionState(NamedTuple):
    """The state of the cell inside, the attention, and how much it looks at each place."""

    cell_state: Any
    attention: Any
    alignments: Any


class Bahdanau:
    """Additive scores; the memory is masked by its lengths before its layer."""

    def __init__(self, outer: Scope, wrapper: Scope, depth: int, queries: int, units: int) -> None:
        scope = wrapper.scope("bahdanau_attention")
        self.memory = Linear(outer.scope("memory_layer"), depth, units, bias=False)
        self.query = Linear(scope.scope("query_layer"), queries, units, bias=False)
        self.v = scope.variable("attention_v", [units])

    def keys(self, memory: Any) -> Any:
        return tf.tensordot(memory, self.memory.kernel, 1)

    def scores(self, query: Any, keys: Any) -> Any:
        return tf.reduce_sum(self.v * tf.tanh(keys + self.query(query)[:, None]), 2)


class Luong:
    """Scores by products, with a scale."""

    def __init__(self, outer: Scope, wrapper: Scope, depth: int, units: int) -> None:
        self.memory = Linear(outer.scope("memory_layer"), depth, units, bias=False)
        self.g = wrapper.variable("luong_attention/attention_g", [])

    def keys(self, memory: Any) -> Any:
        return tf.tensordot(memory, self.memory.kernel, 1)

    def scores(self, query: Any, keys: Any) -> Any:
        return self.g * tf.reduce_sum(query[:, None] * keys, 2)


class Attention(Cell):
    """A cell whose inputs are followed by what its last output looked at.

    Args:
      layer: from output and context to the attention; None takes the context itself.
      size: size of the attention.
    """

    def __init__(
        self, cell: Cell, mechanism: Bahdanau | Luong, layer: Callable[..., Any] | None, size: int
    ) -> None:
        super().__init__(cell.units)
        self.cell, self.mechanism, self.layer, self.size = cell, mechanism, layer, size
        self.output_size = size
        self.state_size = None

    def attend(self, memory: Any, lengths: Sequence[int] | None = None) -> None:
        """Set the memory that the next steps look at."""
        if lengths is not None:
            memory = memory * tf.sequence_mask(lengths, memory.shape[1], memory.dtype)[:, :, None]
        self.lengths, self.values = lengths, memory
        self.keys = self.mechanism.keys(memory)
        places = memory.shape[1]
        self.state_size = AttentionState(self.cell.state_size, self.size, places)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        output, new = self.cell(tf.concat([inputs, state.attention], 1), state.cell_state)
        scores = self.mechanism.scores(output, self.keys)
        if self.lengths is not None:
            seen = tf.sequence_mask(self.lengths, scores.shape[1])
            scores = tf.where(seen, scores, float("-inf"))
        alignments = tf.nn.softmax(scores)
        context = tf.reduce_sum(alignments[:, :, None] * self.values, 1)
        attention = context if self.layer is None else self.layer(output, context)
        return attention, AttentionState(new, attention, alignments)
