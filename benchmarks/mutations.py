"""Correct migrations with one mistake each: how many are detected, at each depth.

    python benchmarks/mutations.py --examples 500 --tensorflow 60 --write docs/mutations.md

Needs hypothesis, and TensorFlow for --tensorflow. Exit status 1 if a mistake was not detected
or not named, or if a correct migration raised an alarm.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks.mutations_page import Alarms, Kind, Sample, page, summary
from tests.mutation.checks import DEPTHS, is_deep_enough, reports
from tests.mutation.disk import write
from tests.mutation.every import FORMS, MUTATIONS, mutants
from tests.mutation.migration import COUNTER, Migration, swapped
from tests.mutation.mutant import Mutant, side_of
from tests.mutation.saved import Side

ROOT = Path(__file__).resolve().parents[1]
Drawn = TypeVar("Drawn")


def for_each(
    strategy: st.SearchStrategy[Drawn], count: int, number: int, use: Callable[[Drawn], None]
) -> None:
    """Draw `count` values, the same ones for the same seed `number`."""

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(strategy)
    def each(value: Drawn) -> None:
        use(value)

    each()


def measure_mutants(examples: int, number: int) -> dict[str, Kind]:
    """What the comparison says of `examples` mutants or more of each kind."""
    kinds = {kind: Kind() for kind in MUTATIONS}
    for kind in MUTATIONS:
        for_each(mutants(kind), examples, number, lambda mutant: _count(kinds, mutant))
    return kinds


def _count(kinds: dict[str, Kind], mutant: Mutant) -> None:
    kind = kinds[mutant.kind]
    kind.number += 1
    for report in reports(mutant.migration):
        result = kind.depths.setdefault(report.depth, [0, 0, 0])
        if is_deep_enough(mutant, report.depth):
            named = not report.ok and not mutant.unnamed_in(report)
            result[0] += 1
            result[1] += not report.ok
            result[2] += named
            if not named:
                kind.escaped.append(f"{mutant.words}; {mutant.migration.form}")
            if report.depth is DEPTHS[-1]:
                kind.lines += len(report.failures)


def measure_migrations(examples: int, number: int) -> dict[str, Alarms]:
    """Alarms on correct migrations of each form, in both directions and at each depth."""
    found: dict[str, Alarms] = {}
    for form in FORMS:
        alarms = found.setdefault(form.__name__, Alarms((form.__doc__ or "").strip()))
        for_each(form(), examples, number, lambda migration, to=alarms: _listen(to, migration))  # type: ignore[misc]
    return found


def _listen(alarms: Alarms, migration: Migration) -> None:
    alarms.number += 1
    for one in (migration, swapped(migration)):
        for report in reports(one):
            if not report.ok:
                alarms.false.append(f"{migration.form}: {report}")


class TensorFlow:
    """The process that asks TensorFlow."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.version = str(self._answer()["version"])

    def checks(self, program: Path, checkpoint: Path) -> dict[str, str]:
        assert self._process.stdin is not None
        self._process.stdin.write(
            json.dumps({"program": str(program), "checkpoint": str(checkpoint)}) + "\n"
        )
        self._process.stdin.flush()
        return {str(check): str(said) for check, said in self._answer().items()}

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process with TensorFlow has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def tensorflow() -> Iterator[TensorFlow]:
    """Start it, and end it."""
    command = [sys.executable, str(ROOT / "benchmarks" / "mutations_tensorflow.py")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield TensorFlow(process)
        finally:
            process.stdin.close()


def measure_tensorflow(sample: int, number: int) -> tuple[dict[str, Sample], str]:
    """What TensorFlow's checks say of `sample` mutants of each kind, and its version."""
    found = {kind: Sample() for kind in MUTATIONS}
    with tensorflow() as process, tempfile.TemporaryDirectory() as folder:
        for kind in MUTATIONS:
            for_each(
                mutants(kind),
                sample,
                number,
                lambda mutant: _ask(found[mutant.kind], mutant, process, Path(folder)),
            )
        return found, process.version


def _ask(sample: Sample, mutant: Mutant, process: TensorFlow, folder: Path) -> None:
    """Restore the TF1 checkpoint, then the converted one, into the program."""
    names, objects = (_without_counter(mutant.migration, objects=o) for o in (False, True))
    right = _without_counter(mutant.original, objects=True)
    write(names, folder / "names")
    write(objects, folder / "objects")
    write(right, folder / "right")
    write(_without_counter(mutant.original, objects=False), folder / "original")
    correct = process.checks(folder / "right", folder / "original")
    sample.add("by name", correct, process.checks(folder / "objects", folder / "names"))
    if side_of(mutant.original, objects=True) is not side_of(mutant.migration, objects=True):
        correct = process.checks(folder / "right", folder / "right")
        sample.add("by object", correct, process.checks(folder / "right", folder / "objects"))


def _without_counter(migration: Migration, *, objects: bool) -> Side:
    side = side_of(migration, objects=objects)
    return replace(side, items=tuple(item for item in side.items if item.tf1 != COUNTER))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print and, if asked, write the page."""
    options = _options(argv)
    kinds = measure_mutants(options.examples, options.seed)
    alarms = measure_migrations(options.examples, options.seed)
    samples: dict[str, Sample] = {}
    version = ""
    if options.tensorflow:
        samples, version = measure_tensorflow(options.tensorflow, options.seed)
    print(summary(kinds, alarms))
    if options.write:
        command = f"python benchmarks/mutations.py --examples {options.examples}"
        command += (
            f" --tensorflow {options.tensorflow} --seed {options.seed} --write docs/mutations.md"
        )
        text = page(kinds, alarms, samples, version, command)
        options.write.write_text(text, encoding="utf-8")
    escaped = [line for kind in kinds.values() for line in kind.escaped]
    false = [line for one in alarms.values() for line in one.false]
    for line in (*escaped, *false):
        print(line, file=sys.stderr)
    return 1 if escaped or false else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=200, help="mutants of each kind")
    parser.add_argument("--tensorflow", type=int, default=0, help="ask TensorFlow about so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page to this file")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
