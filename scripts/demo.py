"""`make demo`: migrates a fixture program, shows the diff, runs the result and compares.

The program's losses, predictions and checkpoints under TensorFlow 1.15.5 are in its
`golden/tf1.json`; the migrated copy runs under the installed TensorFlow 2: once from the
start, and once from where TensorFlow 1.15.5 stopped, with its checkpoint converted.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.programs import harness  # noqa: E402  (the repository is no installed package)
from tests.programs.old_checkpoints import golden_checkpoint  # noqa: E402
from tf2migrate.checkpoint.files.state_file import State, write_state  # noqa: E402
from tf2migrate.model.names import FILE_NAME  # noqa: E402


def main() -> int:
    """Returns 0 if the migrated program does what the original did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?", default="class_model", help="in fixtures/programs")
    program = harness.load_program(harness.PROGRAMS / parser.parse_args().program)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = folder / program.name
        shutil.copytree(program.before, copy)
        for command in ("check", "diff", "fix"):
            tf2migrate([command, "--exit-zero", "."], copy)
        different = compare_fresh(program, copy, folder)
        different += continue_old(program, copy, folder)
    if not different:
        print("\nEqual: the printed numbers, and each checkpoint's variables with their values.")
    return 1 if different else 0


def tf2migrate(words: list[str], folder: Path) -> None:
    """Runs a command in the folder, as a user would."""
    print(f"\n$ tf2migrate {' '.join(word for word in words if word != '--exit-zero')}", flush=True)
    subprocess.run([sys.executable, "-m", "tf2migrate", *words], cwd=folder, check=True)


def compare_fresh(program: harness.Program, migrated: Path, folder: Path) -> int:
    """Runs the migrated program from the start; returns the number of differences."""
    print("\nRunning the migrated program under TensorFlow 2 ...", flush=True)
    golden = harness.load_recording(program.golden)
    actual = harness.execute(program, migrated, sys.executable, folder / "run")
    for before, after in zip(golden["runs"], actual["runs"], strict=True):
        show(after["argv"], before["lines"], after["lines"])
    return tell(
        [
            *harness.output_differences(golden, actual, program.rtol),
            *harness.checkpoint_differences(program, golden, actual, program.rtol, 1e-6),
        ]
    )


def continue_old(program: harness.Program, migrated: Path, folder: Path) -> int:
    """Converts what TensorFlow 1.15.5 had saved and goes on; returns the number of differences."""
    golden = harness.load_recording(program.golden)
    records = [record for record in golden["checkpoints"] if record["run"] == 0]
    directory = Path(records[-1]["prefix"]).parent
    for record in records:
        golden_checkpoint(record, folder / "tf1" / record["prefix"])
    write_state(str(folder / "tf1" / directory), State(Path(records[-1]["prefix"]).name))
    print("\nThe old checkpoint, as TensorFlow 1.15.5 saved it after the first run:", flush=True)
    old, new = f"../tf1/{records[-1]['prefix']}", records[-1]["prefix"]
    tf2migrate(["checkpoint", "convert", f"../tf1/{directory}", str(directory)], migrated)
    tf2migrate(["verify", "--values", "--old", old, "--new", new, "--names", FILE_NAME], migrated)
    tf2migrate(["checkpoint", "show", new], migrated)
    print("\nThe migrated program goes on from there under TensorFlow 2 ...", flush=True)
    expected = golden["runs"][1]
    lines = harness.run_program([sys.executable, *program.runs[1]], migrated).splitlines()
    show(expected["argv"], expected["lines"], lines)
    pairs = zip(expected["lines"], lines, strict=True)
    found = (harness.line_difference(one, other, program.rtol) for one, other in pairs)
    return tell(difference for difference in found if difference)


def show(argv: list[str], before: list[str], after: list[str]) -> None:
    """What both versions printed, side by side."""
    print(f"\n{' '.join(argv)}")
    for one, other in zip(before, after, strict=False):
        print(f"  TF 1.15.5: {one:50} TF 2: {other}")


def tell(differences: Iterable[str]) -> int:
    """Prints each difference; returns their number."""
    found = list(differences)
    for difference in found:
        print(f"DIFFERENT: {difference}")
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
