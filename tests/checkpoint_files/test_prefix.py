"""Prefixes: those that lead to a checkpoint, and what is said of those that do not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tf2migrate.checkpoint.files import opening
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.wrong_prefix import checkpoints_in, newest_checkpoint
from tf2migrate.model.checkpoint_error import CheckpointError

from .recorded import FORMATS
from .writing import value, write_bundle

VALUES = {"w": value("float32", (), b"\0\0\0\0"), "b": value("int8", (), b"\1")}
STATE = 'model_checkpoint_path: "{0}"\nall_model_checkpoint_paths: "{0}"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of checkpoints of both formats; it is the working directory."""
    for step in (9, 10, 100):
        write_bundle(tmp_path / f"model.ckpt-{step}", VALUES)
        (tmp_path / f"model.ckpt-{step}.meta").write_bytes(b"graph")
    write_bundle(tmp_path / "parts", VALUES, num_shards=2)
    for path in FORMATS.glob("v1_*"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error_of(prefix: str | Path) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        open_checkpoint(prefix)
    assert caught.value.problem
    assert caught.value.remedy
    return caught.value


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("prefix", "form", "shards"),
    [
        pytest.param("model.ckpt-9", "V2", 1, id="V2"),
        pytest.param("./model.ckpt-9", "V2", 1, id="V2 with a directory"),
        pytest.param("parts", "V2", 2, id="V2 of two data files"),
        pytest.param("v1_types", "V1", 1, id="V1"),
        pytest.param("v1_sharded-?????-of-00002", "V1", 2, id="V1, as the Saver calls it"),
        pytest.param("v1_sharded", "V1", 2, id="V1 sharded, without its pattern"),
    ],
)
def test_checkpoints(prefix: str, form: str, shards: int) -> None:
    file = open_checkpoint(prefix)
    assert (file.prefix, file.format, file.num_shards) == (prefix, form, shards)
    assert open_checkpoint(Path(prefix)).tensors == file.tensors


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("prefix", "problem", "remedy"),
    [
        pytest.param(
            "model.ckpt-9.index", "a file of a checkpoint", "give model.ckpt-9", id="index"
        ),
        pytest.param(
            "model.ckpt-9.data-00000-of-00001",
            "a file of a checkpoint",
            "give model.ckpt-9",
            id="data",
        ),
        pytest.param(
            "model.ckpt-9.data", "a file of a checkpoint", "give model.ckpt-9", id=".data"
        ),
        pytest.param("model.ckpt-9.meta", "a file of a checkpoint", "give model.ckpt-9", id="meta"),
        pytest.param("model.ckpt-8", "no checkpoint", "give model.ckpt-9 or", id="another step"),
        pytest.param("model.ckp-10", "no checkpoint", "give model.ckpt-10 or", id="misspelt"),
        pytest.param("Model.index", "no checkpoint", "give ", id="index of another"),
        pytest.param(
            "elsewhere/model", "no directory elsewhere", "path that exists", id="directory"
        ),
        pytest.param("model.ckpt-9.index/x", "no directory", "path that exists", id="under a file"),
        pytest.param("", "empty", "give the path", id="nothing"),
        pytest.param("gs://bucket/model", "not on a disk", "copy it", id="remote"),
        pytest.param("a\0b", "no file can have this name", "give the path", id="zero byte"),
        pytest.param("\ud800", "no file can have this name", "give the path", id="surrogate"),
        pytest.param("x" * 5000, "cannot be read", "", id="too long"),
        pytest.param(
            "v1_sharded-00000-of-00002", "one of the 2 files", "give v1_sharded", id="V1 shard"
        ),
        pytest.param(
            "v1_sharded-?????-of-00003", "no checkpoint", "give v1_sharded", id="V1, wrong number"
        ),
    ],
)
def test_no_checkpoints(prefix: str, problem: str, remedy: str) -> None:
    error = error_of(prefix)
    assert problem in error.problem
    assert remedy in error.remedy


def test_a_directory_names_its_newest_checkpoint(folder: Path) -> None:
    (folder / "checkpoint").write_text(STATE.format("model.ckpt-10"))
    assert error_of(folder).remedy == f"give {folder / 'model.ckpt-10'}, its newest"
    assert error_of(folder / "checkpoint").remedy == f"give {folder / 'model.ckpt-10'}"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("model.ckpt-10", "model.ckpt-10", id="relative"),
        pytest.param("/old/place/model.ckpt-100", "model.ckpt-100", id="of a moved directory"),
        pytest.param("model.ckpt-11", None, id="gone"),
        pytest.param("v1_sharded-?????-of-00002", "v1_sharded-?????-of-00002", id="V1 sharded"),
    ],
)
def test_the_newest_checkpoint(path: str, found: str | None, folder: Path) -> None:
    (folder / "checkpoint").write_text(STATE.format(path))
    assert newest_checkpoint(str(folder)) == (found and str(folder / found))


def test_a_state_file_with_quotes_and_without_a_path(folder: Path) -> None:
    write_bundle(folder / 'a"b\\c', VALUES)
    (folder / "checkpoint").write_text('model_checkpoint_path: "a\\"b\\\\c"\n')
    assert newest_checkpoint(str(folder)) == str(folder / 'a"b\\c')
    (folder / "checkpoint").write_bytes(b"\xff\xfe")
    assert newest_checkpoint(str(folder)) is None


