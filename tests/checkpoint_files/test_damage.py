"""Damaged files: each change of each byte is noticed, or changes nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.bundle import BundleFile, encode_header
from tf2migrate.checkpoint.files.dtypes import STRING, dtype_number
from tf2migrate.checkpoint.files.entries import encode_shape
from tf2migrate.checkpoint.files.opening import CheckpointFile, open_checkpoint
from tf2migrate.checkpoint.files.table import encode_table, read_table
from tf2migrate.checkpoint.hard_links import shared_bytes
from tf2migrate.model.checkpoint_error import CheckpointError

from .recorded import EXPECTED, FORMATS, recorded
from .writing import strings, value, write_bundle

T = TypeVar("T")


def copied(name: str, folder: Path) -> str:
    """The prefix of a copy of a recorded checkpoint."""
    for path in FORMATS.glob(f"{name}*"):
        shutil.copy(path, folder)
    return str(folder / EXPECTED[name]["path"])


def flips(data: bytes) -> Iterator[tuple[int, bytes]]:
    """`data` with one byte changed, each in turn: all its bits, and one of them."""
    for at, byte in enumerate(data):
        for change in (0xFF, 1 << at % 8):
            yield at, data[:at] + bytes((byte ^ change,)) + data[at + 1 :]


def contents(file: CheckpointFile) -> dict[str, tuple[Any, bytes]]:
    """All that can be known of the tensors."""
    found = {}
    for key, tensor in file.tensors.items():
        file.check(key)
        found[key] = (tensor, file.stored(key))
    return found


def outcome(read: Callable[[], T]) -> tuple[CheckpointError, None] | tuple[None, T]:
    """The error of `read`, or what it returns; no other exception is accepted."""
    try:
        return None, read()
    except CheckpointError as error:
        return error, None


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A checkpoint with a whole, an empty and a string tensor in two data files."""
    values = {
        "model/kernel": value("float32", (2, 3), bytes(range(24))),
        "model/empty": value("float32", (0, 3), b""),
        "model/words": strings((2,), [b"one", b""]),
    }
    return write_bundle(tmp_path / "small", values, num_shards=2)


@pytest.mark.parametrize("name", ["v2_partitioned", "v2_sharded", "v2_types"])
def test_each_changed_byte_of_an_index(name: str, tmp_path: Path) -> None:
    prefix = copied(name, tmp_path)
    index = recorded(f"{name}.index")
    original = open_checkpoint(prefix)
    assert isinstance(original, BundleFile)
    harmless = 0
    for _, changed in flips(index):
        error, found = outcome(partial(BundleFile, prefix, changed))
        if error:
            assert error.where.startswith(f"{prefix}.")
            assert error.remedy
        else:
            assert found is not None
            harmless += 1
            assert (found.tensors, found.raw) == (original.tensors, original.raw)
    assert harmless <= 2 * 48  # the footer's zeros


def test_each_truncation_of_an_index(small: Path) -> None:
    index = Path(f"{small}.index")
    data = index.read_bytes()
    for size in range(len(data)):
        index.write_bytes(data[:size])
        with pytest.raises(CheckpointError, match="damaged") as caught:
            open_checkpoint(small)
        assert caught.value.where == str(index)


@pytest.mark.parametrize("name", ["v2_partitioned", "v2_sharded", "v2_types"])
def test_each_changed_byte_of_a_data_file(name: str, tmp_path: Path) -> None:
    file = open_checkpoint(copied(name, tmp_path))
    original = contents(file)
    for shard in range(file.num_shards):
        path = file.shard_path(shard)
        data = path.read_bytes()
        for at, changed in flips(data):
            path.write_bytes(changed)
            owners = [key for key in original if _owns(file, key, shard, at)]
            assert owners
            for key in owners:
                with pytest.raises(CheckpointError) as caught:
                    file.check(key)
                assert key in str(caught.value)
                for operation in (file.read, file.stored, file.strings):
                    with pytest.raises(CheckpointError):
                        operation(key)
        path.write_bytes(data)
    assert contents(file) == original


