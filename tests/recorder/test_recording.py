"""Writing the recording while the program goes on, and when it fails."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tf2migrate.tf1_recorder import recording as writing
from tf2migrate.tf1_recorder.program import finish
from tf2migrate.tf1_recorder.recording import Recording

CHANGED = RuntimeError("dictionary changed size during iteration")


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(str(tmp_path / "r.json"), str(tmp_path), ["p.py"])


def failing(recording: Recording, times: int, error: BaseException) -> list[int]:
    """Have the text fail some times; returns a list that has an item for each call."""
    calls: list[int] = []
    text = recording.text

    def fail() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return text()

    recording.text = fail  # type: ignore[method-assign]
    return calls


def test_a_text_is_tried_again_when_another_thread_has_changed_a_dict(
    recording: Recording, tmp_path: Path
) -> None:
    calls = failing(recording, 3, CHANGED)
    recording.write()
    assert len(calls) == 4
    assert json.loads((tmp_path / "r.json").read_text())["program"] == ["p.py"]


@pytest.mark.parametrize(
    "error", [CHANGED, ValueError("odd"), TypeError("no JSON"), MemoryError("full")]
)
def test_what_cannot_be_told_is_reported_and_leaves_the_file_as_it_was(
    recording: Recording,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    monkeypatch.setattr(writing, "ATTEMPTS", 3)
    (tmp_path / "r.json").write_text("before")
    calls = failing(recording, 100, error)
    finish(recording)
    assert f"not written: {type(error).__name__}: {error}" in capsys.readouterr().err
    assert len(calls) == (3 if error is CHANGED else 1)
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert (tmp_path / "r.json").read_text() == "before"


@pytest.mark.parametrize("error", [ValueError("odd"), KeyboardInterrupt(), OSError("disk")])
def test_no_error_leaves_a_temporary_file(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(source: str, target: str) -> None:
        assert os.path.exists(source), target
        raise error

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(type(error)):
        recording.write()
    assert not list(tmp_path.iterdir())


def test_a_failure_while_the_program_saves_is_a_problem_of_the_recording(
    recording: Recording, tmp_path: Path
) -> None:
    calls = failing(recording, 1, ValueError("odd"))
    recording.guard(Recording.saved)
    recording.guard(Recording.saved)
    assert len(calls) == 1  # not at each saving
    finish(recording)
    document = json.loads((tmp_path / "r.json").read_text())
    assert document["problems"] == ["saved: ValueError: odd"]


def test_threads_that_go_on_recording_do_not_keep_it_from_being_written(
    recording: Recording, tmp_path: Path
) -> None:
    row: dict[str, Any] = {str(number): number for number in range(300)}
    recording.rows["variables"].append({"name": "w", "initial_value": row})
    over = threading.Event()

    def change() -> None:
        number = 0
        while not over.is_set():
            number += 1
            recording.runs.entry(("p.py", number % 50, "f"), how=str(number))["count"] += 1
            row[f"n{number % 1000}"] = number
            row.pop(f"n{(number - 500) % 1000}", None)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=change) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
        for _ in range(10):
            recording.write()
    finally:
        over.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
    assert json.loads((tmp_path / "r.json").read_text())["format"] == writing.FORMAT
