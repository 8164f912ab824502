"""What the runtime relies on in TensorFlow and Keras: a release that changes it is noticed.

Each test is about TensorFlow alone. The numbers are those of the facts that were
measured for this project.
"""

from __future__ import annotations

import gc
import threading
import types
import warnings
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def module(**attributes: Any) -> Any:
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def traced(checkpoint: Any) -> Any:
    return v1.wrap_function(lambda: checkpoint.write(tf.constant("nowhere")), [])


def written(function: Any) -> dict[str, Any]:
    """Tensors by key; TensorFlow makes an operation for each device."""
    found: dict[str, Any] = {}
    for operation in function.graph.get_operations():
        if operation.type == "SaveV2":
            prefix, names, slices, *tensors = operation.inputs
            assert prefix.dtype == tf.string
            texts = [name.decode() for name in tf.get_static_value(names)]
            assert tf.get_static_value(slices).tolist() == [b""] * len(texts)
            found |= dict(zip(texts, tensors, strict=True))
    return found


# How a checkpoint is written.


def test_a_traced_write_names_its_tensors_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = tf.train.Checkpoint(w=tf.Variable([1.0, 2.0]))
    monkeypatch.chdir(tmp_path)
    tensors = written(traced(checkpoint))
    assert {key: one.dtype for key, one in tensors.items()} == {
        f"w{VALUE}": tf.float32,
        GRAPH: tf.string,
    }
    assert isinstance(tf.get_static_value(tensors[GRAPH]).item(), bytes)
    assert list(tmp_path.iterdir()) == []


def test_a_pruned_function_computes_what_would_be_written() -> None:
    variable = tf.Variable([1.0, 2.0])
    function = traced(tf.train.Checkpoint(w=variable))
    variable.assign([3.0, 4.0])
    [value] = function.prune([], [written(function)[f"w{VALUE}"]])()
    assert value.numpy().tolist() == [3.0, 4.0]


def test_a_traced_function_captures_the_handles_of_variables() -> None:
    variable = tf.Variable(1.0)
    function = traced(tf.train.Checkpoint(w=variable))
    assert any(outer is variable.handle for outer, _ in function.graph.captures)


def test_tracing_in_a_graph_adds_nothing_to_it_also_if_it_is_final() -> None:
    with tf.Graph().as_default() as graph:
        checkpoint = tf.train.Checkpoint(w=v1.get_variable("w", [2], use_resource=False))
        graph.finalize()
        before = len(graph.get_operations())
        assert set(written(traced(checkpoint))) == {f"w{VALUE}", GRAPH}
        assert len(graph.get_operations()) == before


def test_a_root_that_is_false_is_taken_for_a_child_unless_it_is_given_weakly() -> None:
    zero = tf.Variable(0.0)
    for root, key in ((zero, f"_root{VALUE}"), (weakref.ref(zero), VALUE)):
        assert set(written(traced(tf.train.Checkpoint(root)))) == {key, GRAPH}


def test_children_of_what_cannot_be_saved() -> None:
    children = tf.train.TrackableView.children
    changed = module(a=[tf.Variable(1.0)])
    changed.a.insert(0, tf.Variable(1.0))
    with pytest.raises(ValueError, match="ListWrapper"):
        children(changed.a)
    with pytest.raises(ValueError, match="non-string key"):
        children(module(a={1: tf.Variable(1.0)}).a)
    for obj in (1, "x", [1], object(), tf.ones(2)):
        with pytest.raises(AttributeError):
            children(obj)


def test_a_checkpoint_with_a_positional_root_keeps_it_as_an_attribute() -> None:
    root = module(w=tf.Variable(1.0))
    assert vars(tf.train.Checkpoint(root))["root"] is root
    assert set(tf.train.TrackableView.children(tf.train.Checkpoint(root))) == {"_root", "root"}
    assert "root" not in vars(tf.train.Checkpoint(model=root))


