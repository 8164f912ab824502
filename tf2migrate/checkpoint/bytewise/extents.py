"""Where the bytes of a tensor lie, in the order of its elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.dtypes import STRING, item_size
from tf2migrate.checkpoint.files.table import DAMAGED
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.model.checkpoint_error import CheckpointError


class Extent(NamedTuple):
    """A run of bytes in a data file with a checksum of its own."""

    path: str
    offset: int
    size: int
    crc: int | None


def extents_of(file: CheckpointFile, key: str) -> tuple[Extent, ...] | None:
    """The extents which, joined, are the tensor's bytes in row-major order.

    One for a whole tensor, one for each part of a variable that is partitioned
    along its first axis. None where the bytes are not to be had like that: text
    (whose checksum is not that of its bytes), parts along another axis, V1 files.

    Raises:
      CheckpointError: their sizes do not fit the shape.
    """
    tensor = file.tensors[key]
    if not isinstance(file, BundleFile) or tensor.dtype == STRING:
        return None
    entries = [tensor] if not tensor.slices else _rows(file._parts(key), tensor.shape)
    if entries is None:
        return None
    width = item_size(tensor.dtype)
    size = sum(entry.size for entry in entries)
    if width is not None and size != width * tensor.elements:
        problem = f"damaged: {size} bytes are no {tensor.dtype}{list(tensor.shape)}"
        raise CheckpointError(f"{file.prefix}: {key}", problem, DAMAGED)
    return tuple(_extent(file, entry) for entry in entries)


def _rows(parts: Sequence[tuple[Slice, Tensor]], shape: tuple[int, ...]) -> list[Tensor] | None:
    """The parts in the order of their rows, None if they are not whole rows or not all."""
    ordered = sorted(parts, key=lambda part: part[0].start)
    row = 0
    for part, _ in ordered:
        if part.start[:1] != (row,) or part.length[1:] != shape[1:]:
            return None
        row += part.length[0]
    return [entry for _, entry in ordered] if row == shape[0] else None


def _extent(file: CheckpointFile, entry: Tensor) -> Extent:
    return Extent(str(file.shard_path(entry.shard)), entry.offset, entry.size, entry.crc)
