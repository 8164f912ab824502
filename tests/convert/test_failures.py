"""Whatever happens: no file that looks complete, nothing left behind, nothing changed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import write_bundle
from tests.convert.files import everything, places, row, write
from tf2migrate.checkpoint.convert import convert, shard_writer
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.table import encode_table, read_table
from tf2migrate.model.checkpoint_error import CheckpointError

NAMES = ["a", "b", "a/Momentum", "b/Momentum"]


class FaultError(Exception):
    """What a test raises in the middle of a conversion."""


class Faults:
    """Counts the operations on files that a conversion makes, and fails at one of them."""

    def __init__(self, at: int, error: Callable[[], BaseException]) -> None:
        self.at = at
        self.error = error
        self.count = 0
        self.paths: list[str] = []

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("link", "rename", "mkdir", "fsync"):
            monkeypatch.setattr(os, name, self._wrapped(getattr(os, name)))
        writer = shard_writer.ShardWriter
        monkeypatch.setattr(writer, "_write", self._wrapped(writer._write))
        for place, function in (("write", encode_table), ("verify", read_table)):
            name = f"tf2migrate.checkpoint.convert.{place}.{function.__name__}"
            monkeypatch.setattr(name, self._wrapped(function))

    def _wrapped(self, function: Any) -> Any:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.at:
                raise self.error()
            return function(*arguments, **options)

        return wrapped


def two_shards(folder: Path, name: str = "old-7") -> str:
    values = {key: np.full(3, number, np.float32) for number, key in enumerate(NAMES)}
    return write_bundle(folder / name, values, shards=2)


def disk_full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "error", [disk_full, KeyboardInterrupt, FaultError], ids=["disk", "key", "bug"]
)
def test_a_failure_at_any_operation_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Callable[[], BaseException]
) -> None:
    two_shards(tmp_path)
    before = everything(tmp_path)
    number = 0
    while True:
        number += 1
        faults = Faults(number, error)
        with monkeypatch.context() as patch:
            faults.watch(patch)
            try:
                convert(tmp_path / "old-7", tmp_path / "new-7")
            except (CheckpointError, KeyboardInterrupt, FaultError) as raised:
                wrong = error is disk_full and "make room" not in str(raised)
                if wrong or isinstance(raised, CheckpointError) != (error is disk_full):
                    pytest.fail(str(raised))
            else:
                if faults.count < number:
                    break
                # The link was not possible: the file has been copied or renamed instead.
                assert error is disk_full
                for path in tmp_path.glob("new-7*"):
                    path.unlink()
        assert everything(tmp_path) == before, number
        assert not list(tmp_path.glob(".*")), number
    assert number > 10
    assert places(tmp_path / "new-7")["a"] == "a"


@pytest.mark.parametrize(
    "error", [disk_full, KeyboardInterrupt, FaultError], ids=["disk", "key", "bug"]
)
def test_a_failure_at_any_operation_leaves_the_checkpoint_that_was_to_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Callable[[], BaseException]
) -> None:
    two_shards(tmp_path)
    write(tmp_path, ["other"], "new-7")
    before = everything(tmp_path)
    number = 0
    while True:
        number += 1
        faults = Faults(number, error)
        with monkeypatch.context() as patch:
            faults.watch(patch)
            try:
                convert(tmp_path / "old-7", tmp_path / "new-7", force=True)
            except (CheckpointError, KeyboardInterrupt, FaultError):
                pass
            else:
                if faults.count < number:
                    break
                for path in tmp_path.glob("new-7*"):
                    path.unlink()
                write(tmp_path, ["other"], "new-7")
        assert everything(tmp_path) == before, number
        assert not list(tmp_path.glob(".*")), number
    assert number > 10
    assert sorted(places(tmp_path / "new-7")) == sorted(NAMES)
    assert not (tmp_path / "new-7.data-00000-of-00001").exists()


KILLED = """
import os, signal, sys
from tf2migrate.checkpoint.convert import convert
count = 0
def counted(function):
    def wrapped(*arguments, **options):
        global count
        count += 1
        if count == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return wrapped
