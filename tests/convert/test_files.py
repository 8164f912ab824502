"""Data files under new names, and entries of every kind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import BundleWriter, array, strings, write_bundle
from tests.convert.files import GOLDENS, keys, row, values, write
from tf2migrate.checkpoint.convert import How, convert
from tf2migrate.checkpoint.convert import shards as shards_module
from tf2migrate.checkpoint.files.opening import open_checkpoint

Tensors = dict[str, Any]


def test_data_files_are_linked_and_the_old_ones_stay_as_they_are(tmp_path: Path) -> None:
    old = write(tmp_path, ["a", "b"])
    before = Path(f"{old}.data-00000-of-00001").read_bytes()
    done = convert(old, tmp_path / "new")
    (shard,) = done.shards
    assert (shard.how, shard.why) == (How.LINKED, "")
    assert Path(shard.source).samefile(tmp_path / shard.name)
    assert shard.name == "new.data-00000-of-00002"
    assert Path(shard.source).read_bytes() == before
    assert done.written < 1000


def test_a_copy_shares_no_file(tmp_path: Path) -> None:
    done = convert(write(tmp_path, ["a"]), tmp_path / "new", copy=True)
    (shard,) = done.shards
    assert shard.how in (How.COPIED, How.REFLINKED)
    assert shard.why == ""
    assert not Path(shard.source).samefile(tmp_path / shard.name)
    assert Path(shard.source).read_bytes() == (tmp_path / shard.name).read_bytes()


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP])
def test_where_links_are_not_possible_files_are_copied_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    big: Tensors = {"a": np.arange(100_000, dtype=np.float64), "b": np.ones(3, np.float32)}
    old = write_bundle(tmp_path / "old", big)
    monkeypatch.setattr(os, "link", failing(code))
    done = convert(old, tmp_path / "new")
    (shard,) = done.shards
    assert shard.how in (How.COPIED, How.REFLINKED)
    assert os.strerror(code) in shard.why
    assert open_checkpoint(done.prefix).read("a/.ATTRIBUTES/VARIABLE_VALUE").tolist() == list(
        range(100_000)
    )


def test_without_kernel_support_the_bytes_are_copied_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3_000_001))
    monkeypatch.setattr(shards_module, "_PIECE", 1 << 20)
    monkeypatch.setattr(shards_module, "_cloned", lambda _old, _new: False)
    monkeypatch.setattr(os, "copy_file_range", failing(errno.EINVAL), raising=False)
    how, _ = shards_module.bring(str(source), str(tmp_path / "target"), copy=True)
    assert how is How.COPIED
    assert (tmp_path / "target").read_bytes() == source.read_bytes()


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    """git-annex and the like keep files elsewhere; a link to a link would break with it."""
    (tmp_path / "store").mkdir()
    stored = write(tmp_path / "store", ["a"], "object")
    for suffix in (".index", ".data-00000-of-00001"):
        (tmp_path / f"old{suffix}").symlink_to(f"{stored}{suffix}")
    done = convert(tmp_path / "old", tmp_path / "new")
    new = tmp_path / done.shards[0].name
    assert not new.is_symlink()
    assert new.samefile(f"{stored}.data-00000-of-00001")


def test_all_shards_are_linked_and_the_added_one_is_the_last(tmp_path: Path) -> None:
    names = {f"v{number}": np.full(2, number, np.float32) for number in range(10)}
    old = write_bundle(tmp_path / "old", names, shards=4)
    done = convert(old, tmp_path / "new")
    assert [shard.name for shard in done.shards] == [
        f"new.data-{number:05d}-of-00005" for number in range(4)
    ]
    file = open_checkpoint(done.prefix)
    assert file.tensors["_CHECKPOINTABLE_OBJECT_GRAPH"].shard == 4
    assert file.read("v9/.ATTRIBUTES/VARIABLE_VALUE").tolist() == [9, 9]


def test_a_shard_that_nothing_needs_is_left_behind(tmp_path: Path) -> None:
    names = {f"v{number}": np.full(2, number, np.float32) for number in range(3)}
    old = write_bundle(tmp_path / "old", names, shards=3)
    done = convert(old, tmp_path / "new", leave_out=["v1"])
    assert [Path(shard.source).name[-14:] for shard in done.shards] == [
        "00000-of-00003",
        "00002-of-00003",
    ]
    file = open_checkpoint(done.prefix)
    assert file.num_shards == 3
    assert file.read("v2/.ATTRIBUTES/VARIABLE_VALUE").tolist() == [2, 2]


def test_partitioned_variables_keep_their_parts(tmp_path: Path) -> None:
    table = np.arange(14, dtype=np.float32).reshape(7, 2)
    writer = BundleWriter(tmp_path / "old", shards=3)
    writer.add_parts("p/emb", table, 3)
    writer.add_parts("p/emb/Momentum", -table, 3)
    writer.add("w", array(np.ones(2)), 1)
    writer.close()
    done = convert(tmp_path / "old", tmp_path / "new")
    file = open_checkpoint(done.prefix)
    key = "p/emb/.ATTRIBUTES/VARIABLE_VALUE"
    assert len(file.tensors[key].slices) == 3
    assert file.read(key).tolist() == table.tolist()
    back = convert(done.prefix, tmp_path / "back", to="tf1")
    assert values(back.prefix) == values(tmp_path / "old")
    assert len(back.shards) == 3


def test_parts_in_shards_that_get_other_numbers(tmp_path: Path) -> None:
    table = np.arange(14, dtype=np.float32).reshape(7, 2)
    writer = BundleWriter(tmp_path / "old", shards=3)
    writer.add("gone", array(np.ones(2)), 0)
    writer.add_parts("emb", table, 2)
    writer.add("last", array(np.ones(3)), 2)
    writer.close()
    for left_out in ("gone", "last"):
        done = convert(tmp_path / "old", tmp_path / f"without_{left_out}", leave_out=[left_out])
        file = open_checkpoint(done.prefix)
        assert file.read("emb/.ATTRIBUTES/VARIABLE_VALUE").tolist() == table.tolist()


@pytest.mark.parametrize(
    "name", ["storage_v1_format", "storage_v1_partitioned", "storage_v1_sharded"]
)
def test_files_of_the_v1_format_are_written_anew(tmp_path: Path, name: str) -> None:
    old = GOLDENS / name / "model-10"
    done = convert(old, tmp_path / "new")
    assert done.shards == ()
    new, before = values(done.prefix), values(old)
    for key, full_name in keys(done.prefix).items():
        if full_name in before:
            assert new[f"{key}/.ATTRIBUTES/VARIABLE_VALUE"] == before[full_name]
    assert values(convert(done.prefix, tmp_path / "back", to="tf1").prefix) == before


TYPES = {
    "float16": np.array([1.5, -0.0], np.float16),
    "float64": np.array([[1e300], [np.nan]]),
    "int8": np.array(-3, np.int8),
    "uint16": np.array([65535], np.uint16),
    "int64": np.array([2**40]),
    "bool": np.array([True, False]),
    "complex64": np.array([1 + 2j], np.complex64),
    "empty": np.zeros((0, 3), np.float32),
}


def test_every_type_is_kept(tmp_path: Path) -> None:
    every: Tensors = {**TYPES, "string": strings([b"", b"a\0b", b"x" * 300])}
    old = write_bundle(tmp_path / "old", every)
    done = convert(old, tmp_path / "new")
    assert values(convert(done.prefix, tmp_path / "back", to="tf1").prefix) == values(old)


def test_a_transformed_string_and_bfloat16(tmp_path: Path) -> None:
    old = write_bundle(
        tmp_path / "old",
        {"s": strings([b"ab", b"c", b"d", b""], (2, 2)), "f": np.array([1.00390625, -2.5], "f4")},
    )
    rows = [row("s", "s", transform="transpose(1,0)"), row("f", "f", transform="cast(bfloat16)")]
    done = convert(old, tmp_path / "new", names=rows)
    file = open_checkpoint(done.prefix)
    assert file.read("s/.ATTRIBUTES/VARIABLE_VALUE").tolist() == [[b"ab", b"d"], [b"c", b""]]
    assert file.tensors["f/.ATTRIBUTES/VARIABLE_VALUE"].dtype == "bfloat16"
    assert file.read("f/.ATTRIBUTES/VARIABLE_VALUE").tolist() == [1.0, -2.5]
    assert done.shards == ()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    old = write(tmp_path, ["a"])
    there = sorted(tmp_path.iterdir())
    done = convert(old, tmp_path / "new", dry_run=True)
    assert sorted(tmp_path.iterdir()) == there
    assert (done.depth, done.report, done.shards, done.written) == (None, None, (), 0)
    assert {each.new[0] for each in done.rows} == {
        "a/.ATTRIBUTES/VARIABLE_VALUE",
        "save_counter/.ATTRIBUTES/VARIABLE_VALUE",
    }


def test_thousands_of_variables_are_each_compared(tmp_path: Path) -> None:
    names = {f"layer_{n}/w{s}": np.full(1, n, "f4") for n in range(1500) for s in ("", "/Momentum")}
    old = write_bundle(tmp_path / "old", names)
    done = convert(old, tmp_path / "new")
    assert done.report is not None
    assert done.report.ok
    assert {row.key for entry in done.report.entries for row in entry.before} == names.keys()
    back = convert(done.prefix, tmp_path / "back", to="tf1")
    assert values(back.prefix) == values(old)
    assert back.report is not None
    assert {row.name for entry in back.report.entries for row in entry.before} == names.keys()


def test_neither_numpy_nor_tensorflow_is_imported(tmp_path: Path) -> None:
    old = write(tmp_path, ["a", "a/Momentum"])
    code = (
        "import sys; from tf2migrate.checkpoint.convert import convert;"
        "convert(sys.argv[1], sys.argv[2]); convert(sys.argv[2], sys.argv[3], to='tf1');"
        "print(*{'numpy', 'tensorflow', 'click', 'libcst'} & sys.modules.keys())"
    )
    arguments = [old, str(tmp_path / "new"), str(tmp_path / "back")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"", b"")
