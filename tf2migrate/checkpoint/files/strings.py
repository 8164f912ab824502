"""String tensors, and those of variants, as TensorBundle stores them.

Strings are their lengths as varints, a masked CRC32C of the lengths, the bytes one after the
other. That checksum runs over each length as 4 bytes, little endian (8 bytes for
one that needs more), and the entry's own over those bytes, the checksum as
stored, and the strings.
"""

from __future__ import annotations

from collections.abc import Iterable

from tf2migrate.checkpoint.files.checksum import crc32c, mask
from tf2migrate.checkpoint.files.wire import WireError, packed, read_varint

_FOUR_BYTES = 1 << 32


def encode_strings(values: Iterable[bytes]) -> tuple[bytes, int]:
    """The bytes of a string tensor and their CRC, as its entry has it (not masked)."""
    texts = list(values)
    widths = _widths(len(text) for text in texts)
    checksum = mask(crc32c(widths)).to_bytes(4, "little")
    data = b"".join(texts)
    stored = packed(len(text) for text in texts) + checksum + data
    return stored, crc32c(data, crc32c(widths + checksum))


def string_head(stored: bytes, count: int) -> tuple[list[int], int]:
    """The lengths of `count` strings, and where their checksum begins.

    Raises:
      WireError: they are cut off.
    """
    lengths: list[int] = []
    position = 0
    for _ in range(count):
        length, position = read_varint(stored, position)
        lengths.append(length)
    return lengths, position


def decode_strings(stored: bytes, count: int) -> tuple[list[bytes], int]:
    """The `count` strings of a tensor, and the CRC that its entry must have.

    Raises:
      WireError: the bytes are cut off, too many, or the lengths do not have
        their checksum.
    """
    lengths, position = string_head(stored, count)
    widths = _widths(lengths)
    checksum = stored[position : position + 4]
    if checksum != mask(crc32c(widths)).to_bytes(4, "little"):
        raise WireError("the lengths of its strings do not have their checksum")
    position += 4
    if position + sum(lengths) != len(stored):
        raise WireError("its strings do not fill its bytes")
    crc = crc32c(stored[position:], crc32c(widths + checksum))
    texts: list[bytes] = []
    for length in lengths:
        texts.append(stored[position : position + length])
        position += length
    return texts, crc


def variants_crc(stored: bytes, count: int) -> int:
    """The CRC that the entry of `count` variants must have (the state of an iterator).

    Each is its length as a varint, its bytes, and the masked CRC of all so far: the
    lengths (8 bytes each), the bytes and the checksums.

    Raises:
      WireError: the bytes are cut off, too many, or do not have a checksum.
    """
    crc = position = 0
    for _ in range(count):
        length, position = read_varint(stored, position)
        end = position + length
        crc = crc32c(stored[position:end], crc32c(length.to_bytes(8, "little"), crc))
        checksum = stored[end : end + 4]
        if checksum != mask(crc).to_bytes(4, "little"):
            raise WireError("a variant does not have its checksum")
        crc = crc32c(checksum, crc)
        position = end + 4
    if position != len(stored):
        raise WireError("its variants do not fill its bytes")
    return crc


def _widths(lengths: Iterable[int]) -> bytes:
    return b"".join(
        length.to_bytes(4 if length < _FOUR_BYTES else 8, "little") for length in lengths
    )
