"""Protocol buffers' wire format: tags, varints, lengths; no schema and no reflection.

https://protobuf.dev/programming-guides/encoding/ describes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_WIDTH = {FIXED64: 8, FIXED32: 4}
_LARGEST = (1 << 64) - 1
_LARGEST_NUMBER = (1 << 29) - 1


class WireError(ValueError):
    """The bytes are no message; the text says why."""


class Field(NamedTuple):
    """One field of a message.

    Attributes:
      number: the field's number in the schema.
      kind: wire type: VARINT, FIXED64, BYTES or FIXED32.
      integer: of VARINT, FIXED64 and FIXED32, unsigned.
      payload: of BYTES.
      start: where the field's tag is in the message.
      end: where the next field is.
    """

    number: int
    kind: int
    integer: int
    payload: bytes
    start: int
    end: int


def read_varint(data: bytes, position: int) -> tuple[int, int]:
    """The number at `position`, and where the next one is.

    Raises:
      WireError: it is cut off, or has more than 64 bits.
    """
    value = shift = 0
    try:
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
            if shift > 63:
                raise WireError("a varint has more than 10 bytes")
    except IndexError:
        raise WireError("a varint is cut off") from None
    if value > _LARGEST:
        raise WireError("a varint has more than 64 bits")
    return value, position


def fields(data: bytes) -> list[Field]:
    """The fields of the message `data`, in the order of the bytes.

    Raises:
      WireError: it is no message.
    """
    found: list[Field] = []
    position, end = 0, len(data)
    while position < end:
        tag, kind = data[position], data[position] & 7
        value = data[position + 1] if position + 1 < end else 128
        # Nearly all tags, lengths and numbers have one byte.
        if 7 < tag < 128 and value < 128 and kind == BYTES and position + 2 + value <= end:
            stop = position + 2 + value
            field = Field(tag >> 3, BYTES, 0, data[position + 2 : stop], position, stop)
        elif 7 < tag < 128 and value < 128 and kind == VARINT:
            field = Field(tag >> 3, VARINT, value, b"", position, position + 2)
        else:
            field = field_at(data, position, end)
        found.append(field)
        position = field.end
    return found


def field_at(data: bytes, start: int, end: int) -> Field:
    """The field whose tag is at `start`, of a message that goes up to `end`.

    Raises:
      WireError: there is no field.
    """
    tag, position = read_varint(data, start)
    number, kind = tag >> 3, tag & 7
    integer, payload = 0, b""
    if kind == VARINT:
        integer, position = read_varint(data, position)
    elif kind == BYTES:
        length, position = read_varint(data, position)
        payload = data[position : position + length]
        position += length
    elif kind in _WIDTH:
        integer = int.from_bytes(data[position : position + _WIDTH[kind]], "little")
        position += _WIDTH[kind]
    else:
        raise WireError(f"field {number} has wire type {kind}")
    if not 0 < number <= _LARGEST_NUMBER:
        raise WireError(f"a field has number {number}")
    if position > end:
        raise WireError(f"field {number} is cut off")
    return Field(number, kind, integer, payload, start, position)


def signed(value: int) -> int:
    """The int64 (or int32, which is stored as int64) of a varint."""
    return value - (1 << 64) if value >> 63 else value


def varint(value: int) -> bytes:
    """`value` as a varint; a negative one as int64 in two's complement."""
    if 0 <= value < 128:
        return _SMALL[value]
    value &= _LARGEST
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_SMALL = [bytes((value,)) for value in range(128)]


def integer_field(number: int, value: int) -> bytes:
    """A field of kind VARINT; nothing for 0, the default."""
    return varint(number << 3) + varint(value) if value else b""


def bytes_field(number: int, payload: bytes) -> bytes:
    """A field of kind BYTES, also an empty one: a message that is there."""
    size = len(payload)
    tag = _SMALL[number << 3 | BYTES] if number < 16 else varint(number << 3 | BYTES)
    return tag + (_SMALL[size] if size < 128 else varint(size)) + payload


def text_field(number: int, text: str) -> bytes:
    """A string; nothing for an empty one, the default."""
    return bytes_field(number, text.encode("utf-8")) if text else b""


def fixed32_field(number: int, value: int) -> bytes:
    """A field of kind FIXED32; nothing for 0, the default."""
    return varint(number << 3 | FIXED32) + value.to_bytes(4, "little") if value else b""


def packed(values: Iterable[int]) -> bytes:
    """Varints one after the other: a packed field's payload."""
    return b"".join(map(varint, values))
