"""A recorded program runs as it runs by itself. No TensorFlow is needed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.recorder.recordings import RECORDER

NOTE = "record_tf1.py: the program imported no TensorFlow\n"
PROGRAM = """
import atexit, os, sys, threading, time
print(sys.argv, sys.path[0], __name__, __file__, __doc__, __spec__ is None)
print(sys.modules["__main__"].__dict__ is globals(), __builtins__.__name__)
atexit.register(lambda: print("at exit"))
threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()


def act(how):
    if how == "number":
        sys.exit(3)
    if how == "text":
        sys.exit("said at the end")
    if how == "nothing":
        sys.exit()
    if how == "error":
        raise ValueError("wrong")
    if how == "chained":
        try:
            1 / 0
        except ZeroDivisionError:
            raise KeyError("k")
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "killed":
        os.kill(os.getpid(), 15)
    if how == "os exit":
        os._exit(5)
    if how == "own hook":
        sys.excepthook = lambda kind, error, trace: print("hook", kind, trace.tb_lineno)
        raise ValueError("hooked")


act(sys.argv[1])
"""
WAYS = {
    "completed": "completed",
    "number": "SystemExit(3)",
    "text": "SystemExit(1)",
    "nothing": "SystemExit(0)",
    "error": "ValueError",
    "chained": "KeyError",
    "interrupt": "KeyboardInterrupt",
    "own hook": "ValueError",
}


def run(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, args)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def recorded(folder: Path, name: str = "recording.json") -> dict[str, Any]:
    document = json.loads((folder / name).read_text())
    assert isinstance(document, dict)
    return document


def same(one: subprocess.CompletedProcess[str], other: subprocess.CompletedProcess[str]) -> None:
    assert one.returncode == other.returncode
    assert one.stdout == other.stdout
    assert one.stderr == other.stderr.replace(NOTE, "")


@pytest.mark.parametrize("way", WAYS)
def test_a_program_ends_as_it_ends_by_itself(folder: Path, way: str) -> None:
    args = [way, "-o", "x", "--root", "-m"]
    other = run(folder, RECORDER, "program.py", *args)
    same(run(folder, "program.py", *args), other)
    assert recorded(folder)["ended"] == WAYS[way]
    assert recorded(folder)["program"] == ["program.py", *args]
    assert NOTE in other.stderr


@pytest.mark.parametrize("way", ["killed", "os exit"])
def test_a_program_that_is_killed_ends_with_the_same_status(folder: Path, way: str) -> None:
    same(run(folder, "program.py", way), run(folder, RECORDER, "program.py", way))
    assert not (folder / "recording.json").exists()


@pytest.mark.parametrize("way", ["completed", "number", "error"])
def test_a_module_runs_as_with_m(folder: Path, way: str) -> None:
    package = folder / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "module.py").write_text(PROGRAM)
    args = ["-m", "package.module", way, "-o", "x"]
    same(run(folder, *args), run(folder, RECORDER, *args))
    assert recorded(folder)["program"] == args


def test_a_module_that_is_not_there_ends_as_with_m(folder: Path) -> None:
    same(run(folder, "-m", "nowhere"), run(folder, RECORDER, "-m", "nowhere"))


def test_a_folder_with_a_main_module_runs(folder: Path) -> None:
    (folder / "app").mkdir()
    (folder / "app" / "__main__.py").write_text(PROGRAM)
    same(run(folder, "app", "number"), run(folder, RECORDER, "app", "number"))


def test_a_program_in_another_folder_finds_its_modules(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text("import helper, sys\nprint(sys.path[0], __file__)\n")
    (folder / "src" / "helper.py").write_text("")
    same(run(folder, "src/train.py"), run(folder, RECORDER, "src/train.py"))


def test_a_syntax_error_is_shown_as_always(folder: Path) -> None:
    (folder / "program.py").write_text("def x(:\n")
    same(run(folder, "program.py"), run(folder, RECORDER, "program.py"))
    assert recorded(folder)["ended"] == "SyntaxError"


def test_a_program_that_is_not_there_is_named(folder: Path) -> None:
    done = run(folder, RECORDER, "nothing.py")
    assert done.returncode == 2
    assert "nothing.py': [Errno 2] No such file" in done.stderr


def test_the_output_stays_where_it_was_asked_for(folder: Path) -> None:
    (folder / "program.py").write_text("import os\nos.mkdir('other')\nos.chdir('other')\n")
    assert run(folder, RECORDER, "-o", "r.json", "program.py").returncode == 0
    assert recorded(folder, "r.json")["ended"] == "completed"
    assert [path.name for path in folder.iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("missing/r.json", "No such file or directory"),
        ("folder", "not a regular file"),
        (os.devnull, "not a regular file"),
        ("program.py/r.json", "Not a directory"),
    ],
)
def test_an_output_that_cannot_be_written_stops_before_the_program(
    folder: Path, output: str, why: str
) -> None:
    (folder / "folder").mkdir()
    done = run(folder, RECORDER, "-o", output, "program.py", "completed")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"record_tf1.py: {output}: cannot be written: {why}\n"


def test_an_output_that_vanishes_is_said_and_changes_no_status(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "program.py").write_text("import os, sys\nos.rmdir('out')\nsys.exit(4)\n")
    done = run(folder, RECORDER, "-o", "out/r.json", "program.py")
    assert done.returncode == 4
    assert "out/r.json: cannot be written: No such file or directory" in done.stderr


def test_an_old_recording_is_replaced(folder: Path) -> None:
    (folder / "recording.json").write_text("old")
    run(folder, RECORDER, "program.py", "completed")
    assert recorded(folder)["format"] == "tf2migrate-recording/1"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "there is no program"),
        (["-o"], "-o: needs a value"),
        (["-m"], "-m: needs a value"),
        (["--what", "x.py"], "--what: unknown option"),
    ],
)
def test_wrong_use_is_explained(folder: Path, args: list[str], words: str) -> None:
    done = run(folder, RECORDER, *args)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: record_tf1.py")
    assert words in done.stderr


def test_a_forked_process_writes_nothing(folder: Path) -> None:
    code = "import os, sys\nif os.fork() == 0:\n    sys.exit(7)\nprint(os.wait()[1] >> 8)\n"
    (folder / "program.py").write_text(code)
    done = run(folder, RECORDER, "program.py")
    assert done.stdout == "7\n"
    assert recorded(folder)["ended"] == "completed"


def test_a_recording_without_tensorflow_is_whole(folder: Path) -> None:
    run(folder, RECORDER, "program.py", "completed")
    document = recorded(folder)
    assert document["tensorflow"] is None
    assert document["problems"] == []
    assert document["variables"] == document["savers"] == document["runs"] == []
