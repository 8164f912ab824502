"""`tf2migrate plan` and `tf2migrate apply`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Make, Run, write

HEAD = "import tensorflow as tf\n"


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.fixture
def planned(make: Make, run: Run, project: Path) -> Path:
    """A plan for `a.py` and `b.py`; `c.py` needs nothing."""
    make(a="x = tf.saver\n", b="x = tf.old\n", c="x = 1\n")
    assert run("plan", "-o", "plan.json").status == 0
    return project / "plan.json"


def untouched(root: Path) -> bool:
    files = ("a.py", "b.py")
    return (
        all("new" not in (root / name).read_text() for name in files)
        and not (root / "tf2migrate-names.json").exists()
    )


def test_an_empty_plan_applies_and_changes_nothing(make: Make, run: Run, project: Path) -> None:
    make(a="x = 1\n")
    assert run("plan", "-o", "plan.json").status == 0
    assert run("apply", "plan.json").status == 0
    assert (project / "a.py").read_text() == f"{HEAD}x = 1\n"


def test_plan_writes_only_the_plan(planned: Path) -> None:
    assert untouched(planned.parent)


def test_plan_prints_the_document_alone_without_output(planned: Path, run: Run) -> None:
    assert run("plan").out == planned.read_text()


def test_apply_gives_what_fix_gives(planned: Path, run: Run, tmp_path: Path) -> None:
    project = planned.parent
    other = tmp_path / "other"
    shutil.copytree(project, other)
    assert run("apply", "plan.json").status == 0
    assert run("fix", str(other)).status == 0
    for name in ("a.py", "b.py", "c.py", "tf2migrate-names.json"):
        assert (project / name).read_bytes() == (other / name).read_bytes()
    assert "new_saver" in (project / "a.py").read_text()


def test_apply_in_another_clone(planned: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(planned.parent, other)
    assert run("apply", str(planned), "--root", str(other)).status == 0
    assert "new_saver" in (other / "a.py").read_text()
    assert untouched(planned.parent)


def test_apply_finds_the_project_when_it_was_moved(
    planned: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "moved"
    monkeypatch.chdir(tmp_path)
    planned.parent.rename(other)
    monkeypatch.chdir(other)
    assert run("apply", "plan.json").status == 0
    assert "new_saver" in (other / "a.py").read_text()


def test_status_one_tells_of_findings_that_are_left(make: Make, run: Run) -> None:
    make(a="tf.old\ntf.manual\n")
    assert run("plan", "-o", "plan.json").status == 1
    assert run("apply", "plan.json").status == 1


@pytest.mark.parametrize("name", ["b", "c"])
def test_a_changed_file_is_refused_by_name_and_nothing_is_written(
    planned: Path, run: Run, name: str
) -> None:
    write(planned.parent, **{name: "y = tf.old\n"})
    result = run("apply", "plan.json")
    assert result.status == 2
    assert f"{name}.py: has changed since the plan was made" in result.err
    assert untouched(planned.parent)


def test_a_removed_file_is_refused_by_name(planned: Path, run: Run) -> None:
    (planned.parent / "c.py").unlink()
    result = run("apply", "plan.json")
    assert result.status == 2
    assert "c.py" in result.err
    assert untouched(planned.parent)


@pytest.mark.parametrize("path", ["../x.py", "/x.py", "a/../../x.py", "", "link/x.py"])
def test_a_path_outside_the_root_is_refused(planned: Path, run: Run, path: str) -> None:
    def escape(document: dict[str, Any]) -> None:
        finding = document["findings"][document["applied"][0]]
        finding["edits"][0]["path"] = path

    (planned.parent / "link").symlink_to(planned.parent.parent)
    edited(planned, escape)
    result = run("apply", "plan.json")
    assert result.status == 2
    assert "outside the project" in result.err
    assert untouched(planned.parent)


def test_an_edit_of_a_file_without_digest_is_refused(planned: Path, run: Run) -> None:
    edited(planned, lambda document: document["files"].pop(0))
    result = run("apply", "plan.json")
    assert result.status == 2
    assert "a.py: the plan edits it but has no digest" in result.err
    assert untouched(planned.parent)


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"format": "tf2migrate-plan/99"}'])
def test_what_is_no_plan_is_refused(planned: Path, run: Run, text: str) -> None:
    planned.write_text(text)
    result = run("apply", "plan.json")
    assert result.status == 2
    assert "plan.json: not a plan of this version" in result.err
    assert untouched(planned.parent)


def test_an_edit_that_cannot_be_made_is_refused(planned: Path, run: Run) -> None:
    def spoil(document: dict[str, Any]) -> None:
        document["findings"][document["applied"][0]]["edits"][0]["code"] = "broken"

    edited(planned, spoil)
    result = run("apply", "plan.json")
    assert result.status == 2
    assert "an edit cannot be made" in result.err
    assert untouched(planned.parent)
