"""Layouts of checkpoints that the migrated program wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import BundleWriter, array, strings, write_bundle, write_objects
from tests.convert.files import ADAM, SLOT, keys, row, values, write
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.model.checkpoint_error import CheckpointError

SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
NAMES = ["h/w", "h/w/Adam", "h/w/Adam_1", *ADAM]


def zeros(*shape: int) -> Any:
    return np.zeros(shape, np.float32)


def layout(folder: Path, **more: Any) -> str:
    """As a program with `model.w1` and `model.optimizer` writes it."""
    return write_objects(
        folder / "like",
        {
            "model/w1": zeros(2, 3),
            "model/optimizer/beta1_power": zeros(),
            "model/optimizer/beta2_power": zeros(),
            "save_counter": np.array(1),
            **more,
        },
        names={
            "model/w1": "h/w",
            "model/optimizer/beta1_power": "beta1_power",
            "model/optimizer/beta2_power": "beta2_power",
        },
        slots={
            ("model/w1", "model/optimizer", "m"): zeros(2, 3),
            ("model/w1", "model/optimizer", "v"): zeros(2, 3),
        },
    )


def test_old_values_take_the_places_of_the_layout(tmp_path: Path) -> None:
    old, like = write(tmp_path, NAMES), layout(tmp_path)
    done = convert(old, tmp_path / "new-9", like=like)
    now, before = values(done.prefix), values(old)
    assert now.keys() == values(like).keys()
    places = {
        "h/w": f"model/w1{SUFFIX}",
        "h/w/Adam": f"model/w1{SLOT}model/optimizer/m{SUFFIX}",
        "h/w/Adam_1": f"model/w1{SLOT}model/optimizer/v{SUFFIX}",
        "beta1_power": f"model/optimizer/beta1_power{SUFFIX}",
        "beta2_power": f"model/optimizer/beta2_power{SUFFIX}",
    }
    for name, key in places.items():
        assert now[key] == before[name]
    assert np.frombuffer(now[f"save_counter{SUFFIX}"][2], np.int64).item() == 9


def test_its_variables_get_their_tf1_names(tmp_path: Path) -> None:
    """So a TF1 Saver, and the way back, find them by name."""
    like = write_objects(tmp_path / "like", {"model/w": zeros(2, 3)}, names={"model/w": "Variable"})
    old = write(tmp_path, ["h/w"])
    done = convert(old, tmp_path / "new", like=like, names=[row("h/w", "model/w")])
    assert keys(done.prefix) == {"model/w": "h/w"}
    assert set(values(convert(done.prefix, tmp_path / "back", to="tf1").prefix)) == {"h/w"}


def test_a_layout_without_a_counter_gets_none(tmp_path: Path) -> None:
    """The program writes with `Checkpoint.write` then, and `read` would not consume one."""
    like = write_objects(tmp_path / "like", {"w": zeros(2, 3)})
    done = convert(write(tmp_path, ["w"]), tmp_path / "new-3", like=like)
    assert set(values(done.prefix)) == {f"w{SUFFIX}"}


def test_the_map_tells_what_names_do_not(tmp_path: Path) -> None:
    old = write(tmp_path, ["Variable", "Variable_1"])
    like = write_objects(tmp_path / "like", {"model/a": zeros(2, 3), "model/b": zeros(2, 3)})
    with pytest.raises(CheckpointError, match="are not those of"):
        convert(old, tmp_path / "new", like=like)
    rows = [row("Variable", "model/b"), row("Variable_1", "model/a")]
    done = convert(old, tmp_path / "new", like=like, names=rows)
    assert keys(done.prefix) == {"model/a": "Variable_1", "model/b": "Variable"}


def test_a_cell_of_keras(tmp_path: Path) -> None:
    random = np.random.RandomState(0)
    kernel, bias = random.randn(7, 16).astype("f"), random.randn(16).astype("f")
    scope = "rnn/basic_lstm_cell"
    old = write(tmp_path, {f"{scope}/kernel": kernel, f"{scope}/bias": bias})
    like = write_objects(
        tmp_path / "like",
        {
            "lstm/cell/kernel": zeros(3, 16),
            "lstm/cell/recurrent_kernel": zeros(4, 16),
            "lstm/cell/bias": zeros(16),
        },
    )
    done = convert(old, tmp_path / "new", like=like)
    read = open_checkpoint(done.prefix).read
    i, j, f, o = np.split(kernel, 4, 1)
    both = np.concatenate([i, f, j, o], 1)
    assert (read(f"lstm/cell/kernel{SUFFIX}") == both[:3]).all()
    assert (read(f"lstm/cell/recurrent_kernel{SUFFIX}") == both[3:]).all()
    bi, bj, bf, bo = np.split(bias, 4)
    assert (read(f"lstm/cell/bias{SUFFIX}") == np.concatenate([bi, bf + 1, bj, bo])).all()
    assert any("forget bias of 1.0" in note for note in done.notes)
    assert done.report is not None
    assert done.report.ok


def test_parts_become_a_whole_and_a_whole_parts(tmp_path: Path) -> None:
    table = np.arange(14, dtype=np.float32).reshape(7, 2)
    writer = BundleWriter(tmp_path / "old")
    writer.add_parts("emb", table, 3)
    writer.add("w", array(np.ones(2, np.float32)))
    writer.close()
    sizes = (3, 2, 2)
    parts = {f"emb/part_{n}": zeros(size, 2) for n, size in enumerate(sizes)}
    like = write_objects(tmp_path / "like", {**parts, "w": zeros(2)})
    done = convert(tmp_path / "old", tmp_path / "new", like=like)
    read = open_checkpoint(done.prefix).read
    got = np.concatenate([read(f"{key}{SUFFIX}") for key in parts])
    assert got.tolist() == table.tolist()


def test_a_table_may_have_another_size(tmp_path: Path) -> None:
    old = write(tmp_path, {"mht-keys": strings([b"a", b"b"]), "mht-values": np.arange(2)})
    like = convert(
        write(tmp_path, {"mht-keys": strings([]), "mht-values": np.arange(0)}, "empty"),
        tmp_path / "like",
        names=[row("mht", "model/table")],
    ).prefix
    done = convert(old, tmp_path / "new", like=like)
    tensors = open_checkpoint(done.prefix).tensors
    assert tensors["model/table/.ATTRIBUTES/table-keys"].shape == (2,)


def test_states_of_other_objects_are_those_of_the_layout(tmp_path: Path) -> None:
    like = write_objects(tmp_path / "like", {"w": zeros(2, 3)})
    file = open_checkpoint(like)
    graph = file.graph()
    assert graph is not None
    key = "it/.ATTRIBUTES/ITERATOR_STATE"
    writer = BundleWriter(tmp_path / "stateful")
    writer.add(f"w{SUFFIX}", array(zeros(2, 3)))
    writer.add(key, strings([b"state"], ()))
    writer.add("_CHECKPOINTABLE_OBJECT_GRAPH", strings([graph.serialise()], ()))
    writer.close()
    done = convert(write(tmp_path, ["w"]), tmp_path / "new", like=tmp_path / "stateful")
    assert open_checkpoint(done.prefix).strings(key) == [b"state"]
    assert any(key in note for note in done.notes)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a variable more": ({"model/extra": zeros(5)}, "unexpected: model/extra"),
    "another shape": ({"model/w1": zeros(3, 2)}, "shape: h/w"),
    "another type": ({"model/w1": np.zeros((2, 3))}, "dtype: h/w"),
}


@pytest.mark.parametrize(("more", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_layout_of_other_variables_is_refused(
    tmp_path: Path, more: dict[str, Any], problem: str
) -> None:
    old = write(tmp_path, NAMES)
    with pytest.raises(CheckpointError, match=problem):
        convert(old, tmp_path / "new", like=layout(tmp_path, **more))
    assert not list(tmp_path.glob("new*"))


def test_a_variable_that_the_layout_lacks_is_refused(tmp_path: Path) -> None:
    old, like = write(tmp_path, [*NAMES, "h/b"]), layout(tmp_path)
    with pytest.raises(CheckpointError, match="missing: h/b"):
        convert(old, tmp_path / "new", like=like)
    done = convert(old, tmp_path / "new", like=like, leave_out=["h/b"])
    assert [each.old for each in done.rows if not each.new] == [("h/b",)]


def test_a_name_based_layout_is_refused(tmp_path: Path) -> None:
    old = write(tmp_path, ["w"])
    with pytest.raises(CheckpointError, match="a layout is an object-based checkpoint"):
        convert(old, tmp_path / "new", like=old)


def test_the_format_of_keras_takes_a_layout_with_such_an_optimizer(tmp_path: Path) -> None:
    old, like = write(tmp_path, NAMES), layout(tmp_path)
    with pytest.raises(CheckpointError, match="no optimizer of Keras 3"):
        convert(old, tmp_path / "new", like=like, optimizer_format="keras")


def test_a_layout_on_another_disk_may_go_afterwards(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    old, like = write(tmp_path, NAMES), layout(tmp_path / "there")
    done = convert(old, tmp_path / "new", like=like)
    for path in (tmp_path / "there").iterdir():
        path.unlink()
    assert values(done.prefix)


def test_an_equal_layout_under_another_root(tmp_path: Path) -> None:
    """An object around everything, as `Checkpoint(model=model)` has it."""
    old = write_bundle(tmp_path / "old", {"a/w": np.ones(2, "f4"), "b/w": 2 * np.ones(2, "f4")})
    like = write_objects(tmp_path / "like", {"model/a/w": zeros(2), "model/b/w": zeros(2)})
    done = convert(old, tmp_path / "new", like=like)
    assert keys(done.prefix) == {"model/a/w": "a/w", "model/b/w": "b/w"}
