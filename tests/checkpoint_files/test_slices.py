"""Boxes: whether they make up a tensor, and the bands in which it is read."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files.slices import (
    bands,
    intersection,
    offset_in,
    place,
    resolve,
    untiled,
)
from tf2migrate.checkpoint.files.tensors import Slice
from tf2migrate.checkpoint.files.wire import WireError

SHAPES = st.lists(st.integers(0, 5), max_size=4).map(tuple)


@st.composite
def tilings(draw: st.DrawFn) -> tuple[tuple[int, ...], list[Slice]]:
    """A shape, and boxes that cut it along each axis."""
    shape = draw(st.lists(st.integers(1, 5), max_size=3).map(tuple))
    boxes = [Slice((), ())]
    for size in shape:
        cuts = sorted({0, size, *draw(st.sets(st.integers(0, size), max_size=3))})
        boxes = [
            Slice((*box.start, first), (*box.length, end - first))
            for box in boxes
            for first, end in pairwise(cuts)
        ]
    return shape, draw(st.permutations(boxes))


@given(tilings())
def test_boxes_that_make_up_a_tensor(tiling: tuple[tuple[int, ...], list[Slice]]) -> None:
    assert untiled(*tiling) == ""


@given(tilings(), st.data())
def test_a_missing_or_double_box_is_noticed(
    tiling: tuple[tuple[int, ...], list[Slice]], data: st.DataObject
) -> None:
    shape, boxes = tiling
    box = data.draw(st.sampled_from(boxes))
    rest = [other for other in boxes if other != box]
    assert (
        untiled(shape, rest)
        == f"its slices hold {prod(shape) - prod(box.length)} of {prod(shape)} values"
    )
    assert untiled(shape, [*boxes, box]) == "its slices overlap"


def test_boxes_of_the_right_sum_that_overlap() -> None:
    boxes = [Slice((0, 0), (2, 3)), Slice((1, 0), (2, 3)), Slice((3, 0), (1, 3))]
    assert untiled((5, 3), boxes) == "its slices overlap"


@given(SHAPES, st.integers(1, 40))
def test_bands_follow_each_other_in_row_major_order(shape: tuple[int, ...], limit: int) -> None:
    numbers = np.arange(prod(shape)).reshape(shape)
    whole = Slice((0,) * len(shape), shape)
    found = [numbers[place(band, whole)].ravel() for band in bands(shape, limit)]
    assert np.array_equal(np.concatenate([np.empty(0, int), *found]), numbers.ravel())
    assert all(0 < len(band) <= limit for band in found)


@given(tilings(), st.integers(1, 40))
def test_a_band_lies_together_in_each_slice(
    tiling: tuple[tuple[int, ...], list[Slice]], limit: int
) -> None:
    shape, boxes = tiling
    numbers = np.arange(prod(shape)).reshape(shape)
    whole = Slice((0,) * len(shape), shape)
    for box in boxes:
        stored = numbers[place(box, whole)].ravel()
        for band in bands(shape, limit):
            common = intersection(box, band)
            if common is not None:
                offset = offset_in(box, common)
                expected = numbers[place(common, whole)].ravel()
                assert np.array_equal(stored[offset : offset + prod(common.length)], expected)


@pytest.mark.parametrize(
    "extents",
    [
        pytest.param(((0, 4),), id="too long"),
        pytest.param(((2, 2),), id="beyond the end"),
        pytest.param(((1, -1),), id="all of it, from the middle"),
        pytest.param(((-1, 1),), id="before the beginning"),
        pytest.param(((0, -2),), id="a negative length"),
        pytest.param((), id="too few dimensions"),
        pytest.param(((0, 1), (0, 1)), id="too many dimensions"),
    ],
)
def test_slices_outside_the_tensor_are_refused(extents: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(WireError):
        resolve((3,), extents)


def test_a_full_extent_is_resolved() -> None:
    assert resolve((3, 2), ((0, -1), (1, 1))) == Slice((0, 1), (3, 1))
