"""Old checkpoints come along: converted, verified, and the migrated program goes on with them."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import harness
from .conftest import compatible_source
from .old_checkpoints import directories_with_checkpoints, golden_checkpoint, tf2migrate


def names_of(program: harness.Program) -> list[str]:
    """The options that say which variable became which object."""
    return ["--names", str(program.path / "names.json")]


def test_each_recorded_checkpoint_converts_and_is_found_equal(
    migrated: harness.Program, tmp_path: Path
) -> None:
    options = names_of(migrated)
    recording = harness.load_recording(migrated.golden)
    for number, record in enumerate(recording["checkpoints"]):
        old = golden_checkpoint(record, tmp_path / str(number) / "old" / "model-1")
        new, back = old.parents[1] / "new" / "model-1", old.parents[1] / "back" / "model-1"
        for folder in (new.parent, back.parent):
            folder.mkdir()
        tf2migrate("checkpoint", "convert", *options, old, new)
        tf2migrate("verify", *options, "--values", "--old", old, "--new", new)
        tf2migrate("checkpoint", "convert", "--to", "tf1", *options, new, back)
        tf2migrate("checkpoint", "diff", old, back)


@pytest.mark.tensorflow
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
def test_the_migrated_program_goes_on_where_the_old_one_stopped(
    portable: harness.Program, tmp_path: Path
) -> None:
    """The old program's first run, the migrated program's others: all as under 1.15.5."""
    program, options = portable, names_of(portable)
    old, new = tmp_path / "old", tmp_path / "new"
    compatible_source(program, old)
    shutil.copytree(program.after_graph, new)
    harness.run_program([sys.executable, *program.runs[0]], old)
    for folder in directories_with_checkpoints(old):
        tf2migrate("checkpoint", "convert", *options, old / folder, new / folder)
    golden = harness.load_recording(program.golden)
    for argv, expected in zip(program.runs[1:], golden["runs"][1:], strict=True):
        lines = harness.run_program([sys.executable, *argv], new).splitlines()
        assert len(lines) == len(expected["lines"])
        pairs = zip(expected["lines"], lines, strict=True)
        assert [d for one, two in pairs if (d := harness.line_difference(one, two, 1e-5))] == []
    last = [record for record in golden["checkpoints"] if record["run"] == len(program.runs) - 1]
    for number, record in enumerate(last):
        before = golden_checkpoint(record, tmp_path / f"golden-{number}")
        sides = ("--old", before, "--new", new / record["prefix"])
        tf2migrate("verify", *options, "--values", "--rtol", "1e-5", "--atol", "1e-6", *sides)
