"""Which edits exclude each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.model.edit import AddImport, Edit, Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.model.span import Span
from tf2migrate.planner.conflicts import Anchored, conflicts, excludes

ALL, PART, NEXT = Span(0, 20), Span(5, 10), Span(20, 30)
CROSSING = Span(8, 25)
HOLE = f"f({PART.hole})"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Replace("a", ALL, "x"), Replace("a", NEXT, "y")),
        (Replace("a", ALL, "x"), Replace("a", ALL, "x")),
        (Replace("a", ALL, HOLE), Replace("a", PART, "y")),
        (Replace("a", ALL, HOLE), Replace("a", Span(6, 7), "y")),
        (ReplaceStatement("a", ALL, HOLE), Insert("a", PART, "y")),
        (Replace("a", ALL, f"f({ALL.hole})"), Replace("a", ALL, "y")),
        (Insert("a", ALL, "x"), Insert("a", ALL, "y")),
        (Insert("a", ALL, "x"), Insert("a", PART, "y")),
        (Insert("a", ALL, "x"), Replace("a", PART, "y")),
        (Insert("a", ALL, "x"), Remove("a", ALL)),
        (Insert("a", ALL, "x"), ReplaceStatement("a", ALL, "y")),
        (Wrap("a", ALL, "with x:"), Replace("a", PART, "y")),
        (Wrap("a", ALL, "with x:"), ReplaceStatement("a", ALL, "y")),
        (Wrap("a", ALL, "with x:"), Wrap("a", PART, "with y:")),
    ],
)
def test_both_can_be_made(one: Anchored, other: Anchored) -> None:
    assert not excludes(one, other)
    assert not excludes(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Replace("a", ALL, "x"), Replace("a", ALL, "y")),
        (Replace("a", ALL, "x"), Replace("a", PART, "y")),
        (Replace("a", ALL, HOLE), Replace("a", CROSSING, "y")),
        (Replace("a", ALL, HOLE), Replace("a", Span(5, 11), "y")),
        (Replace("a", ALL, f"f({ALL.hole})"), Replace("a", ALL, f"g({ALL.hole})")),
        (Remove("a", ALL), Replace("a", PART, "y")),
        (Remove("a", ALL), Insert("a", PART, "y")),
        (Remove("a", ALL), Wrap("a", ALL, "with x:")),
        (ReplaceStatement("a", ALL, "x"), Insert("a", PART, "y")),
        (Wrap("a", ALL, "with x:"), Wrap("a", ALL, "with y:")),
        (Wrap("a", ALL, "with x:"), Replace("a", CROSSING, "y")),
    ],
)
def test_only_one_can_be_made(one: Anchored, other: Anchored) -> None:
    assert excludes(one, other)
    assert excludes(other, one)


def test_edits_of_other_files_and_imports_never_clash() -> None:
    edits: list[Edit] = [Replace("a", ALL, "x"), Replace("b", ALL, "y"), AddImport("a", "import z")]
    assert list(conflicts(enumerate(edits))) == []


_SPANS = st.tuples(st.integers(0, 12), st.integers(1, 8)).map(lambda p: Span(p[0], p[0] + p[1]))
_CODES = st.just("x") | _SPANS.map(lambda span: span.hole)
_EDITS = st.one_of(
    st.builds(Replace, st.just("a"), _SPANS, _CODES),
    st.builds(Insert, st.just("a"), _SPANS, st.just("x")),
    st.builds(Wrap, st.just("a"), _SPANS, st.just("with x:")),
    st.builds(Remove, st.just("a"), _SPANS),
)


@given(st.lists(_EDITS, max_size=12))
def test_the_sweep_finds_what_comparing_all_pairs_finds(edits: list[Anchored]) -> None:
    swept = {frozenset(pair) for pair in conflicts(enumerate(edits))}
    expected = {
        frozenset((i, j))
        for i, one in enumerate(edits)
        for j, other in enumerate(edits)
        if i < j and excludes(one, other)
    }
    assert swept == expected
