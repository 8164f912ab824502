"""The inventory of a graph against what a Saver writes, and of objects in graph mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind, SlotOf, Source
from tf2migrate.runtime import graph_inventory, inventory

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


def program(resource: bool) -> dict[str, Any]:
    """A TF1 program with all that a Saver saves."""
    with v1.variable_scope("net", use_resource=resource):
        w = v1.get_variable("w", [5, 2], partitioner=v1.fixed_size_partitioner(2))
        b = v1.get_variable("b", [2])
        mean = v1.get_variable("moving_mean", [2], trainable=False)
    loss = tf.reduce_sum(v1.nn.embedding_lookup(w, [0, 4])) * tf.reduce_sum(b + mean)
    step = v1.train.get_or_create_global_step()
    train = v1.train.AdamOptimizer(0.1).minimize(loss, step)
    average = tf.train.ExponentialMovingAverage(0.5)
    with tf.control_dependencies([train]):
        average.apply([b])
    v1.get_variable("count", [], collections=[v1.GraphKeys.LOCAL_VARIABLES], trainable=False)
    v1.add_to_collection("mine", b)
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
    return {"b": b, "w": w, "train": train, "table": table}


def initialised(session: Any) -> None:
    """One after the other: a shadow variable takes the value of its variable."""
    for variable in (*v1.global_variables(), *v1.local_variables()):
        session.run(variable.initializer)


def test_the_rows_are_what_a_saver_writes(session: Any, resource: bool, tmp_path: Any) -> None:
    made = program(resource)
    initialised(session)
    session.run([made["train"], made["table"].insert(["a", "b"], [1, 2])])
    found = graph_inventory(values=True, local=False)
    file = open_checkpoint(v1.train.Saver().save(session, str(tmp_path / "saved")))
    assert found.source is Source.GRAPH
    assert {row.key: row.checksum for row in found.rows} == {
        key: file.checksum(key) for key in file.tensors
    }
    for row in found.rows:
        assert row.dtype == file.tensors[row.key].dtype
        assert row.kind is Kind.TABLE or row.shape == file.tensors[row.key].shape
        assert found.values is not None
        np.testing.assert_array_equal(found.values(row), file.read(row.key))


def test_collections_kinds_and_slots(session: Any, resource: bool) -> None:
    assert session
    program(resource)
    rows = graph_inventory().by_key()
    assert set(rows["net/b"].collections) == {
        *("variables", "trainable_variables", "moving_average_variables", "mine"),
    }
    assert rows["net/w"].partitions == 2
    assert rows["net/w/Adam"].partitions == 2
    assert rows["count"].collections == ("local_variables",)
    assert (rows["net/b"].trainable, rows["net/moving_mean"].trainable) == (True, False)
    kinds = {name: rows[name].kind for name in ("net/moving_mean", "global_step", "beta1_power")}
    assert list(kinds.values()) == [Kind.MOVING_STATISTIC, Kind.STEP, Kind.OPTIMIZER]
    assert rows["net/b/Adam_1"].slot == SlotOf("net/b", "1", "Adam")
    assert rows["net/b/ExponentialMovingAverage"].kind is Kind.AVERAGE
    assert str(rows["net/b"].origin).startswith("tests/runtime/test_graphs.py:")


def test_without_a_session_names_are_known_and_values_are_not(resource: bool) -> None:
    with tf.Graph().as_default():
        program(resource)
        assert "net/b" in graph_inventory().by_key()
        with pytest.raises(CheckpointError, match="no default one"):
            graph_inventory(values=True)


def test_a_graph_and_a_session_can_be_given(resource: bool) -> None:
    graph = tf.Graph()
    with graph.as_default():
        program(resource)
    session = v1.Session(graph=graph)
    with graph.as_default():
        initialised(session)
    assert "net/b" in graph_inventory(graph).by_key()
    assert graph_inventory(session=session, values=True).by_key()["net/b"].checksum is not None
    with v1.Session(graph=tf.Graph()) as other, pytest.raises(CheckpointError, match="another"):
        graph_inventory(graph, other, values=True)


def test_variables_that_are_not_initialised_are_named(session: Any, resource: bool) -> None:
    assert session
    program(resource)
    with pytest.raises(CheckpointError, match=r"net/w.*has no value in the session"):
        graph_inventory(values=True)


def test_in_eager_mode_there_is_no_graph_to_look_at() -> None:
    tf.Variable(1.0)
    with pytest.raises(CheckpointError, match="no collection holds a variable"):
        graph_inventory()


def test_slots_of_a_partitioned_variable_that_no_checkpoint_can_hold(session: Any) -> None:
    """Facts A5.6: inside a variable scope TensorFlow takes the parts' names apart wrongly."""
    with v1.variable_scope("p", partitioner=v1.fixed_size_partitioner(2)):
        w = v1.get_variable("emb", [4, 2])
    loss = tf.reduce_sum(v1.nn.embedding_lookup(w, [0]))
    with v1.variable_scope("opt"):
        v1.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    initialised(session)
    with pytest.raises(CheckpointError, match="parts do not make up its shape"):
        graph_inventory(values=True)


