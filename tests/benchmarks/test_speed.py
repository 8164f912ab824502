"""The speed benchmark, with stand-ins for the programs that it times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.speed import Result, Run, measure, page, run


def script(path: Path, body: str) -> str:
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o755)
    return str(path)


MEASURED = """
import sys
from benchmarks.speed import run
small, large = run([sys.argv[1]]), run([sys.argv[2]])
assert small.seconds >= 0.05, small
assert large.megabytes > small.megabytes + 50, (small, large)
"""


def test_time_and_memory_are_those_of_the_process(tmp_path: Path) -> None:
    """In a process of its own: Linux counts the memory of whoever starts a process as its, too."""
    small = script(tmp_path / "small", "import time; time.sleep(0.05)")
    large = script(tmp_path / "large", "x = bytearray(3 * 10**8); x[::4096] = x[::4096]")
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", MEASURED, small, large], cwd=root, check=True)


def test_a_program_that_fails_or_is_not_there_stops_the_run(tmp_path: Path) -> None:
    program = script(tmp_path / "fail", "raise SystemExit(3)")
    with pytest.raises(SystemExit, match="failed: 3"):
        run([program])
    assert run([program], allowed=(3,)).seconds > 0
    with pytest.raises(SystemExit, match="no program"):
        run([str(tmp_path / "missing")])


def test_both_programs_run_as_often_as_asked(tmp_path: Path) -> None:
    folder = tmp_path / "one+clean"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\ny = 2\n")
    ours = script(tmp_path / "ours", "")
    theirs = script(
        tmp_path / "theirs",
        "import os, sys; os.mkdir(sys.argv[sys.argv.index('--outtree') + 1])",
    )
    result = measure(folder, theirs, 2, [ours])
    assert (result.files, result.lines) == (1, 2)
    assert len(result.ours) == len(result.theirs) == 2
    text = page(result)
    assert "one/clean, 1 files, 2 lines" in text
    assert str(tmp_path) not in text


def test_the_ratio_is_that_of_the_medians() -> None:
    ours = [Run(1.0, 1.0, 50.0), Run(2.0, 1.0, 60.0), Run(9.0, 1.0, 70.0)]
    theirs = [Run(14.0, 1.0, 500.0)]
    result = Result("a+b", 1, 10, ours, theirs, ours, ours)
    assert result.ratio == 7
    assert "7.0 times as fast" in page(result)
