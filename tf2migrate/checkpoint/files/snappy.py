"""Blocks compressed with Snappy, decoded; old TensorFlow compressed V1 checkpoints so.

A block begins with the size of its content as a varint. Then come literals and
copies of what is already decoded; the two lowest bits of their first byte tell
which, as Snappy's format description has it.
"""

from __future__ import annotations

from tf2migrate.checkpoint.files.wire import WireError, read_varint

_LARGEST = (1 << 32) - 1
_INLINE = 60
"""A literal's length, less one, is in its tag below this; above, in 1 to 4 bytes."""


def decompress(data: bytes) -> bytes:
    """The content of the compressed block `data`.

    Raises:
      WireError: it is none; the bytes are never more than the block says.
    """
    expected, at = read_varint(data, 0)
    if expected > _LARGEST:
        raise WireError("a compressed block is too large")
    out = bytearray()
    end = len(data)
    while at < end:
        tag = data[at]
        at += 1
        if tag & 3:
            length, offset, at = _copy(data, tag, at)
            _repeat(out, length, offset)
        else:
            length, at = _literal(data, tag >> 2, at)
            if at + length > end:
                raise WireError("a compressed block is cut off")
            out += data[at : at + length]
            at += length
        if len(out) > expected:
            break
    if len(out) != expected:
        raise WireError(f"a compressed block has not the {expected} bytes that it says")
    return bytes(out)


def _literal(data: bytes, code: int, at: int) -> tuple[int, int]:
    """The length of a literal, and where its bytes begin."""
    if code < _INLINE:
        return code + 1, at
    size = code - _INLINE + 1
    return _number(data, at, size) + 1, at + size


def _copy(data: bytes, tag: int, at: int) -> tuple[int, int, int]:
    """Length and offset of a copy, and where the next element begins."""
    kind = tag & 3
    if kind == 1:
        return 4 + (tag >> 2 & 7), (tag >> 5) << 8 | _number(data, at, 1), at + 1
    size = 2 if kind == 2 else 4
    return 1 + (tag >> 2), _number(data, at, size), at + size


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise WireError("a compressed block is cut off")
    return int.from_bytes(data[at : at + size], "little")


def _repeat(out: bytearray, length: int, offset: int) -> None:
    """Append `length` bytes from `offset` before the end; they may overlap the new ones."""
    if not 0 < offset <= len(out):
        raise WireError("a compressed block copies from before its beginning")
    start = len(out) - offset
    if offset >= length:
        out += out[start : start + length]
    else:
        pattern = bytes(out[start:])
        out += (pattern * (length // offset + 1))[:length]
