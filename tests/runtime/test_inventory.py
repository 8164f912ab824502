"""The inventory of a living object against the checkpoint that TensorFlow writes of it."""

# mypy: allow-subclassing-any

from __future__ import annotations

import collections
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, Kind, SlotOf, Source
from tf2migrate.runtime import inventory

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow

Pair = collections.namedtuple("Pair", "x y")


def variable(value: Any = 1.0, name: str = "v", **arguments: Any) -> Any:
    return tf.Variable(value, name=name, **arguments)


def module(**attributes: Any) -> Any:
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def nested_containers() -> Any:
    return module(
        a=[variable(), 3, (variable(), {"k/l": variable(), "m.n": [variable()]})],
        b=Pair(variable(), variable()),
        c=collections.OrderedDict(x=variable()),
        empty=[],
    )


def dtypes() -> Any:
    kinds = ("float16", "bfloat16", "float64", "int8", "uint8", "int16", "uint16", "int32")
    more = ("uint32", "int64", "uint64", "bool", "complex64", "complex128")
    made = {kind: variable(tf.cast([[1, 0, 3]], kind)) for kind in (*kinds, *more)}
    made["texts"] = variable(["a", "", "b\0c"])
    made["text"] = variable("abc")
    made["nothing"] = variable(tf.zeros([0, 3]))
    return made


def v1_optimizers() -> Any:
    train = v1.train
    optimizers = [
        train.AdamOptimizer(0.1),
        train.MomentumOptimizer(0.1, 0.9),
        train.RMSPropOptimizer(0.1, centered=True),
        train.RMSPropOptimizer(0.1, name="second"),
        train.AdagradOptimizer(0.1),
        train.AdadeltaOptimizer(0.1),
        train.FtrlOptimizer(0.1),
        train.GradientDescentOptimizer(0.1),
    ]
    w, b = variable([1.0, 2.0], "w"), variable(0.0, "b")
    for optimizer in optimizers:
        optimizer.apply_gradients([(tf.ones(2), w), (tf.ones(()), b)])
    return module(deep=module(w=w), b=b, optimizers=optimizers)


def tables_and_other_state() -> Any:
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    table.insert(["a", "b", "c"], [1, 2, 3])
    dense = tf.lookup.experimental.DenseHashTable(tf.int64, tf.float32, -1.0, -1, -2)
    dense.insert([4, 5], [0.5, 0.25])
    iterator = iter(tf.data.Dataset.range(5))
    next(iterator)
    return module(
        table=table,
        dense=dense,
        fixed=tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1),
        random=tf.random.Generator.from_seed(3),
        iterator=iterator,
        python=PythonCount(),
    )


class PythonCount(tf.train.experimental.PythonState):
    """State that is no tensor."""

    def serialize(self) -> str:
        return "7"

    def deserialize(self, string_value: str) -> None:
        raise NotImplementedError


def aliases() -> Any:
    shared = variable()
    below = module(w=shared)
    return module(a=shared, b=shared, one=below, two=below)


def a_cycle() -> Any:
    made = module(w=variable())
    made.itself = made
    return made


def own_names_that_need_escapes() -> Any:
    made = module()
    for name in ("scope/w:0", "a.b", ".S", "with space", "..", "x/.ATTRIBUTES"):
        setattr(made, name, variable())
    return made


def a_forgotten_attribute() -> Any:
    made = module(a=variable())
    made.a = None
    return made


OBJECTS: dict[str, Callable[[], Any]] = {
    "nested containers": nested_containers,
    "all dtypes": lambda: module(d=dtypes()),
    "slots of v1 optimizers": v1_optimizers,
    "tables, generators, iterators, Python state": tables_and_other_state,
    "aliases": aliases,
    "a cycle": a_cycle,
    "names that need escapes": own_names_that_need_escapes,
    "an attribute that was set to None": a_forgotten_attribute,
    "no variables": tf.Module,
}


def keys_of(file: Any) -> set[str]:
    return set(file.tensors) - {OBJECT_GRAPH_KEY}


@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS.keys())
def test_the_rows_are_what_tensorflow_writes(make: Any, written: Any) -> None:
    obj = make()
    found = inventory(obj, values=True)
    file = written(tf.train.Checkpoint(obj))
    assert found.source is Source.OBJECT
    assert {row.key for row in found.rows} == keys_of(file)
    for row in found.rows:
        tensor = file.tensors[row.key]
        assert (row.dtype, row.shape) == (tensor.dtype, tensor.shape) or row.dtype == "variant"
        if row.dtype != "variant":
            assert row.checksum == tensor.crc, row.key
            np.testing.assert_array_equal(values_of(found, row), file.read(row.key))


@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS.keys())
def test_kinds_slots_and_aliases_are_those_of_the_file(make: Any, written: Any) -> None:
    obj = make()
    found = inventory(obj).by_key()
    for row in checkpoint_inventory(written(tf.train.Checkpoint(obj))).rows:
        live = found[row.key]
        assert (live.path, live.name, live.slot) == (row.path, row.name, row.slot)
        assert live.aliases == row.aliases
        assert live.kind in (row.kind, Kind.STATE)


def values_of(found: Inventory, row: Any) -> Any:
    assert found.values is not None
    return found.values(row)


