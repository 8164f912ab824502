"""`tf2migrate checkpoint convert`: forth and back, what is said, what is written."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.bundles import write_bundle

from .checkpoints import name_rows, tf1_values, write_names, write_tf1, write_tf2
from .conftest import Run


@pytest.fixture
def folder(project: Path) -> Path:
    write_tf1(project / "old")
    write_names(project)
    return project


def test_a_state_file_that_cannot_be_written_is_told_and_the_checkpoint_is_there(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source, None, target)

    monkeypatch.setattr(os, "replace", full)
    done = run("checkpoint", "convert", "old", "new")
    assert done.status == 0
    assert "cannot be written: No space left" in done.out
    assert "does not find the new checkpoint" in done.out
    assert (folder / "new.index").is_file()
    assert not (folder / "checkpoint").exists()


@pytest.mark.usefixtures("folder")
def test_forth_and_back_nothing_is_lost(run: Run) -> None:
    assert run("checkpoint", "convert", "old", "new").status == 0
    assert run("checkpoint", "convert", "--to", "tf1", "new", "back").status == 0
    assert run("verify", "--old", "old", "--new", "new", "--values").status == 0
    assert run("verify", "--old", "new", "--new", "back", "--values").status == 0
    assert run("checkpoint", "diff", "old", "back").out == "10 variables equal.\n"


def test_what_was_done_is_said(folder: Path, run: Run) -> None:
    lines = run("checkpoint", "convert", "old", "new").out.splitlines()
    written = (folder / "new.index").stat().st_size
    written += (folder / "new.data-00001-of-00002").stat().st_size
    assert lines[:2] == ["Old: old", "New: new"]
    assert lines[2] == f"Name map: {folder / 'tf2migrate-names.json'} (5 rows, found)"
    assert "Variables: 10 kept, 0 computed, 1 added, 0 left out." in lines
    assert "1 data file linked: 120 B" in lines
    assert f"written: {written / 1000:.2f} kB" in lines
    assert "EQUAL, as read back: names, shapes, dtypes and checksums of the values." in lines
    old, new = (folder / f"{name}.data-0000{n}-of-0000{m}" for name, n, m in OLD_AND_NEW)
    assert old.samefile(new)
    copied = run("checkpoint", "convert", "old", "copied", "--copy").out
    assert "1 data file copied: 120 B" in copied or "1 data file reflinked: 120 B" in copied


OLD_AND_NEW = [("old", 0, 1), ("new", 0, 2)]


@pytest.mark.usefixtures("folder")
def test_without_a_name_map_objects_are_called_as_the_variables(run: Run) -> None:
    result = run("checkpoint", "convert", "--no-names", "old", "new")
    assert result.status == 0
    assert "Name map" not in result.out
    rows = json.loads(run("checkpoint", "show", "--format", "json", "new").out)["variables"]
    paths = {row["path"] for row in rows if row["kind"] == "weight"}
    assert paths == {"net/w", "net/b"}


def test_a_dry_run_lists_everything_and_writes_nothing(folder: Path, run: Run) -> None:
    before = sorted(folder.iterdir())
    result = run("checkpoint", "convert", "--dry-run", "old", "new")
    assert result.status == 0
    assert sorted(folder.iterdir()) == before
    lines = [line.split() for line in result.out.splitlines()]
    assert ["net/w/Adam_1", "->", "model/w/.OPTIMIZER_SLOT/optimizer/v"] in lines
    assert result.out.endswith("Nothing was written (--dry-run).\n")


def test_a_transform_is_carried_out_and_explained(folder: Path, run: Run) -> None:
    rows = [
        replace(row, transform="cast(float64)") if row.tf1 == "net/b" else row
        for row in name_rows()
    ]
    write_names(folder, rows)
    result = run("checkpoint", "convert", "old", "new")
    assert result.status == 0
    assert "  net/b -> model/b\n      cast(float64): cast to float64\n" in result.out
    assert run("verify", "--old", "old", "--new", "new", "--values").status == 0
    assert "float64 [2]" in run("checkpoint", "show", "new").out


def test_json_has_every_tensor(folder: Path, run: Run) -> None:
    result = run("checkpoint", "convert", "--format", "json", "old", "new")
    document = json.loads(result.out)
    assert (document["format"], document["equal"]) == ("tf2migrate-conversion/1", True)
    assert document["data_files"][0]["how"] == "linked"
    tensors = {tuple(each["old"]): each["new"] for each in document["tensors"]}
    assert tensors["net/w",] == ["model/w/.ATTRIBUTES/VARIABLE_VALUE"]
    assert tensors[()] == ["save_counter/.ATTRIBUTES/VARIABLE_VALUE"]
    assert Path(folder / "new.index").exists()


def test_the_layout_of_the_migrated_program_is_taken(folder: Path, run: Run) -> None:
    write_tf2(folder / "program", {name: 0 * value for name, value in tf1_values().items()})
    result = run("checkpoint", "convert", "--like", "program", "old", "new")
    assert result.status == 0, result.err
    assert run("verify", "--old", "old", "--new", "new", "--values").status == 0
    diff = json.loads(run("checkpoint", "diff", "--format", "json", "program", "new").out)
    assert {each["outcome"] for each in diff["entries"]} <= {"matched", "value", "unexpected"}


def test_a_folder_is_converted_whole(folder: Path, run: Run) -> None:
    training = folder / "training"
    training.mkdir()
    for step in (1, 2):
        write_bundle(training / f"model-{step}", tf1_values(seed=step))
    (training / "checkpoint").write_text(
        'model_checkpoint_path: "model-2"\n'
        'all_model_checkpoint_paths: "model-1"\nall_model_checkpoint_paths: "model-2"\n'
    )
    result = run("checkpoint", "convert", "training", "converted")
    assert result.status == 0, result.err
    again = run("checkpoint", "convert", "training", "other", "--format", "json")
    document = json.loads(again.out)
    assert document["format"] == "tf2migrate-conversion/1"
    assert [each["new"] for each in document["conversions"]] == ["other/model-1", "other/model-2"]
    for step in (1, 2):
        new = f"converted/model-{step}"
        assert f"New: {new}\n" in result.out
        assert run("verify", "--old", f"training/model-{step}", "--new", new).status == 0
    assert "not converted" not in result.out
    (training / "checkpoint").write_text('model_checkpoint_path: "model-2"\n')
    newest = run("checkpoint", "convert", "training", "newest")
    assert "not converted, as the state file of training does not keep them: model-1;" in newest.out


def test_the_checkpoint_of_the_name_map_is_chosen(folder: Path, run: Run) -> None:
    other = [replace(row, checkpoint="eval.py:main", key=f"other/{row.key}") for row in name_rows()]
    write_names(folder, [*name_rows(), *other])
    assert run("checkpoint", "convert", "old", "new").status == 2
    result = run("checkpoint", "convert", "old", "new", "--checkpoint", "eval.py:main", "--all")
    assert result.status == 0
    assert "-> other/model/w\n" in result.out
    wrong = run("checkpoint", "convert", "old", "x", "--no-names", "--checkpoint", "eval.py:main")
    assert wrong.status == 2
    assert "--checkpoint needs a name map" in wrong.err