for name in ("link", "rename", "mkdir", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
convert(sys.argv[1], sys.argv[2], force=len(sys.argv) > 4)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_killed_at_any_operation_there_is_a_whole_checkpoint_or_no_index(tmp_path: Path) -> None:
    two_shards(tmp_path)
    before = everything(tmp_path)
    number = 0
    while True:
        number += 1
        arguments = [str(tmp_path / "old-7"), str(tmp_path / "new-7"), str(number)]
        done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
        after = everything(tmp_path)
        assert {name: after[name] for name in before} == before
        if (tmp_path / "new-7.index").exists():
            assert sorted(places(tmp_path / "new-7")) == sorted(NAMES)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        # The next run says what is there, or goes on; with force it cleans up in any case.
        convert(tmp_path / "old-7", tmp_path / "new-7", force=True)
        assert sorted(places(tmp_path / "new-7")) == sorted(NAMES)
        assert not list(tmp_path.glob(".*"))
        for path in tmp_path.glob("new-7*"):
            path.unlink()
    assert number > 8


def test_what_a_killed_conversion_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    old = two_shards(tmp_path)
    left = tmp_path / ".new-7.tf2migrate-123"
    left.mkdir()
    (left / "new-7.index").write_bytes(b"half")
    (tmp_path / ".new-7.tf2migrate-notes").mkdir()  # is not ours
    convert(old, tmp_path / "new-7")
    assert [path.name for path in tmp_path.glob(".*")] == [".new-7.tf2migrate-notes"]


def test_files_that_a_killed_conversion_had_moved_aside_are_kept(tmp_path: Path) -> None:
    old = two_shards(tmp_path)
    aside = tmp_path / ".new-7.tf2migrate-123" / "replaced"
    aside.mkdir(parents=True)
    (aside / "new-7.index").write_bytes(b"precious")
    done = convert(old, tmp_path / "new-7")
    assert (aside / "new-7.index").read_bytes() == b"precious"
    assert any(str(aside) in note for note in done.notes)


def test_a_conversion_that_is_under_way_is_left_alone(tmp_path: Path) -> None:
    """Its directory is locked as long as its process lives."""
    fcntl = pytest.importorskip("fcntl")
    old = two_shards(tmp_path)
    other = tmp_path / ".new-7.tf2migrate-123"
    other.mkdir()
    (other / "new-7.index").write_bytes(b"half")
    lock = os.open(other, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        convert(old, tmp_path / "new-7")
        assert (other / "new-7.index").exists()
    finally:
        os.close(lock)


def test_a_checkpoint_that_appears_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = two_shards(tmp_path)

    def appear(*arguments: Any) -> Any:
        write(tmp_path, ["other"], "new-7")
        return real(*arguments)

    real = read_table
    monkeypatch.setattr("tf2migrate.checkpoint.convert.verify.read_table", appear)
    with pytest.raises(CheckpointError, match="there is a checkpoint of this prefix"):
        convert(old, tmp_path / "new-7")
    assert (tmp_path / "new-7.data-00000-of-00001").exists()
    assert not list(tmp_path.glob("new-7.data*-of-00003"))
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_appears_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = two_shards(tmp_path)
    real = os.link

    def link(source: str, target: str) -> None:
        if target.endswith("new-7.index") and "tf2migrate" not in target:
            Path(target).write_bytes(b"of another process")
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(CheckpointError, match="File exists"):
        convert(old, tmp_path / "new-7")
    assert (tmp_path / "new-7.index").read_bytes() == b"of another process"
    assert not list(tmp_path.glob("new-7.data*"))


def test_a_disk_that_changes_what_is_written_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = two_shards(tmp_path)
    before = everything(tmp_path)
    monkeypatch.setattr(
        "tf2migrate.checkpoint.convert.verify.read_range", lambda *_: b"something else"
    )
    with pytest.raises(CheckpointError, match="object graph is not what was written"):
        convert(old, tmp_path / "new-7")
    assert everything(tmp_path) == before


REFUSED = {
    "the same prefix": ("old-7", "has the prefix of the old one"),
    "the same prefix in other words": ("./sub/../old-7", "has the prefix of the old one"),
    "a directory that is not there": ("none/new", "there is no directory"),
    "a directory": ("sub", "it is a directory"),
    "a directory with a slash": ("sub/", "it is a directory"),
    "a checkpoint that is there": ("there-1", "there is a checkpoint of this prefix"),
    "a part of a checkpoint": ("part", "but no index"),
    "the name of an index": ("new-1.index", "give new-1"),
    "the name of a data file": ("new-1.data-00000-of-00001", "give new-1"),
    "a name that is too long": ("x" * 250, "name"),
}


@pytest.mark.parametrize(("new", "problem"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, new: str, problem: str) -> None:
    old = two_shards(tmp_path)
    (tmp_path / "sub").mkdir()
    write(tmp_path, ["w"], "there-1")
    (tmp_path / "part.data-00000-of-00002").touch()
    before = everything(tmp_path)
    with pytest.raises(CheckpointError, match=problem):
        convert(old, f"{tmp_path}/{new}")
    assert everything(tmp_path) == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all")
def test_a_directory_that_cannot_be_written_to(tmp_path: Path) -> None:
    old = two_shards(tmp_path)
    (tmp_path / "sub").mkdir(mode=0o555)
    with pytest.raises(CheckpointError, match="cannot be written: Permission denied"):
        convert(old, tmp_path / "sub/new")


def test_a_directory_that_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = two_shards(tmp_path)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path))

    monkeypatch.setattr(os, "mkdir", read_only)
    with pytest.raises(CheckpointError, match=r"Read-only file system.*can be written to"):
        convert(old, tmp_path / "new")


def test_a_transform_that_fails_while_it_is_written(tmp_path: Path) -> None:
    """The zeros of `unblocks` are seen when the values are read, after files have been made."""
    old = write_bundle(tmp_path / "old", {"w": np.ones(4, np.float32)})
    before = everything(tmp_path)
    with pytest.raises(CheckpointError, match="has to be zero"):
        convert(old, tmp_path / "new", names=[row("w", "w", transform="unblocks(0,0,zero)")])
    assert everything(tmp_path) == before


def test_an_old_checkpoint_that_is_damaged(tmp_path: Path) -> None:
    old = two_shards(tmp_path)
    (tmp_path / "old-7.data-00001-of-00002").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cut off"):
        convert(old, tmp_path / "new")
    assert not list(tmp_path.glob("new*"))


def test_a_damaged_value_that_has_to_be_transformed(tmp_path: Path) -> None:
    old = write_bundle(tmp_path / "old", {"w": np.ones(4, np.float32)})
    data = tmp_path / "old.data-00000-of-00001"
    data.write_bytes(b"\1" + data.read_bytes()[1:])
    with pytest.raises(CheckpointError, match="do not have their checksum"):
        convert(old, tmp_path / "new", names=[row("w", "w", transform="reshape(2,2)")])
    assert not list(tmp_path.glob("new*"))


def test_force_replaces_all_files_of_the_prefix(tmp_path: Path) -> None:
    old = two_shards(tmp_path)
    write_bundle(tmp_path / "new", {f"v{n}": np.zeros(1) for n in range(5)}, shards=5)
    (tmp_path / "new.meta").write_bytes(b"a graph")
    convert(old, tmp_path / "new", force=True)
    assert sorted(path.name for path in tmp_path.glob("new*")) == [
        *(f"new.data-{number:05d}-of-00003" for number in range(3)),
        "new.index",
        "new.meta",
    ]
    assert not list(tmp_path.glob(".*"))


def test_the_state_file_of_a_directory_belongs_to_no_prefix(tmp_path: Path) -> None:
    old = two_shards(tmp_path)
    state = tmp_path / "there" / "checkpoint"
    state.parent.mkdir()
    state.write_text('model_checkpoint_path: "model-1"\n')
    convert(old, state)
    convert(old, state, force=True)
    assert state.read_text() == 'model_checkpoint_path: "model-1"\n'
    assert open_checkpoint(state).num_shards == 3


def test_where_links_are_not_possible_files_are_moved_into_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = two_shards(tmp_path)

    def link(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    convert(old, tmp_path / "new")
    assert sorted(places(tmp_path / "new")) == sorted(NAMES)
    assert not list(tmp_path.glob(".*"))
