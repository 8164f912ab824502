"""Either format into an object: whole or not at all, and proved."""

# mypy: allow-subclassing-any

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Outcome, VariablesMismatch
from tf2migrate.model.names import OPTIMIZER, VARIABLE, NameRow
from tf2migrate.runtime import create_slots, inventory, restore

v1 = tf.compat.v1
pytestmark = pytest.mark.tensorflow
Saved = dict[str, Any]


def name_based(tmp_path: Path, build: Callable[[], list[Any]], steps: int = 3) -> str:
    """A checkpoint that a Saver writes of a program of TensorFlow 1 after some steps."""
    with tf.Graph().as_default(), v1.Session() as session:
        operations = build()
        for variable in v1.global_variables():
            session.run(variable.initializer)
        for _ in range(steps):
            session.run(operations)
        tmp_path.mkdir(exist_ok=True)
        return str(v1.train.Saver().save(session, str(tmp_path / "tf1" / "model"), steps))


def weights() -> list[Any]:
    v1.get_variable("w", [2, 3])
    v1.get_variable("scope/b", [3])
    return [v1.assign_add(v1.train.get_or_create_global_step(), 1)]


def module(**attributes: Any) -> Any:
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def zeros(shape: list[int], name: str, dtype: Any = tf.float32) -> Any:
    return tf.Variable(tf.zeros(shape, dtype), name=name)


def migrated() -> Any:
    return module(
        first=zeros([2, 3], "w"),
        second=module(b=zeros([3], "scope/b")),
        step=zeros([], "global_step", tf.int64),
    )


def expected(path: str) -> Callable[[str], Any]:
    read: Callable[[str], Any] = tf.train.load_checkpoint(path).get_tensor
    return read


