"""How far apart two tensors are whose bytes differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tf2migrate.checkpoint.bytewise.extents import Extent
from tf2migrate.checkpoint.bytewise.scan import Reader
from tf2migrate.checkpoint.differences import (
    Difference,
    Tolerance,
    array_difference,
    joined,
    stored_difference,
)
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile

Extents = Sequence[Extent]
Place = tuple[int, int]


def difference_of_extents(
    dtype: str, before: Extents, after: Extents, tolerance: Tolerance
) -> Difference:
    """Compare two runs of numbers, a chunk of each in memory at a time."""
    with Reader() as old, Reader() as new:
        return joined(
            stored_difference(dtype, old.view[:size], new.view[:size], tolerance)
            for size in _read_both(before, after, old, new)
        )


def difference_of_arrays(
    before: tuple[CheckpointFile, str], after: tuple[CheckpointFile, str], tolerance: Tolerance
) -> Difference:
    """Compare two tensors that are read whole, each verified."""
    return array_difference(before[0].read(before[1]), after[0].read(after[1]), tolerance)


def _read_both(before: Extents, after: Extents, old: Reader, new: Reader) -> Iterator[int]:
    """Fill both buffers with the same elements; gives how many bytes."""
    total = sum(extent.size for extent in before)
    position = 0
    while position < total:
        size = min(len(old.view), total - position)
        _fill(before, position, size, old)
        _fill(after, position, size, new)
        yield size
        position += size


def _fill(extents: Extents, start: int, size: int, reader: Reader) -> None:
    """Read bytes `start` to `start + size` of the tensor into the buffer."""
    first = filled = 0
    for extent in extents:
        begin = max(start - first, 0)
        end = min(start + size - first, extent.size)
        if begin < end:
            reader.read(extent.path, extent.offset + begin, end - begin, at=filled)
            filled += end - begin
        first += extent.size
