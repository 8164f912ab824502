"""Converted checkpoints of TensorFlow 1.15.5 in programs that keep their graph and session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

from tests.goldens import recordings
from tests.goldens.following import follow
from tests.goldens.graph_programs import PARTITIONED, PROGRAMS, GraphProgram
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.inventory import Inventory

pytestmark = pytest.mark.tensorflow


def inventory(prefix: str | Path) -> Inventory:
    return checkpoint_inventory(open_checkpoint(prefix))


@pytest.fixture(params=["resource variables", "reference variables"])
def _variables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Reference variables are what TF1 programs have after `disable_v2_behavior()`."""
    v1 = tf.compat.v1
    if request.param == "reference variables":
        v1.disable_resource_variables()
        v1.disable_control_flow_v2()
    yield
    v1.enable_resource_variables()
    v1.enable_control_flow_v2()


@pytest.mark.usefixtures("_variables")
@pytest.mark.parametrize("name", list(PROGRAMS))
def test_a_session_trains_on_as_before(name: str, tmp_path: Path) -> None:
    golden = recordings.load(name)
    program = GraphProgram(PROGRAMS[name], golden)
    conversion = convert(golden.prefix, tmp_path / "new-10", names=program.names)
    program.restore(conversion.prefix)
    assert follow(program, golden).wrong == []
    saved = program.save(str(tmp_path / "later"))
    compare(inventory(golden.prefix), inventory(saved), program.names).raise_for_mismatch()


@pytest.mark.usefixtures("_variables")
@pytest.mark.parametrize("name", list(PARTITIONED))
def test_parts_are_taken_from_the_whole(name: str, tmp_path: Path) -> None:
    """The program's own checkpoint, with a tensor for each part, is the layout."""
    golden = recordings.load(name)
    program = GraphProgram(PARTITIONED[name], golden)
    layout = program.save(str(tmp_path / "layout"))
    conversion = convert(golden.prefix, tmp_path / "new-10", like=layout)
    program.restore(conversion.prefix)
    assert follow(program, golden).wrong == []
    saved = program.save(str(tmp_path / "later"))
    compare(inventory(golden.prefix), inventory(saved)).raise_for_mismatch()
