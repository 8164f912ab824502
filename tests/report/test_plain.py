"""Columns, paragraphs, sizes and shapes."""

from __future__ import annotations

import pytest

from tf2migrate.report.plain import ansi, columns, counted, paragraph, plain, shape_text, size


def test_columns_line_up_and_the_last_one_is_not_padded() -> None:
    rows = [("a", "1", "short"), ("bbb", "100", "a name that is long"), ("c", "", "x")]
    assert columns(rows, right=[1]) == [
        "a      1  short",
        "bbb  100  a name that is long",
        "c         x",
    ]


def test_a_last_column_can_be_flushed_right() -> None:
    assert columns([("a", "1"), ("b", "10")], right=[1]) == ["a   1", "b  10"]


def test_braces_and_percents_in_names_are_kept() -> None:
    assert columns([("{0}", "%s"), ("{", "}")]) == ["{0}  %s", "{    }"]


def test_a_cell_that_is_wider_than_its_column_may_be_pushes_the_others_on() -> None:
    rows = [("a", "1"), ("a long name", "2"), ("abc", "3")]
    assert columns(rows, widest=3) == ["a    1", "a long name  2", "abc  3"]


def test_no_rows_give_no_lines() -> None:
    assert columns([]) == []


def test_rows_of_different_lengths_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        columns([("a", "b"), ("c",)])


def test_a_paragraph_is_wrapped_between_words_and_names_stay_whole() -> None:
    name = "a/very/long-name/that/is/wider/than/the/terminal"
    lines = paragraph(f"see {name} first", 4, 30)
    assert lines == ["    see", f"    {name}", "    first"]


def test_a_paragraph_for_a_pipe_stays_one_line() -> None:
    assert paragraph("a " * 100 + "b", 2, None) == ["  " + "a " * 100 + "b"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_996, "10.0 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (2_050_000_000, "2.05 GB"),
        (10**22, "10000 EB"),
    ],
)
def test_sizes_have_three_digits(number: int, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("shape", "text"),
    [((), "[]"), ((2, 3), "[2,3]"), ((None, 3), "[?,3]"), (None, "[...]"), ((0,), "[0]")],
)
def test_shapes(shape: tuple[int | None, ...] | None, text: str) -> None:
    assert shape_text(shape) == text


def test_plurals() -> None:
    assert counted(1, "entry") == "1 entry"
    assert counted(1000, "entry") == "1,000 entries"
    assert counted(2, "row") == "2 rows"


def test_paints() -> None:
    assert plain("x", "red") == "x"
    assert ansi("x", "red") == "\x1b[31mx\x1b[0m"
    assert ansi("", "red") == ""
