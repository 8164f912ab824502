"""What only a process of its own shows: imports, time, pipes, terminals, signals."""

from __future__ import annotations

import os
import pty
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Make

ROOT = Path(__file__).resolve().parents[2]
DUMP = "import sys; from tf2migrate.cli.group import run; run(sys.argv[1:]); print(*sys.modules)"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "tf2migrate", *args]


def modules(*args: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", DUMP, *args], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_version_and_help_import_nothing_but_click() -> None:
    heavy = {"rich", "libcst", "tensorflow", "pathspec", "tf2migrate.pipeline"}
    assert not modules("--version") & heavy
    assert not modules("--help") & heavy


def test_check_imports_neither_tensorflow_nor_libcst(make: Make) -> None:
    make(a="saver = tf.train.Saver()\nsaver.save(None, 'x')\n")
    loaded = modules("check", "--statistics", "a.py")
    assert "tf2migrate.pipeline" in loaded
    forbidden = {"tensorflow", "numpy", "libcst", "libcst.codemod", "libcst.matchers"}
    assert not loaded & forbidden


def test_fix_imports_neither_tensorflow_nor_the_slow_parts_of_libcst(make: Make) -> None:
    make(a="saver = tf.train.Saver()\nsaver.save(None, 'x')\n")
    loaded = modules("fix", "a.py")
    assert not loaded & {"tensorflow", "numpy", "libcst.codemod", "libcst.matchers"}


def test_version_takes_less_than_three_times_what_python_and_click_take() -> None:
    """Relative, so that a loaded machine does not fail it; benchmarks/speed.py has seconds."""

    def seconds(arguments: list[str]) -> float:
        start = time.perf_counter()
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    bare = [sys.executable, "-c", "import click"]
    pairs = [(seconds(command("--version")), seconds(bare)) for _ in range(5)]
    assert statistics.median(mine / theirs for mine, theirs in pairs) < 3


def test_a_closed_pipe_is_quiet(make: Make) -> None:
    make(a="tf.manual\n", **{f"m{n}": "print 1\n" * 50 for n in range(300)})
    process = subprocess.Popen(
        command("check", "--no-cache"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert error == b""


def test_an_interrupt_is_status_130_without_a_traceback(project: Path) -> None:
    process = subprocess.Popen(
        command("check", "-", "--stdin-filename", "a.py"),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130
    assert "interrupted" in error
    assert "Traceback" not in error


def on_terminal(arguments: list[str], *, stdout: bool) -> bytes:
    """What a command prints on a terminal, which is its stdout or its stderr."""
    ours, theirs = pty.openpty()
    out, err = (theirs, subprocess.DEVNULL) if stdout else (subprocess.DEVNULL, theirs)
    process = subprocess.Popen(arguments, stdout=out, stderr=err)
    os.close(theirs)
    chunks = []
    try:
        while chunk := os.read(ours, 65536):
            chunks.append(chunk)
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    process.wait()
    return b"".join(chunks)


def test_a_terminal_gets_colours_unless_no_color_is_set(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(a="print 1\n")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert b"\x1b[31m" not in on_terminal(command("check"), stdout=True)
    monkeypatch.delenv("NO_COLOR")
    assert b"\x1b[31m" in on_terminal(command("check"), stdout=True)


def test_a_terminal_gets_a_progress_bar_for_more_than_fifty_files(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    make(**{f"m{n}": "x = 1\n" for n in range(50)})
    assert b"Reading" not in on_terminal(command("check"), stdout=False)
    make(m50="x = 1\n")
    assert b"Reading" in on_terminal(command("check"), stdout=False)