def test_a_finalised_graph_is_read(session: Any, resource: bool) -> None:
    made = program(resource)
    initialised(session)
    tf.compat.v1.get_default_graph().finalize()
    assert graph_inventory(values=True).by_key()["net/b"].checksum is not None
    found = inventory({"b": made["b"]}, values=True)
    assert found.rows[0].checksum == graph_inventory(values=True).by_key()["net/b"].checksum


def test_an_object_in_graph_mode_is_what_its_checkpoint_holds(
    session: Any, resource: bool, written: Any
) -> None:
    with v1.variable_scope("net", use_resource=resource):
        w = v1.get_variable("w", [3])
    optimizer = v1.train.AdamOptimizer(0.1)
    train = optimizer.minimize(tf.reduce_sum(w * w))
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
    insert = table.insert(["a", "b"], [1, 2])
    initialised(session)
    session.run([train, insert])
    checkpoint = tf.train.Checkpoint(w=w, optimizer=optimizer, table=table)
    operations = len(tf.compat.v1.get_default_graph().get_operations())
    found = inventory(checkpoint, values=True)
    assert len(tf.compat.v1.get_default_graph().get_operations()) == operations
    file = written(checkpoint)
    assert {row.key: row.checksum for row in found.rows} == {
        key: tensor.crc for key, tensor in file.tensors.items() if not key.startswith("_CHECKPOINT")
    }
    rows = {row.path: row for row in found.rows}
    assert rows["w"].name == "net/w"
    assert str(rows["w"].origin).startswith("tests/runtime/test_graphs.py:")
    assert found.unsaved == ()


def test_a_checkpoint_in_graph_mode_still_saves_after_its_inventory(
    session: Any, resource: bool, written: Any
) -> None:
    w = v1.get_variable("w", [3], use_resource=resource)
    module = tf.Module()
    module.w = w
    initialised(session)
    checkpoints = [tf.train.Checkpoint(w=w), tf.train.Checkpoint(module)]
    for checkpoint in checkpoints:
        inventory(checkpoint)
        assert "w/.ATTRIBUTES/VARIABLE_VALUE" in written(checkpoint).tensors
        inventory(checkpoint)
        assert "w/.ATTRIBUTES/VARIABLE_VALUE" in written(checkpoint).tensors


def test_local_variables_of_a_graph_are_not_missed(session: Any, resource: bool) -> None:
    assert session

    class Plain:
        def __init__(self) -> None:
            keys = [v1.GraphKeys.LOCAL_VARIABLES]
            self.local = v1.get_variable("local", [], collections=keys, use_resource=resource)
            self.lost = v1.get_variable("lost", [], use_resource=resource)

    module = tf.Module()
    module.plain = Plain()
    [text] = inventory(module).unsaved
    assert text.startswith("lost, reached as plain.lost, created at tests/runtime/test_graphs.py:")