def test_a_table_is_saved_as_two_tensors_under_its_object_path() -> None:
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    assert set(written(traced(tf.train.Checkpoint(t=table)))) == {
        *("t/.ATTRIBUTES/table-keys", "t/.ATTRIBUTES/table-values", GRAPH),
    }


def test_a_table_of_a_graph_has_the_tensors_that_a_saver_saves() -> None:
    with tf.Graph().as_default():
        table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="t")
        [saveable] = v1.get_collection(v1.GraphKeys.SAVEABLE_OBJECTS)
        assert saveable.op is table
        assert [spec.name for spec in saveable.specs] == ["t-keys", "t-values"]


# What TensorFlow's own checks do not tell (facts A2).


@pytest.fixture
def tf1(tmp_path: Path) -> str:
    """w, w_1 and Adam's slots, as a Saver writes them."""
    with tf.Graph().as_default(), v1.Session() as session:
        w = tf.Variable([1.0, 2.0], name="w")
        tf.Variable([3.0, 4.0], name="w")
        train = v1.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(w * w), var_list=[w])
        session.run(v1.global_variables_initializer())
        session.run(train)
        return str(v1.train.Saver().save(session, str(tmp_path / "tf1")))


def test_a2_3_names_are_numbered_in_a_graph_and_not_in_eager_mode() -> None:
    assert [tf.Variable(1.0, name="w").name for _ in range(2)] == ["w:0", "w:0"]
    with tf.Graph().as_default():
        assert [tf.Variable(1.0, name="w").name for _ in range(2)] == ["w:0", "w_1:0"]


def test_a2_4_unused_keys_are_not_told(tf1: str) -> None:
    variable = tf.Variable([0.0, 0.0], name="w")
    tf.train.Checkpoint(w=variable).restore(tf1).assert_consumed()
    assert len(tf.train.list_variables(tf1)) > 1


def test_a2_8_keras_variables_are_not_loaded_by_name(keras: Any, tf1: str) -> None:
    variable = keras.Variable([0.0, 0.0], name="w")
    with pytest.raises(AssertionError):
        tf.train.Checkpoint(w=variable).restore(tf1).assert_consumed()
    assert variable.numpy().tolist() == [0.0, 0.0]


def test_a2_9_slots_that_do_not_exist_yet_are_not_loaded(tf1: str) -> None:
    variable, optimizer = tf.Variable([0.0, 0.0], name="w"), v1.train.AdamOptimizer(0.1)
    tf.train.Checkpoint(w=variable, o=optimizer).restore(tf1).assert_consumed()
    optimizer.apply_gradients([(tf.zeros(2), variable)])
    assert optimizer.get_slot(variable, "m").numpy().tolist() == [0.0, 0.0]


def test_a2_11_an_index_file_restores_nothing(tf1: str) -> None:
    variable = tf.Variable([0.0, 0.0], name="w")
    tf.train.Checkpoint(w=variable).restore(f"{tf1}.index").expect_partial()
    assert variable.numpy().tolist() == [0.0, 0.0]


def test_a2_13_write_belongs_to_read_and_save_to_restore(tmp_path: Path) -> None:
    checkpoint = tf.train.Checkpoint(w=tf.Variable(1.0))
    written = checkpoint.write(str(tmp_path / "w"))
    saved = checkpoint.save(str(tmp_path / "s"))

    def fresh() -> Any:
        return tf.train.Checkpoint(w=tf.Variable(0.0))

    fresh().read(written).assert_consumed()
    fresh().restore(saved).assert_consumed()
    for status in (fresh().restore(written), fresh().read(saved)):
        with pytest.raises(AssertionError):
            status.assert_consumed()


def test_a3_4_restore_of_a_name_based_file_fails_in_a_graph(tf1: str) -> None:
    with tf.Graph().as_default(), v1.Session() as session:
        checkpoint = tf.train.Checkpoint(w=v1.get_variable("w", [2]))
        with pytest.raises(tf.errors.NotFoundError, match="save_counter"):
            checkpoint.restore(tf1).initialize_or_restore(session)


