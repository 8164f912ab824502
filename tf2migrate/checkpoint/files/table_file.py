"""A table on disk that is read block by block: V1 checkpoints keep their values in one."""

from __future__ import annotations

from bisect import bisect_left
from typing import cast

from tf2migrate.checkpoint.files.shards import file_size, read_range
from tf2migrate.checkpoint.files.table import (
    DAMAGED,
    FOOTER_SIZE,
    TRAILER_SIZE,
    Handle,
    block_entries,
    block_handle,
    checked_block,
    footer_handles,
    ordered,
)
from tf2migrate.checkpoint.files.wire import WireError
from tf2migrate.model.checkpoint_error import CheckpointError


class TableFile:
    """The entries of one file, by key.

    Attributes:
      path: the file.
    """

    def __init__(self, path: str) -> None:
        """Read the footer and the index block.

        Raises:
          CheckpointError: the file cannot be read, or is no table.
        """
        self.path = path
        self._size = file_size(path)
        if self._size < FOOTER_SIZE:
            raise self.damaged("it is too short for a table")
        self._number = -1
        self._block: dict[bytes, bytes] = {}
        try:
            footer = read_range(path, self._size - FOOTER_SIZE, FOOTER_SIZE)
            metaindex, index = footer_handles(footer)
            block_entries(self._read(metaindex))
            entries = block_entries(self._read(index))
            self._last_keys = ordered([key for key, _ in entries])
            self._handles = [block_handle(value) for _, value in entries]
        except WireError as error:
            raise self.damaged(str(error)) from None

    def get(self, key: bytes) -> bytes | None:
        """The value under `key`, its block's checksum verified.

        It is a part of its block that is not copied: `bytes` makes it one for good.

        Raises:
          CheckpointError: the block is damaged.
        """
        number = bisect_left(self._last_keys, key)
        if number == len(self._handles):
            return None
        if number != self._number:
            try:
                entries = block_entries(self._read(self._handles[number]))
                ordered([last for last, _ in entries])
            except WireError as error:
                raise self.damaged(str(error)) from None
            self._block, self._number = dict(entries), number
        return self._block.get(key)

    def _read(self, handle: Handle) -> bytes:
        offset, size = handle
        if offset + size + TRAILER_SIZE > self._size:
            raise WireError(f"the block at byte {offset} is cut off")
        stored = read_range(self.path, offset, size + TRAILER_SIZE)
        # A view does all that is asked of these bytes, and a block may be a gigabyte.
        return checked_block(cast("bytes", memoryview(stored)), offset)

    def damaged(self, problem: str) -> CheckpointError:
        """What to raise for wrong bytes in this file."""
        return CheckpointError(self.path, f"damaged: {problem}", DAMAGED)
