"""How far apart two values are: NaN, infinities, integers, tolerances, types without numbers."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np
import pytest

from tf2migrate.checkpoint.differences import (
    Difference,
    Tolerance,
    array_difference,
    joined,
    stored_difference,
)

LOOSE = Tolerance(atol=0.1)


@pytest.mark.parametrize(
    ("before", "after", "exact", "loose"),
    [
        pytest.param([1.0, 2.0], [1.0, 2.0], (0, 0), (0, 0), id="equal"),
        pytest.param([1.0, 2.0], [1.0, 2.05], (0.05, 1), (0.05, 0), id="close"),
        pytest.param([1.0, 2.0], [3.0, 1.0], (2, 2), (2, 2), id="both differ"),
        pytest.param([nan], [nan], (0, 0), (0, 0), id="the same NaN"),
        pytest.param([nan, 1.0], [1.0, nan], (inf, 2), (inf, 2), id="NaN against a number"),
        pytest.param([inf, -inf], [inf, -inf], (0, 0), (0, 0), id="the same infinities"),
        pytest.param([inf], [-inf], (inf, 1), (inf, 1), id="opposite infinities"),
        pytest.param([0.0], [-0.0], (0, 1), (0, 0), id="zero with another sign"),
        pytest.param([], [], (0, 0), (0, 0), id="empty"),
    ],
)
def test_floats(
    before: list[float], after: list[float], exact: tuple[float, int], loose: tuple[float, int]
) -> None:
    one, other = np.array(before), np.array(after)
    for tolerance, expected in ((Tolerance(), exact), (LOOSE, loose)):
        found = array_difference(one, other, tolerance)
        assert found.largest == pytest.approx(expected[0])
        assert found.unequal == expected[1]
        assert found.equal == (expected[1] == 0)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i4", "u4", "i8", "u8"])
def test_integers_at_the_ends_of_their_range(dtype: str) -> None:
    ends = np.iinfo(dtype)
    found = array_difference(np.array([ends.min, 5], dtype), np.array([ends.max, 5], dtype))
    assert found == Difference(float(int(ends.max) - int(ends.min)), 1, 2)


def test_large_integers_that_differ_by_one() -> None:
    found = array_difference(np.array([2**60]), np.array([2**60 + 1]))
    assert (found.largest, found.unequal) == (1, 1)


def test_a_relative_tolerance_is_relative_to_the_old_value() -> None:
    old, new = np.array([100.0, 1.0]), np.array([101.0, 1.5])
    assert array_difference(old, new, Tolerance(rtol=0.02)).unequal == 1
    assert array_difference(old, new, Tolerance(rtol=0.6)).unequal == 0


@pytest.mark.parametrize("dtype", ["bool", "f2", "f4", "f8", "c8", "c16"])
def test_other_types(dtype: str) -> None:
    old, new = np.array([1, 1, 0], dtype), np.array([1, 0, 0], dtype)
    assert array_difference(old, new) == Difference(1.0, 1, 3)
    assert array_difference(old, new, Tolerance(atol=1)).equal


def test_texts_have_no_distance() -> None:
    old, new = np.array([b"a", b"b"], object), np.array([b"a", b"c"], object)
    assert array_difference(old, old).equal
    assert array_difference(old, new, LOOSE) == Difference(inf, 1, 2)


@pytest.mark.parametrize(
    ("old", "new"), [(np.zeros(2), np.zeros(3)), (np.zeros(2), np.zeros(2, "f"))]
)
def test_other_forms_are_a_mistake(old: Any, new: Any) -> None:
    with pytest.raises(ValueError, match="float64"):
        array_difference(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [(np.float32(1.0), np.float32(3.0)), (np.int64(3), np.int64(1)), (np.complex64(0), 2j)],
)
def test_scalars(old: Any, new: Any) -> None:
    one, other = np.asarray(old), np.asarray(new, np.asarray(old).dtype)
    assert array_difference(one, other) == Difference(2.0, 1, 1)
    assert array_difference(one, other, Tolerance(atol=2.0)).equal
    assert array_difference(one, one) == Difference(0.0, 0, 1)


def test_bfloat16_as_stored() -> None:
    one, three = b"\x80\x3f", b"\x40\x40"
    assert stored_difference("bfloat16", one + one, one + three) == Difference(2.0, 1, 2)


def test_a_type_whose_numbers_are_not_known() -> None:
    assert stored_difference("float8_e5m2", b"ab", b"ab").equal
    found = stored_difference("float8_e5m2", b"ab", b"ac")
    assert found.largest is None
    assert not found.equal
    assert joined([found, Difference(1.0, 1, 1)]).largest is None


def test_parts_are_joined() -> None:
    parts = [Difference(1.0, 2, 10), Difference(inf, 1, 5), Difference(0.0, 0, 3)]
    assert joined(parts) == Difference(inf, 3, 18)
    assert joined([]) == Difference()


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (Difference(0.0, 0, 3), "equal"),
        (Difference(0.25, 1, 1000), "1 of 1,000 elements differ, by 0.25 at most"),
        (Difference(0.0, 1, 2), "1 of 2 elements differ in bits that are no number's"),
        (Difference(inf, 1, 2), "at least one is text, or a NaN or an infinity on one side"),
        (Difference(None, 1, 2), "the bytes differ; what numbers they are is not known"),
    ],
)
def test_in_words(difference: Difference, text: str) -> None:
    assert text in str(difference)
