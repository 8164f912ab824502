"""Slot variables of TensorFlow 1.15.5 in optimizers of Keras 3, which keep them by positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import keras

from tests.goldens import recordings
from tests.goldens.following import follow
from tests.goldens.keras_optimizers import CELLS, REGRESSIONS, CellsByKeras
from tests.goldens.program import Program
from tests.goldens.recordings import Golden
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth, Entry, Outcome
from tf2migrate.runtime import assert_variables_match
from tf2migrate.runtime import restore as restore_with_proof

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("fresh_names")]


UNUSED = "optimizer_rmsprop"
"""RMSPropOptimizer keeps its last step even without a momentum, Keras's RMSprop does not."""


def started(name: str, program: Program) -> Golden:
    """The recording, and the program with all its variables, which have other values."""
    keras.utils.set_random_seed(1)
    golden = recordings.load(name)
    program.checkpoint()
    program.train(golden.feed(0))
    return golden


def restore(name: str, program: Program, tmp_path: Path) -> None:
    """Give the program the recording's values, in the layout of its own checkpoint."""
    golden = started(name, program)
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


def lost(entries: tuple[Entry, ...]) -> set[str]:
    assert all(entry.outcome in (Outcome.MISSING, Outcome.UNEXPECTED) for entry in entries)
    return {entry.label for entry in entries}


def expected_to_be_lost(name: str) -> set[str]:
    """No checkpoint says that the momentum was 0, so nobody may say that nothing is lost."""
    if name != UNUSED:
        return set()
    names = open_checkpoint(recordings.load(name).prefix).tensors
    return {key for key in names if key.endswith("/RMSProp_1")}


@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("name", [*REGRESSIONS, *CELLS])
def test_both_checkpoints_compare_as_equal_both_ways(
    name: str, depth: Depth, tmp_path: Path
) -> None:
    restore(name, (REGRESSIONS | CELLS)[name](), tmp_path)
    old, new = (
        checkpoint_inventory(open_checkpoint(prefix))
        for prefix in (recordings.load(name).prefix, tmp_path / "new-10")
    )
    for before, after in ((old, new), (new, old)):
        report = compare_either_way(before, after, (), depth)
        assert lost(report.failures) == expected_to_be_lost(name)


@pytest.mark.parametrize("name", [*REGRESSIONS, *CELLS])
def test_a_living_optimizer_takes_the_checkpoint_as_it_is(name: str) -> None:
    """Without a conversion: the values are transformed, loaded, and compared again."""
    program = (REGRESSIONS | CELLS)[name]()
    golden = started(name, program)
    report = restore_with_proof(program.checkpoint(), golden.prefix, partial=name == UNUSED)
    assert lost(report.failures) == expected_to_be_lost(name)
    if name != UNUSED:
        assert_variables_match(program.checkpoint(), golden.prefix, values=True)
    final = {row.key: np.asarray(row.final, np.float32) for row in golden.variables}
    weights = {row.key: row.final for row in golden.variables if row.kind in ("weight", "step")}
    wanted = program.expected(final) if isinstance(program, CellsByKeras) else weights
    assert follow(program, golden, wanted).wrong == []
