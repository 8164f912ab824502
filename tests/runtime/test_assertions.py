"""`assert_variables_match`: what it takes, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Outcome, VariablesMismatch
from tf2migrate.model.inventory import Inventory, Source, VariableRow
from tf2migrate.model.names import VARIABLE, NameRow
from tf2migrate.runtime import assert_variables_match, graph_inventory, inventory

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow


def module(**attributes: Any) -> Any:
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def model(w: float = 1.0) -> Any:
    return module(w=tf.Variable([w, 2.0], name="w"), b=tf.Variable(0.5, name="b"))


@pytest.fixture
def tf1(tmp_path: Path) -> str:
    """What a Saver writes of the same variables."""
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", initializer=[1.0, 2.0])
        v1.get_variable("b", initializer=0.5)
        session.run(v1.global_variables_initializer())
        return str(v1.train.Saver().save(session, str(tmp_path / "tf1")))


def test_a_checkpoint_and_an_object(tf1: str) -> None:
    report = assert_variables_match(tf1, model(), values=True)
    assert (report.ok, report.depth) == (True, Depth.VALUES)
    assert assert_variables_match(Path(tf1), model()).depth is Depth.NAMES


def test_two_files_two_objects_and_inventories(tf1: str, tmp_path: Path) -> None:
    new = tf.train.Checkpoint(model()).write(str(tmp_path / "tf2"))
    sides = [tf1, new, model(), tf.train.Checkpoint(model()), inventory(model())]
    for one in sides:
        for other in sides:
            assert_variables_match(one, other, values=True)


def test_a_graph_and_a_session(tf1: str) -> None:
    with tf.Graph().as_default() as graph, v1.Session() as session:
        v1.get_variable("w", initializer=[1.0, 2.0])
        v1.get_variable("b", initializer=0.5)
        v1.get_variable("local", [], collections=[v1.GraphKeys.LOCAL_VARIABLES])
        session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
        assert_variables_match(tf1, graph)
        assert_variables_match(session, tf1, values=True)
        assert_variables_match(graph_inventory(local=False), tf1, values=True)


def test_a_recording_has_names(tf1: str) -> None:
    rows = tuple(
        VariableRow(name, shape, "float32", name=name) for name, shape in (("w", (2,)), ("b", ()))
    )
    recording = Inventory(Source.RECORDING, "recording.json", rows)
    assert_variables_match(recording, model())
    with pytest.raises(CheckpointError, match=r"recording\.json: has names and no values"):
        assert_variables_match(recording, model(), values=True)
    assert_variables_match(tf1, recording)


def test_a_name_map_is_used(tf1: str) -> None:
    obj = module(x=tf.Variable([1.0, 2.0], name="x"), y=tf.Variable(0.5, name="y"))
    names = [NameRow("a", "w", "x", VARIABLE, ""), NameRow("a", "b", "y", VARIABLE, "")]
    assert_variables_match(tf1, obj, names, values=True)


@pytest.mark.parametrize(
    ("change", "outcome", "text"),
    [
        (lambda m: delattr(m, "w"), Outcome.MISSING, "missing: w"),
        (lambda m: setattr(m, "more", tf.Variable(1)), Outcome.UNEXPECTED, "unexpected: "),
        (lambda m: m.w.assign([1.0, 2.001]), Outcome.VALUE, "value: w"),
        (
            lambda m: setattr(m, "w", tf.Variable([1.0], name="w")),
            Outcome.SHAPE,
            r"shape: w.*\[2\] before, \[1\] after",
        ),
        (
            lambda m: setattr(m, "w", tf.Variable([1, 2], name="w")),
            Outcome.DTYPE,
            "dtype: w.*float32 before, int32 after",
        ),
    ],
    ids=["missing", "unexpected", "value", "shape", "dtype"],
)
def test_what_differs_is_named(change: Any, outcome: Outcome, text: str, tf1: str) -> None:
    obj = model()
    change(obj)
    with pytest.raises(VariablesMismatch, match=text) as error:
        assert_variables_match(tf1, obj, values=True)
    assert outcome in error.value.report.counts()


def test_values_may_differ_within_a_tolerance(tf1: str) -> None:
    obj = model(1.001)
    assert_variables_match(tf1, obj)
    assert_variables_match(tf1, obj, values=True, atol=0.01)
    assert_variables_match(tf1, obj, values=True, rtol=0.01)
    with pytest.raises(VariablesMismatch, match="value: w"):
        assert_variables_match(tf1, obj, values=True, atol=0.0001)


def test_iterators_are_compared_by_name(tmp_path: Path) -> None:
    def obj() -> Any:
        return module(w=tf.Variable(1.0), iterator=iter(tf.data.Dataset.range(3)))

    path = tf.train.Checkpoint(obj()).write(str(tmp_path / "x"))
    report = assert_variables_match(path, obj(), values=True)
    assert len(report.entries) == 2
    with pytest.raises(VariablesMismatch, match="missing: iterator"):
        assert_variables_match(path, module(w=tf.Variable(1.0)), values=True)


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        assert_variables_match(str(tmp_path / "nothing"), model())
    with pytest.raises(CheckpointError):
        assert_variables_match(tmp_path / "nothing.json", model())
