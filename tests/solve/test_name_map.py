"""Which rows of a name map count, and what a recording adds to them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tf2migrate.checkpoint.name_map import filled, load_names, select
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import UNKNOWN, NameRow

from .rows import name_row


def placed(place: str, row: NameRow) -> NameRow:
    return replace(row, checkpoint=place)


TRAIN = [placed("train.py", name_row("w", "m/w")), placed("train.py", name_row("b", "m/b"))]
EVAL = [placed("eval.py", name_row("w", "n/w"))]


def test_checkpoints_that_say_the_same_count_as_one() -> None:
    same = [placed("eval.py", row) for row in TRAIN]
    assert [row.key for row in select([*TRAIN, *same], ["w", "b"])] == ["m/w", "m/b"]


def test_of_several_that_fit_the_one_that_says_most_is_taken() -> None:
    assert select([*TRAIN, *EVAL], ["w", "b"]) == tuple(TRAIN)


def test_one_that_names_a_variable_which_is_not_there_does_not_fit() -> None:
    assert select([*TRAIN, *EVAL], ["w"]) == tuple(EVAL)


def test_a_place_takes_its_own_rows() -> None:
    assert select([*TRAIN, *EVAL], ["w", "b"], "eval.py") == tuple(EVAL)


@pytest.mark.parametrize(
    ("names", "place", "message"),
    [
        (["w", "b"], "other.py", "no Checkpoint of that place; it has: train.py, eval.py"),
        (["x"], None, "no Checkpoint of the name map fits"),
    ],
    ids=["an unknown place", "another model"],
)
def test_rows_that_cannot_be_selected(names: list[str], place: str | None, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        select([*TRAIN, *EVAL], names, place)


def test_two_that_fit_equally_are_named() -> None:
    other = [placed("eval.py", name_row("w", "n/w")), placed("eval.py", name_row("b", "n/b"))]
    with pytest.raises(CheckpointError, match=r"more than one fits: eval\.py, train\.py"):
        select([*TRAIN, *other], ["w", "b"])


@pytest.mark.parametrize(
    ("origins", "name"),
    [
        ({"Variable_3": "train.py:7"}, "Variable_3"),
        ({"Variable_3": "project/train.py:7"}, "Variable_3"),
        ({"Variable_3": "train.py:8"}, UNKNOWN),
        ({"Variable_3": "other_train.py:7"}, UNKNOWN),
        ({"w_0": "train.py:7", "w_1": "train.py:7"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
    ids=["the line", "seen from outside", "another line", "another file", "a loop", "nothing"],
)
def test_a_recording_fills_in_the_name_that_a_line_created(
    origins: dict[str, str], name: str
) -> None:
    assert [row.tf1 for row in filled([name_row(UNKNOWN, "m/w", at="train.py:7")], origins)] == [
        name
    ]


def test_a_name_that_is_known_stays() -> None:
    row = name_row("w", "m/w", at="train.py:7")
    assert filled([row], {"x": "train.py:7"}) == (row,)


def document(**change: str) -> str:
    row = {"checkpoint": "a.py", "tf1": "w", "key": "m/w", "kind": "variable", "evidence": ""}
    return json.dumps({"format": "tf2migrate-names/1", "rows": [{**row, **change}]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        (json.dumps({"format": "else"}), "its format is not"),
        (
            json.dumps({"format": "tf2migrate-names/1", "rows": [{"tf1": "w"}]}),
            "must have the keys",
        ),
        (document(kind="vraiable"), "w -> m/w.* has the kind 'vraiable'; there are variable, slot"),
    ],
    ids=["broken JSON", "another document", "a row without keys", "a kind that there is not"],
)
def test_a_malformed_file_is_named_with_the_problem(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "names.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=rf"names\.json: .*{message}"):
        load_names(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="No such file"):
        load_names(tmp_path / "names.json")
