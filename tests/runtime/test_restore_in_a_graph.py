"""Restoring into a program that keeps its graph and its sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import VariablesMismatch
from tf2migrate.runtime import assert_variables_match, inventory, restore

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow


@pytest.fixture
def session() -> Iterator[Any]:
    """A session of a new graph, both the default ones."""
    with tf.Graph().as_default(), v1.Session() as made:
        yield made


@pytest.fixture(params=[True, False], ids=["resource variables", "reference variables"])
def resource(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class Program:
    """Saved by a Saver in one graph, restored by a Checkpoint in another."""

    def __init__(self, resource: bool = True) -> None:
        with v1.variable_scope("net", use_resource=resource):
            self.w = v1.get_variable("w", [3])
            self.words = v1.get_variable("words", initializer=tf.constant(["a", "b"]))
            self.half = v1.get_variable("half", [2], tf.bfloat16)
        self.optimizer = v1.train.AdamOptimizer(0.1)
        self.train = self.optimizer.minimize(tf.reduce_sum(self.w**2))

    def checkpoint(self) -> Any:
        return tf.train.Checkpoint(
            w=self.w, words=self.words, half=self.half, optimizer=self.optimizer
        )


def initialise(session: Any) -> None:
    for variable in v1.global_variables():
        session.run(variable.initializer)


@pytest.fixture
def saved(tmp_path: Path, resource: bool) -> str:
    """A name-based checkpoint after three steps."""
    with tf.Graph().as_default(), v1.Session() as session:
        program = Program(resource)
        initialise(session)
        for _ in range(3):
            session.run(program.train)
        return str(v1.train.Saver().save(session, str(tmp_path / "tf1")))


def test_a_name_based_checkpoint(session: Any, resource: bool, saved: str) -> None:
    """Facts A3.4: TensorFlow's own `restore` always fails here."""
    program = Program(resource)
    initialise(session)
    restore(program.checkpoint(), saved)
    reader = tf.train.load_checkpoint(saved)
    np.testing.assert_array_equal(session.run(program.w), reader.get_tensor("net/w"))
    slot = program.optimizer.get_slot(program.w, "v")
    np.testing.assert_array_equal(session.run(slot), reader.get_tensor("net/w/Adam_1"))
    session.run(program.train)


def test_no_variable_needs_to_be_initialised_before(
    session: Any, resource: bool, saved: str
) -> None:
    program = Program(resource)
    assert restore(program.checkpoint(), saved).ok
    session.run(program.train)


def test_a_final_graph(session: Any, resource: bool, saved: str) -> None:
    program = Program(resource)
    checkpoint = program.checkpoint()
    tf.compat.v1.get_default_graph().finalize()
    assert restore(checkpoint, saved).ok
    assert session.run(program.words).tolist() == [b"a", b"b"]


def test_the_session_can_be_given(resource: bool, saved: str) -> None:
    graph = tf.Graph()
    with graph.as_default():
        program = Program(resource)
        checkpoint = program.checkpoint()
    session = v1.Session(graph=graph)
    assert restore(checkpoint, saved, session=session).ok
    reader = tf.train.load_checkpoint(saved)
    np.testing.assert_array_equal(session.run(program.w), reader.get_tensor("net/w"))


def test_without_a_session_it_says_so(resource: bool, saved: str, tmp_path: Path) -> None:
    with tf.Graph().as_default(), v1.Session() as session:
        program = Program(resource)
        initialise(session)
        by_objects = program.checkpoint().write(str(tmp_path / "tf2"))
    with tf.Graph().as_default():
        checkpoint = Program(resource).checkpoint()
        for path in (saved, by_objects):
            with pytest.raises(CheckpointError, match="there is no default one"):
                restore(checkpoint, path)


def test_what_does_not_fit_is_not_half_loaded(session: Any, resource: bool, saved: str) -> None:
    program = Program(resource)
    initialise(session)
    before = session.run(program.w)
    with pytest.raises(VariablesMismatch):
        restore(tf.train.Checkpoint(w=program.w), saved)
    np.testing.assert_array_equal(session.run(program.w), before)
    assert not restore(tf.train.Checkpoint(w=program.w), saved, partial=True).ok
    assert np.any(session.run(program.w) != before)


def test_an_object_based_checkpoint_and_its_numbering(
    session: Any, resource: bool, tmp_path: Path
) -> None:
    program = Program(resource)
    initialise(session)
    checkpoint = program.checkpoint()
    session.run(checkpoint.save_counter.initializer)
    session.run(program.train)
    path = checkpoint.save(str(tmp_path / "x"))
    value = session.run(program.w)
    with tf.Graph().as_default(), v1.Session() as other:
        program = Program(resource)
        again = program.checkpoint()
        assert restore(again, path).ok
        np.testing.assert_array_equal(other.run(program.w), value)
        assert again.save(str(tmp_path / "x")).endswith("x-2")


def test_an_object_based_checkpoint_in_a_final_graph_is_an_error(
    session: Any, resource: bool, tmp_path: Path
) -> None:
    program = Program(resource)
    initialise(session)
    path = program.checkpoint().write(str(tmp_path / "x"))
    checkpoint = program.checkpoint()
    tf.compat.v1.get_default_graph().finalize()
    with pytest.raises(CheckpointError, match="restore before the graph is finalised"):
        restore(checkpoint, path)


def test_a_table(session: Any, tmp_path: Path) -> None:
    def table() -> Any:
        return tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")

    first = table()
    session.run(first.insert(["a", "b"], [1, 2]))
    path = v1.train.Saver([v1.get_variable("w", [2])])
    assert path
    saver = v1.train.Saver({"words": first})
    prefix = saver.save(session, str(tmp_path / "x"))
    with tf.Graph().as_default(), v1.Session() as other:
        second = table()
        other.run(second.insert(["stale"], [9]))
        assert restore({"words": second}, prefix).ok
        assert other.run(second.lookup(tf.constant(["a", "b", "stale"]))).tolist() == [1, 2, -1]


def test_an_object_of_a_graph_is_found_from_outside(resource: bool, saved: str) -> None:
    """Its variables know their graph, so it need not be the default one."""
    graph = tf.Graph()
    with graph.as_default():
        program = Program(resource)
        checkpoint = program.checkpoint()
    assert len(inventory(checkpoint).rows) == 7
    session = v1.Session(graph=graph)
    restore(checkpoint, saved, session=session)
    with session.as_default():
        assert_variables_match(saved, checkpoint, values=True)
    assert_variables_match(saved, session, values=True)
    assert_variables_match(saved, graph)
