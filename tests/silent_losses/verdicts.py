"""What a check says: TensorFlow's own and ours, run and put into words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Outcome, Report, VariablesMismatch
from tf2migrate.runtime import UntrackedVariables

Check = Callable[[], object]
PASSES = "passes"
ERROR = "error"
"""The outcome of ours where an error says it all: nothing could be compared."""

_SHOWN = 110
ROOT = Path(__file__).resolve().parents[2]
# Keras shows the values of variables, but not where warnings are errors.
_KERAS_VALUE = re.compile(r"(<Variable path=[^>]*?), value=[^>]*>")
# A wrapped function gives its variables in no order (facts B9).
_UNORDERED = re.compile(r"(function\.(?:variables|graph))\[\d+\]")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True)
class Verdict:
    """What one check said.

    Attributes:
      text: `passes`, or `raises AssertionError`.
      message: the beginning of the error's message.
    """

    text: str
    message: str = ""

    def __str__(self) -> str:
        return f"{self.text}: {self.message}" if self.message else self.text


def verdict(check: Check, folder: str) -> Verdict:
    """Run a check of TensorFlow's. Any exception is an alarm, no exception is none.

    Args:
      folder: the directory that the scenario works in, which messages leave out.
    """
    try:
        check()
    except Exception as error:
        return Verdict(f"raises {type(error).__name__}", beginning(str(error), folder))
    return Verdict(PASSES)


def beginning(text: str, folder: str, shown: int = _SHOWN) -> str:
    """The start of a message on one line, without what changes from run to run."""
    line = steady(text, folder)
    return line if len(line) <= shown else line[:shown].rstrip() + " …"


def steady(text: str, folder: str) -> str:
    """A message on one line, without addresses and directories."""
    line = _ADDRESS.sub("", " ".join(text.split()))
    line = _KERAS_VALUE.sub(r"\1>", line)
    line = _UNORDERED.sub(r"\1[…]", line)
    for directory in (folder, str(ROOT)):
        line = line.replace(directory + os.sep, "")
    return line


@dataclass(frozen=True)
class Alarm:
    """One thing that ours reports: the variable's label, what became of it, and the words."""

    label: str
    outcome: str
    message: str


@dataclass(frozen=True)
class Said:
    """What one of our checks reports.

    Attributes:
      compared: number of entries of its report, harmless ones too; 0 without one.
    """

    alarms: tuple[Alarm, ...]
    compared: int = 0


def said(check: Check, folder: str) -> Said:
    """Run one of our checks.

    A check returns a Report, or raises: VariablesMismatch with its Report,
    UntrackedVariables with its texts, or CheckpointError.
    """
    try:
        found = check()
    except VariablesMismatch as mismatch:
        found = mismatch.report
    except UntrackedVariables as untracked:
        return Said(
            tuple(
                Alarm(text.partition(",")[0], Outcome.UNTRACKED.value, steady(text, folder))
                for text in untracked.variables
            )
        )
    except CheckpointError as error:
        return Said((Alarm("", ERROR, steady(str(error), folder)),))
    return _of_report(found, folder) if isinstance(found, Report) else Said(())


def _of_report(report: Report, folder: str) -> Said:
    """Each failure of each variable; an entry about several variables names all of them.

    The label of an untracked variable goes on with how it was reached, after a comma.
    """
    found = tuple(
        Alarm(row.label.partition(",")[0], entry.outcome.value, steady(str(entry), folder))
        for entry in report.failures
        for row in entry.before or entry.after
    )
    return Said(found, len(report.entries))


Expected = Mapping[str, "Outcome | str | tuple[Outcome, ...]"]
"""What became of each variable, by label; several outcomes where several variables have it.

Of an ERROR, the labels are what the message must name.
"""

BY_FILES = "verify"
"""The check that sees two files only, where a variable that is not saved is missing."""


def as_expected(check: str, expected: Expected, found: tuple[Alarm, ...]) -> bool:
    """Whether one of our checks said what it should: nothing less and nothing more."""
    if ERROR in expected.values():
        return (
            len(found) == 1
            and found[0].outcome == ERROR
            and all(label in found[0].message for label in expected)
        )
    return {(alarm.label, alarm.outcome) for alarm in found} == set(_pairs(check, expected))


def _pairs(check: str, expected: Expected) -> Iterator[tuple[str, str]]:
    for label, outcomes in expected.items():
        for outcome in outcomes if isinstance(outcomes, tuple) else (outcomes,):
            unseen = check == BY_FILES and outcome == Outcome.UNTRACKED
            yield label, str(Outcome.MISSING.value if unseen else Outcome(outcome).value)


def plain(value: Any) -> Any:
    """Numbers and lists for a page: a tensor, a variable of TensorFlow or Keras, an array."""
    if value is None or isinstance(value, (str, bytes, int, float)):
        return value
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value).tolist()
