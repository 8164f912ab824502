"""Checkpoints of TensorFlow 1.15.5, converted, restored, and trained on under TensorFlow 2.

Each program is a tf.Module with the variables of the TF1 program. Ten steps after the checkpoint
every loss, output, variable, slot variable and moving average is the recorded one to a relative
difference of 1e-5 (and 1e-6 for what is near 0). Measured over all 2,079 comparisons: at most
1.9e-6, of an accumulator of Adagrad that is 22; at most 0.46 of the tolerance (0.57 with oneDNN).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

from tests.goldens import recordings
from tests.goldens.catalogue import PROGRAMS
from tests.goldens.following import Distances, follow
from tests.goldens.program import Program
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory, Kind

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


@pytest.mark.parametrize("name", NAMES)
def test_kinds_are_the_same_among_objects(name: str, tmp_path: Path) -> None:
    golden = recordings.load(name)
    convert(golden.prefix, tmp_path / "new-10", names=PROGRAMS[name]().names)
    old, new = inventory(golden.prefix), inventory(tmp_path / "new-10")
    expected = {row.name: row.kind for row in old.rows if row.kind is not Kind.TABLE}
    apart = (Kind.TABLE, Kind.SAVE_COUNTER)
    assert {row.name: row.kind for row in new.rows if row.kind not in apart} == expected


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("optimizer_adam", "net/w/.OPTIMIZER_SLOT/optimizer/m"),
        ("optimizer_rmsprop_centered", "net/b/.OPTIMIZER_SLOT/optimizer/momentum"),
        ("average_plain", "ExponentialMovingAverage/net/out"),
        ("layer_batch_normalization", "model/batch_normalization/moving_mean"),
    ],
)
def test_a_lost_value_is_seen(name: str, lost: str, tmp_path: Path) -> None:
    """The comparison of trajectories is no formality."""
    golden, program = recordings.load(name), started(name)
    conversion = convert(golden.prefix, tmp_path / "new-10", names=program.names)
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    zero(program, lost)
    wrong = follow(program, golden).wrong
    assert any("ten steps later" in text for text in wrong)


def zero(program: Program, path: str) -> None:
    """Set the variable at an object path to 0."""
    variable, _, slot = path.partition("/.OPTIMIZER_SLOT/optimizer/")
    found: Any = program.root
    for name in variable.split("/"):
        found = getattr(found, name)
    if slot:
        found = program.optimizer.get_slot(found, slot)
    assert np.any(found.numpy())
    found.assign(tf.zeros_like(found))


def test_the_rest_of_a_checkpoint_with_corrupt_slots_is_converted(tmp_path: Path) -> None:
    golden, program = recordings.load(CORRUPT), PROGRAMS[CORRUPT]()
    conversion = convert(golden.prefix, tmp_path / "new-10", leave_out=["emb/t_*"])
    # No optimizer: the slot variables of `emb` are lost.
    status = tf.train.Checkpoint(program.root).restore(conversion.prefix)
    status.assert_existing_objects_matched()
    distances = Distances()
    first = {feed: values[0] for feed, values in golden.feeds.items()}
    distances.add_all("at the checkpoint", program.outputs(first), golden.before)
    assert distances.wrong == []


def test_corrupt_slots_of_partitioned_variables_are_joined(tmp_path: Path) -> None:
    """TensorFlow 1 wrote one part a key, each as if it were the whole (facts A5.6)."""
    golden, program = recordings.load(CORRUPT), started(CORRUPT)
    assert "emb/t_0/Adam" in golden.unreadable
    conversion = convert(golden.prefix, tmp_path / "new-10")
    program.checkpoint().restore(conversion.prefix).assert_consumed()
    wrong = follow(program, golden).wrong
    parts = {f"emb/t_{number}/Adam{end}" for number in range(3) for end in ("", "_1")}
    assert {text.partition(" ")[0] for text in wrong} == parts  # recorded part by part
    assert all("has shape (7, 2)" in text for text in wrong)
