"""Old checkpoints of the fixture programs, and the commands that bring them along."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import numpy as np

from benchmarks.bundles import write_bundle
from tf2migrate.cli.group import run

from . import harness


def golden_checkpoint(record: harness.CheckpointRecord, prefix: Path) -> Path:
    """The name-based checkpoint that TensorFlow 1.15.5 wrote, from its recorded values."""
    prefix.parent.mkdir(parents=True, exist_ok=True)
    variables = {
        name: np.array(value["values"], value["dtype"]).reshape(value["shape"])
        for name, value in record["variables"].items()
    }
    write_bundle(prefix, variables)
    return prefix


def tf2migrate(*words: str | Path) -> str:
    """Run a command in this process; its output, after its status was found to be 0."""
    data = io.BytesIO()
    output = io.TextIOWrapper(data, encoding="utf-8")
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = run([os.fspath(word) for word in words])
    output.flush()
    text = data.getvalue().decode()
    assert status == 0, f"{' '.join(map(str, words))}: status {status}\n{text}"
    return text


def directories_with_checkpoints(work: Path) -> list[Path]:
    """Relative paths of the directories that hold checkpoints."""
    return sorted({path.parent.relative_to(work) for path in work.rglob("*.index")})
