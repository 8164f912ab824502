"""Runs a program of fixtures/programs in a temporary directory and compares two recordings.

A recording is what a program did: the lines that it printed in each of its runs, and the
variables in the checkpoints that it wrote. `golden/tf1.json` of a program is the recording of its
`before/` under TensorFlow 1.15.5, which `scripts/record_golden.py` makes. No TensorFlow is
imported here: programs and the reader of checkpoints are processes of their own.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "fixtures" / "programs"
READER = Path(__file__).with_name("read_checkpoint.py")
SECONDS = 600
NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?|\bnan\b|\binf\b")


class VariableValue(TypedDict):
    """A variable in a checkpoint; `values` is flat, in C order."""

    dtype: str
    shape: list[int]
    values: list[float]


class CheckpointRecord(TypedDict):
    """A checkpoint as it was after run number `run`; `format` is "name" or "object"."""

    run: int
    prefix: str
    format: str
    variables: dict[str, VariableValue]


class RunRecord(TypedDict):
    """A run of the program: arguments and printed lines."""

    argv: list[str]
    lines: list[str]


class Recording(TypedDict):
    """All that a program did, and the SHA-256 of the files that it consists of."""

    tensorflow: str
    files: dict[str, str]
    runs: list[RunRecord]
    checkpoints: list[CheckpointRecord]


@dataclass(frozen=True)
class CheckpointSpec:
    """A checkpoint to compare: after which run, where, and what a Saver's dict calls variables."""

    run: int
    prefix: str
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A directory of fixtures/programs, as its program.toml describes it."""

    path: Path
    description: str
    runs: tuple[tuple[str, ...], ...]
    checkpoints: tuple[CheckpointSpec, ...]
    runtime: str
    rtol: float

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def before(self) -> Path:
        return self.path / "before"

    @property
    def after_graph(self) -> Path:
        return self.path / "after" / "graph"

    @property
    def golden(self) -> Path:
        return self.path / "golden" / "tf1.json"

    @property
    def evidence(self) -> Path:
        return self.path / "golden" / "after_graph_tf1.json"


class ProgramFailedError(Exception):
    """A run ended with an error, or wrote no checkpoint where program.toml expects one."""


def load_program(path: Path) -> Program:
    """Read path/program.toml; raises KeyError or TypeError where it is incomplete."""
    data = tomllib.loads((path / "program.toml").read_text(encoding="utf-8"))
    return Program(
        path=path,
        description=data["description"],
        runs=tuple(tuple(argv) for argv in data["runs"]),
        checkpoints=tuple(CheckpointSpec(**entry) for entry in data["checkpoints"]),
        runtime=data["runtime"],
        rtol=data["rtol"],
    )


def load_programs() -> list[Program]:
    """All programs, by name."""
    return [load_program(path.parent) for path in sorted(PROGRAMS.glob("*/program.toml"))]


def load_recording(path: Path) -> Recording:
    return cast(Recording, json.loads(path.read_text(encoding="utf-8")))


def files_of(source: Path) -> dict[str, bytes]:
    """Relative path and content of each file of a program."""
    return {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def digests(source: Path) -> dict[str, str]:
    """SHA-256 of each file of a program."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in files_of(source).items()}


def run_program(command: Sequence[str | Path], directory: Path) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": str(directory),
        "PYTHONIOENCODING": "utf-8",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        words = " ".join(str(part) for part in command[1:])
        raise ProgramFailedError(f"{words}: status {done.returncode}\n{done.stderr[-4000:]}")
    return done.stdout


def _keep(directory: Path, spec: CheckpointSpec, kept: Path) -> Path:
    """Copy a checkpoint's files, which a later run may replace or delete."""
    prefix = directory / spec.prefix
    index = prefix.with_name(prefix.name + ".index")
    if not index.is_file():
        raise ProgramFailedError(f"run {spec.run} wrote no checkpoint {spec.prefix}")
    kept.mkdir(parents=True)
    for path in [index, *prefix.parent.glob(prefix.name + ".data-?????-of-?????")]:
        shutil.copy2(path, kept)
    return kept / prefix.name


