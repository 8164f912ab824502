"""Every variable that a piece of a program creates is seen, with the line that created it."""

# mypy: allow-subclassing-any

from __future__ import annotations

import copy
import gc
import inspect
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind
from tf2migrate.runtime import UntrackedVariables, watch

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow
HERE = "tests/runtime/test_watch.py"


class Plain:
    """Holds what it is given, and TensorFlow does not look into it."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)


def line_of(function: Callable[..., Any], text: str = "# here") -> str:
    """Where a function of this file has the text."""
    lines, first = inspect.getsourcelines(function)
    [number] = [first + offset for offset, line in enumerate(lines) if line.rstrip().endswith(text)]
    return f"{HERE}:{number}"


def eager() -> Any:
    return tf.Variable(1.0, name="w")  # here


def with_get_variable() -> Any:
    return v1.get_variable("w", [2])  # here


def in_a_function() -> Any:
    kept: list[Any] = []

    def step(x: Any) -> Any:
        if not kept:
            kept.append(tf.Variable(1.0, name="w"))  # here
        return x * kept[0]

    tf.function(step)(1.0)
    return kept


def helper_of_a_function(kept: list[Any]) -> Any:
    if not kept:
        kept.append(  # here
            tf.Variable(
                1.0,
                name="w",
            )
        )
    return kept[0]


def below_a_function() -> Any:
    kept: list[Any] = []
    tf.function(lambda x: x * helper_of_a_function(kept))(1.0)
    return kept


def without_autograph() -> Any:
    kept: list[Any] = []

    def step(x: Any) -> Any:
        if not kept:
            kept.append(tf.Variable(1.0, name="w"))  # here
        return x * kept[0]

    tf.function(step, autograph=False)(1.0)
    return kept


def in_a_thread() -> Any:
    kept: list[Any] = []
    thread = threading.Thread(target=lambda: kept.append(tf.Variable(1.0, name="w")))
    thread.start()
    thread.join()
    return kept


def in_another_graph() -> Any:
    with tf.Graph().as_default():
        return v1.get_variable("w", [2])  # here


def reference_in_another_graph() -> Any:
    with tf.Graph().as_default():
        return v1.get_variable("w", [2], use_resource=False)  # here


def wrapped() -> Any:
    def net(x: Any) -> Any:
        return x @ v1.get_variable("w", [3, 1])  # here

    return v1.wrap_function(net, [tf.TensorSpec([None, 3])])


def copied() -> Any:
    return copy.deepcopy(VARIABLE)


VARIABLE = tf.Variable(1.0, name="w")

CREATORS: dict[str, tuple[Callable[[], Any], Callable[..., Any] | None]] = {
    "eager": (eager, eager),
    "get_variable": (with_get_variable, with_get_variable),
    "first trace of a tf.function": (in_a_function, in_a_function),
    "helper of a tf.function": (below_a_function, helper_of_a_function),
    "tf.function without autograph": (without_autograph, without_autograph),
    "another thread": (in_a_thread, None),
    "another graph": (in_another_graph, in_another_graph),
    "reference variable of another graph": (
        reference_in_another_graph,
        reference_in_another_graph,
    ),
    "wrapped v1 function": (wrapped, wrapped),
    "a copy": (copied, None),
}


@pytest.mark.parametrize(("create", "where"), CREATORS.values(), ids=CREATORS.keys())
def test_the_variable_and_its_line_are_known(
    create: Callable[[], Any], where: Callable[..., Any] | None
) -> None:
    with watch() as w:
        kept = create()
    [row] = w.inventory.rows
    assert row.name is not None
    assert row.name.startswith("w")
    assert row.origin == (None if where is None else line_of(where))
    assert kept is not None


@pytest.mark.parametrize(("create", "where"), CREATORS.values(), ids=CREATORS.keys())
def test_it_is_untracked_by_a_module_that_does_not_have_it(
    create: Callable[[], Any], where: Callable[..., Any] | None
) -> None:
    with watch() as w:
        kept = create()
    root = tf.Module()
    root.plain = Plain(kept)
    if "graph" in create.__name__:
        return  # a graph's variable is checked in its graph, below
    with pytest.raises(UntrackedVariables) as error:
        w.raise_for_untracked(root)
    [text] = error.value.variables
    assert text.startswith("w")
    assert where is None or text.endswith(f"created at {line_of(where)}")
    assert "a checkpoint of Module 'module' would not save 1 variable" in str(error.value)


def test_the_way_to_an_untracked_variable_is_told() -> None:
    root = tf.Module()
    with watch(root) as w:
        root.plain = Plain(eager())
    with pytest.raises(UntrackedVariables, match=r"w, reached as plain\.values\[0\], created at"):
        w.raise_for_untracked()


def test_what_is_saved_is_no_reason_to_complain() -> None:
    root = tf.Module()
    with watch() as w:
        root.all = [eager(), {"a": with_get_variable()}, in_a_function()]
    w.raise_for_untracked(root)
    w.raise_for_untracked(tf.train.Checkpoint(root=root))
    w.raise_for_untracked({"model": root})


def test_in_a_graph() -> None:
    with tf.Graph().as_default(), watch() as w:
        module = tf.Module()
        module.w = v1.get_variable("w", [2])
        keep = v1.get_variable("lost", [2], use_resource=False)
        local = v1.get_variable("local", [2], collections=[v1.GraphKeys.LOCAL_VARIABLES])
        with pytest.raises(UntrackedVariables) as error:
            w.raise_for_untracked(module)
    assert [text.partition(",")[0] for text in error.value.variables] == ["lost"]
    assert [row.name for row in w.inventory.rows] == ["w", "lost", "local"]
    assert [keep.op.name, local.op.name] == ["lost", "local"]


def test_what_was_created_before_or_after_does_not_count() -> None:
    before = tf.Variable(1.0, name="before")
    with watch() as w:
        inside = tf.Variable(1.0, name="inside")
    after = tf.Variable(1.0, name="after")
    assert [row.name for row in w.inventory.rows] == ["inside"]
    assert len([before, inside, after]) == 3


def test_variables_that_are_gone_do_not_count() -> None:
    class Cycle:
        def __init__(self) -> None:
            self.itself = self
            self.variable = tf.Variable(1.0, name="in_a_cycle")

    with watch() as w:
        tf.Variable(1.0, name="gone")
        Cycle()
    w.raise_for_untracked(tf.Module())


def test_nothing_is_kept_alive() -> None:
    root = tf.Module()
    with watch(root) as w:
        root.w = tf.Variable(1.0)
    assert len(w.inventory.rows) == 1
    del root
    gc.collect()
    assert len(w.inventory.rows) == 0
    with pytest.raises(TypeError, match="say what is saved"):
        w.raise_for_untracked()


def test_reused_variables_are_not_created() -> None:
    with tf.Graph().as_default():
        v1.get_variable("w", [2])
        with v1.variable_scope("", reuse=True), watch() as w:
            v1.get_variable("w", [2])
    assert w.inventory.rows == ()


def train(model: Any) -> None:
    model.optimizer.apply_gradients([(tf.ones(1), model.w)])


def test_slots_and_shadow_variables_are_seen_and_classified() -> None:
    root = tf.Module()
    with watch(root) as w:
        root.w = tf.Variable([1.0], name="w")
        root.optimizer = v1.train.AdamOptimizer(0.1)
        tf.function(train)(root)
        average = tf.train.ExponentialMovingAverage(0.5)
        average.apply([root.w])
    rows = {row.name: row for row in w.inventory.rows}
    assert rows["w/Adam"].kind is Kind.SLOT
    assert rows["w/ExponentialMovingAverage"].kind is Kind.AVERAGE
    assert rows["w"].path == "w"
    assert rows["w/Adam"].path == "w/.OPTIMIZER_SLOT/optimizer/m"
    assert rows["w/ExponentialMovingAverage"].path is None
    [unsaved] = w.inventory.unsaved
    assert unsaved.startswith("w/ExponentialMovingAverage, created at")
    with pytest.raises(UntrackedVariables):
        w.raise_for_untracked()
    root.average = average.average(root.w)
    w.raise_for_untracked()


def test_values_are_read() -> None:
    with watch() as w:
        kept = tf.Variable([1.0, 2.0])
    assert w.inventory.values is not None
    np.testing.assert_array_equal(w.inventory.values(w.inventory.rows[0]), kept.numpy())


def test_variables_of_one_name_are_told() -> None:
    """Facts A2.3: each would get the value of the one `w` in a TF1 checkpoint."""
    with watch() as w:
        kept = [eager(), tf.Variable(2.0, name="other"), eager()]
    assert w.duplicates == {"w": (line_of(eager), line_of(eager))}
    assert [row.key for row in w.inventory.rows] == ["w", "other", "w (2)"]
    assert len(kept) == 3


def test_a_save_counter_is_no_loss(tmp_path: Any) -> None:
    root = tf.Module()
    with watch(root) as w:
        root.w = tf.Variable(1.0)
        checkpoint = tf.train.Checkpoint(root)
        checkpoint.save(str(tmp_path / "x"))
    w.raise_for_untracked()


def test_an_error_inside_is_not_hidden_and_the_watch_ends() -> None:
    kept: list[Any] = []
    w = watch()

    def failing() -> None:
        with w:
            kept.append(eager())
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        failing()
    kept.append(eager())
    assert len(w.inventory.rows) == 1


def test_watches_nest() -> None:
    with watch() as outer:
        first = eager()
        with watch() as inner:
            second = eager()
    assert [len(outer.inventory.rows), len(inner.inventory.rows)] == [2, 1]
    assert [first, second]


def test_a_root_that_cannot_be_saved_is_an_error_of_its_own() -> None:
    root = tf.Module()
    with watch(root) as w:
        root.all = [eager()]
        root.all.insert(0, eager())
    with pytest.raises(CheckpointError, match=r"saving it would fail at all \(a list"):
        w.raise_for_untracked()


def test_keras_layers_built_eagerly_lazily_and_in_a_function(keras: Any) -> None:
    layers = [keras.layers.Dense(2) for _ in range(3)]
    with watch() as w:
        layers[0].build((None, 3))  # eagerly
        layers[1](tf.ones((1, 3)))  # lazily
        tf.function(layers[2])(tf.ones((1, 3)))  # traced
    rows = w.inventory.rows
    here = test_keras_layers_built_eagerly_lazily_and_in_a_function
    lines = [line_of(here, f"# {word}") for word in ("eagerly", "lazily", "traced")]
    assert [row.origin for row in rows] == [lines[0]] * 2 + [lines[1]] * 2 + [lines[2]] * 2
    root = tf.Module()
    root.layers = layers
    w.raise_for_untracked(root)


def test_layers_in_a_list_of_a_keras_3_model_are_untracked(keras: Any) -> None:
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = [keras.layers.Dense(2, name="block")]
            self.single = keras.layers.Dense(2, name="single")

        def call(self, x: Any) -> Any:
            return self.single(self.blocks[0](x))

    with watch() as w:
        model = Model()
        model(tf.ones((1, 2)))  # called
    with pytest.raises(UntrackedVariables) as error:
        w.raise_for_untracked(model)
    line = line_of(test_layers_in_a_list_of_a_keras_3_model_are_untracked, "# called")
    assert all(text.endswith(f"created at {line}") for text in error.value.variables)
    assert {text.split(", ")[1] for text in error.value.variables} == {
        "reached as blocks[0]._kernel",
        "reached as blocks[0].bias",
    }


@pytest.mark.filterwarnings("ignore")
def test_what_keras_keeps_for_itself_is_no_loss(keras: Any) -> None:
    with watch() as w:
        layers = [keras.layers.Dense(2), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
        model = keras.Sequential(layers)
        model.compile("adam", "mse", metrics=["mae"])
        model.fit(tf.ones((4, 3)), tf.ones((4, 1)), verbose=0)
    w.raise_for_untracked(tf.train.Checkpoint(model=model))
    with pytest.raises(UntrackedVariables, match=r"adam(_\d+)?/"):
        w.raise_for_untracked(model.layers[0])


def test_distributed_variables() -> None:
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    root = tf.Module()
    with watch(root) as w, strategy.scope():
        root.w = tf.Variable(1.0, name="w")
        lost = tf.Variable(1.0, name="lost")
    with pytest.raises(UntrackedVariables) as error:
        w.raise_for_untracked()
    assert [text.partition(",")[0] for text in error.value.variables] == ["lost"]
    assert lost is not None
