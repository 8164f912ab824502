"""Slot variables of TensorFlow 1.15.5 in optimizers of Keras 3, which keep them by positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import keras

from tests.goldens import recordings
from tests.goldens.following import follow
from tests.goldens.keras_optimizers import CELLS, REGRESSIONS
from tests.goldens.program import Program
from tf2migrate.checkpoint.convert import convert

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("fresh_names")]


def restore(name: str, program: Program, tmp_path: Path) -> None:
    """Give the program the recording's values, in the layout of its own checkpoint."""
    keras.utils.set_random_seed(1)
    golden = recordings.load(name)
    program.checkpoint()
    program.train(golden.feed(0))
    layout = program.checkpoint().save(tmp_path / "layout")
    new = tmp_path / "new-10"
    conversion = convert(golden.prefix, new, like=layout, optimizer_format="keras")
    program.checkpoint().restore(conversion.prefix).assert_consumed()


@pytest.mark.parametrize("name", list(REGRESSIONS))
def test_training_goes_on_as_before(name: str, tmp_path: Path) -> None:
    golden, program = recordings.load(name), REGRESSIONS[name]()
    restore(name, program, tmp_path)
    weights = {row.key: row.final for row in golden.variables if row.kind in ("weight", "step")}
    assert follow(program, golden, weights).wrong == []


@pytest.mark.parametrize("name", list(CELLS))
def test_slots_of_cells_have_the_gates_of_keras(name: str, tmp_path: Path) -> None:
    golden, program = recordings.load(name), CELLS[name]()
    restore(name, program, tmp_path)
    final = {row.key: np.asarray(row.final, np.float32) for row in golden.variables}
    assert follow(program, golden, program.expected(final)).wrong == []