def is_untouched(obj: Any) -> bool:
    found = inventory(obj)
    assert found.values is not None
    return all(not np.any(found.values(row)) for row in found.rows)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: model,
        tf.train.Checkpoint,
        lambda model: tf.train.Checkpoint(model=model),
        lambda model: v1.train.Checkpoint(model=model),
        lambda model: {"model": model},
    ],
    ids=["module", "positional root", "named", "v1 Checkpoint", "dict"],
)
def test_a_tf1_checkpoint_by_variable_names(wrap: Callable[[Any], Any], tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = migrated()
    report = restore(wrap(model), path)
    assert report.ok
    assert report.depth is Depth.VALUES
    value = expected(path)
    np.testing.assert_array_equal(model.first, value("w"))
    np.testing.assert_array_equal(model.second.b, value("scope/b"))
    assert int(model.step) == 3


def test_a_tf1_checkpoint_by_a_name_map(tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = module(x=zeros([3, 2], "x"), y=zeros([3], "y"), n=zeros([], "n", tf.int64))
    names = [
        NameRow("train.py:main", "w", "x", VARIABLE, "said", transform="transpose(1,0)"),
        NameRow("train.py:main", "scope/b", "y", VARIABLE, "said"),
        NameRow("train.py:main", "global_step", "n", VARIABLE, "said"),
    ]
    report = restore(model, path, names)
    assert {entry.outcome for entry in report.entries} == {Outcome.TRANSFORMED, Outcome.RENAMED}
    np.testing.assert_array_equal(model.x, expected(path)("w").T)


def test_a_name_map_is_read_from_its_file(tmp_path: Path) -> None:
    from tf2migrate.model.names_json import names_json  # noqa: PLC0415

    path = name_based(tmp_path, weights)
    model = module(x=zeros([2, 3], "x"), y=zeros([3], "y"), n=zeros([], "n", tf.int64))
    pairs = {"w": "x", "scope/b": "y", "global_step": "n"}
    rows = [NameRow("a.py:f", old, new, VARIABLE, "") for old, new in pairs.items()]
    (tmp_path / "names.json").write_bytes(names_json(rows))
    restore(model, path, tmp_path / "names.json")
    np.testing.assert_array_equal(model.x, expected(path)("w"))
    with pytest.raises(CheckpointError, match=r"nowhere\.json"):
        restore(model, path, tmp_path / "nowhere.json")


def test_two_variables_of_one_name_are_not_given_the_same_value(tmp_path: Path) -> None:
    """Facts A2.3: TensorFlow gives both the value of `w`, and its checks pass."""

    def build() -> list[Any]:
        tf.Variable([1.0], name="w")
        tf.Variable([2.0], name="w")
        return [tf.no_op()]

    path = name_based(tmp_path, build)
    model = module(a=zeros([1], "w"), b=zeros([1], "w"))
    status = tf.train.Checkpoint(model=model).restore(path)
    status.assert_consumed()
    assert [float(model.a[0]), float(model.b[0])] == [1.0, 1.0]
    model = module(a=zeros([1], "w"), b=zeros([1], "w"))
    with pytest.raises(VariablesMismatch):
        restore(model, path)
    assert is_untouched(model)
    rows = [NameRow("x", "w", "a", VARIABLE, ""), NameRow("x", "w_1", "b", VARIABLE, "")]
    restore(model, path, rows)
    assert [float(model.a[0]), float(model.b[0])] == [1.0, 2.0]


MISFITS: dict[str, tuple[Callable[[], Any], Outcome]] = {
    "missing": (
        lambda: module(first=zeros([2, 3], "w"), step=zeros([], "global_step", tf.int64)),
        Outcome.MISSING,
    ),
    "unexpected": (lambda: module(model=migrated(), more=zeros([7], "more")), Outcome.UNEXPECTED),
    "shape": (
        lambda: module(
            first=zeros([2, 4], "w"),
            b=zeros([3], "scope/b"),
            step=zeros([], "global_step", tf.int64),
        ),
        Outcome.SHAPE,
    ),
    "dtype": (
        lambda: module(
            first=zeros([2, 3], "w"),
            b=zeros([3], "scope/b"),
            step=zeros([], "global_step", tf.int32),
        ),
        Outcome.DTYPE,
    ),
    "untracked": (lambda: hidden(), Outcome.UNTRACKED),  # noqa: PLW0108
}


class Plain:
    """TensorFlow does not look into it."""

    def __init__(self, value: Any) -> None:
        self.value = value


def hidden() -> Any:
    return module(
        first=zeros([2, 3], "w"),
        step=zeros([], "global_step", tf.int64),
        plain=Plain(zeros([3], "scope/b")),
    )


@pytest.mark.parametrize(("make", "outcome"), MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_is_not_half_loaded(
    make: Callable[[], Any], outcome: Outcome, tmp_path: Path
) -> None:
    path = name_based(tmp_path, weights)
    model = make()
    with pytest.raises(VariablesMismatch) as error:
        restore(model, path)
    assert outcome in error.value.report.counts()
    assert is_untouched(model)


@pytest.mark.parametrize(("make", "outcome"), MISFITS.values(), ids=MISFITS.keys())
def test_what_fits_is_loaded_if_asked(
    make: Callable[[], Any], outcome: Outcome, tmp_path: Path
) -> None:
    path = name_based(tmp_path, weights)
    model = make()
    report = restore(model, path, partial=True)
    assert not report.ok
    assert outcome in report.counts()
    fitting = [entry for entry in report.entries if entry.ok]
    assert len(fitting) >= 2
    found = inventory(model)
    rows = found.by_key()
    assert found.values is not None
    for entry in fitting:
        [old], [new] = entry.before, entry.after
        np.testing.assert_array_equal(found.values(rows[new.key]), expected(path)(old.key))


def adam_program() -> list[Any]:
    w, b = v1.get_variable("w", [3]), v1.get_variable("b", [3])
    loss = tf.reduce_sum((w - 3.0) ** 2) + tf.reduce_sum(b**4)
    step = v1.train.get_or_create_global_step()
    return [v1.train.AdamOptimizer(0.1).minimize(loss, step)]


def adam_model() -> Any:
    return module(
        w=zeros([3], "w"),
        b=zeros([3], "b"),
        step=zeros([], "global_step", tf.int64),
        optimizer=v1.train.AdamOptimizer(0.1),
    )


def adam_step(model: Any) -> None:
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((model.w - 3.0) ** 2) + tf.reduce_sum(model.b**4)
    trained = [model.w, model.b]
    model.optimizer.apply_gradients(zip(tape.gradient(loss, trained), trained, strict=True))


def test_slots_that_do_not_exist_yet_are_loaded_too(tmp_path: Path) -> None:
    """Facts C4.2: TensorFlow leaves them at zero, and its checks pass."""
    path = name_based(tmp_path, adam_program)
    later = name_based(tmp_path / "later", adam_program, 3)
    model = adam_model()
    restore(model, path)
    np.testing.assert_array_equal(
        model.optimizer.get_slot(model.w, "v"), expected(path)("w/Adam_1")
    )
    assert later
    adam_step(model)  # goes on as it was


def test_training_goes_on_on_the_same_trajectory(tmp_path: Path) -> None:
    def build() -> list[Any]:
        v1.set_random_seed(7)
        return adam_program()

    early, late = name_based(tmp_path / "a", build, 10), name_based(tmp_path / "b", build, 20)
    model = adam_model()
    restore(model, early)
    for _ in range(10):
        adam_step(model)
    np.testing.assert_allclose(model.w, expected(late)("w"), rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        model.optimizer.get_slot(model.b, "m"), expected(late)("b/Adam"), rtol=0, atol=1e-5
    )


def test_slots_of_two_optimizers_of_one_kind_are_not_guessed(tmp_path: Path) -> None:
    def build() -> list[Any]:
        a, b = v1.get_variable("a", [3]), v1.get_variable("b", [3])
        return [
            v1.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(a * a), var_list=[a]),
            v1.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(b * b), var_list=[b]),
        ]

    path = name_based(tmp_path, build)
    one, other = v1.train.AdamOptimizer(0.1), v1.train.AdamOptimizer(0.1)
    model = module(a=zeros([3], "a"), b=zeros([3], "b"), one=one, other=other)
    with pytest.raises(VariablesMismatch, match=r"missing: a/Adam"):
        restore(model, path)
    create_slots(one, [model.a])
    create_slots(other, [model.b])
    names = [
        NameRow("x", "beta1_power", "one/beta1_power", VARIABLE, ""),
        NameRow("x", "beta2_power", "one/beta2_power", VARIABLE, ""),
        NameRow("x", "beta1_power_1", "other/beta1_power", VARIABLE, ""),
        NameRow("x", "beta2_power_1", "other/beta2_power", VARIABLE, ""),
        NameRow("x", "a", "a", VARIABLE, ""),
        NameRow("x", "b", "b", VARIABLE, ""),
    ]
    restore(model, path, names)
    np.testing.assert_array_equal(one.get_slot(model.a, "v"), expected(path)("a/Adam_1"))
    np.testing.assert_array_equal(other.get_slot(model.b, "v"), expected(path)("b/Adam_1"))


def test_the_name_map_says_which_optimizer_has_the_slots(tmp_path: Path) -> None:
    path = name_based(tmp_path, adam_program)
    model = adam_model()
    model.unused = v1.train.AdamOptimizer(0.1)
    names = [NameRow("x", "*/Adam*", "optimizer", OPTIMIZER, "")]
    restore(model, path, names)
    np.testing.assert_array_equal(model.optimizer.get_slot(model.w, "m"), expected(path)("w/Adam"))


def test_averages_and_partitions_and_tables(tmp_path: Path) -> None:
    def build() -> list[Any]:
        w = v1.get_variable("w", [3])
        v1.get_variable("emb", [5, 2], partitioner=v1.fixed_size_partitioner(2))
        average = tf.train.ExponentialMovingAverage(0.5)
        table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
        return [average.apply([w]), table.insert(["a", "b"], [1, 2])]

    path = name_based(tmp_path, build)
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
    table.insert(["stale"], [9])
    model = module(
        w=zeros([3], "w"),
        shadow=zeros([3], "w/ExponentialMovingAverage"),
        emb=zeros([5, 2], "emb"),
        words=table,
    )
    restore(model, path)
    value = expected(path)
    np.testing.assert_array_equal(model.shadow, value("w/ExponentialMovingAverage"))
    np.testing.assert_array_equal(model.emb, value("emb"))
    keys, values = table.export()
    found = dict(zip(keys.numpy().tolist(), values.numpy().tolist(), strict=True))
    assert found == {b"a": 1, b"b": 2}


def test_all_dtypes(tmp_path: Path) -> None:
    kinds = ("float16", "bfloat16", "float64", "int8", "uint8", "int16", "uint16", "int32")
    more = ("int64", "bool", "complex64", "complex128")

    def build() -> list[Any]:
        for kind in (*kinds, *more):
            tf.Variable(tf.cast([[1, 0, 3]], kind), name=f"v_{kind}")
        tf.Variable(["a", "b\0c"], name="texts")
        tf.Variable("text", name="text")
        tf.Variable(tf.zeros([0, 3]), name="nothing")
        return [tf.no_op()]

    path = name_based(tmp_path, build)
    model = module(
        numbers=[zeros([1, 3], f"v_{kind}", tf.as_dtype(kind)) for kind in (*kinds, *more)],
        texts=tf.Variable(["", ""], name="texts"),
        text=tf.Variable("", name="text"),
        nothing=zeros([0, 3], "nothing"),
    )
    assert restore(model, path).ok
    assert model.texts.numpy().tolist() == [b"a", b"b\0c"]


def test_keras_variables_are_loaded_by_name(keras: Any, tmp_path: Path) -> None:
    """Facts A2.8: TensorFlow never matches them by name."""

    def build() -> list[Any]:
        with v1.variable_scope("dense"):
            v1.get_variable("kernel", [3, 2])
            v1.get_variable("bias", [2])
        return [tf.no_op()]

    path = name_based(tmp_path, build)
    layer = keras.layers.Dense(2, name="dense")
    layer.build((None, 3))
    model = module(layer=layer)
    assert restore(model, path).ok
    np.testing.assert_array_equal(layer.kernel.numpy(), expected(path)("dense/kernel"))


def trained(optimizer: Any) -> Any:
    model = module(w=tf.Variable([1.0, 2.0], name="w"), optimizer=optimizer, n=tf.Variable(3))
    model.optimizer.apply_gradients([(tf.ones(2), model.w)])
    return model


def test_an_object_based_checkpoint_with_slots_that_do_not_exist_yet(tmp_path: Path) -> None:
    old = trained(v1.train.AdamOptimizer(0.1))
    path = tf.train.Checkpoint(model=old).write(str(tmp_path / "x"))
    new = module(w=zeros([2], "w"), optimizer=v1.train.AdamOptimizer(0.1), n=tf.Variable(0))
    report = restore(tf.train.Checkpoint(model=new), path)
    assert report.ok
    np.testing.assert_array_equal(
        new.optimizer.get_slot(new.w, "v"), old.optimizer.get_slot(old.w, "v")
    )


def test_numbering_goes_on_after_restore(tmp_path: Path) -> None:
    """Facts A2.13, A5.3."""
    checkpoint = tf.train.Checkpoint(model=trained(v1.train.MomentumOptimizer(0.1, 0.9)))
    checkpoint.save(str(tmp_path / "x"))
    path = checkpoint.save(str(tmp_path / "x"))
    new = tf.train.Checkpoint(model=trained(v1.train.MomentumOptimizer(0.1, 0.9)))
    assert restore(new, path).ok
    assert new.save(str(tmp_path / "x")).endswith("x-3")


def test_other_state_is_restored_by_tensorflow(tmp_path: Path) -> None:
    def state() -> Any:
        return module(
            iterator=iter(tf.data.Dataset.range(9)),
            random=tf.random.Generator.from_seed(1),
            table=tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1),
        )

    old, new = state(), state()
    next(old.iterator)
    old.random.normal([2])
    old.table.insert(["a"], [1])
    path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    report = restore(new, path)
    assert report.ok
    assert int(next(new.iterator)) == 1
    assert int(new.table.size()) == 1
    np.testing.assert_array_equal(new.random.normal([2]), old.random.normal([2]))


