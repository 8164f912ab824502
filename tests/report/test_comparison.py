"""Comparisons as text, JSON and annotations, of hand-made reports."""

from __future__ import annotations

import json
from math import inf

import pytest

from tf2migrate.model.comparison import Depth, Entry, Outcome, Report
from tf2migrate.model.inventory import Kind, SlotOf, VariableRow
from tf2migrate.report.comparison_github import comparison_github
from tf2migrate.report.comparison_json import comparison_json
from tf2migrate.report.comparison_text import View, comparison_lines
from tf2migrate.report.file_diff_text import diff_lines
from tf2migrate.report.plain import ansi, plain


def old(name: str, shape: tuple[int, ...] = (2, 3), **more: object) -> VariableRow:
    return VariableRow(name, shape, "float32", name=name, **more)  # type: ignore[arg-type]


def new(path: str, shape: tuple[int, ...] = (2, 3), **more: object) -> VariableRow:
    return VariableRow(f"{path}/V", shape, "float32", path=path, **more)  # type: ignore[arg-type]


ENTRIES = {
    Outcome.MATCHED: Entry(Outcome.MATCHED, (old("a"),), (new("a"),), "same name"),
    Outcome.RENAMED: Entry(Outcome.RENAMED, (old("b"),), (new("m/b"),), "name map"),
    Outcome.TRANSFORMED: Entry(
        Outcome.TRANSFORMED,
        (old("gates"), old("candidate")),
        (new("cell/kernel", (4, 3)), new("cell/bias", (4, 3))),
        "a GRU cell",
        transform="concat(1)",
    ),
    Outcome.ONE_SIDED: Entry(Outcome.ONE_SIDED, (old("o"),), detail="v1 has no place for it"),
    Outcome.MISSING: Entry(
        Outcome.MISSING, (old("c", origin="net.py:7"),), candidates=("m/c", "m/d")
    ),
    Outcome.UNEXPECTED: Entry(Outcome.UNEXPECTED, (), (new("m/e"),)),
    Outcome.SHAPE: Entry(Outcome.SHAPE, (old("s"),), (new("m/s", (3, 2)),)),
    Outcome.DTYPE: Entry(
        Outcome.DTYPE, (old("d"),), (VariableRow("m/d", (2, 3), "float64", path="m/d"),)
    ),
    Outcome.VALUE: Entry(Outcome.VALUE, (old("v"),), (new("m/v"),), "name map", difference=0.25),
    Outcome.AMBIGUOUS: Entry(
        Outcome.AMBIGUOUS, (old("x"), old("y")), (new("m/x"), new("m/y")), detail="both fit"
    ),
    Outcome.ALIASED: Entry(Outcome.ALIASED, (old("p"),), detail="m/p is the same variable"),
    Outcome.UNTRACKED: Entry(Outcome.UNTRACKED, (old("u"),), detail="no checkpoint would hold it"),
    Outcome.TRAINABLE: Entry(
        Outcome.TRAINABLE, (old("t"),), (new("m/t"),), detail="trained before"
    ),
}


def report(*outcomes: Outcome, depth: Depth = Depth.CHECKSUMS) -> Report:
    chosen = outcomes or tuple(ENTRIES)
    return Report("old.ckpt", "new.ckpt", tuple(ENTRIES[each] for each in chosen), depth)


def test_every_outcome_has_a_meaning_and_failures_come_first() -> None:
    lines = comparison_lines(report(), View(everything=True, explain=lambda _: "joined"))
    heads = [line.split(" (")[0] for line in lines if line and not line.startswith(" ")]
    failing = [outcome.value for outcome in Outcome if not ENTRIES[outcome].ok]
    assert heads[: len(failing)] == failing
    assert heads[len(failing) :][:3] == ["transformed", "one-sided", "equal"]
    assert lines[-1].startswith("NOT EQUAL: 1 missing, 1 unexpected, 1 shape, ")


