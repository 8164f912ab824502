"""Variables of Keras cells that look like those of TensorFlow 1 and are laid out otherwise."""

from __future__ import annotations

from tf2migrate.checkpoint.solve import solve
from tf2migrate.model.inventory import VariableRow

from .rows import joined, tf1_inventory, tf2_inventory, tf2_row


def lstm(scope: str, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
    return {f"{scope}/kernel": (inputs + units, 4 * units), f"{scope}/bias": (4 * units,)}


def keras(path: str, inputs: int, units: int, gates: int = 4) -> list[VariableRow]:
    width = gates * units
    return [
        tf2_row(f"{path}/kernel", (inputs, width), f"{path}/kernel"),
        tf2_row(f"{path}/recurrent_kernel", (units, width), f"{path}/recurrent_kernel"),
        tf2_row(f"{path}/bias", (width,), f"{path}/bias"),
    ]


def test_a_bias_of_the_same_name_is_not_taken_as_it_is() -> None:
    before = tf1_inventory(lstm("rnn/lstm_cell", 3, 2))
    pairs = solve(before, tf2_inventory(*keras("rnn/lstm_cell", 3, 2))).pairs
    assert {pair.transform for pair in pairs} == {
        "blocks(1,0,2,1,3) | split(0,3,2)",
        "blocks(0,0,2,1,3) | add(0,4,1,1.0)",
    }


def test_biases_of_several_cells_are_no_series() -> None:
    before = tf1_inventory(lstm("rnn/lstm_cell", 3, 2) | lstm("rnn_1/lstm_cell", 2, 4))
    after = tf2_inventory(*keras("cells/0", 3, 2), *keras("cells/1", 2, 4))
    pairs = solve(before, after).pairs
    assert len(pairs) == 4
    assert all(pair.transform for pair in pairs)


def test_cells_of_one_size_are_told_apart_by_equal_paths() -> None:
    before = tf1_inventory(lstm("fw/lstm_cell", 3, 2) | lstm("bw/lstm_cell", 3, 2))
    after = tf2_inventory(*keras("bw/lstm_cell", 3, 2), *keras("fw/lstm_cell", 3, 2))
    found = joined(solve(before, after))
    assert found["fw/lstm_cell/bias"] == "fw/lstm_cell/bias"
    assert found["bw/lstm_cell/kernel"] == "bw/lstm_cell/kernel+bw/lstm_cell/recurrent_kernel"


def test_the_candidate_of_a_gru_is_no_cell_of_its_own() -> None:
    """Its kernel and bias have the shapes of an LSTM with a quarter of the units."""
    gru: dict[str, tuple[int, ...]] = {
        "gru/gates/kernel": (7, 8),
        "gru/gates/bias": (8,),
        "gru/candidate/kernel": (7, 4),
        "gru/candidate/bias": (4,),
    }
    before = tf1_inventory(gru | lstm("other", 6, 1))
    after = tf2_inventory(*keras("a", 3, 4, gates=3), *keras("b", 6, 1))
    found = joined(solve(before, after))
    assert found["other/bias"] == "b/bias"
    assert found["gru/gates/bias+gru/candidate/bias"] == "a/bias"


def test_cells_that_were_keras_cells_before_are_compared_as_they_are() -> None:
    rows = keras("lstm", 3, 2)
    before = tf1_inventory(
        {str(row.name): tuple(size or 0 for size in row.shape or ()) for row in rows}
    )
    pairs = solve(before, tf2_inventory(*rows)).pairs
    assert len(pairs) == 3
    assert not any(pair.transform for pair in pairs)
