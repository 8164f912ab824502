"""`make demo`: migrates a fixture program, shows the diff, runs the result and compares.

The program's losses, predictions and checkpoints under TensorFlow 1.15.5 are in its
`golden/tf1.json`; the migrated copy runs under the installed TensorFlow 2.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.programs import harness  # noqa: E402  (the repository is no installed package)


def main() -> int:
    """Returns 0 if the migrated program does what the original did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?", default="class_model", help="in fixtures/programs")
    program = harness.load_program(harness.PROGRAMS / parser.parse_args().program)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / program.name
        shutil.copytree(program.before, copy)
        for command in ("check", "diff", "fix"):
            tf2migrate(command, copy)
        return verify(program, copy, Path(folder))


def tf2migrate(command: str, folder: Path) -> None:
    """Runs a command in the folder, as a user would."""
    print(f"\n$ tf2migrate {command} .", flush=True)
    subprocess.run(
        [sys.executable, "-m", "tf2migrate", command, "--exit-zero", "."], cwd=folder, check=True
    )


def verify(program: harness.Program, migrated: Path, folder: Path) -> int:
    """Runs the migrated program and compares it with the recording of the original."""
    print("\nRunning the migrated program under TensorFlow 2 ...", flush=True)
    golden = harness.load_recording(program.golden)
    actual = harness.execute(program, migrated, sys.executable, folder / "run")
    for before, after in zip(golden["runs"], actual["runs"], strict=True):
        print(f"\n{' '.join(after['argv'])}")
        for one, other in zip(before["lines"], after["lines"], strict=False):
            print(f"  TF {golden['tensorflow']}: {one:50} TF {actual['tensorflow']}: {other}")
    for record in actual["checkpoints"]:
        names = ", ".join(sorted(record["variables"]))
        print(f"\n{record['prefix']} ({record['format']}-based) holds {names}")
    differences = [
        *harness.output_differences(golden, actual, program.rtol),
        *harness.checkpoint_differences(program, golden, actual, program.rtol, 1e-6),
    ]
    for difference in differences:
        print(f"DIFFERENT: {difference}")
    if not differences:
        print("\nEqual: the printed numbers, and each checkpoint's variables with their values.")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
