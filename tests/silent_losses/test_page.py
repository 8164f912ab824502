"""docs/silent-losses.md is what scripts/silent_losses.py makes of the scenarios."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.silent_losses.registry import Migration, Scenario
from tests.silent_losses.running import MIGRATIONS, SCENARIOS, Outcomes, run, versions
from tests.silent_losses.verdicts import Alarm, Said, Verdict

pytestmark = pytest.mark.tensorflow

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "silent-losses.md"
_VERSIONS = re.compile(r"^TensorFlow \S+, Keras \S+, Python \S+\.$", re.MULTILINE)
_MESSAGES = re.compile(r"(\*\*raises \w+\*\*): (?:`` .*? ``|`[^`]*`)")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "silent_losses_script", ROOT / "scripts" / "silent_losses.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def text(script: ModuleType) -> str:
    losses = [(scenario, run(scenario)) for scenario in SCENARIOS]
    return str(script.page(losses, [(one, run(one)) for one in MIGRATIONS], versions()))


def test_the_document_is_up_to_date_but_for_messages_of_tensorflow(text: str) -> None:
    assert _without_messages(text) == _without_messages(DOCUMENT.read_text("utf-8"))


def _without_messages(document: str) -> str:
    return _MESSAGES.sub(r"\1", _VERSIONS.sub("", document))


def test_the_document_is_up_to_date_with_messages_of_its_releases(text: str) -> None:
    document = DOCUMENT.read_text("utf-8")
    if versions() not in document:
        pytest.skip("the document is of other releases")
    assert text == document


@pytest.fixture
def small(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with one loss and one migration that need not be run."""
    loss = Scenario("A1", "something | is lost", "lost", run, {}, {})  # type: ignore[arg-type]
    correct = Migration("A2", "nothing is lost", "kept", run)  # type: ignore[arg-type]
    alarms = tuple(Alarm(label, "missing", f"missing: {label}") for label in ("a|b", "b", "c"))
    error = Verdict("raises ValueError", "of `w`")
    found = Outcomes(
        {}, {"assert_consumed": error, "save": Verdict("passes")}, {"verify": Said(alarms)}
    )
    kept = Outcomes({}, {"assert_consumed": Verdict("passes")}, {"verify": Said((), 1)})
    monkeypatch.setattr(
        script, "written", lambda: script.page([(loss, found)], [(correct, kept)], "TensorFlow 3")
    )
    return script


def test_a_stale_or_missing_document_is_status_one_and_left_alone(
    small: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "silent-losses.md"
    assert small.main(["--check"], document) == 1
    assert not document.exists()
    document.write_text("old")
    assert small.main(["--check"], document) == 1
    assert document.read_text() == "old"
    assert "python scripts/silent_losses.py" in capsys.readouterr().err


def test_writing_makes_it_fresh(small: ModuleType, tmp_path: Path) -> None:
    document = tmp_path / "docs" / "silent-losses.md"
    assert small.main([], document) == 0
    assert small.main(["--check"], document) == 0


def test_cells(small: ModuleType) -> None:
    lines = small.written().splitlines()
    assert (
        "| A1 | something \\| is lost | **raises ValueError**: `` of `w` `` | - | `save` passes"
        " | `verify`: `missing: a\\|b`; `missing: b`; and 1 more |"
    ) in lines
    assert "| A2 | nothing is lost | passes | - | - | `verify` |" in lines
    assert "| a check of TensorFlow raises an error | 1 | 0 |" in lines
