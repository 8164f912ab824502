"""Keys of slices: numbers and strings in bytes that sort as they do (OrderedCode).

TensorFlow keeps each part of a partitioned variable under the key: number 0, the
variable's name, the number of dimensions, and for each dimension the start and
the length of the part (-1 for a full extent).
"""

from __future__ import annotations

from collections.abc import Sequence

FULL = -1
"""The length of a slice that takes all of a dimension."""


def slice_key(name: bytes, extents: Sequence[tuple[int, int]]) -> bytes:
    """The key of the slice of `name` with these starts and lengths."""
    parts = [_number(0), _string(name), _number(len(extents))]
    for start, length in extents:
        parts += (_signed(start), _signed(length))
    return b"".join(parts)


def _number(value: int) -> bytes:
    """How many bytes, then the bytes, the highest first."""
    size = (value.bit_length() + 7) // 8
    return bytes((size,)) + value.to_bytes(size, "big")


def _string(text: bytes) -> bytes:
    """Escaped so that nothing inside looks like the end: 00 is 00 ff, ff is ff 00."""
    escaped = (part.replace(b"\xff", b"\xff\0") for part in text.split(b"\0"))
    return b"\0\xff".join(escaped) + b"\0\1"


def _signed(value: int) -> bytes:
    """As many leading bits, equal to the inverted sign, as there are bytes.

    n bytes hold 7 n - 1 bits below the sign; up to 8 bytes the header fits in the
    first byte, with 9 and 10 it takes one and two bits of the second.
    """
    magnitude = ~value if value < 0 else value
    size = magnitude.bit_length() // 7 + 1
    header = ((1 << size) - 1) << (8 * size - size)
    return ((value ^ header) & ((1 << 8 * size) - 1)).to_bytes(size, "big")
