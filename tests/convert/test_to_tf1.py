"""There and back again: every TF1 checkpoint comes back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import strings, write_objects
from tests.convert.files import ADAM, GOLDENS, SLOT, row, values, write
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError

RECORDED = sorted(path.parent.name for path in GOLDENS.glob("*/golden.json"))
NOT_CONVERTED = {"names_reserved"}
"""It has a variable called save_counter."""
REPAIRED = {"optimizer_partitioned_in_scope"}
"""Slots are in parts under wrong keys; they come back under the right ones."""


def old_prefix(name: str) -> Path:
    return GOLDENS / name / "model-10"


def comparable(prefix: str | Path) -> list[tuple[object, ...]]:
    """Names, shapes, types, kinds, slots and checksums of an inventory."""
    rows = checkpoint_inventory(open_checkpoint(prefix)).rows
    return [(r.key, r.shape, r.dtype, r.kind, r.slot, r.checksum, r.partitions) for r in rows]


@pytest.mark.parametrize("name", sorted(set(RECORDED) - NOT_CONVERTED - REPAIRED))
def test_a_checkpoint_of_tensorflow_1_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    old = old_prefix(name)
    new = convert(old, tmp_path / "new-10")
    assert new.report is not None
    assert new.report.ok
    back = convert(new.prefix, tmp_path / "back-10", to="tf1")
    assert values(back.prefix) == values(old)
    if open_checkpoint(old).format == "V2":
        assert comparable(back.prefix) == comparable(old)
        assert [shard.how.value for shard in back.shards] == ["linked"] * len(new.shards)
        assert open_checkpoint(back.prefix).num_shards == open_checkpoint(old).num_shards


@pytest.mark.parametrize("name", sorted(set(RECORDED) - REPAIRED))
def test_a_checkpoint_in_a_set_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    rows = [row("*", "{name}", "set")]
    if name in NOT_CONVERTED:
        with pytest.raises(CheckpointError):
            convert(old_prefix(name), tmp_path / "new-10", names=rows)
        return
    new = convert(old_prefix(name), tmp_path / "new-10", names=rows)
    for names in ((), rows):
        back = convert(new.prefix, tmp_path / "back", to="tf1", names=names, force=True)
        assert values(back.prefix) == values(old_prefix(name))


def test_names_of_the_map_win_over_those_of_the_program(tmp_path: Path) -> None:
    ones = np.ones(2, np.float32)
    old = write_objects(
        tmp_path / "old",
        {"model/w": ones, "model/u": 2 * ones, "o/beta1_power": np.array(0.5)},
        names={"model/w": "Variable", "model/u": "s/u", "o/beta1_power": "beta1_power"},
        slots={
            ("model/w", "o", "m"): 3 * ones,
            ("model/w", "o", "v"): 4 * ones,
            ("model/u", "o", "m"): 5 * ones,
        },
    )
    rows = [row("h/w", "model/w"), row("*/Adam*", "o", "optimizer")]
    back = convert(old, tmp_path / "back", to="tf1", names=rows)
    assert {name: value[2][:4] for name, value in values(back.prefix).items()} == {
        "h/w": ones.tobytes()[:4],
        "s/u": (2 * ones).tobytes()[:4],
        "beta1_power": np.array(0.5).tobytes()[:4],
        "h/w/Adam": (3 * ones).tobytes()[:4],
        "h/w/Adam_1": (4 * ones).tobytes()[:4],
        "s/u/Adam": (5 * ones).tobytes()[:4],
    }


def test_a_transform_is_undone(tmp_path: Path) -> None:
    old = write(tmp_path, {"w": np.arange(6, dtype=np.float32).reshape(2, 3)})
    rows = [row("w", "model/w", transform="transpose(1,0)")]
    new = convert(old, tmp_path / "new", names=rows)
    back = convert(new.prefix, tmp_path / "back", to="tf1", names=rows)
    assert values(back.prefix) == values(old)


def test_a_transform_that_cannot_be_undone_is_refused(tmp_path: Path) -> None:
    old = write(tmp_path, {"w": np.arange(6, dtype=np.float32).reshape(2, 3)})
    rows = [row("w", "model/w", transform="reshape(6)")]
    new = convert(old, tmp_path / "new", names=rows)
    with pytest.raises(CheckpointError, match="undoing it takes the shape"):
        convert(new.prefix, tmp_path / "back", to="tf1", names=rows)


def test_equal_names_are_refused_and_a_map_tells_them_apart(tmp_path: Path) -> None:
    """Eager variables may have equal names."""
    ones = np.ones(2, np.float32)
    old = write_objects(
        tmp_path / "old", {"a/w": ones, "b/w": 2 * ones}, names={"a/w": "w", "b/w": "w"}
    )
    with pytest.raises(CheckpointError, match=r"a/w and b/w have the same TF1 name, w; a name map"):
        convert(old, tmp_path / "back", to="tf1")
    back = convert(old, tmp_path / "back", to="tf1", names=[row("w", "a/w"), row("w_1", "b/w")])
    assert set(values(back.prefix)) == {"w", "w_1"}


def test_a_variable_without_a_name_is_refused(tmp_path: Path) -> None:
    old = write_objects(tmp_path / "old", {"a": np.ones(2)}, names={"a": ""})
    with pytest.raises(CheckpointError, match="a has no TF1 name"):
        convert(old, tmp_path / "back", to="tf1")


def test_a_table_of_tensorflow_2_takes_a_name(tmp_path: Path) -> None:
    old = write(tmp_path, {"mht-keys": strings([b"a"]), "mht-values": np.zeros(1)})
    new = convert(old, tmp_path / "new", names=[row("mht", "model/table")])
    back = convert(new.prefix, tmp_path / "back", to="tf1", names=[row("other", "model/table")])
    assert set(values(back.prefix)) == {"other-keys", "other-values"}


def test_a_name_based_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="it has TF1 names already"):
        convert(write(tmp_path, ["w"]), tmp_path / "new", to="tf1")


def test_the_counter_and_states_are_left_out_and_said(tmp_path: Path) -> None:
    names = ["w", "w/Adam", "w/Adam_1", *ADAM]
    new = convert(write(tmp_path, names), tmp_path / "new")
    back = convert(new.prefix, tmp_path / "back", to="tf1")
    assert set(values(back.prefix)) == set(names)
    assert [each.old[0] for each in back.rows if not each.new] == [
        "save_counter/.ATTRIBUTES/VARIABLE_VALUE"
    ]
    assert f"w{SLOT}optimizer/m/.ATTRIBUTES/VARIABLE_VALUE" in open_checkpoint(new.prefix).tensors