def test_the_whole_text() -> None:
    chosen = (Outcome.MATCHED, Outcome.TRANSFORMED, Outcome.MISSING, Outcome.SHAPE, Outcome.VALUE)
    lines = comparison_lines(report(*chosen), View(explain=lambda _: "joined along axis 1"))
    assert lines == [
        "missing (1): the old one has it, the new one has nothing for it",
        "  c  float32 [2,3]",
        "      nearest: m/c, m/d",
        "      created at net.py:7",
        "",
        "shape (1): the shapes differ",
        "  s -> m/s  float32 [2,3] -> float32 [3,2]",
        "",
        "value (1): the values differ",
        "  v -> m/v  float32 [2,3]",
        "      largest absolute difference: 0.25",
        "      paired because: name map",
        "",
        "transformed (1): equal after a known transform",
        "  gates + candidate -> cell/kernel + cell/bias  float32 [2,3] -> float32 [4,3]",
        "      concat(1): joined along axis 1",
        "",
        "Equal: 1 matched, 1 transformed (--all lists them).",
        "NOT EQUAL: 1 missing, 1 shape, 1 value."
        " Compared: names, shapes, dtypes and checksums of the values.",
    ]


@pytest.mark.parametrize("depth", Depth)
def test_the_verdict_says_how_far_was_compared(depth: Depth) -> None:
    lines = comparison_lines(report(Outcome.MATCHED, depth=depth), View())
    assert lines[-1] == f"EQUAL in both directions: {depth.value}."


def test_no_variables_at_all_is_said() -> None:
    lines = comparison_lines(Report("a", "b", (), Depth.NAMES), View())
    assert lines[0] == "There are no variables on either side."


def test_notes_are_wrapped_for_a_terminal_and_whole_for_a_pipe() -> None:
    entry = Entry(Outcome.MISSING, (old("w"),), candidates=tuple(f"model/layer/{n}" for n in "abc"))
    made = Report("a", "b", (entry,), Depth.NAMES)
    wide, narrow = (comparison_lines(made, View(width=width)) for width in (None, 40))
    assert "      nearest: model/layer/a, model/layer/b, model/layer/c" in wide
    assert max(len(line) for line in narrow[2:-1]) <= 40


def test_colours_are_only_where_they_are_asked_for() -> None:
    assert not any("\x1b" in line for line in comparison_lines(report(), View()))
    coloured = comparison_lines(report(), View(paint=ansi))
    assert coloured[0].startswith("\x1b[31mmissing\x1b[0m")


def test_json_has_every_entry_and_only_json_numbers() -> None:
    slot = SlotOf("w", "m", "Adam")
    row = VariableRow("w/Adam", None, "float32", Kind.SLOT, name="w/Adam", slot=slot)
    entries = (*ENTRIES.values(), Entry(Outcome.VALUE, (row,), (row,), difference=inf))
    text = comparison_json(Report("a", "b", entries, Depth.VALUES), names="n.json")
    document = json.loads(text, parse_constant=pytest.fail)
    assert document["format"] == "tf2migrate-comparison/1"
    assert (document["equal"], document["depth"], document["names"]) == (False, "values", "n.json")
    assert document["counts"]["value"] == 2
    assert [each["ok"] for each in document["entries"]] == [False] * 10 + [True] * 4
    last = next(each for each in document["entries"] if each["difference"] == "infinity")
    assert last["before"][0]["slot"] == {"variable": "w", "slot": "m", "optimizer": "Adam"}
    assert last["before"][0]["shape"] is None


def test_annotations_point_at_the_line_that_creates_the_variable() -> None:
    made = Report(
        "a",
        "b",
        (
            ENTRIES[Outcome.MATCHED],
            Entry(Outcome.MISSING, (old("100%", origin="a,b.py:12"),)),
            Entry(Outcome.VALUE, (old("v", origin="old.py:1"),), (new("v", origin="new.py:2"),)),
            Entry(Outcome.MISSING, (old("n", origin="<string>"),), detail="two\nlines"),
        ),
        Depth.NAMES,
    )
    assert comparison_github(made).splitlines() == [
        "::error file=a%2Cb.py,line=12,title=tf2migrate verify%3A missing::missing: 100%25",
        "::error file=new.py,line=2,title=tf2migrate verify%3A value::value: v -> v",
        "::error title=tf2migrate verify%3A missing::missing: n: two%0Alines",
    ]


def test_a_diff_of_nothing_has_no_head() -> None:
    assert list(diff_lines(report(Outcome.MATCHED), [], plain)) == ["1 variable equal."]


def test_the_lines_of_a_diff_are_coloured_by_their_marks() -> None:
    chosen = report(Outcome.MISSING, Outcome.UNEXPECTED, Outcome.SHAPE)
    lines = list(diff_lines(chosen, [("", None, "called root")], ansi))
    assert [line[:5] for line in lines[2:6]] == ["\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[32m"]
    assert lines[5] == "\x1b[32m+ object the root: called root\x1b[0m"
