"""What a process loads to read an index, and what it need not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .recorded import FORMATS

CODE = """
import sys
from tf2migrate.checkpoint.files.opening import open_checkpoint
file = open_checkpoint(sys.argv[1])
for key in file.tensors:
    file.checksum(key)
    file.check(key)
    file.stored(key)
heavy = ("numpy", "tensorflow", "importlib.metadata", "difflib", "tempfile", "libcst")
print(*[name for name in heavy if name in sys.modules])
"""


def loaded(code: str, *argv: str) -> list[str]:
    command = [sys.executable, "-c", code, *argv]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("name", ["v2_types", "v2_table"])
def test_reading_bytes_needs_no_numpy(name: str) -> None:
    assert loaded(CODE, str(FORMATS / name)) == []


def test_reading_values_needs_numpy_only() -> None:
    code = CODE.replace("file.stored", "file.read")
    assert set(loaded(code, str(FORMATS / "v2_types"))) - {"numpy"} <= {"tempfile"}
    assert "numpy" in loaded(code, str(FORMATS / "v2_types"))