def test_c4_2_names_of_slots_are_numbered_through_the_process() -> None:
    names = []
    for _ in range(2):
        variable, optimizer = tf.Variable([0.0], name="w"), v1.train.AdamOptimizer(0.1)
        optimizer.apply_gradients([(tf.ones(1), variable)])
        names.append(optimizer.get_slot(variable, "m").name)
    assert names == ["w/Adam:0", "w/Adam_2:0"]


def test_tracing_a_step_creates_slots_and_changes_no_value() -> None:
    variable, optimizer = tf.Variable([1.0, 2.0]), v1.train.FtrlOptimizer(0.1)

    def step() -> None:
        optimizer.apply_gradients([(tf.zeros_like(variable), variable)])

    tf.function(step, autograph=False).get_concrete_function()
    assert variable.numpy().tolist() == [1.0, 2.0]
    np.testing.assert_allclose(optimizer.get_slot(variable, "accum"), [0.1, 0.1])


# Variables.


def test_only_variables_that_keep_their_values_have_a_handle_with_numpy() -> None:
    assert hasattr(tf.Variable(1.0).handle, "numpy")
    with tf.Graph().as_default():
        assert not hasattr(v1.get_variable("a", [], use_resource=True).handle, "numpy")
        with pytest.raises(AttributeError):
            _ = v1.get_variable("b", [], use_resource=False).handle


@pytest.mark.parametrize("resource", [True, False], ids=["resource", "reference"])
def test_the_initialiser_of_a_graphs_variable_takes_another_value(resource: bool) -> None:
    with tf.Graph().as_default() as graph, v1.Session() as session:
        variable = v1.get_variable("w", [2], use_resource=resource)
        graph.finalize()
        session.run(variable.initializer, {variable.initializer.inputs[1]: [3.0, 4.0]})
        assert session.run(variable).tolist() == [3.0, 4.0]


def test_parts_of_a_partitioned_variable_know_the_whole() -> None:
    with tf.Graph().as_default():
        whole = v1.get_variable("w", [5, 2], partitioner=v1.fixed_size_partitioner(2))
        assert type(whole).__name__ == "PartitionedVariable"
        infos = [part.to_proto().save_slice_info_def for part in whole]
        assert [info.full_name for info in infos] == ["w", "w"]
        assert [list(info.full_shape) for info in infos] == [[5, 2], [5, 2]]
        assert [list(info.var_offset) for info in infos] == [[0, 0], [3, 0]]


def test_to_proto_is_refused_in_eager_mode() -> None:
    with pytest.raises(RuntimeError, match="not supported when eager"):
        tf.Variable(1.0).to_proto()


def test_a_reference_gives_its_variable() -> None:
    variable = tf.Variable(1.0)
    assert type(variable.ref()).__name__ == "Reference"
    assert variable.ref().deref() is variable


def test_variables_can_be_held_weakly_and_are_known_to_the_garbage_collector() -> None:
    variable = tf.Variable(1.0)
    assert weakref.ref(variable)() is variable
    assert any(one is variable for one in gc.get_objects())


def test_a_distributed_variable_is_a_variable_made_of_variables() -> None:
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        variable = tf.Variable(1.0)
    assert isinstance(variable, tf.Variable)
    assert isinstance(variable, tf.distribute.DistributedValues)
    assert all(isinstance(one, tf.Variable) for one in variable.values)


def test_operations_know_the_lines_of_the_users_code_inside_a_function() -> None:
    lines: list[int] = []

    def step(x: Any) -> Any:
        if x is not None:
            note(lines)  # the line that is asked for
        return x

    tf.function(step)(1.0)
    code: types.CodeType = step.__code__
    assert lines[0] == code.co_firstlineno + 2


