"""The parts of the recorder, one by one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tf2migrate.tf1_recorder.looking import (
    common_shape,
    flatten,
    flatten_feeds,
    name_of,
    shape_of_value,
)
from tf2migrate.tf1_recorder.operations import initialized_by, object_paths
from tf2migrate.tf1_recorder.places import Places, calls_in, starting_line
from tf2migrate.tf1_recorder.tally import KINDS, Tally


class Pair(NamedTuple):
    """A state as LSTM cells have it."""

    c: object
    h: object


SOURCE = """\
w = tf.get_variable(
    "w",
    [3],
    initializer=tf.truncated_normal_initializer(
        stddev=0.1))
variables = {"a": make(1), "b": make(
    2)}
x = outer(tf.Variable(1), tf.Variable(
    2), name="x")
"""


@pytest.fixture
def calls(tmp_path: Path) -> list[tuple[int, int, str]]:
    path = tmp_path / "program.py"
    path.write_text(SOURCE)
    return calls_in(str(path))


# Lines as Python 3.7 has them: that of the last argument.


@pytest.mark.parametrize(
    ("line", "callee", "start"),
    [
        (5, "get_variable", 1),
        (5, "truncated_normal_initializer", 4),
        (5, "__call__", 1),
        (6, "make", 6),
        (7, "make", 6),
        (8, "Variable", 8),
        (9, "Variable", 8),
        (9, "outer", 8),
        (12, "elsewhere", 12),
    ],
)
def test_a_call_starts_on_the_line_that_later_interpreters_tell(
    calls: list[tuple[int, int, str]], line: int, callee: str, start: int
) -> None:
    assert starting_line(calls, line, callee) == start


@pytest.mark.parametrize("data", [b"def x(:", b"f(\0)", b"f(" * 60 + b"\xff", None])
def test_a_file_that_cannot_be_parsed_leaves_the_frames_line(
    tmp_path: Path, data: bytes | None
) -> None:
    path = tmp_path / "program.py"
    if data is not None:
        path.write_bytes(data)
    assert calls_in(str(path)) == []
    assert starting_line([], 7, "f") == 7


@pytest.mark.parametrize(
    ("filename", "kind"),
    [
        ("train.py", "user"),
        ("/project/train.py", "user"),
        ("/usr/lib/python3/dist-packages/sonnet/base.py", "library"),
        ("/env/lib/python3.7/site-packages/tensorflow_core/python/ops/variables.py", "runtime"),
        ("/env/lib/python3.7/site-packages/tensorflow_model/train.py", "library"),
        ("C:\\env\\site-packages\\keras\\models.py", "runtime"),
        (str(subprocess.__file__), "runtime"),
        ("<string>", "runtime"),
    ],
)
def test_files_are_told_apart(filename: str, kind: str) -> None:
    assert Places(".").kind(filename) == kind


def test_paths_below_the_root_are_relative_to_it(tmp_path: Path) -> None:
    places = Places(str(tmp_path))
    assert places.path(str(tmp_path / "a" / "b.py")) == "a/b.py"
    assert places.path(tmp_path / "a" / ".." / "b.py") == "b.py"
    assert places.path(str(tmp_path.parent / "b.py")) == str(tmp_path.parent / "b.py")
    assert places.path("gs://bucket/model") == "gs://bucket/model"
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert places.path(str(tmp_path / "link" / "model")) == "real/model"


def test_a_stack_is_of_the_users_functions() -> None:
    def inner() -> list[tuple[str, int, str]]:
        return Places("/nowhere").stack("stack")

    functions = [function for _, _, function in inner()]
    assert functions[0] == "inner"
    assert functions[1] == "test_a_stack_is_of_the_users_functions"


def test_events_are_counted_by_kind_and_the_rest_together() -> None:
    tally = Tally()
    place = ("a.py", 3, "f")
    for number in [*range(KINDS + 5), 0]:
        tally.entry(place, path=number)["count"] += 1
    tally.entry(("a.py", 4, "f"), path=0)["count"] += 1
    rows = tally.rows()
    assert len(rows) == KINDS + 2
    assert sum(row["count"] for row in rows) == KINDS + 7
    (others,) = (row for row in rows if row.get("others"))
    assert (others["count"], others["place"]) == (5, place)


def test_structures_are_flattened() -> None:
    assert flatten([1, (2, {"a": 3}), Pair(4, [5])], []) == [1, 2, 3, 4, 5]
    assert flatten("one", []) == ["one"]


def test_feeds_are_paired_with_their_values() -> None:
    assert flatten_feeds({"x": 1, Pair("c", "h"): Pair(2, 3)}) == (["x", "c", "h"], [1, 2, 3])
    assert flatten_feeds({("c", "h"): "whole", "x": 1}) == (["c", "h", "x"], ["whole", None, 1])
    assert flatten_feeds({("c",): (1, 2), "x": 3}) == (["c", "x"], [1, 3])
    assert flatten_feeds(["x", ["y"]]) == (["x", "y"], [None, None])


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (np.zeros((2, 3)), [2, 3]),
        ([[1, 2], [3, 4]], [2, 2]),
        (0.5, []),
        (None, None),
        ([[1], [2, 3]], None),
    ],
)
def test_the_shape_of_a_value(value: object, shape: list[int] | None) -> None:
    assert shape_of_value(value) == shape


def test_the_common_shape_leaves_open_what_differs() -> None:
    assert common_shape([16, 8], [16, 8]) == [16, 8]
    assert common_shape([16, 8], [3, 8]) == [None, 8]
    assert common_shape([16, 8], [16]) is None
    assert common_shape(None, [16]) is None


class Named:
    def __init__(self, name: object = None, op: object = None) -> None:
        self.name = name
        self.op = op


def test_names_are_those_of_operations() -> None:
    assert name_of(Named("w:0")) == "w"
    assert name_of(Named("split:1")) == "split:1"
    assert name_of(Named(op=Named("values"))) == "values"
    assert name_of(object()) == "<object>"


class Operation:
    def __init__(self, name: str, kind: str, *control_inputs: Operation) -> None:
        self.name = name
        self.type = kind
        self.control_inputs = list(control_inputs)


def test_initialisers_are_found_through_groups_only() -> None:
    w, v = Operation("w/Assign", "Assign"), Operation("v/Assign", "Assign")
    train = Operation("train", "AssignAdd", v)
    inner = Operation("init_1", "NoOp", w, train)
    inner.control_inputs.append(inner)
    group = Operation("init", "NoOp", inner)
    initializers = {"w/Assign": "w", "v/Assign": "v"}
    assert initialized_by([group], initializers) == ["w"]
    assert initialized_by([object(), v, group], initializers) == ["v", "w"]
    assert initialized_by([train], initializers) == []


class Trackable:
    def __init__(self, **children: object) -> None:
        self.children = children

    def _trackable_children(self) -> dict[str, object]:
        return self.children


class Leaf(Trackable, Named):
    def __init__(self, name: str) -> None:
        Trackable.__init__(self)
        Named.__init__(self, name)


def test_object_paths_are_the_shortest_and_escaped() -> None:
    w = Leaf("w:0")
    model = Trackable(**{"a/b": w, "c.d": Leaf("v:0")})
    root = Trackable(deep=Trackable(model=model), model=model)
    model.children["root"] = root
    assert object_paths(root, Leaf) == [["model/a.Sb", "w"], ["model/c..d", "v"]]