def test_a_directory_without_a_state_file_names_some(folder: Path) -> None:
    assert checkpoints_in(str(folder))[:3] == ["model.ckpt-9", "model.ckpt-10", "model.ckpt-100"]
    remedy = error_of(folder).remedy
    assert remedy.startswith("give ")
    assert "more are there" in remedy


def test_a_directory_without_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    assert "no checkpoint is in it" in error_of(tmp_path).remedy
    assert "no checkpoint is in" in error_of(tmp_path / "model").remedy


def test_a_saved_model(folder: Path) -> None:
    model = folder / "export"
    (model / "variables").mkdir(parents=True)
    (model / "saved_model.pb").write_bytes(b"x")
    assert error_of(model).problem == "a SavedModel without variables"
    write_bundle(model / "variables" / "variables", VALUES)
    error = error_of(model)
    assert error.problem == "a SavedModel"
    assert error.remedy == f"give {model / 'variables' / 'variables'}, its checkpoint"
    assert open_checkpoint(model / "variables" / "variables").format == "V2"


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        pytest.param("empty", b"", "empty", id="empty"),
        pytest.param("m.h5", b"\x89HDF\r\n\x1a\n" + bytes(600), "HDF5", id="HDF5"),
        pytest.param("weights", b"\x89HDF\r\n\x1a\n", "HDF5", id="HDF5 by another name"),
        pytest.param("m.keras", b"PK\3\4" + bytes(90), "a Keras file", id="Keras"),
        pytest.param("m.zip", b"PK\3\4" + bytes(90), "an archive", id="zip"),
        pytest.param("m.tgz", b"\x1f\x8b\x08", "an archive", id="gzip"),
        pytest.param("m.tar", bytes(257) + b"ustar", "an archive", id="tar"),
        pytest.param("frozen.pb", b"\x0a\5graph", "frozen", id="frozen graph"),
        pytest.param("notes.txt", b"hello", "too short for a table", id="a text"),
        pytest.param("noise", b"hello" * 99, "does not end as a table does", id="any file"),
    ],
)
def test_files_that_are_no_checkpoints(
    name: str, data: bytes, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    error = error_of(path)
    assert error.where == str(path)
    assert problem in error.problem


@pytest.mark.parametrize("entries", [[], [(b"", b"")], [(b"a", b"b")]])
def test_a_table_that_is_no_checkpoint(entries: list[tuple[bytes, bytes]], tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(encode_table(entries))
    assert "no list of tensors" in error_of(path).problem


def test_an_index_by_another_name(folder: Path) -> None:
    shutil.copy(folder / "parts.index", folder / "renamed")
    assert "the index of a V2 checkpoint" in error_of("renamed").problem


@pytest.mark.parametrize("shard", [0, 1])
def test_a_missing_data_file(shard: int, folder: Path) -> None:
    path = folder / f"parts.data-{shard:05d}-of-00002"
    path.unlink()
    error = error_of(folder / "parts")
    assert error.where == str(path)
    assert "missing" in error.problem


def test_a_missing_index(folder: Path) -> None:
    (folder / "parts.index").unlink()
    for name in ("parts", "parts.index", "parts.data-00001-of-00002"):
        assert "index is missing (parts.index)" in error_of(name).problem


def test_a_graph_without_values(folder: Path) -> None:
    (folder / "lonely.meta").write_bytes(b"graph")
    for name in ("lonely", "lonely.meta"):
        assert "only its graph is there" in error_of(name).problem


@pytest.mark.parametrize("shard", [0, 1])
def test_a_missing_v1_file(shard: int, folder: Path) -> None:
    path = folder / f"v1_sharded-{shard:05d}-of-00002"
    path.unlink()
    for name in ("v1_sharded", "v1_sharded-?????-of-00002"):
        error = error_of(name)
        assert error.where == path.name
        assert "missing" in error.problem


def test_two_v1_checkpoints_of_one_prefix(folder: Path) -> None:
    shutil.copy(folder / "v1_sharded-00000-of-00002", folder / "v1_sharded-00000-of-00001")
    error = error_of("v1_sharded")
    assert "v1_sharded-?????-of-00001 or v1_sharded-?????-of-00002" in error.remedy
    assert open_checkpoint("v1_sharded-?????-of-00001").num_shards == 1
    assert open_checkpoint("v1_sharded-00000-of-00001").num_shards == 1


def test_an_interrupted_save(folder: Path) -> None:
    (folder / "new.data-00000-of-00001.tempstate4711").write_bytes(b"x")
    assert "interrupted" in error_of("new").problem


def test_v1_files_that_contradict_each_other(folder: Path) -> None:
    shutil.copy(folder / "v1_types", folder / "v1_sharded-00001-of-00002")
    open_checkpoint("v1_sharded")  # other variables: nothing contradicts
    shutil.copy(folder / "v1_partitioned", folder / "v1_sharded-00000-of-00002")
    shutil.copy(folder / "v1_partitioned", folder / "v1_sharded-00001-of-00002")
    with pytest.raises(CheckpointError, match="slices overlap"):
        open_checkpoint("v1_sharded").read("p/rows")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(folder: Path) -> None:
    (folder / "parts.index").chmod(0)
    error = error_of("parts")
    assert "Permission denied" in error.problem
    assert "permissions" in error.remedy


def test_a_file_on_a_disk_that_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("builtins.open", fail)
    assert "Input/output error" in error_of(folder / "v1_types").problem


def test_an_index_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(opening, "open", refuse, raising=False)
    error = error_of(folder / "parts")
    assert error.where == str(folder / "parts.index")
    assert "Permission denied" in error.problem
