"""`tf2migrate recorder`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.recorder.recordings import RECORDER
from tf2migrate.cli.group import run

TEXT = RECORDER.read_text(encoding="utf-8")


def test_it_prints_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recorder"]) == 0
    assert capsys.readouterr().out == TEXT


def test_the_file_runs_from_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import sys\nprint(sys.argv)\nsys.exit(3)\n")
    done = subprocess.run(
        [sys.executable, "-", "-o", "r.json", "program.py", "a"],
        input=TEXT,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "['program.py', 'a']\n")
    assert (tmp_path / "r.json").exists()


def test_it_writes_the_file(tmp_path: Path) -> None:
    target = tmp_path / "recorder.py"
    assert run(["recorder", "-o", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == TEXT
    assert run(["recorder", "-o", str(target)]) == 0  # it is the same file
    assert [path.name for path in tmp_path.iterdir()] == ["recorder.py"]


def test_another_file_is_not_replaced_unless_that_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "train.py"
    target.write_text("print('mine')\n")
    assert run(["recorder", "-o", str(target)]) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert target.read_text() == "print('mine')\n"
    assert run(["recorder", "--force", "-o", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == TEXT


def test_a_place_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "missing" / "recorder.py"
    assert run(["recorder", "-o", str(target)]) == 2
    assert f"{target}: cannot be written: No such file" in capsys.readouterr().err


def test_it_is_not_imported_to_be_printed() -> None:
    code = (
        "import sys; from tf2migrate.cli.group import run; run(['recorder']);"
        " print([name for name in sys.modules if 'record_tf1' in name], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
