"""The page about the speed of the checkpoint commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple, TypeAlias

from benchmarks.speed import Run
from tf2migrate import __version__
from tf2migrate.report.plain import size as in_words

Rows: TypeAlias = dict[str, list[Run]]

ASKED_SECONDS = 0.3
ASKED_OF_CAT = 0.8
ASKED_MEGABYTES = 150
LARGE = 1_000_000_000
"""Bytes from which on the speed of reading is what counts."""

_COMMANDS = {
    "show": "`tf2migrate checkpoint show OLD`",
    "diff": "`tf2migrate checkpoint diff OLD TWIN`",
    "convert": "`tf2migrate checkpoint convert OLD NEW`",
    "cp": "`cp OLD.* FOLDER`",
    "tensorflow convert": "TensorFlow: restore, then save",
    "verify": "`tf2migrate verify --old OLD --new NEW`",
    "values": "`tf2migrate verify --values`",
    "values of links": "the same, data files of NEW hard links",
    "cat": "`cat OLD.data* NEW.data* > /dev/null`",
    "tensorflow verify": "TensorFlow: read both, compare",
    "tensorflow import": "`python -c 'import tensorflow'`",
}
_WITHOUT_MEMORY = frozenset({"cp", "cat"})


class Case(NamedTuple):
    """What was measured of one checkpoint.

    Attributes:
      number: of variables, or of data files.
      size: bytes of data.
      rows: the runs of each command.
    """

    title: str
    number: int
    size: int
    data_files: int
    rows: Rows

    def seconds(self, name: str) -> float:
        """The lowest of a command: whatever else the machine does only adds to it."""
        return min(each.seconds for each in self.rows[name])

    def megabytes(self, name: str) -> float:
        """The most that a run of a command took."""
        return max(each.megabytes for each in self.rows[name])

    @property
    def of_cat(self) -> float:
        """The speed of reading both files and comparing, as a whole process, in that of cat."""
        return self.seconds("cat") / self.seconds("values")

    @property
    def reading_of_cat(self) -> float:
        """The same without what `verify` takes that reads no values: start, indexes, matching."""
        return self.seconds("cat") / max(self.seconds("values") - self.seconds("verify"), 1e-9)


def page(cases: Sequence[Case], start: Sequence[Run], missed: Sequence[str] = ()) -> str:
    """The page of documentation; `missed` is what was asked and not reached."""
    parts = [_HEAD.format(version=__version__, python=sys.version.split()[0], cores=_cores())]
    parts += map(_case, cases)
    seconds = median(each.seconds for each in start)
    parts.append(f"`python -c pass` takes {seconds:.3f} s of each of our commands.\n")
    if missed:
        parts.append("Less than asked:\n")
        parts += [f"- {line}" for line in missed]
        parts.append("")
    return "\n".join(parts)


_HEAD = """\
# Speed of the checkpoint commands

This page is written by a program; do not edit it. Make it again by

    python benchmarks/checkpoints.py --write docs/checkpoint-speed.md

All commands of a table ran in turn, each as a process of its own, start included, the files in the
page cache. OLD is a TF1 checkpoint of weights with the slot variables of Adam, NEW what `convert`
makes of it, with data files of its own, TWIN a second name of OLD. What is said of a table is of
the lowest times, since whatever else the machine did can only have added to them.
tf2migrate {version}, Python {python}, {cores}.
"""


def _cores() -> str:
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{number} cores"


def _case(case: Case) -> str:
    files = f"{case.data_files} data file{'' if case.data_files == 1 else 's'}"
    variables = f", {case.number:,} variables" if case.number not in (12, case.data_files) else ""
    lines = [
        f"## {case.title[0].upper()}{case.title[1:]}: {in_words(case.size)}{variables}, {files}",
        "",
        "| Command | runs | seconds, median | lowest | highest | CPU seconds | peak MB |",
        "| -- | -- | -- | -- | -- | -- | -- |",
        *(_row(name, case.rows[name]) for name in _COMMANDS if name in case.rows),
        "",
        *_ratios(case),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, runs: Sequence[Run]) -> str:
    """A row; that of a tiny process has no memory, for it starts with that of its parent."""
    times = [each.seconds for each in runs]
    cpu = median(each.cpu for each in runs)
    numbers = f"{median(times):.3f} | {min(times):.3f} | {max(times):.3f} | {cpu:.3f}"
    memory = "" if name in _WITHOUT_MEMORY else f"{max(each.megabytes for each in runs):.0f}"
    return f"| {_COMMANDS[name]} | {len(runs)} | {numbers} | {memory} |"


def _ratios(case: Case) -> list[str]:
    lines = [
        "- Asked of `show`, `diff`, `convert`, and of `verify` by checksums:"
        f" less than {ASKED_SECONDS} s.",
        f"- `verify --values` takes at most {case.megabytes('values'):.0f} MB"
        f" (asked: {ASKED_MEGABYTES}).",
    ]
    if case.size >= LARGE:
        lines += [
            f"- `convert` is {_times(case, 'cp', 'convert')} as fast as `cp`.",
            f"- `verify --values` reaches {case.of_cat:.0%} of the speed of `cat`, start included"
            f" (asked: {ASKED_OF_CAT:.0%}), {case.reading_of_cat:.0%} without what `verify` takes"
            " that reads no values.",
        ]
    if "tensorflow convert" in case.rows:
        convert = _times(case, "tensorflow convert", "convert")
        values = _times(case, "tensorflow verify", "values")
        lines.append(
            f"- `convert` is {convert} as fast as restoring and saving with TensorFlow,"
            f" `verify --values` {values} as fast as reading and comparing with it."
        )
    return lines


def _times(case: Case, theirs: str, ours: str) -> str:
    return f"{case.seconds(theirs) / case.seconds(ours):.3g} times"
