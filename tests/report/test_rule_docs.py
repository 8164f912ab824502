"""docs/rules.md is what scripts/rule_docs.py makes of the rules."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "rule_docs.py"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rule_docs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_or_missing_document_is_status_one_and_left_alone(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "rules.md"
    assert script.main(["--check"], document) == 1
    assert not document.exists()
    document.write_text("old")
    assert script.main(["--check"], document) == 1
    assert document.read_text() == "old"
    assert "python scripts/rule_docs.py" in capsys.readouterr().err


def test_writing_makes_it_fresh(script: ModuleType, tmp_path: Path) -> None:
    document = tmp_path / "docs" / "rules.md"
    assert script.main([], document) == 0
    assert script.main(["--check"], document) == 0
