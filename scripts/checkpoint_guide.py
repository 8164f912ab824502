"""Runs the commands of docs/checkpoints.md and puts their output into the page.

    python scripts/checkpoint_guide.py [--check]

Each block ```console consists of `$ tf2migrate ...` lines, each with its output. The commands run
in a copy of fixtures/programs/class_model as `fix` left it, beside the checkpoints that its
original wrote under TensorFlow 1.15.5 (`golden/tf1.json` has the values).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.programs import harness  # noqa: E402  (the repository is no installed package)
from tests.programs.old_checkpoints import golden_checkpoint  # noqa: E402
from tf2migrate.checkpoint.files.state_file import State, write_state  # noqa: E402
from tf2migrate.model.names import FILE_NAME  # noqa: E402

PAGE = ROOT / "docs" / "checkpoints.md"
PROGRAM = "class_model"
_BLOCK = re.compile(r"```(console|python)\n(.*?)```\n", re.DOTALL)
_FILE = re.compile(r"# (\w+\.py)\n")


def main() -> int:
    """Returns 1 if --check finds the page out of date."""
    old = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        new = rendered(old, workplace(Path(folder)))
    if "--check" in sys.argv[1:]:
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def workplace(folder: Path) -> Path:
    """The migrated program's folder, with the old checkpoints beside it."""
    program = harness.load_program(harness.PROGRAMS / PROGRAM)
    here = folder / "migrated"
    shutil.copytree(program.after_graph, here)
    shutil.copy(program.path / "names.json", here / FILE_NAME)
    (folder / "back").mkdir()
    saved = folder / "old" / "save"
    record = harness.load_recording(program.golden)["checkpoints"][0]
    golden_checkpoint(record, saved / "model.ckpt-18")
    earlier = dict(record["variables"])
    earlier["global_step"] = {"dtype": "int32", "shape": [], "values": [12]}
    earlier["hidden/b"] = {"dtype": "float32", "shape": [8], "values": [0.125] * 8}
    earlier_record: harness.CheckpointRecord = {**record, "variables": earlier}
    golden_checkpoint(earlier_record, saved / "model.ckpt-12")
    write_state(str(saved), State("model.ckpt-18", ("model.ckpt-12", "model.ckpt-18")))
    return here


def rendered(page: str, here: Path) -> str:
    """The page with the output that its commands have now."""

    def block(found: re.Match[str]) -> str:
        language, body = found.groups()
        if language == "python":
            name = _FILE.match(body)
            if name is not None:
                (here / name[1]).write_text(body, encoding="utf-8")
            return found[0]
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        outputs = [f"{command}\n{output(command, here)}" for command in commands]
        return f"```console\n{''.join(outputs)}```\n"

    return _BLOCK.sub(block, page)


def output(command: str, here: Path) -> str:
    """What a command prints, without colours."""
    words = command.split()[2:]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "tf2migrate", *words],
        cwd=here,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command}: status {done.returncode}\n{done.stderr}")
    return done.stdout.replace(f"{here}{os.sep}", "")


if __name__ == "__main__":
    sys.exit(main())
