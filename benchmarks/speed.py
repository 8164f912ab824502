"""Time and memory of `tf2migrate check` against TensorFlow's own tf_upgrade_v2, on one core.

    python benchmarks/speed.py FOLDER --upgrade PATH/TO/tf_upgrade_v2 --write docs/speed.md

FOLDER holds a repository's files, such as tensor2tensor's. The two are run in turn.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tf2migrate import __version__

_BYTES_OF_RSS = 1 if sys.platform == "darwin" else 1024
_STARTS = 10
_ASKED_RATIO = 6
_ASKED_START = 0.15


class Run(NamedTuple):
    """One process from start to end."""

    seconds: float
    cpu: float
    megabytes: float


class Result(NamedTuple):
    """Everything measured, for the page."""

    folder: str
    files: int
    lines: int
    ours: list[Run]
    theirs: list[Run]
    version: list[Run]
    python: list[Run]

    @property
    def ratio(self) -> float:
        return _seconds(self.theirs) / _seconds(self.ours)

    @property
    def start(self) -> float:
        return _seconds(self.version)


def run(command: Sequence[str], allowed: Sequence[int] = (0,)) -> Run:
    """Run a command with its output thrown away.

    Raises:
      SystemExit: its exit status is not one of `allowed`.
    """
    program = shutil.which(command[0])
    if program is None:
        raise SystemExit(f"there is no program {command[0]}")
    silence = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    start = perf_counter()
    pid = os.posix_spawn(program, [program, *command[1:]], os.environ, file_actions=silence)
    _, status, usage = os.wait4(pid, 0)
    seconds = perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in allowed:
        raise SystemExit(f"{command[0]} failed: {os.waitstatus_to_exitcode(status)}")
    cpu = usage.ru_utime + usage.ru_stime
    return Run(seconds, cpu, usage.ru_maxrss * _BYTES_OF_RSS / 1e6)


def measure(folder: Path, upgrade: str, times: int, ours: Sequence[str] = ()) -> Result:
    """Run both `times` times in turn, and both interpreters' starts."""
    ours = ours or (sys.executable, "-m", "tf2migrate")
    files = list(folder.rglob("*.py"))
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    result = Result(folder.name, len(files), lines, [], [], [], [])
    with tempfile.TemporaryDirectory(prefix="tf2migrate-speed-") as name:
        check = [*ours, "check", "--no-cache", "-j", "1", str(folder)]
        for number in range(times):
            result.ours.append(run(check, allowed=(0, 1)))
            outtree = f"{name}/{number}"
            places = ["--intree", str(folder), "--outtree", outtree]
            result.theirs.append(run([upgrade, *places, "--reportfile", f"{name}/report.txt"]))
            shutil.rmtree(outtree, ignore_errors=True)
    for _ in range(_STARTS):
        result.version.append(run([*ours, "--version"]))
        result.python.append(run([sys.executable, "-c", "pass"]))
    return result


def page(result: Result) -> str:
    """The page of documentation."""
    rows = [
        _row("`tf2migrate check -j 1 --no-cache`", result.ours),
        _row("`tf_upgrade_v2 --intree --outtree`", result.theirs),
    ]
    starts = [
        _row("`tf2migrate --version`", result.version, memory=False),
        _row("`python -c pass`", result.python, memory=False),
    ]
    head = "| Command | runs | seconds, median | lowest | highest | CPU seconds | peak MB |"
    rule = "| -- | -- | -- | -- | -- | -- | -- |"
    ours, theirs = _memory(result.ours), _memory(result.theirs)
    return f"""\
# Speed

This page is written by a program; do not edit it. Make it again by

    python benchmarks/speed.py FOLDER --upgrade tf_upgrade_v2 --write docs/speed.md

where FOLDER holds the files of tensor2tensor at the commit in `benchmarks/corpus.toml`.
The two programs run in turn, each in a process of its own, all bound to one core.
tf2migrate {__version__}, Python {sys.version.split()[0]}.

## A repository: {result.folder.replace("+", "/")}, {result.files} files, {result.lines} lines

{head}
{rule}
{rows[0]}
{rows[1]}

`check` is {result.ratio:.1f} times as fast (asked: {_ASKED_RATIO}) and takes {ours / theirs:.0%} of
the memory. It reads {result.lines / _seconds(result.ours):,.0f} lines a second, start included.

## Start

{head.replace(" peak MB |", "")}
{rule.removesuffix(" -- |")}
{starts[0]}
{starts[1]}

Asked: `--version` in less than {_ASKED_START} s; the interpreter alone is the second line.
"""


def _row(command: str, runs: Sequence[Run], *, memory: bool = True) -> str:
    """A row; that of a tiny process has no memory, for it starts with that of its parent."""
    times = [each.seconds for each in runs]
    cpu = median(each.cpu for each in runs)
    numbers = f"{median(times):.3f} | {min(times):.3f} | {max(times):.3f} | {cpu:.3f}"
    row = f"| {command} | {len(runs)} | {numbers} |"
    return f"{row} {_memory(runs):.0f} |" if memory else row


def _seconds(runs: Sequence[Run]) -> float:
    return median(each.seconds for each in runs)


def _memory(runs: Sequence[Run]) -> float:
    return max(each.megabytes for each in runs)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and write the page if asked; 1 if less than asked was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the files of a repository")
    parser.add_argument("--upgrade", default="tf_upgrade_v2", help="that program (default: PATH)")
    parser.add_argument("-n", "--times", type=int, default=5, help="repetitions (default: 5)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page to this file")
    options = parser.parse_args(argv)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    result = measure(options.folder, options.upgrade, options.times)
    print(page(result))
    if options.write:
        options.write.write_text(page(result), encoding="utf-8")
    return 0 if result.ratio >= _ASKED_RATIO and result.start < _ASKED_START else 1


if __name__ == "__main__":
    sys.exit(main())
