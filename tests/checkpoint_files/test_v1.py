"""V1 files beyond those that TensorFlow 1.15.5 was made to write."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.dtypes import dtype_number
from tf2migrate.checkpoint.files.entries import encode_shape
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.tensor_proto import raw_values
from tf2migrate.checkpoint.files.v1_list import listed_tensors
from tf2migrate.checkpoint.files.wire import WireError
from tf2migrate.model.checkpoint_error import CheckpointError


class Saved(NamedTuple):
    """A whole tensor to write: its values are a TensorProto."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    values: bytes


def extents(shape: tuple[int, ...]) -> bytes:
    return b"".join(wire.bytes_field(1, b"") for _ in shape)


def write_v1(path: Path, tensors: Sequence[Saved]) -> Path:
    """A V1 file of whole tensors."""
    metas, entries = [], []
    for name, dtype, shape, values in tensors:
        meta = wire.text_field(1, name) + wire.bytes_field(2, encode_shape(shape))
        meta += wire.integer_field(3, dtype_number(dtype))
        metas.append(wire.bytes_field(1, meta + wire.bytes_field(4, extents(shape))))
        saved = wire.text_field(1, name) + wire.bytes_field(2, extents(shape))
        key = slice_key(name.encode(), ((0, -1),) * len(shape))
        entries.append((key, wire.bytes_field(2, saved + wire.bytes_field(3, values))))
    entries.append((b"", wire.bytes_field(1, b"".join(metas))))
    path.write_bytes(encode_table(sorted(entries)))
    return path


def packed(number: int, values: Sequence[int]) -> bytes:
    return wire.bytes_field(number, wire.packed(values))


@pytest.mark.parametrize(
    ("dtype", "message", "expected"),
    [
        pytest.param("uint32", packed(16, [1, 2**32 - 1]), [1, 2**32 - 1], id="uint32"),
        pytest.param("uint64", packed(17, [1, 2**64 - 1]), [1, 2**64 - 1], id="uint64"),
        pytest.param("bfloat16", packed(13, [0x3FC0, 0xC000]), [1.5, -2.0], id="bfloat16"),
        pytest.param("float16", packed(13, [0x3C00, 0xC000]), [1.0, -2.0], id="half"),
        pytest.param("int8", packed(7, [-1, 127]), [-1, 127], id="negative int8"),
        pytest.param("int64", packed(10, [-(2**63), 2**63 - 1]), [-(2**63), 2**63 - 1], id="int64"),
        pytest.param(
            "int32",
            wire.integer_field(7, 5) + wire.integer_field(7, -1),
            [5, -1],
            id="not packed",
        ),
        pytest.param(
            "int32", packed(7, [5]) + wire.integer_field(7, -1), [5, -1], id="packed and not"
        ),
        pytest.param(
            "float32",
            b"".join(wire.varint(5 << 3 | 5) + struct.pack("<f", value) for value in (1.5, -2)),
            [1.5, -2.0],
            id="floats, not packed",
        ),
        pytest.param(
            "float64",
            b"".join(wire.varint(6 << 3 | 1) + struct.pack("<d", value) for value in (1.5, -2)),
            [1.5, -2.0],
            id="doubles, not packed",
        ),
        pytest.param(
            "complex64",
            wire.bytes_field(9, struct.pack("<4f", 1, 2, 0, -0.5)),
            [1 + 2j, -0.5j],
            id="complex64",
        ),
    ],
)
def test_values(dtype: str, message: bytes, expected: list[complex], tmp_path: Path) -> None:
    path = write_v1(tmp_path / "v1", [Saved("w", dtype, (2,), message)])
    file = open_checkpoint(path)
    assert file.read("w").tolist() == expected
    assert b"".join(file.chunks("w", 3)) == file.stored("w")


