"""Recipes of RNN cells: a Keras cell with the transformed values computes what TF1's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tf2migrate.checkpoint.transforms import Signature, parse
from tf2migrate.checkpoint.transforms.cells import (
    KERAS_VARIABLES,
    Recipe,
    basic_rnn,
    cudnn_gru,
    gru,
    gru_block,
    lstm,
)

INPUTS, UNITS = 3, 4
Values = dict[str, Any]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def gru_of_tf1(v: Values, x: Any, h: Any) -> Any:
    """`tf.nn.rnn_cell.GRUCell`."""
    both = np.concatenate([x, h], 1)
    r, u = np.split(sigmoid(both @ v["gates/kernel"] + v["gates/bias"]), 2, 1)
    both = np.concatenate([x, r * h], 1)
    c = np.tanh(both @ v["candidate/kernel"] + v["candidate/bias"])
    return u * h + (1 - u) * c


def gru_block_of_tf1(v: Values, x: Any, h: Any) -> Any:
    names = {"gates/kernel": "w_ru", "gates/bias": "b_ru", "candidate/kernel": "w_c"}
    return gru_of_tf1(
        {**{new: v[old] for new, old in names.items()}, "candidate/bias": v["b_c"]}, x, h
    )


def cudnn_gru_of_tf1(v: Values, x: Any, h: Any) -> Any:
    """`tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell`."""
    below = "candidate/{}_projection/{}".format
    both = np.concatenate([x, h], 1)
    r, u = np.split(sigmoid(both @ v["gates/kernel"] + v["gates/bias"]), 2, 1)
    inner = x @ v[below("input", "kernel")] + v[below("input", "bias")]
    hidden = h @ v[below("hidden", "kernel")] + v[below("hidden", "bias")]
    return (1 - u) * np.tanh(inner + r * hidden) + u * h


def lstm_of_tf1(forget_bias: float) -> Callable[[Values, Any, Any], Any]:
    """`tf.nn.rnn_cell.BasicLSTMCell`; the state is (h, c) here."""

    def step(v: Values, x: Any, state: Any) -> Any:
        h, c = state
        i, j, f, o = np.split(np.concatenate([x, h], 1) @ v["kernel"] + v["bias"], 4, 1)
        c = sigmoid(f + forget_bias) * c + sigmoid(i) * np.tanh(j)
        return np.stack([sigmoid(o) * np.tanh(c), c])

    return step


def rnn_of_tf1(v: Values, x: Any, h: Any) -> Any:
    return np.tanh(np.concatenate([x, h], 1) @ v["kernel"] + v["bias"])


SIZES = {
    "gates": 2 * UNITS,
    "candidate": UNITS,
    "w_ru": 2 * UNITS,
    "b_ru": 2 * UNITS,
    "w_c": UNITS,
    "b_c": UNITS,
}
CELLS: dict[str, tuple[Any, tuple[Recipe, ...], str, dict[str, Any]]] = {
    "GRUCell": (gru_of_tf1, gru(INPUTS, UNITS), "GRUCell", {"reset_after": False}),
    "GRUBlockCell": (gru_block_of_tf1, gru_block(INPUTS, UNITS), "GRUCell", {"reset_after": False}),
    "CudnnCompatibleGRUCell": (
        cudnn_gru_of_tf1,
        cudnn_gru(INPUTS, UNITS),
        "GRUCell",
        {"reset_after": True},
    ),
    "BasicLSTMCell": (lstm_of_tf1(1.0), lstm(INPUTS, UNITS), "LSTMCell", {}),
    "LSTMCell(forget_bias=0)": (lstm_of_tf1(0.0), lstm(INPUTS, UNITS, 0.0), "LSTMCell", {}),
    "LSTMCell(forget_bias=2.5)": (lstm_of_tf1(2.5), lstm(INPUTS, UNITS, 2.5), "LSTMCell", {}),
    "BasicRNNCell": (rnn_of_tf1, basic_rnn(INPUTS, UNITS), "SimpleRNNCell", {}),
}


def tf1_values(name: str, recipes: tuple[Recipe, ...]) -> Values:
    """Random values of the cell's variables, in the shapes that TensorFlow 1 gives them."""
    random = np.random.RandomState(len(name))
    width = {"BasicRNNCell": UNITS}.get(name, 4 * UNITS)
    found: Values = {}
    for recipe in recipes:
        for source in recipe.sources:
            columns = SIZES.get(source.split("/")[0], width)
            rows = {"input": INPUTS, "hidden": UNITS}.get(
                source.partition("/")[2].partition("_")[0], INPUTS + UNITS
            )
            bias = source.endswith("bias") or source.startswith("b_")
            found[source] = random.randn(*((columns,) if bias else (rows, columns))) / 2
    return found


def keras_values(values: Values, recipes: tuple[Recipe, ...]) -> Values:
    found: Values = {}
    for recipe in recipes:
        sources = [values[source].astype(np.float32) for source in recipe.sources]
        found |= dict(zip(recipe.targets, parse(recipe.transform).apply(sources), strict=True))
    return found


@pytest.mark.parametrize("name", CELLS)
def test_a_recipe_can_be_undone(name: str) -> None:
    """But for a forget bias, which rounds."""
    _, recipes, _, _ = CELLS[name]
    values = tf1_values(name, recipes)
    for recipe in recipes:
        sources = [values[source].astype(np.float32) for source in recipe.sources]
        forms = [Signature(source.shape, "float32") for source in sources]
        transform = parse(recipe.transform)
        back = transform.inverse(forms).apply(transform.apply(sources))
        for one, other in zip(sources, back, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6 if "add" in recipe.transform else 0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", CELLS)
def test_keras_computes_the_same(name: str) -> None:
    keras = pytest.importorskip("keras")
    formula, recipes, kind, options = CELLS[name]
    values = tf1_values(name, recipes)
    cell = getattr(keras.layers, kind)(UNITS, **options)
    cell.build((None, INPUTS))
    new = keras_values(values, recipes)
    assert set(new) == set(KERAS_VARIABLES)
    for variable, value in new.items():
        getattr(cell, variable).assign(value)
    random = np.random.RandomState(1)
    x, state = random.randn(2, INPUTS), random.randn(2, UNITS)
    if kind == "LSTMCell":
        state = random.randn(2, 2, UNITS)
    expected = formula(values, x, state)
    _, states = cell(x.astype("f"), [*state.astype("f")] if kind == "LSTMCell" else [state])
    got = np.stack(states) if kind == "LSTMCell" else np.asarray(states[0])
    np.testing.assert_allclose(got, expected, atol=2e-6)
