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
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("fresh_names")]


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


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_training_goes_on(name: str, tmp_path: Path, record_property: object) -> None:
    golden, program = recordings.load(name), started(name)
    conversion = convert(golden.prefix, tmp_path / "new-10", names=program.names)
    old, new = inventory(golden.prefix), inventory(tmp_path / "new-10")
    compare(old, new, program.names, depth=Depth.VALUES).raise_for_mismatch()
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    distances = follow(program, golden)
    assert not distances.wrong