def note(lines: list[int]) -> None:
    """The line of `step` that called it, through an operation of a throw-away graph."""
    with tf.Graph().as_default():
        frames = [
            frame
            for frame in tf.no_op().traceback
            if frame.filename == __file__ and frame.name == "step"
        ]
    lines.append(frames[-1].lineno)


def test_creators_are_asked_in_one_thread_and_one_graph() -> None:
    names: list[str] = []

    def creator(next_creator: Any, **arguments: Any) -> Any:
        variable = next_creator(**arguments)
        names.append(variable.name)
        return variable

    kept: list[Any] = []

    def other_thread() -> None:
        kept.append(tf.Variable(1.0, name="thread"))

    def step() -> None:
        if len(kept) < 2:
            kept.append(tf.Variable(1.0, name="function"))

    with tf.variable_creator_scope(creator):
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join()
        tf.function(step, autograph=False)()
        with tf.Graph().as_default():
            kept.append(tf.Variable(1.0, name="graph"))
        kept.append(v1.get_variable("here", []))
    assert names == ["function:0", "here:0"]


# Functions.


def test_a_tf_function_gives_the_python_function() -> None:
    def step() -> None: ...

    assert tf.function(step).python_function is step
    assert isinstance(tf.function(step), tf.types.experimental.PolymorphicFunction)


def test_a_concrete_function_holds_its_variables_weakly() -> None:
    kept = [tf.Variable(1.0)]
    function = tf.function(lambda: kept[0] + 1.0).get_concrete_function()
    assert isinstance(function, tf.types.experimental.ConcreteFunction)
    assert function.variables[0] is kept[0]
    kept.clear()
    gc.collect()
    with pytest.raises(AssertionError, match="deleted"):
        _ = function.variables


def test_b9_the_graph_of_a_wrapped_function_has_its_variables_in_collections() -> None:
    wrapped = v1.wrap_function(lambda: v1.get_variable("w", [2]) + 1.0, [])
    assert isinstance(wrapped, tf.types.experimental.ConcreteFunction)
    assert [one.name for one in wrapped.graph.get_collection("variables")] == ["w:0"]


# Keras.


def test_a_keras_3_variable_holds_a_tf_variable_and_is_none(keras: Any) -> None:
    variable = keras.Variable([1.0], name="k")
    assert not isinstance(variable, tf.Variable)
    assert isinstance(vars(variable)["_value"], tf.Variable)
    assert variable.value.name == "k:0"


def test_c4_4_a_keras_3_optimizer_has_lists_in_the_order_of_its_variables(keras: Any) -> None:
    a, b = keras.Variable([1.0], name="a"), keras.Variable([1.0], name="b")
    optimizer = keras.optimizers.Adam(name="adam")
    optimizer.build([a, b])
    children = tf.train.TrackableView.children(optimizer)
    assert {"_variables", "_trainable_variables", "_momentums", "_velocities"} <= set(children)
    assert [one.name for one in children["_trainable_variables"]] == ["a", "b"]
    assert [one.path for one in children["_velocities"]] == ["adam/a_velocity", "adam/b_velocity"]


def test_the_state_of_keras_random_numbers_is_not_saved(keras: Any) -> None:
    layer = keras.layers.Dropout(0.5)
    layer.build((2,))
    assert [one.name for one in layer.variables] == ["seed_generator_state"]
    assert set(written(traced(tf.train.Checkpoint(layer)))) == {GRAPH}


def test_a_tf_keras_model_counts_steps_in_variables_that_are_not_saved() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tf_keras = pytest.importorskip("tf_keras")
    model = tf_keras.Sequential([tf_keras.layers.Dense(1)])
    model(tf.ones((1, 2)))
    for name in ("_train_counter", "_test_counter", "_predict_counter"):
        assert isinstance(vars(model)[name], tf.Variable)
    assert len(written(traced(tf.train.Checkpoint(model)))) == len([*model.weights, GRAPH])
