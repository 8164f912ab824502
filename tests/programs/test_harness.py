"""The harness finds every kind of difference that it exists to find."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from . import harness
from .harness import CheckpointSpec, Program, Recording

RTOL = 1e-5
ATOL = 1e-6


@pytest.fixture
def golden() -> Recording:
    """A small recording."""
    return {
        "tensorflow": "1.15.5",
        "files": {},
        "runs": [{"argv": ["train.py"], "lines": ["step 5 loss 0.340820", "done"]}],
        "checkpoints": [
            {
                "run": 0,
                "prefix": "model-5",
                "format": "name",
                "variables": {
                    "w": {"dtype": "float32", "shape": [2], "values": [0.5, -1.0]},
                    "step": {"dtype": "int64", "shape": [], "values": [5]},
                },
            }
        ],
    }


@pytest.fixture
def small(tmp_path: Path) -> Program:
    """The program that made the recording."""
    return Program(
        tmp_path, "small", (("train.py",),), (CheckpointSpec(0, "model-5"),), "both", RTOL
    )


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("loss 0.340820", "loss 0.340821"),
        ("loss 1234.500000", "loss 1234.505000"),
        ("loss -0.000000", "loss 0.000001"),
        ("loss 1.0e-05", "loss 1.1e-05"),
        ("step 5, saved ckpt/model-5", "step 5, saved ckpt/model-5"),
        ("loss nan", "loss nan"),
    ],
    ids=[
        "last digit rounded otherwise",
        "relative tolerance",
        "sign of zero",
        "last digit of an exponent form",
        "equal text",
        "nan stays nan",
    ],
)
def test_equal_lines(expected: str, actual: str) -> None:
    assert harness.line_difference(expected, actual, RTOL) is None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("loss 0.340820", "loss 0.340830"),
        ("step 5", "step 6"),
        ("saved ckpt/model-5", "saved ckpt/model-6"),
        ("loss 0.340820", "cost 0.340820"),
        ("loss 0.5", "loss 0.5 0.5"),
        ("loss 0.5", "loss nan"),
        ("step 5", "step 5.0"),
        ("loss 0.5", "loss 0.5 "),
    ],
    ids=[
        "tenth digit",
        "integer",
        "step in a path",
        "text",
        "one number more",
        "nan",
        "integer printed as a fraction",
        "trailing space",
    ],
)
def test_different_lines(expected: str, actual: str) -> None:
    assert harness.line_difference(expected, actual, RTOL) is not None


def test_a_recording_equals_itself(golden: Recording, small: Program) -> None:
    assert not list(harness.output_differences(golden, golden, RTOL))
    assert not list(harness.checkpoint_differences(small, golden, golden, RTOL, ATOL))


def lose_line(recording: Recording) -> None:
    recording["runs"][0]["lines"].pop()


def add_line(recording: Recording) -> None:
    recording["runs"][0]["lines"].append("step 6")


def lose_run(recording: Recording) -> None:
    recording["runs"].pop()


@pytest.mark.parametrize(
    "change", [lose_line, add_line, lose_run], ids=["line lost", "line added", "run lost"]
)
def test_output_difference_is_found(golden: Recording, change: Callable[[Recording], None]) -> None:
    actual = copy.deepcopy(golden)
    change(actual)
    assert list(harness.output_differences(golden, actual, RTOL))


def lose_variable(recording: Recording) -> None:
    del recording["checkpoints"][0]["variables"]["w"]


def add_variable(recording: Recording) -> None:
    variables = recording["checkpoints"][0]["variables"]
    variables["w/Adam"] = variables["w"]


def rename_variable(recording: Recording) -> None:
    variables = recording["checkpoints"][0]["variables"]
    variables["v"] = variables.pop("w")


def change_shape(recording: Recording) -> None:
    recording["checkpoints"][0]["variables"]["w"]["shape"] = [1, 2]


def change_dtype(recording: Recording) -> None:
    recording["checkpoints"][0]["variables"]["step"]["dtype"] = "int32"


def change_value(recording: Recording) -> None:
    recording["checkpoints"][0]["variables"]["w"]["values"][1] = -1.00002


def change_integer(recording: Recording) -> None:
    recording["checkpoints"][0]["variables"]["step"]["values"] = [6]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lose_variable, "w is missing"),
        (add_variable, "w/Adam is not expected"),
        (rename_variable, "v is not expected"),
        (change_shape, "w: shape"),
        (change_dtype, "step: dtype"),
        (change_value, "w: 1 of 2 values differ"),
        (change_integer, "step: 1 of 1 values differ"),
    ],
    ids=["missing", "unexpected", "renamed", "shape", "dtype", "value", "integer value"],
)
def test_checkpoint_difference_is_found(
    golden: Recording, small: Program, change: Callable[[Recording], None], message: str
) -> None:
    actual = copy.deepcopy(golden)
    change(actual)
    found = list(harness.checkpoint_differences(small, golden, actual, RTOL, ATOL))
    assert any(message in difference for difference in found), found


def test_an_object_based_file_keeps_the_names_of_the_variables(
    golden: Recording, small: Program
) -> None:
    program = replace(small, checkpoints=(CheckpointSpec(0, "model-5", {"w": "encoder/weights"}),))
    actual = copy.deepcopy(golden)
    checkpoint = actual["checkpoints"][0]
    checkpoint["format"] = "object"
    assert list(harness.checkpoint_differences(program, golden, actual, RTOL, ATOL))
    checkpoint["variables"]["encoder/weights"] = checkpoint["variables"].pop("w")
    assert not list(harness.checkpoint_differences(program, golden, actual, RTOL, ATOL))


def test_a_run_that_fails_is_reported(small: Program, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text("raise SystemExit('out of luck')\n", encoding="utf-8")
    with pytest.raises(harness.ProgramFailedError, match="out of luck"):
        harness.execute(small, source, sys.executable, tmp_path)


def test_a_run_without_its_checkpoint_is_reported(small: Program, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text("print('step 5')\n", encoding="utf-8")
    with pytest.raises(harness.ProgramFailedError, match="no checkpoint model-5"):
        harness.execute(small, source, sys.executable, tmp_path)
