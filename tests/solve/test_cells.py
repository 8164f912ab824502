"""RNN cells whose variables Keras lays out otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.checkpoint.transforms.cells import lstm
from tf2migrate.model.comparison import Depth, Outcome
from tf2migrate.model.inventory import Inventory, VariableRow

from .rows import tf1_inventory, tf2_inventory, tf2_row

LSTM = {"rnn/lstm_cell/kernel": (7, 16), "rnn/lstm_cell/bias": (16,)}


def keras(path: str, inputs: int, units: int, gates: int) -> list[VariableRow]:
    return [
        tf2_row(f"{path}/kernel", (inputs, gates * units)),
        tf2_row(f"{path}/recurrent_kernel", (units, gates * units)),
        tf2_row(f"{path}/bias", (gates * units,)),
    ]


def test_an_lstm_is_found_in_keras_layout() -> None:
    report = compare(tf1_inventory(LSTM), tf2_inventory(*keras("m/cell", 3, 4, 4)))
    assert report.counts() == {Outcome.TRANSFORMED: 2}
    assert report.ok


def test_a_gru_takes_four_variables_to_three() -> None:
    scope = "rnn/gru_cell/"
    before = tf1_inventory(
        {
            f"{scope}gates/kernel": (7, 8),
            f"{scope}gates/bias": (8,),
            f"{scope}candidate/kernel": (7, 4),
            f"{scope}candidate/bias": (4,),
        }
    )
    report = compare(before, tf2_inventory(*keras("m/cell", 3, 4, 3)))
    assert report.ok
    assert {len(entry.before) for entry in report.entries} == {2}


def test_two_cells_of_one_size_are_not_guessed() -> None:
    two = {
        name.replace("rnn", side): shape for side in ("fw", "bw") for name, shape in LSTM.items()
    }
    after = tf2_inventory(*keras("a", 3, 4, 4), *keras("b", 3, 4, 4))
    report = compare(tf1_inventory(two), after)
    assert set(report.counts()) == {Outcome.AMBIGUOUS}


def with_values(inventory: Inventory, values: dict[str, NDArray[np.float32]]) -> Inventory:
    return replace(inventory, values=lambda row: values[row.key])


@pytest.mark.parametrize("forget_bias", [1.0, 0.0], ids=["the default", "none"])
def test_values_tell_the_forget_bias(forget_bias: float) -> None:
    random = np.random.default_rng(0)
    old = {name: random.normal(size=shape).astype(np.float32) for name, shape in LSTM.items()}
    kernels, bias = lstm(3, 4, forget_bias)
    first, second = parse(kernels.transform).apply([old["rnn/lstm_cell/kernel"]])
    (third,) = parse(bias.transform).apply([old["rnn/lstm_cell/bias"]])
    new = {"m/cell/kernel": first, "m/cell/recurrent_kernel": second, "m/cell/bias": third}
    before = with_values(tf1_inventory(LSTM), old)
    after = with_values(tf2_inventory(*keras("m/cell", 3, 4, 4)), new)
    assert compare(before, after, depth=Depth.VALUES).ok
    new["m/cell/bias"] = third + np.float32(0.5)
    report = compare(before, after, depth=Depth.VALUES)
    assert [entry.label for entry in report.failures] == ["rnn/lstm_cell/bias"]