def test_a_dict_of_objects(tmp_path: Path) -> None:
    def table() -> Any:
        return tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)

    old, new = table(), table()
    words = [f"word {number}" for number in range(100)]
    old.insert(words, list(range(100)))
    path = tf.train.Checkpoint(words=old, w=tf.Variable(3.0)).write(str(tmp_path / "x"))
    w = tf.Variable(0.0)
    assert restore({"words": new, "w": w}, path).ok
    assert new.lookup(tf.constant(words)).numpy().tolist() == list(range(100))
    assert float(w) == 3.0


def test_a_renamed_attribute_is_not_lost(tmp_path: Path) -> None:
    old = module(w=tf.Variable([1.0, 2.0], name="w"))
    path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    new = module(weight=zeros([2], "w"))
    report = restore(new, path)
    assert [entry.outcome for entry in report.entries] == [Outcome.MATCHED]
    assert new.weight.numpy().tolist() == [1.0, 2.0]


def test_object_based_misfits_load_nothing(tmp_path: Path) -> None:
    old = module(a=tf.Variable([1.0]), b=tf.Variable([2.0]))
    path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    new = module(a=zeros([1], "a"))
    with pytest.raises(VariablesMismatch, match="missing: "):
        restore(new, path)
    assert is_untouched(new)
    assert not restore(new, path, partial=True).ok
    assert new.a.numpy().tolist() == [1.0]


