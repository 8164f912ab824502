"""Programs recorded under the TensorFlow of this interpreter say what TensorFlow 1.15.5 said."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.programs.conftest import COMPATIBILITY, IMPORT
from tests.recorder import recordings

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
]

# Works in both runtimes with `import tensorflow.compat.v1 as tf` alone.
PORTABLE = ["regression_script", "fine_tune"]


def compared(document: dict[str, Any]) -> dict[str, Any]:
    """A recording without what differs for a reason.

    `Add` is `AddV2` in TensorFlow 2; operations get other seeds where they are given none (facts
    D2); a Checkpoint restores by operations of other names.
    """
    text = json.dumps(document).replace('"AddV2"', '"Add"')
    made: dict[str, Any] = json.loads(text)
    for key in ("tensorflow", "python"):
        del made[key]
    for row in made["variables"]:
        row.get("random", {}).pop("seed2", None)
    made["runs"] = [row for row in made["runs"] if "string" not in str(row.get("feeds"))]
    return made


@pytest.mark.parametrize("name", recordings.OWN)
def test_the_recorders_programs(name: str, tmp_path: Path) -> None:
    text = recordings.record(recordings.OWN[name], sys.executable, tmp_path)
    found, expected = compared(json.loads(text)), compared(recordings.committed(name))
    if name == "runs":
        assert {row.get("others") for row in found["runs"]} == {None, True}
    assert found["problems"] == []
    for section, rows in expected.items():
        assert found[section] == rows, section


@pytest.mark.parametrize("name", PORTABLE)
def test_the_fixture_programs(name: str, tmp_path: Path) -> None:
    run = recordings.FIXTURES[name]
    source = tmp_path / "source"
    source.mkdir()
    for path in run.source.glob("*.py"):
        (source / path.name).write_bytes(IMPORT.sub(COMPATIBILITY, path.read_bytes()))
    text = recordings.record(run._replace(source=source), sys.executable, tmp_path)
    found, expected = compared(json.loads(text)), compared(recordings.committed(name))
    assert found["problems"] == []
    for section in ("variables", "savers", "optimizers", "averages", "sessions", "graphs", "ended"):
        assert found[section] == expected[section], section
    assert [(row["place"], row["count"]) for row in found["runs"]] == [
        (row["place"], row["count"]) for row in expected["runs"]
    ]
