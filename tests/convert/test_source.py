"""A program that saves to the same prefix while it is converted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import write_bundle
from tests.convert.files import everything
from tf2migrate.checkpoint.convert import convert, shards
from tf2migrate.checkpoint.convert import write as writing
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.model.checkpoint_error import CheckpointError


def saved(folder: Path, value: float, name: str = "model") -> Path:
    write_bundle(folder / name, {"w": np.full(3, value, np.float32)})
    return folder / name


def replaced(folder: Path, *suffixes: str) -> None:
    """Move files of another save to those of the model, as a Saver does."""
    saved(folder, 2, "next")
    for suffix in suffixes:
        os.replace(f"{folder}/next{suffix}", f"{folder}/model{suffix}")


DATA, INDEX = ".data-00000-of-00001", ".index"


@pytest.mark.parametrize(
    ("suffixes", "problem"),
    [
        ((DATA,), "its data files are not those of its index"),
        ((DATA, INDEX), "it was saved again while it was converted"),
    ],
    ids=["between the data and the index", "whole"],
)
@pytest.mark.parametrize("copy", [False, True], ids=["linked", "copied"])
def test_a_save_before_the_data_are_linked_is_seen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffixes: tuple[str, ...],
    problem: str,
    copy: bool,
) -> None:
    old = saved(tmp_path, 1)

    def bring(source: str, target: str, *, copy: bool) -> tuple[shards.How, str]:
        replaced(tmp_path, *suffixes)
        return shards.bring(source, target, copy=copy)

    monkeypatch.setattr(writing, "bring", bring)
    (tmp_path / "to").mkdir()
    with pytest.raises(CheckpointError, match=problem):
        convert(old, tmp_path / "to" / "new", copy=copy)
    assert everything(tmp_path / "to") == {}


def test_data_files_that_vanish_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = saved(tmp_path, 1)

    def bring(source: str, target: str, *, copy: bool) -> tuple[shards.How, str]:
        os.unlink(source)
        return shards.bring(source, target, copy=copy)

    monkeypatch.setattr(writing, "bring", bring)
    with pytest.raises(CheckpointError, match="was removed while it was converted"):
        convert(old, tmp_path / "new")


def test_data_that_are_newer_than_their_index_are_read_and_taken_if_sound(tmp_path: Path) -> None:
    old = saved(tmp_path, 1)
    os.utime(f"{old}{DATA}", (2e9, 2e9))
    assert convert(old, tmp_path / "new").report.ok  # type: ignore[union-attr]


SAVES = """
import sys, os
import numpy as np
from benchmarks.bundles import write_bundle
folder = sys.argv[1]
for number in range(10**9):
    write_bundle(f"{folder}/next", {"w": np.full(4000, number, np.float32)})
    os.replace(f"{folder}/next.data-00000-of-00001", f"{folder}/model.data-00000-of-00001")
    os.replace(f"{folder}/next.index", f"{folder}/model.index")
"""


def test_each_conversion_beside_a_program_that_saves_all_the_time_is_sound_or_refused(
    tmp_path: Path,
) -> None:
    saved(tmp_path, 0)
    root = Path(__file__).resolve().parents[2]
    program = subprocess.Popen([sys.executable, "-c", SAVES, str(tmp_path)], cwd=root)
    done = 0
    try:
        for number in range(60):
            new = tmp_path / f"new-{number}"
            try:
                convert(tmp_path / "model", new)
            except CheckpointError:
                continue
            done += 1
            for key in (file := open_checkpoint(new)).tensors:
                file.check(key)
    finally:
        program.kill()
        program.wait()
    assert done
