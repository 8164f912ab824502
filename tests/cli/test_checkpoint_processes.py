"""The checkpoint commands as processes: imports, time, pipes, terminals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import write_bundle

from .checkpoints import tf1_values, write_names, write_tf1, write_tf2
from .test_processes import DUMP, ROOT, command, on_terminal

NEVER = {"tensorflow", "keras", "rich", "libcst", "tf2migrate.pipeline", "tf2migrate.runtime"}
WITHOUT_VALUES = {
    "show": ["checkpoint", "show", "old"],
    "show objects": ["checkpoint", "show", "new"],
    "show json": ["checkpoint", "show", "--format", "json", "new"],
    "diff": ["checkpoint", "diff", "old", "new"],
    "diff of equal files": ["checkpoint", "diff", "old", "same"],
    "diff by checksums": ["checkpoint", "diff", "--checksums", "old", "changed"],
    "verify": ["verify", "--old", "old", "--new", "new"],
    "verify json": ["verify", "--old", "old", "--new", "new", "--format", "json", "--all"],
    "verify backwards": ["verify", "--old", "new", "--new", "old"],
    "verify every byte": ["verify", "--old", "old", "--new", "new", "--values"],
    "verify with another": ["verify", "--old", "old", "--new", "missing"],
    "convert": ["checkpoint", "convert", "old", "made"],
    "convert back": ["checkpoint", "convert", "--to", "tf1", "new", "made"],
    "convert dry": ["checkpoint", "convert", "--dry-run", "old", "made"],
}
WITH_VALUES = {
    "show values": ["checkpoint", "show", "--values", "old"],
    "diff": ["checkpoint", "diff", "old", "changed"],
    "verify": ["verify", "--old", "old", "--new", "changed"],
}


@pytest.fixture(autouse=True)
def folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    write_tf1(project / "old")
    write_tf1(project / "same")
    write_tf1(project / "changed", tf1_values(seed=1))
    write_tf2(project / "new", names={})
    write_tf2(project / "missing", {"net/w": tf1_values()["net/w"]}, names={})
    write_names(project)
    return project


def modules(arguments: list[str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", DUMP, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) > 1  # the command did say something
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", WITHOUT_VALUES.values(), ids=WITHOUT_VALUES)
def test_what_needs_no_numbers_imports_neither_tensorflow_nor_numpy(arguments: list[str]) -> None:
    loaded = modules(arguments)
    assert not loaded & (NEVER | {"numpy"})


@pytest.mark.parametrize("arguments", WITH_VALUES.values(), ids=WITH_VALUES)
def test_what_computes_with_values_imports_numpy_and_no_tensorflow(arguments: list[str]) -> None:
    loaded = modules(arguments)
    assert "numpy" in loaded
    assert not loaded & NEVER


def test_a_closed_pipe_is_quiet(folder: Path) -> None:
    write_bundle(folder / "many", {f"v{n:05}": np.zeros(1, "f") for n in range(5000)})
    process = subprocess.Popen(
        command("checkpoint", "show", "many"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert error == b""


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "--old", "old", "--new", "changed"],
        ["checkpoint", "diff", "old", "changed"],
        ["checkpoint", "show", "new"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_terminal_gets_colours_unless_no_color_is_set(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"\x1b[" not in on_terminal(command(*arguments), stdout=True)
    monkeypatch.delenv("NO_COLOR")
    assert b"\x1b[" in on_terminal(command(*arguments), stdout=True)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_tree_is_drawn_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run(command("checkpoint", "show", "new"), capture_output=True, check=True)
    drawn = "└─ optimizer" if encoding == "utf-8" else "`- optimizer"
    assert drawn in done.stdout.decode(encoding)
