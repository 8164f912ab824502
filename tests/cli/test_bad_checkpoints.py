"""Bad input of the checkpoint commands: one clear message, status 2, nothing written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import write_bundle, write_objects

from .checkpoints import name_rows, tf1_values, write_names, write_tf1, write_tf2
from .conftest import Result, Run

COMMANDS = {
    "show": ["checkpoint", "show", "bad"],
    "show values": ["checkpoint", "show", "--values", "bad"],
    "diff first": ["checkpoint", "diff", "bad", "good"],
    "diff second": ["checkpoint", "diff", "good", "bad"],
    "verify old": ["verify", "--old", "bad", "--new", "good"],
    "verify new": ["verify", "--old", "good", "--new", "bad", "--values"],
    "convert": ["checkpoint", "convert", "bad", "made"],
}
each_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture
def folder(project: Path) -> Path:
    """`good`, and its copy `bad`, for a test to damage."""
    write_tf1(project / "good")
    write_tf1(project / "bad")
    return project


def refused(result: Result, *texts: str) -> None:
    """One message with these texts, and no traceback."""
    assert result.status == 2
    assert result.out == ""
    assert result.err.startswith("tf2migrate: error: ")
    assert result.err.count("\n") == 1
    assert "internal error" not in result.err
    for text in texts:
        assert text in result.err


def listing(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, with what is in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def cut(path: Path, size: int) -> None:
    os.truncate(path, size)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no such checkpoint": (lambda folder: (folder / "bad.index").unlink(), "bad"),
    "empty index": (lambda folder: cut(folder / "bad.index", 0), "bad.index"),
    "index cut off": (lambda folder: cut(folder / "bad.index", 200), "bad.index"),
    "index without a footer": (
        lambda folder: cut(folder / "bad.index", (folder / "bad.index").stat().st_size - 1),
        "bad.index",
    ),
    "another file as index": (
        lambda folder: (folder / "bad.index").write_text("model_checkpoint_path: 'x'\n" * 9),
        "bad.index",
    ),
    "no data file": (
        lambda folder: (folder / "bad.data-00000-of-00001").unlink(),
        "bad.data-00000-of-00001",
    ),
    "data file cut off": (
        lambda folder: cut(folder / "bad.data-00000-of-00001", 100),
        "bad.data-00000-of-00001",
    ),
}


@each_command
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_named_and_nothing_is_written(
    folder: Path, run: Run, command: str, damage: str
) -> None:
    change, name = DAMAGES[damage]
    change(folder)
    before = listing(folder)
    refused(run(*COMMANDS[command]), name)
    assert listing(folder) == before


@pytest.mark.parametrize(
    ("prefix", "hint"),
    [
        ("good.index", "good"),
        ("good.data-00000-of-00001", "good"),
        (".", "."),
        ("checkpoint", "checkpoint"),
        ("goood", "goood"),
        ("", ""),
        ("missing/good", "missing/good"),
    ],
)
@each_command
def test_a_wrong_prefix_is_named_with_a_remedy(
    folder: Path, run: Run, command: str, prefix: str, hint: str
) -> None:
    if (command, prefix) == ("convert", "."):
        prefix = "empty"  # it takes a folder; not one without a checkpoint
        (folder / "empty").mkdir()
        hint = "empty"
    (folder / "checkpoint").write_text('model_checkpoint_path: "good"\n')
    before = listing(folder)
    result = run(*(prefix if word == "bad" else word for word in COMMANDS[command]))
    refused(result, hint)
    assert ";" in result.err or hint == "empty"
    assert listing(folder) == before


def test_any_flipped_bit_of_the_index_is_noticed_or_means_nothing(folder: Path, run: Run) -> None:
    path = folder / "bad.index"
    data = path.read_bytes()
    noticed = 0
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        result = run("verify", "--old", "good", "--new", "bad")
        assert "internal error" not in result.err
        assert result.status in (0, 2), (position, result.out)
        noticed += result.status == 2
    assert noticed > 0.9 * len(data)  # the padding of the footer has no meaning


def test_any_flipped_bit_of_a_value_is_noticed_by_values(folder: Path, run: Run) -> None:
    path = folder / "bad.data-00000-of-00001"
    data = path.read_bytes()
    for position in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        refused(run("verify", "--old", "good", "--new", "bad", "--values"), "checksum", path.name)


def test_a_checkpoint_of_another_model_is_not_equal(folder: Path, run: Run) -> None:
    write_bundle(folder / "bad", {"other/kernel": np.zeros((5, 5), "f")})
    result = run("verify", "--old", "good", "--new", "bad")
    assert result.status == 1
    assert "missing (10)" in result.out
    assert "unexpected (1)" in result.out


def test_an_object_graph_that_is_damaged_is_named(folder: Path, run: Run) -> None:
    write_objects(folder / "bad", {"w": np.zeros(3, "f")})
    path = folder / "bad.data-00000-of-00001"
    data = bytearray(path.read_bytes())
    data[-3] ^= 0x10
    path.write_bytes(data)
    for command in COMMANDS.values():
        refused(run(*command), "bad")


NAMES: dict[str, tuple[str, str]] = {
    "empty": ("", "not JSON"),
    "no JSON": ("names:\n", "not JSON"),
    "another document": ("[]", "tf2migrate-names/1"),
    "another version": ('{"format": "tf2migrate-names/9", "rows": []}', "tf2migrate-names/1"),
    "no rows": ('{"format": "tf2migrate-names/1"}', "list of rows"),
    "a row without a key": (
        '{"format": "tf2migrate-names/1", "rows": [{"checkpoint": "a"}]}',
        "rows[0]",
    ),
    "a number": (
        json.dumps(
            {
                "format": "tf2migrate-names/1",
                "rows": [
                    {"checkpoint": "a", "tf1": 1, "key": "a", "kind": "variable", "evidence": ""}
                ],
            }
        ),
        "rows[0]",
    ),
    "deep": ("[" * 100000, "not JSON"),
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("what", NAMES)
def test_a_malformed_name_map_is_named_and_nothing_is_written(
    folder: Path, run: Run, what: str, named: bool
) -> None:
    text, problem = NAMES[what]
    path = folder / ("n.json" if named else "tf2migrate-names.json")
    path.write_text(text)
    write_tf2(folder / "new")
    more = ["--names", "n.json"] if named else []
    before = listing(folder)
    for command in (
        ["verify", "--old", "good", "--new", "new"],
        ["checkpoint", "convert", "good", "made"],
    ):
        refused(run(*command, *more), path.name, problem)
    assert listing(folder) == before


def test_a_name_map_that_is_not_there_is_wrong_use(folder: Path, run: Run) -> None:
    result = run("verify", "--old", "good", "--new", "bad", "--names", "nowhere.json")
    assert result.status == 2
    assert folder.is_dir()
    assert "nowhere.json" in result.err


def test_a_name_map_of_another_program_is_refused_or_not_equal(folder: Path, run: Run) -> None:
    rows = [row.__class__("x.py:f", f"other/{n}", f"o/{n}", "variable", "its name")
            for n, row in enumerate(name_rows())]  # fmt: skip
    write_names(folder, rows)
    write_tf2(folder / "new", names={})
    result = run("verify", "--old", "good", "--new", "new")
    assert result.status == 1
    assert "NOT EQUAL" in result.out
    before = listing(folder)
    refused(run("checkpoint", "convert", "good", "made"))
    assert listing(folder) == before


def test_a_transform_that_does_not_fit_is_told_of(folder: Path, run: Run) -> None:
    rows = [row.__class__("a", "net/w", "model/w", "variable", "", "", "reshape(7)")
            for row in name_rows()[:1]]  # fmt: skip
    write_names(folder, rows)
    write_tf2(folder / "new")
    result = run("verify", "--old", "good", "--new", "new")
    assert result.status == 1
    assert "compared after reshape(7)" in result.out
    before = listing(folder)
    refused(run("checkpoint", "convert", "good", "made"))
    assert listing(folder) == before


def test_an_existing_checkpoint_is_not_overwritten(folder: Path, run: Run) -> None:
    before = listing(folder)
    refused(run("checkpoint", "convert", "good", "bad"), "bad")
    assert listing(folder) == before
    assert run("checkpoint", "convert", "good", "bad", "--force").status == 0
    assert run("verify", "--old", "good", "--new", "bad").status == 0


def test_a_folder_that_is_not_there_is_named(folder: Path, run: Run) -> None:
    refused(run("checkpoint", "convert", "good", "nowhere/made"), "nowhere")
    assert not (folder / "nowhere").exists()


def test_tf1_values_are_what_the_tests_think() -> None:
    """The damages above count on the size of the data file."""
    assert sum(value.nbytes for value in tf1_values().values()) == 120