def test_a_checkpoint_is_its_children(written: Any) -> None:
    checkpoint = tf.train.Checkpoint(model=nested_containers(), step=variable(0))
    assert {row.key for row in inventory(checkpoint).rows} == keys_of(written(checkpoint))


def test_a_checkpoint_with_a_positional_root_has_the_paths_of_the_root(written: Any) -> None:
    checkpoint = tf.train.Checkpoint(module(w=variable()), step=variable(0))
    paths = {row.path for row in inventory(checkpoint).rows}
    assert paths == {"w", "step"}
    assert {row.key for row in inventory(checkpoint).rows} == keys_of(written(checkpoint))


@pytest.mark.parametrize("positional", [False, True], ids=["named", "positional root"])
def test_the_save_counter_is_a_row_once_there_is_one(
    positional: bool, written: Any, tmp_path: Any
) -> None:
    root = module(w=variable())
    checkpoint = tf.train.Checkpoint(root) if positional else tf.train.Checkpoint(model=root)
    checkpoint.save(str(tmp_path / "saved"))
    rows = inventory(checkpoint, values=True).by_key()
    file = written(checkpoint)
    assert set(rows) == keys_of(file)
    counter = rows["save_counter/.ATTRIBUTES/VARIABLE_VALUE"]
    assert counter.kind is Kind.SAVE_COUNTER
    assert counter.checksum == file.tensors[counter.key].crc


@pytest.mark.parametrize("name", ["read", "restore", "save", "sync", "write"])
def test_a_variable_that_hides_a_method_of_its_checkpoint_is_an_error(name: str) -> None:
    variable = tf.Variable(1.0, name=name)
    with pytest.raises(CheckpointError, match=f"name of {name} hides"):
        inventory(tf.train.Checkpoint(**{name: variable}))
    assert {row.path for row in inventory({name: variable}).rows} == {name}


def test_a_root_that_is_false_is_not_lost() -> None:
    class Empty(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = variable()

        def __len__(self) -> int:
            return 0

    assert [row.path for row in inventory(Empty()).rows] == ["w"]
    assert len(inventory(tf.Variable(0.0)).rows) == 1


@pytest.mark.parametrize(
    ("make", "paths"),
    [
        (lambda: {"a/b": variable(), "c": [variable()]}, {"a.Sb", "c/0"}),
        (lambda: [variable(), 3, {"x": variable()}], {"0", "2/x"}),
        (lambda: (variable(), variable()), {"0", "1"}),
        (lambda: Pair(variable(), [variable()]), {"x", "y/0"}),
        (lambda: v1.train.Checkpoint(w=variable()), {"w"}),
        (lambda: module(w=variable()), {"w"}),
        (lambda: collections.OrderedDict(a=variable()), {"a"}),
    ],
    ids=["dict", "list", "tuple", "namedtuple", "v1 Checkpoint", "Module", "OrderedDict"],
)
def test_containers_and_checkpoints_are_accepted(make: Any, paths: set[str]) -> None:
    assert {row.path for row in inventory(make()).rows} == paths


def test_slots_name_their_variable_and_optimizer() -> None:
    rows = {row.path: row for row in inventory(v1_optimizers()).rows}
    w = rows["deep/w"].key
    assert rows["deep/w/.OPTIMIZER_SLOT/optimizers/0/m"].slot == SlotOf(w, "m", "optimizers/0")
    centered = rows["deep/w/.OPTIMIZER_SLOT/optimizers/2/mg"]
    assert (centered.kind, centered.slot) == (Kind.SLOT, SlotOf(w, "mg", "optimizers/2"))
    assert rows["optimizers/0/beta1_power"].kind is Kind.OPTIMIZER


def test_kinds_of_state_that_is_no_variable() -> None:
    kinds = {row.key: row.kind for row in inventory(tables_and_other_state()).rows}
    assert kinds["table/.ATTRIBUTES/table-keys"] is Kind.TABLE
    assert kinds["dense/.ATTRIBUTES/table-values"] is Kind.TABLE
    assert kinds["iterator/.ATTRIBUTES/ITERATOR_STATE"] is Kind.STATE
    assert kinds["random/_state_var/.ATTRIBUTES/VARIABLE_VALUE"] is Kind.STATE
    assert kinds["python/.ATTRIBUTES/py_state"] is Kind.STATE


def test_trainable_is_told() -> None:
    obj = module(a=variable(), b=variable(trainable=False))
    assert {row.path: row.trainable for row in inventory(obj).rows} == {"a": True, "b": False}


def test_a_variable_of_any_shape_has_the_one_of_its_value(written: Any) -> None:
    obj = module(w=tf.Variable(tf.zeros([2, 3]), shape=tf.TensorShape(None)))
    [row] = inventory(obj).rows
    assert row.shape == (2, 3) == written(tf.train.Checkpoint(obj)).tensors[row.key].shape


def test_aliases_are_one_row() -> None:
    rows = {row.path: row.aliases for row in inventory(aliases()).rows}
    assert rows == {"a": ("b", "one/w")}


def test_making_an_inventory_changes_nothing(written: Any) -> None:
    obj = v1_optimizers()
    checkpoint = tf.train.Checkpoint(obj)
    before = {key: tensor.crc for key, tensor in written(checkpoint).tensors.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inventory(checkpoint, values=True)
    assert {key: tensor.crc for key, tensor in written(checkpoint).tensors.items()} == before