def _owns(file: CheckpointFile, key: str, shard: int, at: int) -> bool:
    """Whether that byte of a data file belongs to the tensor."""
    assert isinstance(file, BundleFile)
    tensor = file.tensors[key]
    parts = [part for _, part in file.parts(key)] if tensor.slices else [tensor]
    return any(
        part.shard == shard and part.offset <= at < part.offset + part.size for part in parts
    )


def test_each_truncation_of_a_data_file(small: Path) -> None:
    for shard in range(2):
        path = Path(f"{small}.data-{shard:05d}-of-00002")
        data = path.read_bytes()
        for size in range(len(data)):
            path.write_bytes(data[:size])
            with pytest.raises(CheckpointError, match=rf"cut off: {len(data)} bytes") as caught:
                open_checkpoint(small)
            assert caught.value.where == str(path)
        path.write_bytes(data)


def test_a_data_file_that_shrinks_or_goes_after_opening(small: Path) -> None:
    file = open_checkpoint(small)
    key = "model/kernel"
    path = file.shard_path(file.tensors[key].shard)
    path.write_bytes(path.read_bytes()[:5])
    for operation in (file.read, file.stored, file.check):
        with pytest.raises(CheckpointError, match="cut off"):
            operation(key)
    with pytest.raises(CheckpointError, match="cut off"):
        list(file.chunks(key))
    path.unlink()
    for operation in (file.read, file.stored, file.check):
        with pytest.raises(CheckpointError, match="missing"):
            operation(key)


@pytest.mark.parametrize("name", ["v1_partitioned", "v1_sharded", "v1_types"])
def test_each_changed_byte_of_a_v1_file(name: str, tmp_path: Path) -> None:
    prefix = copied(name, tmp_path)
    original = contents(open_checkpoint(prefix))
    for path in sorted(tmp_path.iterdir()):
        data = path.read_bytes()
        for at, changed in flips(data):
            if at % (7 if name == "v1_types" else 3):
                continue
            path.write_bytes(changed)
            error, found = outcome(lambda: contents(open_checkpoint(prefix)))
            if error:
                assert error.where == str(path)
                assert error.remedy
            else:
                assert at >= len(data) - 48
                assert found == original
        path.write_bytes(data)


def test_each_truncation_of_a_v1_file(tmp_path: Path) -> None:
    prefix = copied("v1_partitioned", tmp_path)
    path = Path(prefix)
    data = path.read_bytes()
    for size in (*range(0, len(data), 5), *range(len(data) - 60, len(data))):
        path.write_bytes(data[:size])
        with pytest.raises(CheckpointError) as caught:
            open_checkpoint(prefix)
        assert caught.value.where == str(path)
        assert caught.value.remedy


def rewritten(prefix: Path, key: bytes, entry: bytes | None) -> None:
    """Replace or drop one entry of an index, all checksums being right."""
    path = Path(f"{prefix}.index")
    entries = dict(read_table(path.read_bytes(), path))
    entries.pop(key, None)
    if entry is not None:
        entries[key] = entry
    path.write_bytes(encode_table(sorted(entries.items())))


@pytest.mark.parametrize(
    ("key", "entry", "problem"),
    [
        pytest.param(b"", None, "no header", id="no header"),
        pytest.param(b"", encode_header(0), "no header", id="no data files"),
        pytest.param(b"", b"\x08\2\x10\1", "big endian", id="big endian"),
        pytest.param(b"", b"\x08\2\x1a\2\x10\7", "readers of version 7", id="a later format"),
        pytest.param(b"", b"\x08", "cut off", id="a header cut off"),
        pytest.param(b"", encode_header(1), "in data file 1 of 1", id="too few data files"),
        pytest.param(b"model/kernel", b"\xff", "cut off", id="no entry"),
        pytest.param(b"model/\xff", b"", "utf-8", id="a name that is no text"),
        pytest.param(
            b"w",
            b"\x08\1\x12\4\x12\2\x08\2\x3a\4\x0a\2\x10\5",
            "not inside",
            id="a slice outside the tensor",
        ),
    ],
)
def test_wrong_entries_with_right_checksums(
    key: bytes, entry: bytes | None, problem: str, small: Path
) -> None:
    rewritten(small, key, entry)
    with pytest.raises(CheckpointError, match=problem) as caught:
        open_checkpoint(small)
    assert caught.value.where == f"{small}.index"
    assert caught.value.remedy


