"""Checkpoints of TensorFlow 1.15.5, converted, restored, and trained on under TensorFlow 2.

Each program is a tf.Module with the variables of the TF1 program. Ten steps after the checkpoint
every loss, output, variable, slot variable and moving average is the recorded one to a relative
difference of 1e-5 (and 1e-6 for what is near 0).
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from tests.goldens import recordings
from tests.goldens.catalogue import PROGRAMS
from tests.goldens.following import follow
from tests.goldens.program import Program
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("fresh_names")]

CORRUPT = "optimizer_partitioned_in_scope"
NAMES = sorted(set(PROGRAMS) - {CORRUPT})
COMPILED = [name for name in NAMES if name.startswith(("optimizer_", "sparse_", "average_"))]


def inventory(prefix: str | Path) -> Inventory:
    return checkpoint_inventory(open_checkpoint(prefix))


def started(name: str) -> Program:
    """The program after a step of its own, so that it has all its variables."""
    program = PROGRAMS[name]()
    program.checkpoint()
    program.train(recordings.load(name).feed(0))
    return program


def test_every_recording_has_a_program() -> None:
    assert sorted(PROGRAMS) == recordings.names()


@pytest.mark.parametrize("name", NAMES)
def test_a_converted_checkpoint_trains_on_as_before(name: str, tmp_path: Path) -> None:
    """And what the program saves then has the variables of the TF1 checkpoint, no more, no less."""
    golden, program = recordings.load(name), started(name)
    conversion = convert(golden.prefix, tmp_path / "new-10", names=program.names)
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    assert follow(program, golden).wrong == []
    saved = program.checkpoint().save(tmp_path / "later")
    old = inventory(golden.prefix)
    compare(old, inventory(saved), program.names).raise_for_mismatch()


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_step_trains_on_as_before(name: str, tmp_path: Path) -> None:
    """The step is a tf.function, as migrated programs have it."""
    golden, program = recordings.load(name), PROGRAMS[name]()
    program.checkpoint()
    program.compile()
    program.train(golden.feed(0))
    conversion = convert(golden.prefix, tmp_path / "new-10", names=program.names)
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    assert follow(program, golden).wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_the_programs_own_checkpoint_is_a_layout(name: str, tmp_path: Path) -> None:
    golden, program = recordings.load(name), started(name)
    layout = program.checkpoint().save(tmp_path / "layout")
    names = program.names
    conversion = convert(golden.prefix, tmp_path / "new-10", names=names, like=layout)
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    assert follow(program, golden).wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_there_and_back_gives_the_same_values(name: str, tmp_path: Path) -> None:
    golden, names = recordings.load(name), PROGRAMS[name]().names
    convert(golden.prefix, tmp_path / "new-10", names=names)
    convert(tmp_path / "new-10", tmp_path / "back-10", names=names, to="tf1")
    old, new, back = (
        inventory(prefix) for prefix in (golden.prefix, tmp_path / "new-10", tmp_path / "back-10")
    )
    compare(old, new, names, depth=Depth.VALUES).raise_for_mismatch()
    compare_either_way(new, back, names, Depth.VALUES).raise_for_mismatch()
    compare(old, back, depth=Depth.VALUES).raise_for_mismatch()
    assert [row.key for row in back.rows] == [row.key for row in old.rows]


def test_corrupt_slots_of_partitioned_variables_are_refused(tmp_path: Path) -> None:
    """TensorFlow 1 wrote one part a key, each as if it were the whole (facts A5.6)."""
    golden = recordings.load(CORRUPT)
    assert "emb/t_0/Adam" in golden.unreadable
    with pytest.raises(CheckpointError, match="emb/t_0/Adam: its slices hold 6 of 14 values"):
        convert(golden.prefix, tmp_path / "new-10")
    assert list(tmp_path.iterdir()) == []
