"""The measurements of mutations as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tf2migrate.model.comparison import Depth

CHECKS = ("assert_consumed", "assert_existing_objects_matched")
PASSES = "passes"
_NAMES, _CHECKSUMS, _VALUES = Depth


@dataclass
class Kind:
    """The mutants of one kind.

    Attributes:
      depths: at each depth, how many can be seen, were detected, and were named.
      lines: failing lines in the reports of the deepest comparison.
      escaped: what was done in those that were not detected and named.
    """

    number: int = 0
    depths: dict[Depth, list[int]] = field(default_factory=dict)
    lines: int = 0
    escaped: list[str] = field(default_factory=list)

    def total(self, column: int) -> int:
        """The sum over all depths."""
        return sum(row[column] for row in self.depths.values())


@dataclass
class Alarms:
    """Correct migrations of one form.

    Attributes:
      what: the form in words.
      false: alarms that were raised.
    """

    what: str
    number: int = 0
    false: list[str] = field(default_factory=list)


@dataclass
class Sample:
    """What TensorFlow says of mutants of one kind, by what was restored and by check.

    Attributes:
      asked: mutants whose migration passes without the mutation.
      raised: those of them for which the check, or the restore itself, raises an error.
      false: correct migrations for which it raises one.
    """

    asked: dict[tuple[str, str], int] = field(default_factory=dict)
    raised: dict[tuple[str, str], int] = field(default_factory=dict)
    false: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, what: str, correct: Mapping[str, str], mutated: Mapping[str, str]) -> None:
        for check in CHECKS:
            key = what, check
            passes = correct[check] == PASSES
            self.asked[key] = self.asked.get(key, 0) + passes
            self.false[key] = self.false.get(key, 0) + (not passes)
            raised = passes and mutated[check] != PASSES
            self.raised[key] = self.raised.get(key, 0) + raised


_INTRODUCTION = """\
# Mutations: one mistake in a correct migration

This page is written by a program; do not edit it. Make it again by

    {command}

`tests/mutation` draws random TensorFlow 1 programs (layers and cells in scopes, unnamed variables,
partitioned embeddings, one or two optimizers with their slots, moving averages, tables, a step),
migrates each in one of {forms} forms, and writes both checkpoints to disk: a name-based one and an
object-based one. Then one thing is changed in one of them, mostly on the side of TensorFlow 2, and
the two are compared. A mutation that nothing could show is not made: a swap of equal values, a new
name where the name map leaves the name open.

## Detected, and named in the report

*Seen by names* are mutations that change names, shapes or dtypes; the others need values. A report
*names* a variable if each row of it, on either side, is in a line that is no match. *Lines* is the
mean number of such lines (a pair is one line, a lost variable with two slots is three).
"""

_CORRECT = """\
## Correct migrations

Each is compared at each depth and in both directions.
"""

_TENSORFLOW = """\
## What TensorFlow says of such pairs

A sample of the mutations, under TensorFlow {version}; run, not quoted. *TF1 checkpoint*: it is
read into the TensorFlow 2 program, by name. *Converted*: the object-based checkpoint with the
mistake is read into the right program (mutations of the TensorFlow 2 side only). The number is
how often the check, or the read before it, raises an error, of the migrations for which it raises
none without the mutation; that it raises one there, too, is counted below the table.
"""


def page(
    kinds: Mapping[str, Kind],
    alarms: Mapping[str, Alarms],
    samples: Mapping[str, Sample],
    version: str,
    command: str,
) -> str:
    """The page of documentation."""
    parts = [
        _INTRODUCTION.format(command=command, forms=len(alarms)),
        _kinds(kinds),
        _CORRECT,
        _alarms(alarms),
    ]
    if samples:
        parts += [_TENSORFLOW.format(version=version), _samples(samples)]
    return "\n".join(parts)


def summary(kinds: Mapping[str, Kind], alarms: Mapping[str, Alarms]) -> str:
    """The tables for the terminal."""
    return f"{_kinds(kinds)}\n{_alarms(alarms)}"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    rule = ["--", *("--:" for _ in lines[0][1:])]
    return "".join(f"| {' | '.join(line)} |\n" for line in (lines[0], rule, *lines[1:]))


def _kinds(kinds: Mapping[str, Kind]) -> str:
    head = (
        *("mutation", "mutants", "seen by names", "detected by names", "detected by checksums"),
        *("detected by values", "named", "lines"),
    )
    rows = [
        (
            name,
            kind.number,
            kind.depths[_NAMES][0],
            _share(kind.depths[_NAMES][1], kind.depths[_NAMES][0]),
            *(_share(kind.depths[d][1], kind.depths[d][0]) for d in (_CHECKSUMS, _VALUES)),
            _share(
                sum(d[2] for d in kind.depths.values()), sum(d[0] for d in kind.depths.values())
            ),
            f"{kind.lines / kind.number:.1f}",
        )
        for name, kind in kinds.items()
        if kind.number
    ]
    return _table(head, rows)


def _share(part: int, whole: int) -> str:
    """Rounded down: 100 % is all of them."""
    return f"{part * 1000 // whole / 10:g} %" if whole else "-"


def _alarms(alarms: Mapping[str, Alarms]) -> str:
    rows = [(one.what, one.number, len(one.false)) for one in alarms.values()]
    return _table(("form", "migrations", "false alarms"), rows)


def _samples(samples: Mapping[str, Sample]) -> str:
    keys = [(what, check) for what in ("by name", "by object") for check in CHECKS]
    titles = {"by name": "TF1 checkpoint", "by object": "converted"}
    head = ["mutation", *(f"{titles[what]}: `{check}`" for what, check in keys)]
    rows = [
        (name, *(_of(sample.raised.get(key, 0), sample.asked.get(key, 0)) for key in keys))
        for name, sample in samples.items()
    ]
    false = [sum(sample.false.get(key, 0) for sample in samples.values()) for key in keys]
    asked = [sum(sample.asked.get(key, 0) for sample in samples.values()) for key in keys]
    notes = (
        f"- {titles[what]}, `{check}`: {wrong} of {wrong + passed}\n"
        for (what, check), wrong, passed in zip(keys, false, asked, strict=True)
    )
    table = _table(head, rows)
    return f"{table}\nErrors on correct migrations:\n\n{''.join(notes)}"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "-"
