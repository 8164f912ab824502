"""Tables in LevelDB's format: sorted entries in blocks, as an `.index` file is one.

Layout (measured and described in TensorFlow's and LevelDB's table formats): data
blocks, a metaindex block, an index block (a key not below a block's last one ->
handle: offset and size as varints), and a footer of 48 bytes: the handles of the
metaindex and the index block, zeros, and the magic number. A block is entries,
the offsets of its restart points and their number, each 4 bytes; behind it are a
byte for the compression and a masked CRC32C of both. An entry is three varints:
how many bytes of the last key to reuse, how many follow, and the value's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from operator import lt

from tf2migrate.checkpoint.files.checksum import crc32c, mask, unmask
from tf2migrate.checkpoint.files.snappy import decompress
from tf2migrate.checkpoint.files.wire import WireError, read_varint, varint
from tf2migrate.model.checkpoint_error import CheckpointError

MAGIC = 0xDB4775248B80FB57
FOOTER_SIZE = 48
TRAILER_SIZE = 5
RESTART_INTERVAL = 16
BLOCK_SIZE = 256 * 1024
RAW, SNAPPY = 0, 1

DAMAGED = "copy the checkpoint again from its source, or take an earlier one"

Entry = tuple[bytes, bytes]
Handle = tuple[int, int]
"""Offset and size of a block, its trailer not counted."""


def read_table(data: bytes, where: object) -> list[Entry]:
    """All entries of the table `data`, in the order of their keys.

    Args:
      where: the file, for messages.

    Raises:
      CheckpointError: it is no table, or bytes of it are missing or changed.
    """
    try:
        metaindex, index = footer_handles(data[-FOOTER_SIZE:])
        block_entries(_read_block(data, metaindex))
        entries: list[Entry] = []
        for _, value in block_entries(_read_block(data, index)):
            entries += block_entries(_read_block(data, block_handle(value)))
        ordered([key for key, _ in entries])
    except WireError as error:
        raise CheckpointError(where, f"damaged: {error}", DAMAGED) from None
    return entries


def _read_block(data: bytes, handle: Handle) -> bytes:
    offset, size = handle
    end = offset + size + TRAILER_SIZE
    if end > len(data):
        raise WireError(f"the block at byte {offset} is cut off")
    return checked_block(data[offset:end], offset)


def footer_handles(footer: bytes) -> tuple[Handle, Handle]:
    """Where the metaindex block and the index block are.

    Raises:
      WireError: it is no table's footer.
    """
    if len(footer) < FOOTER_SIZE or int.from_bytes(footer[-8:], "little") != MAGIC:
        raise WireError("it does not end as a table does (cut off, or another kind of file)")
    metaindex, position = _handle(footer, 0)
    index, position = _handle(footer, position)
    return metaindex, index


def block_handle(value: bytes) -> Handle:
    """Where the block is that an entry of the index block stands for."""
    return _handle(value, 0)[0]


def _handle(data: bytes, position: int) -> tuple[Handle, int]:
    offset, position = read_varint(data, position)
    size, position = read_varint(data, position)
    return (offset, size), position


def ordered(keys: list[bytes]) -> list[bytes]:
    """`keys`, which ascend; WireError if they do not."""
    if not all(map(lt, keys, islice(keys, 1, None))):
        raise WireError("its keys are not in order")
    return keys


def checked_block(stored: bytes, offset: int) -> bytes:
    """The content of the block `stored` (with its trailer), which is at `offset`.

    Raises:
      WireError: it has not its checksum, or cannot be decompressed.
    """
    masked = int.from_bytes(stored[-4:], "little")
    if crc32c(memoryview(stored)[:-4]) != unmask(masked):
        raise WireError(f"the block at byte {offset} does not have its checksum")
    compression = stored[-TRAILER_SIZE]
    if compression == SNAPPY:
        return decompress(stored[:-TRAILER_SIZE])
    if compression != RAW:
        raise WireError(f"the block at byte {offset} has the unknown compression {compression}")
    return stored[:-TRAILER_SIZE]


def block_entries(block: bytes) -> list[Entry]:
    """The entries of a block.

    Values are slices of `block`: of a memoryview, they are memoryviews, too.

    Raises:
      WireError: it is no block.
    """
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 - 4 * restarts
    if len(block) < 4 or end < 0:
        raise WireError("a block is shorter than its restart array")
    entries: list[Entry] = []
    append = entries.append
    key = b""
    position = 0
    while position < end:
        # Three varints, nearly always of one byte each.
        shared, unshared, size = block[position], block[position + 1], block[position + 2]
        position += 3
        if shared > 127 or unshared > 127 or size > 127:
            position -= 3
            shared, position = read_varint(block, position)
            unshared, position = read_varint(block, position)
            size, position = read_varint(block, position)
        start = position + unshared
        stop = start + size
        if stop > end or shared > len(key):
            raise WireError("an entry of a block is cut off")
        key = key[:shared] + block[position:start]
        append((key, block[start:stop]))
        position = stop
    return entries


def encode_table(entries: Iterable[Entry]) -> bytes:
    """The table of `entries`.

    Raises:
      ValueError: their keys do not ascend.
    """
    out: list[bytes] = []
    offset = 0
    handles: list[Entry] = []

    def write(block: bytes) -> bytes:
        nonlocal offset
        content = block + bytes((RAW,))
        out.append(content + mask(crc32c(content)).to_bytes(4, "little"))
        handle = varint(offset) + varint(len(block))
        offset += len(block) + TRAILER_SIZE
        return handle

    for last, block in _data_blocks(entries):
        handles.append((last, write(block)))
    metaindex = write(_encode_block((), RESTART_INTERVAL))
    index = write(_encode_block(handles, 1))
    footer = (metaindex + index).ljust(FOOTER_SIZE - 8, b"\0") + MAGIC.to_bytes(8, "little")
    return b"".join((*out, footer))


def _data_blocks(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Each block with its last key."""
    pending: list[Entry] = []
    size = 0
    last = None
    for entry in entries:
        if last is not None and entry[0] <= last:
            raise ValueError(f"the key {entry[0]!r} is not in order")
        last = entry[0]
        pending.append(entry)
        size += len(entry[0]) + len(entry[1]) + 3
        if size >= BLOCK_SIZE:
            yield pending[-1][0], _encode_block(pending, RESTART_INTERVAL)
            pending, size = [], 0
    if pending:
        yield pending[-1][0], _encode_block(pending, RESTART_INTERVAL)


def _encode_block(entries: Sequence[Entry], interval: int) -> bytes:
    out: list[bytes] = []
    restarts: list[int] = []
    position = 0
    last = b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % interval:
            shared = _common(last, key)
        else:
            restarts.append(position)
        entry = b"".join(
            (varint(shared), varint(len(key) - shared), varint(len(value)), key[shared:], value)
        )
        out.append(entry)
        position += len(entry)
        last = key
    points = restarts or [0]
    out += [point.to_bytes(4, "little") for point in (*points, len(points))]
    return b"".join(out)


def _common(a: bytes, b: bytes) -> int:
    """How many bytes both begin with."""
    size = min(len(a), len(b))
    if a[:size] == b[:size]:
        return size
    difference = int.from_bytes(a[:size], "big") ^ int.from_bytes(b[:size], "big")
    return size - (difference.bit_length() + 7) // 8
