"""RNN cells of TensorFlow 1.15.5 become cells of Keras 3, whose gates are laid out in another way.

The program's own checkpoint tells the layout; the transforms are found, no name map says them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import keras

from tests.goldens import recordings
from tests.goldens.cell_programs import DEPTH
from tests.goldens.following import Distances, follow
from tests.goldens.keras_cells import PROGRAMS, WithKeras, lstm
from tests.goldens.recordings import Array
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory
from tf2migrate.model.names import NameRow

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("fresh_names")]


def inventory(prefix: str | Path) -> Inventory:
    return checkpoint_inventory(open_checkpoint(prefix))


def values(prefix: Path) -> dict[str, Array]:
    file = open_checkpoint(prefix)
    return {key: file.read(key) for key in file.tensors}


def restored(name: str, tmp_path: Path) -> WithKeras:
    """The program with the recording's values, from a checkpoint of its own layout."""
    keras.utils.set_random_seed(1)
    program, golden = PROGRAMS[name](), recordings.load(name)
    layout = program.checkpoint().save(tmp_path / "layout")
    conversion = convert(golden.prefix, tmp_path / "new-10", like=layout)
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    return program


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_the_values_are_those_of_the_formulas(name: str, tmp_path: Path) -> None:
    golden, program = recordings.load(name), restored(name, tmp_path)
    expected = program.expected(values(golden.prefix))
    found = program.values(golden)
    assert found.keys() == expected.keys()
    for key, array in expected.items():
        np.testing.assert_array_equal(found[key], array, err_msg=key)


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_both_checkpoints_compare_as_equal_both_ways(name: str, tmp_path: Path) -> None:
    restored(name, tmp_path)
    old, new = inventory(recordings.load(name).prefix), inventory(tmp_path / "new-10")
    for before, after in ((old, new), (new, old)):
        compare_either_way(before, after, (), Depth.VALUES).raise_for_mismatch()


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - {"descent_cudnn_compatible_gru"}))
def test_training_goes_on_as_before(name: str, tmp_path: Path) -> None:
    golden, program = recordings.load(name), restored(name, tmp_path)
    final = {row.key: np.asarray(row.final, np.float32) for row in golden.variables}
    assert follow(program, golden, program.expected(final)).wrong == []


def test_a_name_map_tells_the_forget_bias(tmp_path: Path) -> None:
    """A row for the bias is enough; the kernels are found beside it."""
    name = "descent_basic_lstm"
    golden, program = recordings.load(name), PROGRAMS[name]()
    layout = program.checkpoint().save(tmp_path / "layout")
    tf1, transform = "rnn/basic_lstm_cell/bias", "blocks(0,0,2,1,3) | add(0,4,1,0.25)"
    rows = [NameRow("model.py", tf1, "cell/bias", "variable", "forget_bias=0.25", "", transform)]
    conversion = convert(golden.prefix, tmp_path / "new-10", like=layout, names=rows)
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    kernel, recurrent, bias = lstm(values(golden.prefix), "rnn/basic_lstm_cell/", DEPTH, 0.25)
    found = program.values(golden)
    np.testing.assert_array_equal(found["0/kernel"], kernel)
    np.testing.assert_array_equal(found["0/recurrent_kernel"], recurrent)
    np.testing.assert_array_equal(found["0/bias"], bias)


def test_a_cudnn_compatible_gru_gives_the_same_outputs(tmp_path: Path) -> None:
    """It has two biases for one of TensorFlow 1, both trained, so training is not the same."""
    name = "descent_cudnn_compatible_gru"
    golden, program = recordings.load(name), restored(name, tmp_path)
    distances = Distances()
    first = {feed: values[0] for feed, values in golden.feeds.items()}
    distances.add_all("at the checkpoint", program.outputs(first), golden.before)
    assert distances.wrong == []