@pytest.mark.parametrize(
    ("dtype", "message", "problem"),
    [
        pytest.param("int8", packed(7, [1, 300]), "too large for int8", id="too large"),
        pytest.param("bool", packed(11, [1, 2]), "too large for bool", id="no truth value"),
        pytest.param("int32", packed(7, [1]), r"4 bytes are no int32\[2\]", id="too few"),
        pytest.param("int32", packed(7, [1, 2, 3]), r"12 bytes are no", id="too many"),
        pytest.param("int32", packed(10, [1, 2]), r"0 bytes are no", id="another field"),
        pytest.param("int32", wire.bytes_field(7, b"\1\x80"), "cut off", id="number cut off"),
        pytest.param("int32", wire.bytes_field(7, b"\x80" * 11 + b"\1\1"), "10 bytes", id="number"),
        pytest.param("float32", wire.bytes_field(5, b"1234567"), "7 bytes are no", id="floats"),
        pytest.param("string", wire.bytes_field(8, b"one"), "1 strings instead of 2", id="strings"),
        pytest.param("float32", b"\x0a\7", "cut off", id="no message"),
    ],
)
def test_wrong_values(dtype: str, message: bytes, problem: str, tmp_path: Path) -> None:
    path = write_v1(tmp_path / "v1", [Saved("w", dtype, (2,), message)])
    with pytest.raises(CheckpointError, match=problem) as caught:
        open_checkpoint(path).read("w")
    assert caught.value.where == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize("dtype", ["variant", "resource", "float8_e5m2", "int4"])
def test_a_type_without_a_field_is_listed_but_not_read(dtype: str, tmp_path: Path) -> None:
    file = open_checkpoint(write_v1(tmp_path / "v1", [Saved("w", dtype, (), b"")]))
    assert file.tensors["w"].dtype == dtype
    for operation in (file.read, file.stored):
        with pytest.raises(CheckpointError, match=f"type {dtype} cannot be read"):
            operation("w")


def test_values_under_another_name(tmp_path: Path) -> None:
    path = write_v1(tmp_path / "v1", [Saved("w", "int32", (), packed(7, [1]))])
    data = path.read_bytes()
    entries = [
        (b"", wire.bytes_field(1, wire.bytes_field(1, b"\x0a\1w\x12\0\x18\3\x22\0"))),
        (slice_key(b"w", ()), wire.bytes_field(2, b"\x0a\1v\x1a\3" + packed(7, [1]))),
    ]
    path.write_bytes(encode_table(entries))
    assert data != path.read_bytes()
    with pytest.raises(CheckpointError, match="that of another tensor"):
        open_checkpoint(path).read("w")
    path.write_bytes(encode_table(entries[:1]))
    with pytest.raises(CheckpointError, match="values of w are not there"):
        open_checkpoint(path).read("w")


def test_many_tensors(tmp_path: Path) -> None:
    tensors = [
        Saved(f"{'scope/' * (number % 40)}w{number}", "int32", (1,), packed(7, [number]))
        for number in range(9000)
    ]
    path = write_v1(tmp_path / "v1", tensors)
    file = open_checkpoint(path)
    numbers = {row.name: number for number, row in enumerate(tensors)}
    assert list(file.tensors) == sorted(numbers)
    assert {name: int(file.read(name)[0]) for name in file.tensors} == numbers


NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50)


@given(NUMBERS)
def test_packed_numbers_are_read_as_they_were_written(numbers: list[int]) -> None:
    found = raw_values(packed(10, numbers), "int64", (len(numbers),))
    assert found.tolist() == numbers
    assert found.dtype == np.int64


@given(st.binary(max_size=80))
def test_any_bytes_are_values_or_refused(data: bytes) -> None:
    for message in (data, wire.bytes_field(10, data)):
        with contextlib.suppress(WireError):
            raw_values(message, "int64", (3,))


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_a_list_or_refused(data: bytes, meta: bytes) -> None:
    for message in (data, wire.bytes_field(1, wire.bytes_field(1, meta))):
        with contextlib.suppress(WireError, UnicodeDecodeError):
            list(listed_tensors(message))
