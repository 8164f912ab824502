"""Record checkpoints and trajectories of the small programs in scripts/checkpoint_programs.

    python scripts/record_checkpoints.py --python TF1_PYTHON [--check] [NAME...]

TF1_PYTHON is a Python 3.7 that has TensorFlow 1.15.5; without --python the environment variable
TF2MIGRATE_TF1_PYTHON names it. Each program trains 10 steps on fixed data, saves a checkpoint, and
trains 10 more. fixtures/checkpoints/NAME/ gets the files of the checkpoint and

golden.json  prefix, format and keys of the checkpoint; what is fed; the loss before each of the 10
             steps that follow; outputs before and after them; and for each variable its shape,
             type, collections and final value, and what it is for, as TensorFlow's own objects
             (get_slot, average, UPDATE_OPS) tell it. Decimals are the shortest that give the same
             float32.

A program is described in checkpoint_programs/registry.py. With --check nothing is written; the
status is 1 if a recording differs from the committed one, but for the last bits of numbers.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.recording_options import parsed, recording_parser

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "fixtures" / "checkpoints"
LARGEST = 60_000
LARGEST_SUM = 600_000


def run(python: str, names: list[str], directory: Path) -> None:
    """Record into `directory`, in a process of TensorFlow 1's Python."""
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    command = [
        python,
        "-W",
        "ignore",
        "-m",
        "scripts.checkpoint_programs.recorder",
        str(directory),
        *names,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, encoding="utf-8", check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])


def files(directory: Path) -> dict[str, int]:
    """Name and size of each file of a scenario."""
    return {path.name: path.stat().st_size for path in sorted(directory.iterdir())}


def faults(directory: Path) -> list[str]:
    """Why the recording of a scenario must not be kept."""
    version = load(directory)["tensorflow"]
    wrong = [
        f"{name} has {size} bytes; at most {LARGEST} are allowed"
        for name, size in files(directory).items()
        if size > LARGEST
    ]
    return wrong if version.startswith("1.15.") else [*wrong, f"recorded under {version}"]


def load(directory: Path) -> Any:
    return json.loads((directory / "golden.json").read_text(encoding="utf-8"))


def equal(left: Any, right: Any) -> bool:
    """Equality, where decimals may differ in the last bits of a float32."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-5, abs_tol=1e-6)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def differences(recorded: Path, committed: Path) -> list[str]:
    """What differs between a new recording and the committed one."""
    if not committed.is_dir():
        return [f"{committed} is missing"]
    wrong = []
    sizes = [files(directory) for directory in (recorded, committed)]
    for size in sizes:
        size.pop("golden.json")
    if sizes[0] != sizes[1]:
        wrong.append(f"other files: {sizes[0]} instead of {sizes[1]}")
    new, old = load(recorded), load(committed)
    return wrong + [
        f"golden.json differs in {key!r}"
        for key in sorted({*new, *old})
        if not equal(new.get(key), old.get(key))
    ]


def replace(recorded: Path, committed: Path) -> None:
    """Put a new recording in the place of the committed one."""
    if committed.is_dir():
        shutil.rmtree(committed)
    shutil.copytree(recorded, committed)


def process(recorded: Path, check: bool) -> list[str]:
    """Check or keep the recording of one scenario; returns what is wrong."""
    committed = TARGET / recorded.name
    wrong = faults(recorded)
    if check:
        wrong += differences(recorded, committed)
    elif not wrong:
        replace(recorded, committed)
    return wrong


def main() -> int:
    parser = recording_parser(__doc__, "programs")
    arguments = parsed(parser)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="checkpoints-") as scratch:
        run(arguments.python, arguments.names, Path(scratch))
        recorded = sorted(Path(scratch).iterdir())
        for directory in recorded:
            wrong += [f"{directory.name}: {fault}" for fault in process(directory, arguments.check)]
        stale = {path.name for path in TARGET.iterdir()} - {path.name for path in recorded}
        if stale and not arguments.names:
            wrong.append(f"no program records {', '.join(sorted(stale))}")
    total = sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file())
    if total > LARGEST_SUM:
        wrong.append(f"{total} bytes in all; at most {LARGEST_SUM} are allowed")
    for fault in wrong:
        print(fault, flush=True)
    print(f"{total} bytes in {TARGET.relative_to(ROOT)}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
