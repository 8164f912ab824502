"""The programs that are recorded under TensorFlow 1.15.5, and how."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from tests.programs import harness

ROOT = Path(__file__).resolve().parents[2]
RECORDER = ROOT / "tf2migrate" / "record_tf1.py"
FOLDER = ROOT / "fixtures" / "recordings"
PROGRAMS = Path(__file__).with_name("programs")
LARGEST, LARGEST_OF_ALL = 40_000, 250_000
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|opt|tmp|Users)/")
SECONDS = 600


class Run(NamedTuple):
    """A folder to copy, the commands to run in it, and which of these is recorded."""

    source: Path
    commands: tuple[tuple[str, ...], ...]
    recorded: int


def _of_fixture(name: str, recorded: int) -> Run:
    program = harness.load_program(harness.PROGRAMS / name)
    return Run(program.before, program.runs, recorded)


def _of_recorder(name: str) -> Run:
    return Run(PROGRAMS, ((f"{name}.py",),), 0)


FIXTURES = {
    "batch_norm": _of_fixture("batch_norm", 0),
    "class_model": _of_fixture("class_model", 0),
    "class_model_eval": _of_fixture("class_model", 2),
    "ema": _of_fixture("ema", 0),
    "ema_eval": _of_fixture("ema", 2),
    "fine_tune_pretrain": _of_fixture("fine_tune", 0),
    "fine_tune": _of_fixture("fine_tune", 1),
    "regression_script": _of_fixture("regression_script", 0),
    "rnn_lm": _of_fixture("rnn_lm", 0),
    "rnn_lm_sample": _of_fixture("rnn_lm", 2),
    "slim_model": _of_fixture("slim_model", 0),
    "slim_model_transfer": _of_fixture("slim_model", 1),
    "two_savers": _of_fixture("two_savers", 0),
    "two_savers_encode": _of_fixture("two_savers", 2),
}
OWN = {
    name: _of_recorder(name)
    for name in ("graphs_and_savers", "monitored", "objects", "partitions_and_tables", "runs")
}
RUNS = {**FIXTURES, **OWN, "keras_model": _of_recorder("keras_model")}


def record(run: Run, python: str, scratch: Path) -> str:
    """The recording of a run, in a copy of its folder.

    Raises:
      AssertionError: a command fails.
    """
    work = scratch / "work"
    shutil.copytree(run.source, work, ignore=shutil.ignore_patterns("__pycache__"))
    output = scratch / "recording.json"
    for number, command in enumerate(run.commands[: run.recorded + 1]):
        recorder = [str(RECORDER), "-o", str(output)] if number == run.recorded else []
        execute([python, *recorder, *command], work)
    return output.read_text(encoding="utf-8")


def execute(
    command: list[str], folder: Path, status: int = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that must end with this status."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == status, done.stderr[-3000:]
    return done


def fault(text: str) -> str:
    """Why a recording must not be committed; empty if it may be."""
    document = json.loads(text)
    if not str(document["tensorflow"]).startswith("1.15."):
        return f"recorded under TensorFlow {document['tensorflow']}, not 1.15"
    if document["problems"]:
        return f"not all was recorded: {document['problems']}"
    if MACHINE_PATH.search(text):
        return "it names a path of this machine"
    return f"{len(text)} bytes; at most {LARGEST}" if len(text) > LARGEST else ""


def committed(name: str) -> dict[str, Any]:
    """A committed recording."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document
