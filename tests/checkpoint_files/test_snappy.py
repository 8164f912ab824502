"""Snappy's streams: made by hand, made at random, and damaged."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files.snappy import decompress
from tf2migrate.checkpoint.files.wire import WireError, varint


def literal(data: bytes) -> bytes:
    """A literal with the shortest tag."""
    size = len(data) - 1
    if size < 60:
        return bytes((size << 2,)) + data
    extra = (size.bit_length() + 7) // 8
    return bytes((59 + extra << 2,)) + size.to_bytes(extra, "little") + data


def copy(length: int, offset: int, size: int) -> bytes:
    """A copy whose offset takes 1 (and three bits of the tag), 2 or 4 bytes."""
    if size == 1:
        return bytes((1 | length - 4 << 2 | offset >> 8 << 5, offset & 255))
    kind = 2 if size == 2 else 3
    return bytes((kind | length - 1 << 2,)) + offset.to_bytes(size, "little")


@pytest.mark.parametrize(
    ("stream", "content"),
    [
        pytest.param(b"\0", b"", id="nothing"),
        pytest.param(b"\5\x10hello", b"hello", id="a literal"),
        pytest.param(b"\x0a\x00a\x15\x01", b"a" * 10, id="one byte repeated"),
        pytest.param(b"\x09\x08abc\x09\x03", b"abcabcabc", id="overlapping copy"),
        pytest.param(b"\x06\x08abc\x0a\x03\x00", b"abcabc", id="offset of two bytes"),
        pytest.param(b"\x06\x08abc\x0b\x03\x00\x00\x00", b"abcabc", id="offset of four bytes"),
        pytest.param(b"\x46\xf0\x45" + b"x" * 70, b"x" * 70, id="length of a literal in a byte"),
        pytest.param(
            varint(300) + b"\xf4\x2b\x01" + b"y" * 300, b"y" * 300, id="length in two bytes"
        ),
    ],
)
def test_streams_made_by_hand(stream: bytes, content: bytes) -> None:
    assert decompress(stream) == content


PIECES = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=400),
        st.tuples(st.integers(1, 64), st.integers(1, 1 << 16), st.sampled_from((1, 2, 4))),
    ),
    max_size=12,
)


@given(PIECES)
def test_streams_made_at_random(pieces: list[bytes | tuple[int, int, int]]) -> None:
    content, stream = b"", b""
    for piece in pieces:
        if isinstance(piece, bytes):
            stream += literal(piece)
            content += piece
        elif content:
            length, offset, size = piece
            offset = (offset - 1) % min(len(content), (1 << 11) - 1 if size == 1 else 65535) + 1
            length = 4 + length % 8 if size == 1 else length
            stream += copy(length, offset, size)
            for _ in range(length):  # byte by byte, as the format describes a copy
                content += content[-offset : len(content) - offset + 1]
    assert decompress(varint(len(content)) + stream) == content


@pytest.mark.parametrize(
    ("stream", "problem"),
    [
        pytest.param(b"", "cut off", id="no size"),
        pytest.param(b"\5\x10hell", "cut off", id="literal cut off"),
        pytest.param(b"\5\xf0", "cut off", id="length of a literal cut off"),
        pytest.param(b"\x0a\x00a\x15", "cut off", id="offset of one byte cut off"),
        pytest.param(b"\x06\x08abc\x0a\x03", "cut off", id="offset of two bytes cut off"),
        pytest.param(b"\x06\x08abc\x0a\x04\x00", "before its beginning", id="offset too large"),
        pytest.param(b"\x06\x08abc\x0a\x00\x00", "before its beginning", id="offset zero"),
        pytest.param(b"\4\x10hello", "has not the 4 bytes", id="more than it says"),
        pytest.param(b"\6\x10hello", "has not the 6 bytes", id="less than it says"),
        pytest.param(varint(1 << 33), "too large", id="larger than a block can be"),
    ],
)
def test_damaged_streams(stream: bytes, problem: str) -> None:
    with pytest.raises(WireError, match=problem):
        decompress(stream)


@given(st.binary(max_size=80))
def test_any_bytes_are_decompressed_or_refused(stream: bytes) -> None:
    with contextlib.suppress(WireError):
        assert len(decompress(stream)) <= 64 * len(stream)
