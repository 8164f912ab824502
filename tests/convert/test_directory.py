"""Whole directories of checkpoints, and the state file that names the newest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import write_bundle
from tf2migrate.checkpoint.convert import Conversion, convert
from tf2migrate.checkpoint.convert.directory import convert_folder, folder_of, name_newest
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.state_file import State, read_state, write_state
from tf2migrate.model.checkpoint_error import CheckpointError


def trained(folder: Path, *steps: int) -> Path:
    folder.mkdir()
    for step in steps:
        write_bundle(folder / f"model-{step}", {"w": np.full(3, step, np.float32)})
    return folder


def one(old: str, new: str) -> Conversion:
    return convert(old, new)


def test_a_state_file_says_what_is_converted_and_in_which_order(tmp_path: Path) -> None:
    old = trained(tmp_path / "old", 2, 10, 20)
    write_state(str(old), State("model-20", ("model-10", "model-20"), (1.5, 2.5)))
    done = convert_folder(str(old), str(tmp_path / "new"), one)
    assert [Path(each.prefix).name for each in done] == ["model-10", "model-20"]
    assert read_state(str(tmp_path / "new")) == read_state(str(old))
    assert "w/.ATTRIBUTES/VARIABLE_VALUE" in open_checkpoint(tmp_path / "new/model-20").tensors


def test_absolute_paths_of_a_directory_that_was_moved_are_found_by_name(tmp_path: Path) -> None:
    old = trained(tmp_path / "old", 1)
    write_state(str(old), State("/elsewhere/model-1", ("/elsewhere/model-1",)))
    convert_folder(str(old), str(tmp_path / "new"), one)
    assert read_state(str(tmp_path / "new")) == State("model-1", ("model-1",))


def test_kept_checkpoints_that_are_gone_are_left_out(tmp_path: Path) -> None:
    old = trained(tmp_path / "old", 3)
    write_state(str(old), State("model-3", ("model-1", "model-3"), (1.0, 3.0)))
    assert folder_of(str(old)) == (("model-3",), State("model-3", ("model-3",), (3.0,)), ())


def test_checkpoints_that_the_state_file_does_not_keep_are_known(tmp_path: Path) -> None:
    old = trained(tmp_path / "old", 3, 6, 8)
    write_state(str(old), State("model-8", ("model-8",)))
    assert folder_of(str(old)).names == ("model-8",)
    assert folder_of(str(old)).others == ("model-3", "model-6")


@pytest.mark.parametrize("state", ['model_checkpoint_path: "."\n', None])
@pytest.mark.parametrize("single", [False, True])
def test_a_folder_can_be_the_prefix(tmp_path: Path, state: str | None, single: bool) -> None:
    old = tmp_path / "model.weights"
    old.mkdir()
    write_bundle(f"{old}/", {"w": np.arange(3, dtype=np.float32)})
    if state is not None:
        (old / "checkpoint").write_text(state, encoding="utf-8")
    new = tmp_path / "new"
    if single:
        new.mkdir()
        convert(f"{old}/", f"{new}/")
        assert name_newest(f"{new}/") is None
    else:
        convert_folder(str(old), str(new), one)
    assert sorted(path.name for path in new.iterdir()) == [
        *(".data-00000-of-00002", ".data-00001-of-00002", ".index")
    ]
    assert "w/.ATTRIBUTES/VARIABLE_VALUE" in open_checkpoint(f"{new}/").tensors
    with pytest.raises(CheckpointError, match="there is a checkpoint of this prefix"):
        convert(f"{old}/", f"{new}/")
    convert(f"{old}/", f"{new}/", force=True)
    with pytest.raises(CheckpointError, match="it is a directory"):
        convert(f"{old}/", str(new))


def test_without_a_state_file_every_checkpoint_is_converted_in_order(tmp_path: Path) -> None:
    old = trained(tmp_path / "old", 10, 9)
    assert folder_of(str(old)).names == ("model-9", "model-10")
    convert_folder(str(old), str(tmp_path / "new"), one)
    assert not (tmp_path / "new/checkpoint").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('model_checkpoint_path: "model-7"\n', "is not there: model-7"),
        ("nothing of use\n", "names no checkpoint"),
        (None, "no checkpoint is in this directory"),
    ],
    ids=["a newest that is gone", "no state", "an empty directory"],
)
def test_a_directory_that_cannot_be_converted(
    tmp_path: Path, text: str | None, problem: str
) -> None:
    old = trained(tmp_path / "old")
    if text is not None:
        (old / "checkpoint").write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=problem):
        convert_folder(str(old), str(tmp_path / "new"), one)
    assert not (tmp_path / "new").exists()


def test_a_state_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    old = trained(tmp_path / "old", 1)
    write_state(str(old), State("model-1"))
    new = tmp_path / "new"
    new.mkdir()
    (new / "checkpoint").write_text("mine", encoding="utf-8")
    with pytest.raises(CheckpointError, match="it exists"):
        convert_folder(str(old), str(new), one)
    assert sorted(path.name for path in new.iterdir()) == ["checkpoint"]


def test_one_converted_checkpoint_becomes_the_newest_of_its_directory(tmp_path: Path) -> None:
    assert name_newest(str(tmp_path / "ckpt-5")) is None
    assert read_state(str(tmp_path)) == State("ckpt-5", ("ckpt-5",))
    assert "was there" in (name_newest(str(tmp_path / "ckpt-6")) or "")
    assert read_state(str(tmp_path)) == State("ckpt-5", ("ckpt-5",))


@pytest.mark.parametrize(
    "path",
    ['a"b\\c', "\u00e9t\u00e9/\U0001f600", "a\tb\nc\r", "'x'", "\\303\\251", "\udcff"],
    ids=ascii,
)
def test_any_path_comes_back(tmp_path: Path, path: str) -> None:
    state = State(path, (path, "d"))
    write_state(str(tmp_path), state)
    assert read_state(str(tmp_path)) == state


@pytest.mark.parametrize(
    ("quoted", "path"),
    [
        (r"/data/\303\251t\303\251/m-1", "/data/\u00e9t\u00e9/m-1"),
        (r"a\"b\\c\'d\ne\tf\001", "a\"b\\c'd\ne\tf\x01"),
        (r"\x41\x4", "A\x04"),
        (r"\a\b\f\v\r", "\a\b\f\v\r"),
        ("\u00e9", "\u00e9"),
    ],
    ids=[
        "letters beyond ASCII",
        "what TensorFlow 1.15.5 wrote",
        "hexadecimal",
        "controls",
        "as is",
    ],
)
def test_paths_as_protobuf_writes_them(tmp_path: Path, quoted: str, path: str) -> None:
    text = f'model_checkpoint_path: "{quoted}"\n'
    (tmp_path / "checkpoint").write_text(text, encoding="utf-8")
    assert read_state(str(tmp_path)) == State(path)


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    text = 'model_checkpoint_path: "m"\nall_model_checkpoint_timestamps: 1-2\n'
    (tmp_path / "checkpoint").write_text(text)
    with pytest.raises(CheckpointError, match=r"a time in it is none.*1-2"):
        read_state(str(tmp_path))


def test_a_state_file_has_the_permissions_of_other_new_files(tmp_path: Path) -> None:
    write_state(str(tmp_path), State("m"))
    (tmp_path / "other").touch()
    modes = {path.name: path.stat().st_mode for path in tmp_path.iterdir()}
    assert modes.keys() == {"checkpoint", "other"}
    assert modes["checkpoint"] == modes["other"]


def test_sharded_checkpoints_of_the_first_version_are_found_by_their_pattern(
    tmp_path: Path,
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name in (f"model-3-{number:05d}-of-00002" for number in range(2)):
        (old / name).touch()
    write_state(str(old), State("model-3-?????-of-00002"))
    assert folder_of(str(old)) == (("model-3",), State("model-3", ("model-3",)), ())