def test_what_tensorflow_cannot_restore_is_an_error(tmp_path: Path) -> None:
    """It saves a child called `.ATTRIBUTES`, and looks for it under another key."""
    path = tf.train.Checkpoint(d={".ATTRIBUTES": tf.Variable([1.0])}).write(str(tmp_path / "x"))
    with pytest.raises(CheckpointError, match="TensorFlow cannot restore it"):
        restore(tf.train.Checkpoint(d={".ATTRIBUTES": zeros([1], "w")}), path)


def test_wrong_paths_are_errors(tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = migrated()
    with pytest.raises(CheckpointError, match="the path is None"):
        restore(model, None)
    for wrong in (f"{path}-1", str(tmp_path)):
        with pytest.raises(CheckpointError):
            restore(model, wrong)
    assert is_untouched(model)


@pytest.mark.parametrize("form", ["name-based", "object-based"])
def test_a_damaged_file_loads_nothing(form: str, tmp_path: Path) -> None:
    if form == "name-based":
        path = name_based(tmp_path, weights)
    else:
        old = migrated()
        for variable in (old.first, old.second.b, old.step):
            variable.assign(tf.ones_like(variable))
        path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    [shard] = Path(path).parent.glob(f"{Path(path).name}.data-*")
    data = bytearray(shard.read_bytes())
    data[-1 if form == "name-based" else 20] ^= 1
    shard.write_bytes(bytes(data))
    model = migrated()
    with pytest.raises(CheckpointError):
        restore(model, path)
    assert is_untouched(model)


def test_a_transform_that_does_not_fit_loads_nothing(tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = migrated()
    rows = [
        NameRow("x", "w", "first", VARIABLE, "", transform="reshape(6)"),
        NameRow("x", "scope/b", "second/b", VARIABLE, ""),
        NameRow("x", "global_step", "step", VARIABLE, ""),
    ]
    with pytest.raises((CheckpointError, VariablesMismatch)):
        restore(model, path, rows)
    assert is_untouched(model)
