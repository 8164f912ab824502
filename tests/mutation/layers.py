"""The variables that layers, cells and plain code of TensorFlow 1 create (facts C)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from .tf1_graph import Graph, Variable

Layer = Callable[[Graph, str, int, int], None]
"""Adds a layer's variables: graph, enclosing scope, inputs, units."""


def _create(graph: Graph, scopes: tuple[str, str], forms: dict[str, tuple[int, ...]]) -> None:
    """Trainable variables of a layer, by their names below its scope and its plain scope."""
    scope, plain = scopes
    for leaf, shape in forms.items():
        trainable = not leaf.rpartition("/")[2].startswith("moving_")
        name = Variable(f"{scope}/{leaf}", shape, trainable=trainable, plain=f"{plain}/{leaf}")
        graph.get_variable(name)


def dense(graph: Graph, scope: str, inputs: int, units: int) -> None:
    _create(graph, graph.layer(scope, "dense"), {"kernel": (inputs, units), "bias": (units,)})


def conv2d(graph: Graph, scope: str, inputs: int, units: int) -> None:
    forms = {"kernel": (2, 2, inputs, units), "bias": (units,)}
    _create(graph, graph.layer(scope, "conv2d"), forms)


def batch_normalization(graph: Graph, scope: str, _: int, units: int) -> None:
    leaves = ("gamma", "beta", "moving_mean", "moving_variance")
    scopes = graph.layer(scope, "batch_normalization")
    _create(graph, scopes, dict.fromkeys(leaves, (units,)))


def fully_connected(graph: Graph, scope: str, inputs: int, units: int) -> None:
    """contrib and slim."""
    forms = {"weights": (inputs, units), "biases": (units,)}
    _create(graph, graph.layer(scope, "fully_connected"), forms)


def normalized(graph: Graph, scope: str, inputs: int, units: int) -> None:
    """contrib's fully_connected with a batch normalisation, so without biases."""
    leaves = ("beta", "moving_mean", "moving_variance")
    norm = {f"BatchNorm/{leaf}": (units,) for leaf in leaves}
    forms = {"weights": (inputs, units), **norm}
    _create(graph, graph.layer(scope, "fully_connected"), forms)


def layer_norm(graph: Graph, scope: str, _: int, units: int) -> None:
    _create(graph, graph.layer(scope, "LayerNorm"), {"beta": (units,), "gamma": (units,)})


def gru(graph: Graph, scope: str, inputs: int, units: int) -> None:
    rows = inputs + units
    forms = {
        "gates/kernel": (rows, 2 * units),
        "gates/bias": (2 * units,),
        "candidate/kernel": (rows, units),
        "candidate/bias": (units,),
    }
    _create(graph, _rnn(graph, scope, "gru_cell"), forms)


def lstm(
    graph: Graph, scope: str, inputs: int, units: int, *, peepholes: bool | None = None
) -> None:
    """With peepholes if it is so said, else if it has as many units as inputs."""
    forms: dict[str, tuple[int, ...]] = {
        "kernel": (inputs + units, 4 * units),
        "bias": (4 * units,),
    }
    if inputs == units if peepholes is None else peepholes:
        forms |= dict.fromkeys(("w_f_diag", "w_i_diag", "w_o_diag"), (units,))
    _create(graph, _rnn(graph, scope, "lstm_cell"), forms)


def multi_rnn(graph: Graph, scope: str, inputs: int, units: int) -> None:
    outer = _rnn(graph, scope, "multi_rnn_cell")[0]
    for number, width in enumerate((inputs, units)):
        forms = {"kernel": (width + units, units), "bias": (units,)}
        cell = f"{outer}/cell_{number}/basic_rnn_cell"
        _create(graph, (cell, cell), forms)


def _rnn(graph: Graph, scope: str, cell: str) -> tuple[str, str]:
    """A scope `rnn` may be entered once only, so programs give each RNN one of its own."""
    for number in count():
        rnn = f"{scope}/rnn{number or ''}" if scope else f"rnn{number or ''}"
        if graph.layer(rnn, cell)[0] == f"{rnn}/{cell}":
            return f"{rnn}/{cell}", f"{rnn}/{cell}"
    raise AssertionError("count() ends")


def linear(graph: Graph, scope: str, inputs: int, units: int) -> None:
    """`get_variable("w")` under a scope that the program names: the most common code of all."""
    for number in count():
        name = f"{scope}/h{number}" if scope else f"h{number}"
        if not graph.has(f"{name}/w"):
            return _create(graph, (name, name), {"w": (inputs, units), "b": (units,)})
    return None


def unnamed(graph: Graph, _: str, inputs: int, units: int) -> None:
    """`tf.Variable(...)` in no scope, twice: `Variable`, `Variable_1`."""
    graph.variable("Variable", (inputs, units))
    graph.variable("Variable", (units,))


def embedding(graph: Graph, scope: str, inputs: int, units: int) -> None:
    _embedding(graph, scope, (3 + inputs, units), ())


def partitioned(graph: Graph, scope: str, inputs: int, units: int) -> None:
    """`fixed_size_partitioner(3)`: the first parts are longer by one."""
    rows = 3 + inputs
    _embedding(graph, scope, (rows, units), tuple((rows + 2 - part) // 3 for part in range(3)))


def _embedding(graph: Graph, scope: str, shape: tuple[int, ...], parts: tuple[int, ...]) -> None:
    name, _ = graph.layer(scope, "emb")
    variable = Variable(f"{name}/embeddings", shape, plain=f"{name}/embeddings", parts=parts)
    graph.get_variable(variable)


def other_types(graph: Graph, scope: str, inputs: int, units: int) -> None:
    """State that is not trained, of other types."""
    name, _ = graph.layer(scope, "state")
    for leaf, dtype, shape in (
        ("vocabulary", "string", (inputs,)),
        ("seen", "bool", (units,)),
        ("counts", "int32", (units,)),
        ("ratio", "float64", ()),
        ("half", "bfloat16", (inputs, units)),
    ):
        variable = Variable(f"{name}/{leaf}", shape, dtype, False, f"{name}/{leaf}")
        graph.get_variable(variable)


LAYERS: tuple[Layer, ...] = (
    *(dense, linear, conv2d, batch_normalization, fully_connected, normalized, layer_norm),
    *(gru, lstm, multi_rnn, unnamed, embedding, partitioned, other_types),
)
