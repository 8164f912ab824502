"""Boxes: the parts of partitioned variables, and the bands in which a value is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from tf2migrate.checkpoint.files.ordered_code import FULL
from tf2migrate.checkpoint.files.tensors import Extents, Slice
from tf2migrate.checkpoint.files.wire import WireError


def resolve(shape: tuple[int, ...], extents: Extents) -> Slice:
    """The box that a slice with these extents is in a tensor of `shape`.

    Raises:
      WireError: it does not lie inside.
    """
    if len(extents) != len(shape):
        raise WireError(f"a slice has {len(extents)} dimensions, its tensor {len(shape)}")
    start = tuple(first for first, _ in extents)
    length = tuple(
        size if count == FULL else count for (_, count), size in zip(extents, shape, strict=True)
    )
    for first, count, size in zip(start, length, shape, strict=True):
        if first < 0 or count < 0 or first + count > size:
            raise WireError(f"the slice {start} + {length} is not inside {shape}")
    return Slice(start, length)


def untiled(shape: tuple[int, ...], slices: Sequence[Slice]) -> str:
    """Why `slices` do not cover a tensor of `shape`, each value once; "" if they do."""
    covered, total = sum(prod(part.length) for part in slices), prod(shape)
    if _overlap(slices):
        return "its slices overlap"
    if covered != total:
        return f"its slices hold {covered} of {total} values"
    return ""


def _overlap(slices: Sequence[Slice]) -> bool:
    """Whether two boxes have an element in common.

    They are compared along the axis that cuts most, so the parts of a variable
    that is partitioned along one axis are compared with their neighbours only.
    """
    boxes = [part for part in slices if prod(part.length)]
    if len(boxes) < 2:
        return False
    axes = range(len(boxes[0].start))
    axis = max(axes, key=lambda at: len({box.start[at] for box in boxes}), default=None)
    if axis is None:
        return True
    boxes.sort(key=lambda box: box.start[axis])
    for number, box in enumerate(boxes):
        end = box.start[axis] + box.length[axis]
        for other in boxes[number + 1 :]:
            if other.start[axis] >= end:
                break
            if intersection(box, other) is not None:
                return True
    return False


def intersection(a: Slice, b: Slice) -> Slice | None:
    """The box that both share; None if it is empty."""
    start = tuple(map(max, a.start, b.start))
    ends = (
        min(x + m, y + n) for x, m, y, n in zip(a.start, a.length, b.start, b.length, strict=True)
    )
    length = tuple(end - first for end, first in zip(ends, start, strict=True))
    return Slice(start, length) if all(count > 0 for count in length) else None


def bands(shape: tuple[int, ...], limit: int) -> Iterator[Slice]:
    """Boxes that follow each other in row-major order and make up a tensor of `shape`.

    Each has at most `limit` elements (at least one), which lie together, in the
    tensor as well as in any slice of it.
    """
    if not prod(shape):
        return
    axis = next((at for at in range(len(shape)) if prod(shape[at + 1 :]) <= limit), None)
    if axis is None:
        yield Slice(shape, shape)  # a scalar
        return
    inner = shape[axis + 1 :]
    rows = max(1, limit // prod(inner))
    for lead in product(*map(range, shape[:axis])):
        for first in range(0, shape[axis], rows):
            count = min(rows, shape[axis] - first)
            yield Slice((*lead, first, *(0 for _ in inner)), (*(1 for _ in lead), count, *inner))


def offset_in(part: Slice, box: Slice) -> int:
    """How many elements of `part`, row-major, come before `box`, which is inside it."""
    offset = 0
    for first, start, count in zip(box.start, part.start, part.length, strict=True):
        offset = offset * count + first - start
    return offset


def place(box: Slice, within: Slice) -> tuple[slice, ...]:
    """The numpy index of `box` in an array that holds `within`."""
    return tuple(
        slice(first - start, first - start + count)
        for first, count, start in zip(box.start, box.length, within.start, strict=True)
    )
