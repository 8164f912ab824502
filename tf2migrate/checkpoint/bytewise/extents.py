"""Where the bytes of a tensor lie, in the order of its elements."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.dtypes import STRING, VARIANT, item_size
from tf2migrate.checkpoint.files.table import DAMAGED
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.model.checkpoint_error import CheckpointError


class Extent(NamedTuple):
    """A run of bytes in a data file with a checksum of its own."""

    path: str
    offset: int
    size: int
    crc: int | None


class Layout:
    """Where the tensors of one checkpoint lie."""

    def __init__(self, file: CheckpointFile) -> None:
        self._file = file
        self._paths: dict[int, str] = {}
        self._widths: dict[str, int | None] = {}

    def extents(self, key: str) -> tuple[Extent, ...] | None:
        """The extents which, joined, are the tensor's bytes in row-major order.

        One for a whole tensor, one for each part of a variable that is partitioned
        along its first axis. None where the bytes are not to be had like that: text
        (whose checksum is not that of its bytes), parts along another axis, V1 files.

        Raises:
          CheckpointError: their sizes do not fit the shape.
        """
        file, tensor = self._file, self._file.tensors[key]
        if not isinstance(file, BundleFile) or tensor.dtype in (STRING, VARIANT):
            return None
        if not tensor.slices:
            self._check_size(key, tensor, tensor.size)
            return (self._extent(tensor),)
        entries = _rows(file.parts(key), tensor.shape)
        if entries is None:
            return None
        self._check_size(key, tensor, sum(entry.size for entry in entries))
        return tuple(map(self._extent, entries))

    def _check_size(self, key: str, tensor: Tensor, size: int) -> None:
        if tensor.dtype not in self._widths:
            self._widths[tensor.dtype] = item_size(tensor.dtype)
        width = self._widths[tensor.dtype]
        if width is not None and size != width * prod(tensor.shape):
            problem = f"damaged: {size} bytes are no {tensor.dtype}{list(tensor.shape)}"
            raise CheckpointError(f"{self._file.prefix}: {key}", problem, DAMAGED)

    def _extent(self, entry: Tensor) -> Extent:
        if entry.shard not in self._paths:
            self._paths[entry.shard] = str(self._file.shard_path(entry.shard))
        return Extent(self._paths[entry.shard], entry.offset, entry.size, entry.crc)


def _rows(parts: Sequence[tuple[Slice, Tensor]], shape: tuple[int, ...]) -> list[Tensor] | None:
    """The parts in the order of their rows, None if they are not whole rows or not all."""
    ordered = sorted(parts, key=lambda part: part[0].start)
    row = 0
    for part, _ in ordered:
        if part.start[:1] != (row,) or part.length[1:] != shape[1:]:
            return None
        row += part.length[0]
    return [entry for _, entry in ordered] if row == shape[0] else None
