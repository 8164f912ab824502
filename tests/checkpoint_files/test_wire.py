"""The wire format: numbers and fields, read and written; anything else is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.wire import WireError, fields, read_varint, signed, varint

NUMBERS = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        pytest.param(0, b"\0", id="zero"),
        pytest.param(1, b"\1", id="one"),
        pytest.param(150, b"\x96\1", id="the documentation's example"),
        pytest.param(127, b"\x7f", id="largest of one byte"),
        pytest.param(128, b"\x80\1", id="smallest of two bytes"),
        pytest.param(-1, b"\xff" * 9 + b"\1", id="minus one has ten bytes"),
    ],
)
def test_numbers(value: int, data: bytes) -> None:
    assert varint(value) == data
    number, end = read_varint(data, 0)
    assert signed(number) == value
    assert end == len(data)


@given(NUMBERS, st.binary(max_size=4))
def test_a_number_is_read_as_it_was_written(value: int, rest: bytes) -> None:
    data = varint(value) + rest
    assert read_varint(data, 0) == (value, len(data) - len(rest))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "cut off", id="nothing"),
        pytest.param(b"\x80", "cut off", id="the last byte says that one follows"),
        pytest.param(b"\xff" * 10 + b"\1", "more than 10 bytes", id="eleven bytes"),
        pytest.param(b"\xff" * 9 + b"\2", "more than 64 bits", id="65 bits"),
    ],
)
def test_no_numbers(data: bytes, problem: str) -> None:
    with pytest.raises(WireError, match=problem):
        read_varint(data, 0)


@given(st.integers(1, 2**29 - 1), NUMBERS, st.binary(max_size=200))
def test_fields_are_read_as_they_were_written(number: int, integer: int, payload: bytes) -> None:
    written = [
        wire.integer_field(number, integer),
        wire.bytes_field(number, payload),
        wire.fixed32_field(number, integer & 0xFFFFFFFF),
    ]
    data = b"".join(written)
    found = fields(data)
    expected = [
        (wire.VARINT, integer, b""),
        (wire.BYTES, 0, payload),
        (wire.FIXED32, integer & 0xFFFFFFFF, b""),
    ]
    kept = [row for row, field in zip(expected, written, strict=True) if field]
    assert [(field.kind, field.integer, field.payload) for field in found] == kept
    assert {field.number for field in found} == {number}
    assert b"".join(data[field.start : field.end] for field in found) == data


def test_defaults_are_not_written() -> None:
    assert wire.integer_field(1, 0) == wire.text_field(1, "") == wire.fixed32_field(1, 0) == b""
    assert wire.bytes_field(1, b"") == b"\x0a\0"  # a message that is there and empty


def test_a_field_of_64_bits_is_read() -> None:
    assert fields(b"\x09" + bytes(range(8)))[0].integer == 0x0706050403020100


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"\x0a\5abc", "field 1 is cut off", id="bytes"),
        pytest.param(b"\x0d\0\0", "field 1 is cut off", id="a fixed number"),
        pytest.param(b"\x0b", "wire type 3", id="a group"),
        pytest.param(b"\x0f", "wire type 7", id="an unknown kind"),
        pytest.param(b"\2\0", "number 0", id="number zero"),
        pytest.param(varint(1 << 32) + b"\0", "number 536870912", id="a number too large"),
    ],
)
def test_no_messages(data: bytes, problem: str) -> None:
    with pytest.raises(WireError, match=problem):
        fields(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    with contextlib.suppress(WireError):
        found = fields(data)
        assert b"".join(data[field.start : field.end] for field in found) == data