def test_a_size_that_does_not_fit_the_shape(small: Path) -> None:
    file = open_checkpoint(small)
    assert isinstance(file, BundleFile)
    wider = wire.bytes_field(2, wire.integer_field(1, 4))
    entry = file.raw[b"model/kernel"].replace(wire.bytes_field(2, wire.integer_field(1, 3)), wider)
    rewritten(small, b"model/kernel", entry)
    problem = r"model/kernel, float32\[2, 4\], has 24 bytes, not 32"
    with pytest.raises(CheckpointError, match=problem) as caught:
        open_checkpoint(small)
    assert caught.value.where == f"{small}.index"


@pytest.mark.parametrize("dtype", ["variant", "resource", "float8_e5m2", "DataType(99)"])
def test_a_type_without_values_is_listed_but_not_read(dtype: str, tmp_path: Path) -> None:
    prefix = write_bundle(
        tmp_path / "x", {"a": value(dtype, (), b"12"), "b": value("int8", (), b"1")}
    )
    file = open_checkpoint(prefix)
    assert file.tensors["a"].dtype == dtype
    with pytest.raises(CheckpointError, match=re.escape(f"type {dtype} cannot be read")) as caught:
        file.read("a")
    assert caught.value.where.endswith(": a")
    assert file.read("b") == ord("1")


def test_an_object_graph_that_is_no_string(tmp_path: Path) -> None:
    key = "_CHECKPOINTABLE_OBJECT_GRAPH"
    prefix = write_bundle(tmp_path / "x", {key: value("int8", (1,), b"1")})
    with pytest.raises(CheckpointError, match=r"a tensor int8\[1\], no string"):
        open_checkpoint(prefix).graph()
    prefix = write_bundle(tmp_path / "y", {key: strings((), [b"\x0a\5x"])})
    with pytest.raises(CheckpointError, match="object graph is damaged"):
        open_checkpoint(prefix).graph()


def test_strings_in_the_place_of_numbers(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "x", {"a": value(STRING, (2,), b"\1\1abcdef")})
    with pytest.raises(CheckpointError, match="do not have their checksum"):
        open_checkpoint(prefix).read("a")


@pytest.mark.parametrize("shape", [(0, 2**62, 4), (1,) * 200], ids=["huge", "many dimensions"])
def test_a_shape_that_no_array_has(shape: tuple[int, ...], tmp_path: Path) -> None:
    texts = [b"x"] * (0 not in shape)
    values = {"s": strings(shape, texts), "w": value("int8", shape, b"".join(texts))}
    file = open_checkpoint(write_bundle(tmp_path / "x", values))
    for key, written in values.items():
        assert file.tensors[key].shape == shape
        assert file.stored(key) == written.stored
        with pytest.raises(CheckpointError, match="no array of its shape"):
            file.read(key)


@pytest.mark.parametrize("dtype", ["float32", STRING])
def test_a_partitioned_variable_of_a_shape_that_no_array_has(dtype: str, tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "x", {"w": value("int8", (1,), b"a")})
    head = wire.integer_field(1, dtype_number(dtype)) + wire.bytes_field(
        2, encode_shape((0, 2**62))
    )
    rewritten(prefix, b"w", head + wire.bytes_field(7, wire.bytes_field(1, b"") * 2))
    file = open_checkpoint(prefix)
    file.check("w")  # it has no values
    with pytest.raises(CheckpointError, match="w: numpy has no array of its shape"):
        file.read("w")


def test_data_files_that_hold_nothing_are_not_looked_for(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "x", {"w": value("int8", (1,), b"a")})
    (tmp_path / "x.data-00000-of-00001").rename(tmp_path / "x.data-00000-of-2000000000")
    rewritten(prefix, b"", encode_header(2_000_000_000))
    file = open_checkpoint(prefix)
    assert isinstance(file, BundleFile)
    assert file.used_shards == [0]
    assert shared_bytes(file, open_checkpoint(f"{tmp_path}/./x")) == 1
