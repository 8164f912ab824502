"""TensorFlow 2 consumes converted checkpoints whole, in eager mode and in graphs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tests.convert.files import GOLDENS, row, write  # noqa: E402
from tests.convert.restoring import restored_eagerly, restored_in_a_graph  # noqa: E402
from tf2migrate.checkpoint.convert import convert  # noqa: E402
from tf2migrate.checkpoint.files.opening import open_checkpoint  # noqa: E402

pytestmark = pytest.mark.tensorflow
v1 = tf.compat.v1
OF_THEIR_OWN = {"names_reserved", "optimizer_partitioned_in_scope"}
"""One has a variable called save_counter, the other is repaired."""
NOT_IN_TENSORFLOW_2 = {"optimizer_adamax"}
NAMES = sorted({path.parent.name for path in GOLDENS.glob("*/golden.json")} - OF_THEIR_OWN)
RESTORE = {"eagerly": restored_eagerly, "in a graph": restored_in_a_graph}


def old_values(prefix: str | Path) -> dict[str, Any]:
    file = open_checkpoint(prefix)
    return {key: file.read(key) for key in file.tensors}


def assert_equal(got: dict[str, Any], old: dict[str, Any]) -> None:
    assert got.keys() == old.keys()
    tables = [name.removesuffix("-keys") for name in old if name.endswith("-keys")]
    for stem in tables:  # a table has no order
        pairs = [
            sorted(zip(each[f"{stem}-keys"].tolist(), each[f"{stem}-values"].tolist(), strict=True))
            for each in (got, old)
        ]
        assert pairs[0] == pairs[1]
    for name in old.keys() - {f"{stem}-{end}" for stem in tables for end in ("keys", "values")}:
        one, other = np.asarray(got[name]), old[name]
        if str(one.dtype) == "bfloat16":
            one = one.astype(np.float32)
        assert (one.dtype, one.shape) == (other.dtype, other.shape), name
        assert one.tolist() == other.tolist() or one.tobytes() == other.tobytes(), name


@pytest.mark.parametrize("restore", RESTORE.values(), ids=RESTORE)
@pytest.mark.parametrize("name", sorted(set(NAMES) - NOT_IN_TENSORFLOW_2))
def test_a_recorded_checkpoint_is_consumed_whole_bit_by_bit(
    name: str, restore: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    old = GOLDENS / name / "model-10"
    done = convert(old, tmp_path / "new-10")
    assert_equal(restore(done.prefix), old_values(old))


@pytest.mark.parametrize("restore", RESTORE.values(), ids=RESTORE)
@pytest.mark.parametrize("name", NAMES)
def test_a_set_is_consumed_whole_bit_by_bit(
    name: str, restore: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    old = GOLDENS / name / "model-10"
    done = convert(old, tmp_path / "new-10", names=[row("*", "{name}", "set")])
    assert_equal(restore(done.prefix), old_values(old))


@pytest.mark.parametrize("restore", RESTORE.values(), ids=RESTORE)
def test_slots_that_were_in_parts_are_consumed_whole(
    restore: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    old = GOLDENS / "optimizer_partitioned_in_scope" / "model-10"
    got = restore(convert(old, tmp_path / "new-10").prefix)
    assert got["opt/emb/Adam_1"].shape == (7, 2)
    assert set(got) == {
        *("emb", "net/out", "opt/beta1_power", "opt/beta2_power"),
        *(f"opt/{name}/Adam{n}" for name in ("emb", "net/out") for n in ("", "_1")),
    }


@pytest.mark.parametrize("name", ["optimizer_adam", "average_partitioned", "storage_sharded"])
def test_a_saver_still_reads_it_by_name(name: str, tmp_path: Path) -> None:
    old = GOLDENS / name / "model-10"
    values = old_values(old)
    new = convert(old, tmp_path / "new-10").prefix
    with tf.Graph().as_default(), v1.Session() as session:
        variables = {name: tf.Variable(tf.zeros_like(value)) for name, value in values.items()}
        v1.train.Saver(variables).restore(session, new)
        assert_equal(session.run(variables), values)


def test_a_saver_reads_what_comes_back(tmp_path: Path) -> None:
    weight = tf.Variable([1.0, 2.0], name="net/w")
    optimizer = v1.train.MomentumOptimizer(0.5, 0.9)
    step = tf.Variable(0, dtype=tf.int64, name="global_step")
    optimizer.apply_gradients([(tf.constant([2.0, 4.0]), weight)], global_step=step)
    saved = tf.train.Checkpoint(model=weight, optimizer=optimizer, step=step).save(tmp_path / "new")
    back = convert(saved, tmp_path / "back", to="tf1").prefix
    with tf.Graph().as_default(), v1.Session() as session:
        with v1.variable_scope("net"):
            variable = v1.get_variable("w", [2])
        train = v1.train.MomentumOptimizer(0.5, 0.9).minimize(
            tf.reduce_sum(variable), v1.train.get_or_create_global_step()
        )
        v1.train.Saver().restore(session, back)
        session.run(train)
        found = session.run({each.op.name: each for each in v1.global_variables()})
    np.testing.assert_allclose(found["net/w/Momentum"], [2 * 0.9 + 1, 4 * 0.9 + 1])
    np.testing.assert_allclose(found["net/w"], [-0.5 * 2.8, -0.5 * 4.6], rtol=1e-6)
    assert found["global_step"] == 2


@pytest.mark.parametrize("mode", ["eagerly", "in a graph"])
def test_the_manager_goes_on_with_the_number(mode: str, tmp_path: Path) -> None:
    done = convert(write(tmp_path, ["w"], "model.ckpt-123"), tmp_path / "ckpt-123")

    def save() -> str:
        variable = tf.Variable(tf.zeros([2, 3]), name="w")
        checkpoint = tf.train.Checkpoint(w=variable)
        checkpoint.restore(done.prefix).assert_consumed().initialize_or_restore()
        manager = tf.train.CheckpointManager(checkpoint, str(tmp_path / "later"), max_to_keep=2)
        return str(manager.save())

    if mode == "eagerly":
        path = save()
    else:
        with tf.Graph().as_default(), v1.Session():
            path = save()
    assert Path(path).name == "ckpt-124"


def test_a_checkpoint_in_use_is_replaced_by_a_manager_without_harm_to_the_old_one(
    tmp_path: Path,
) -> None:
    """Data files are shared: TensorFlow deletes and renames files, it never writes into one."""
    old = write(tmp_path, ["w"], "old-1")
    before = old_values(old)
    (tmp_path / "run").mkdir()
    done = convert(old, tmp_path / "run/ckpt-1")
    variable = tf.Variable(tf.zeros([2, 3]), name="w")
    checkpoint = tf.train.Checkpoint(w=variable)
    checkpoint.restore(done.prefix).assert_consumed()
    variable.assign(tf.ones([2, 3]))
    checkpoint.write(done.prefix)
    assert_equal(old_values(old), before)
    assert open_checkpoint(done.prefix).read("w/.ATTRIBUTES/VARIABLE_VALUE").tolist() == [
        [1, 1, 1],
        [1, 1, 1],
    ]
