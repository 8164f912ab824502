"""Evaluation with moving averages that TensorFlow 1.15.5 trained.

TensorFlow 1 has two ways: `average(v)` in the graph that trained, which the trajectories show, and
a program of its own whose Saver reads averages into the variables, `ema.variables_to_restore()`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

from tests.goldens import recordings
from tests.goldens.following import Distances
from tests.goldens.graph_programs import GraphProgram, network, weight
from tests.goldens.networks import Regression
from tests.goldens.optimizer_programs import row
from tests.goldens.recordings import Golden
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory

v1 = tf.compat.v1
pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("fresh_names")]

SHADOWS = {
    "average_plain": "net/*/ExponentialMovingAverage",
    "average_num_updates": "net/*/ExponentialMovingAverage",
    "average_with_adam": "net/*/ExponentialMovingAverage",
    "average_in_scope": "ema/net/*/avg",
}


def first_feed(golden: Golden) -> dict[str, recordings.Array]:
    return {name: values[0] for name, values in golden.feeds.items()}


@pytest.mark.parametrize("name", list(SHADOWS))
def test_a_name_map_puts_averages_into_the_variables(name: str, tmp_path: Path) -> None:
    """The trained values are kept beside them, for a program that trains on."""
    golden = recordings.load(name)
    names = [
        row(SHADOWS[name], "net/*"),
        *(row(f"net/{leaf}", f"trained/{leaf}") for leaf in ("w", "b", "out")),
        row("global_step", "global_step"),
        row("*/Adam*", "optimizer", "optimizer"),
    ]
    conversion = convert(golden.prefix, tmp_path / "new-10", names=names)
    program = Regression(lambda: None, tf.int64)
    status = tf.train.Checkpoint(program.root).restore(conversion.prefix)
    status.assert_existing_objects_matched()
    distances = Distances()
    evaluated = program.predict(first_feed(golden))
    distances.add("evaluation", evaluated, golden.before["evaluated"])
    assert distances.wrong == []
    assert abs(evaluated - golden.before["prediction"]).numpy().max() > 1e-3
    old, new = (
        checkpoint_inventory(open_checkpoint(prefix))
        for prefix in (golden.prefix, conversion.prefix)
    )
    compare(old, new, names).raise_for_mismatch()


@pytest.mark.parametrize("name", sorted(set(SHADOWS) - {"average_in_scope"}))
def test_a_checkpoint_of_variables_to_restore_reads_averages(name: str, tmp_path: Path) -> None:
    """The Saver's dict has become the children of a Checkpoint, in a program with a session."""
    golden = recordings.load(name)
    convert(golden.prefix, tmp_path / "new-10", names=GraphProgram.names)
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [4, 3])
        with v1.variable_scope("net"):
            weights = weight("w", [3, 4]), weight("b", [4]), weight("out", [4, 1])
        v1.train.get_or_create_global_step()
        prediction = network(x, *weights)
        averages = v1.train.ExponentialMovingAverage(0.9)
        checkpoint = tf.train.Checkpoint(**averages.variables_to_restore())
        status = checkpoint.restore(str(tmp_path / "new-10"))
        status.assert_existing_objects_matched().run_restore_ops(session)
        evaluated = session.run(prediction, {x: first_feed(golden)["x"]})
    distances = Distances()
    distances.add("evaluation", evaluated, golden.before["evaluated"])
    assert distances.wrong == []