def execute(program: Program, source: Path, python: str, scratch: Path) -> Recording:
    """Copy `source` to scratch/work, execute the runs of `program` there with `python`."""
    work = scratch / "work"
    shutil.copytree(source, work, ignore=shutil.ignore_patterns("__pycache__"))
    runs: list[RunRecord] = []
    kept: list[Path] = []
    specs: list[CheckpointSpec] = []
    for number, argv in enumerate(program.runs):
        output = run_program([python, *argv], work)
        runs.append({"argv": list(argv), "lines": output.splitlines()})
        for spec in program.checkpoints:
            if spec.run == number:
                kept.append(_keep(work, spec, scratch / "kept" / str(len(kept))))
                specs.append(spec)
    read = json.loads(run_program([python, READER, *kept], scratch).splitlines()[-1])
    return {
        "tensorflow": read["tensorflow"],
        "files": digests(source),
        "runs": runs,
        "checkpoints": [
            {
                "run": spec.run,
                "prefix": spec.prefix,
                "format": content["format"],
                "variables": content["variables"],
            }
            for spec, content in zip(specs, read["checkpoints"], strict=True)
        ],
    }


def _close(expected: float, actual: float, rtol: float, atol: float) -> bool:
    if math.isnan(expected) or math.isnan(actual):
        return math.isnan(expected) and math.isnan(actual)
    return expected == actual or abs(expected - actual) <= atol + rtol * abs(expected)


def _text_close(expected: str, actual: str, rtol: float) -> bool:
    """Compare numbers as printed: integers exactly, fractions to one unit of the last digit."""
    if "." not in expected or "." not in actual:
        return expected == actual
    fraction = expected.lower().partition("e")[0].partition(".")[2]
    exponent = int(expected.lower().partition("e")[2] or 0)
    unit = 1.01 * 10.0 ** (exponent - len(fraction))
    return _close(float(expected), float(actual), rtol, unit)


def line_difference(expected: str, actual: str, rtol: float) -> str | None:
    """What distinguishes two printed lines: text must be equal, numbers nearly so."""
    if NUMBER.sub("#", expected) != NUMBER.sub("#", actual):
        return f"text differs: expected {expected!r}, found {actual!r}"
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(actual), strict=True)
    if not all(_text_close(one, other, rtol) for one, other in pairs):
        return f"number differs: expected {expected!r}, found {actual!r}"
    return None


def output_differences(golden: Recording, actual: Recording, rtol: float) -> Iterator[str]:
    """Differences of what was printed, run by run and line by line."""
    if [run["argv"] for run in golden["runs"]] != [run["argv"] for run in actual["runs"]]:
        yield "other runs"
        return
    for number, (one, other) in enumerate(zip(golden["runs"], actual["runs"], strict=True)):
        place = f"run {number}"
        if len(one["lines"]) != len(other["lines"]):
            yield f"{place}: expected {len(one['lines'])} lines, found {len(other['lines'])}"
        for line, (expected, found) in enumerate(
            zip(one["lines"], other["lines"], strict=False), start=1
        ):
            difference = line_difference(expected, found, rtol)
            if difference:
                yield f"{place}, line {line}: {difference}"


def variable_difference(
    expected: VariableValue, actual: VariableValue, rtol: float, atol: float
) -> str | None:
    """What distinguishes two variables, None if nothing does."""
    for key in ("dtype", "shape"):
        if expected[key] != actual[key]:
            return f"{key}: expected {expected[key]}, found {actual[key]}"
    values = list(zip(expected["values"], actual["values"], strict=True))
    exact = "float" not in expected["dtype"]
    wrong = [
        (one, other)
        for one, other in values
        if not (one == other if exact else _close(one, other, rtol, atol))
    ]
    if wrong:
        one, other = max(wrong, key=lambda pair: abs(pair[0] - pair[1]))
        return f"{len(wrong)} of {len(values)} values differ, at most {one} from {other}"
    return None


def checkpoint_differences(
    program: Program, golden: Recording, actual: Recording, rtol: float, atol: float
) -> Iterator[str]:
    """Differences of the checkpoints: sets of variables in both directions, then each variable."""
    one_by_one = zip(program.checkpoints, golden["checkpoints"], actual["checkpoints"], strict=True)
    for spec, one, other in one_by_one:
        place = f"{spec.prefix} after run {spec.run}"
        # A Saver's dict names variables in its files; an object-based file keeps their own names.
        renamed = spec.renamed if other["format"] != one["format"] else {}
        expected = {renamed.get(name, name): value for name, value in one["variables"].items()}
        found = other["variables"]
        for name in sorted(expected.keys() | found.keys()):
            if name not in found:
                yield f"{place}: {name} is missing"
            elif name not in expected:
                yield f"{place}: {name} is not expected"
            else:
                difference = variable_difference(expected[name], found[name], rtol, atol)
                if difference:
                    yield f"{place}: {name}: {difference}"
