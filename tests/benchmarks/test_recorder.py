"""The benchmark of the recorder."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks import recorder


def result(ratio: float) -> recorder.Result:
    return recorder.Result("mlp", "1.15.5", "3.7.16", 0.00025, 0.00026, ratio)


def test_the_page_has_a_row_for_each_loop() -> None:
    text = recorder.page([result(1.04)])
    assert "| 1.15.5 | 3.7.16 | 0.250 | 0.260 | 1.040 |" in text


@pytest.mark.parametrize(("ratio", "status"), [(1.04, 0), (1.2, 1)])
def test_the_status_says_whether_it_is_what_was_asked(
    ratio: float, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setattr(recorder, "measure", lambda _python, _name: result(ratio))
    monkeypatch.setattr("sys.argv", ["recorder.py", "--write", str(page)])
    assert recorder.main() == status
    assert page.read_text(encoding="utf-8") == recorder.page([result(ratio)] * 2)


def test_the_loops_are_a_program_for_old_interpreters_too() -> None:
    ast.parse(recorder.LOOPS.read_text(encoding="utf-8"), feature_version=(3, 5))


def test_a_loop_that_fails_ends_the_benchmark(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    python.chmod(0o755)
    with pytest.raises(SystemExit, match="broken"):
        recorder.measure(str(python), "mlp")
