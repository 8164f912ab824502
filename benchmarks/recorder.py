"""What recording costs: steps of training loops with the recorder against steps without it.

    python benchmarks/recorder.py --python PYTHON [--write docs/recorder.md]

PYTHON has a TensorFlow 1.15 or 2. In one process recorded and unrecorded blocks of steps take
turns, so both see the same machine; the ratio is the median over pairs of neighbours.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RECORDER = ROOT / "tf2migrate" / "record_tf1.py"
LOOPS = Path(__file__).with_name("recorder_loops.py")
ASKED_RATIO = 1.10
# Name, what it is, blocks of each kind, steps of a block.
CASES = {
    "mlp": ("8-16-1 network, batch 16, Adam; the smallest step there is", 60, 200),
    "rnn": ("2-layer LSTM, state fed back, 10 characters, batch 16, Adam", 30, 30),
}


class Result(NamedTuple):
    """A training loop; times in seconds a step."""

    name: str
    tensorflow: str
    python: str
    unrecorded: float
    recorded: float
    ratio: float


def measure(python: str, name: str) -> Result:
    """Run one loop.

    Raises:
      SystemExit: it fails.
    """
    _, blocks, steps = CASES[name]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, RECORDER, LOOPS, name, str(blocks), str(steps)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{LOOPS.name} {name} failed:\n{done.stderr[-2000:]}")
        document = json.loads((Path(folder) / "recording.json").read_text())
    seconds = json.loads(done.stdout.splitlines()[-1])
    pairs = list(zip(seconds["unrecorded"], seconds["recorded"], strict=True))
    if document["problems"] or not any(run["count"] >= steps for run in document["runs"]):
        raise SystemExit(f"{name} was not recorded: {document['problems']}")
    return Result(
        name,
        document["tensorflow"],
        document["python"],
        median(one for one, _ in pairs),
        median(other for _, other in pairs),
        median(other / one for one, other in pairs),
    )


def page(results: list[Result]) -> str:
    """The results as Markdown."""
    lines = [
        "# What recording costs",
        "",
        "`python benchmarks/recorder.py --python PYTHON --write docs/recorder.md` measures it. In",
        "one process recorded and unrecorded blocks of training steps take turns; the ratio is the",
        f"median over pairs of neighbours. Asked: below {ASKED_RATIO:.2f}.",
        "",
        "| loop | TensorFlow | Python | ms a step | ms recorded | ratio |",
        "|---|---|---|--:|--:|--:|",
    ]
    lines += [
        f"| {CASES[result.name][0]} | {result.tensorflow} | {result.python}"
        f" | {result.unrecorded * 1e3:.3f} | {result.recorded * 1e3:.3f} | {result.ratio:.3f} |"
        for result in results
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Returns 1 if a ratio is not below what is asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", action="append", help="interpreter; may be given again")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page, too")
    arguments = parser.parse_args()
    pythons = [shutil.which(python) for python in arguments.python or [sys.executable]]
    if None in pythons:
        parser.error("there is no such interpreter")
    results = [measure(os.path.abspath(p), name) for p in pythons if p for name in CASES]
    text = page(results)
    print(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    return int(any(result.ratio >= ASKED_RATIO for result in results))


if __name__ == "__main__":
    sys.exit(main())
