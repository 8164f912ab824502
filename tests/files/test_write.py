"""Atomic writing."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tf2migrate.files.discover import discover
from tf2migrate.files.write import WriteError, write_all, write_atomic
from tf2migrate.syntax.source import digest_of


def temporaries(folder: Path) -> list[Path]:
    return list(folder.rglob(".*.tf2migrate-*.tmp"))


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteError, match=r"a\.py: the file is read-only; .*chmod"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_changed_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"edited meanwhile")
    with pytest.raises(WriteError, match=r"a\.py: the file has changed"):
        write_atomic(path, b"new", digest=digest_of(b"old"))
    assert path.read_bytes() == b"edited meanwhile"


def test_a_missing_file_a_loop_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "folder.py").mkdir()
    for name in ("none.py", "loop.py", "folder.py"):
        with pytest.raises(WriteError, match=name):
            write_atomic(tmp_path / name, b"new")


def test_a_failed_write_leaves_the_file_and_no_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr("tf2migrate.files.write.os.fsync", full)
    with pytest.raises(WriteError, match="No space left on device; the file is as it was"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert temporaries(tmp_path) == []


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o4755])
def test_mode_bits_are_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs root")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    os.chown(path, 1234, 1234)
    write_atomic(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1234)


def test_a_link_stays_and_its_target_changes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.py").write_bytes(b"old")
    link = tmp_path / "a.py"
    link.symlink_to("real/a.py")
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a.py").read_bytes() == b"new"


def test_of_several_files_none_is_written_if_one_has_changed(tmp_path: Path) -> None:
    one, two = tmp_path / "a.py", tmp_path / "b.py"
    one.write_bytes(b"a")
    two.write_bytes(b"b, edited meanwhile")
    with pytest.raises(WriteError, match=r"b\.py"):
        write_all({one: (b"A", digest_of(b"a")), two: (b"B", digest_of(b"b"))})
    assert one.read_bytes() == b"a"


def test_of_several_files_those_written_are_restored_when_a_later_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "a.py", tmp_path / "b.py"
    one.write_bytes(b"a")
    two.write_bytes(b"b")
    replace = os.replace

    def fails_for_b(source: str, target: Path) -> None:
        if target.name == "b.py":
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr("tf2migrate.files.write.os.replace", fails_for_b)
    with pytest.raises(WriteError, match=r"b\.py: Input/output error"):
        write_all({one: (b"A", digest_of(b"a")), two: (b"B", digest_of(b"b"))})
    assert (one.read_bytes(), two.read_bytes()) == (b"a", b"b")
    assert temporaries(tmp_path) == []


_WRITER = """
import sys
from pathlib import Path
from tf2migrate.files.write import write_atomic
files = sorted(Path(sys.argv[1]).glob("*.py"))
letters = b"ab"
print("ready", flush=True)
number = 0
while True:
    number += 1
    for file in files:
        write_atomic(file, letters[number % 2 : number % 2 + 1] * 200_000)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_at_any_moment_leaves_whole_files(tmp_path: Path) -> None:
    whole = {b"a" * 200_000, b"b" * 200_000}
    names = [f"f{number}.py" for number in range(10)]
    for name in names:
        (tmp_path / name).write_bytes(b"a" * 200_000)
    for attempt in range(12):
        command = [sys.executable, "-c", _WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * attempt)
            process.send_signal(signal.SIGKILL)
        assert all((tmp_path / name).read_bytes() in whole for name in names)
        assert discover(tmp_path, [tmp_path]).files == tuple(names)
    for stray in temporaries(tmp_path):
        stray.unlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == names
