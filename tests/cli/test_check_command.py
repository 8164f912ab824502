"""`tf2migrate check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Make, Run


def test_a_project_without_findings_is_status_zero(make: Make, run: Run) -> None:
    make(a="x = 1\n")
    result = run("check")
    assert result.status == 0
    assert result.out == "1 file read, 0 would change.\nNo findings.\n"
    assert result.err == ""


def test_an_empty_folder_is_status_zero(project: Path, run: Run) -> None:
    assert run("check").status == 0
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_a_kept_site_is_no_finding(make: Make, run: Run) -> None:
    make(a="x = tf.kept\n")
    assert run("check").status == 0


def test_check_changes_no_file(make: Make, run: Run, project: Path) -> None:
    make(a="x = tf.old\n")
    before = (project / "a.py").read_bytes()
    assert run("check").status == 1
    assert (project / "a.py").read_bytes() == before
    assert sorted(path.name for path in project.iterdir()) == ["a.py", "pyproject.toml"]


def test_findings_are_grouped_by_file_with_their_marks(make: Make, run: Run) -> None:
    make(a="x = tf.old\nyy = tf.risky\n", b__c="x = tf.manual\n")
    result = run("check")
    assert result.status == 1
    assert result.out.splitlines()[:6] == [
        "a.py",
        "  2:5  TFM101 [*] old toy",
        "  3:6  TFM102 [!] dare; not applied: it needs --unsafe"
        if "not applied" in result.out
        else "  3:6  TFM102 [!] dare",
        "",
        "b/c.py",
        "  2:5  TFM103 decide",
    ]
    assert "2 files read, 1 would change." in result.out
    assert "3 findings: 1 TFM101, 1 TFM102, 1 TFM103." in result.out


def test_unsafe_rewrites_are_marked_as_made_when_asked_for(make: Make, run: Run) -> None:
    make(a="x = tf.risky\n")
    assert "[*] dare" in run("check", "--unsafe").out


def test_exit_zero_makes_findings_no_failure(make: Make, run: Run) -> None:
    make(a="x = tf.old\n")
    assert run("check", "--exit-zero").status == 0


def test_a_long_message_stays_on_its_line(
    make: Make, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    make(**{"a_rather_long_name_of_a_module_of_the_project": "x = tf.manual\n"})
    assert run("check").out.startswith("a_rather_long_name_of_a_module_of_the_project.py\n")


def test_generated_and_unreadable_files_are_listed(make: Make, run: Run, project: Path) -> None:
    (project / "old.py").write_text("import tensorflow as tf\nprint 'x'\n")
    (project / "gen.py").write_text("# @generated\nimport tensorflow as tf\ntf.old\n")
    make(a="x = 1\n")
    result = run("check")
    assert result.status == 1
    assert "gen.py: generated, skipped" in result.out
    assert "old.py: not readable, left as it is" in result.out
    assert "TFM902" in result.out


def test_statistics_count_every_fate(make: Make, run: Run) -> None:
    make(a="tf.old\ntf.old\ntf.kept\ntf.risky\ntf.manual\n")
    out = run("check", "--statistics").out
    rows = [line.split() for line in out.splitlines() if line.startswith("TFM")]
    assert rows == [
        ["TFM101", "2", "0", "0", "0", "1", "safe", "toy"],
        ["TFM102", "0", "1", "0", "0", "0", "unsafe", "toy"],
        ["TFM103", "0", "0", "0", "1", "0", "manual", "toy"],
    ]
    assert "3 of 5 sites (60%) can be settled." in out


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_json_formats_print_the_document_alone(make: Make, run: Run, format_: str) -> None:
    make(a="x = tf.old\n")
    result = run("check", "--format", format_, "--statistics")
    assert json.loads(result.out)
    assert result.status == 1
    assert "1 finding: 1 TFM101." in result.err


def test_github_annotations_print_alone(make: Make, run: Run) -> None:
    make(a="x = tf.old\n")
    out = run("check", "--format", "github").out
    assert out == "::warning file=a.py,line=2,col=5,title=TFM101%3A safe toy::old toy\n"


def test_json_of_no_findings_is_a_document_too(make: Make, run: Run) -> None:
    make(a="x = 1\n")
    result = run("check", "--format", "json")
    assert (json.loads(result.out)["findings"], result.status) == ([], 0)


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github"])
def test_output_goes_to_a_file_and_not_to_stdout(
    make: Make, run: Run, tmp_path: Path, format_: str
) -> None:
    make(a="x = tf.old\n")
    report = tmp_path / "report"
    result = run("check", "--format", format_, "--output", str(report))
    assert (result.status, result.out) == (1, "")
    assert "TFM101" in report.read_text("utf-8")


def test_an_output_that_cannot_be_written_is_named(make: Make, run: Run, project: Path) -> None:
    make(a="x = tf.old\n")
    result = run("check", "--output", str(project / "none" / "report"))
    assert result.status == 2
    assert "none/report" in result.err.replace("\\", "/")


def test_codes_are_selected_by_prefix_and_comma_list(make: Make, run: Run) -> None:
    make(a="tf.old\ntf.risky\ntf.manual\n")
    assert "2 findings: 1 TFM101, 1 TFM103." in run("check", "--select", "TFM101,TFM103").out
    assert "1 finding: 1 TFM102." in run("check", "--ignore=TFM101", "--ignore=TFM103").out
    assert "1 finding: 1 TFM102." in run("check", "--select=TFM102", "--ignore=TFM1").out


def test_only_the_given_paths_are_reported(make: Make, run: Run) -> None:
    make(a="tf.old\n", b__c="tf.old\n")
    assert "a.py" not in run("check", "b").out
    assert "b/c.py" not in run("check", "a.py").out


def test_paths_are_relative_to_the_current_folder(
    make: Make, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(a="tf.old\n", b__c="tf.old\n")
    monkeypatch.chdir(project / "b")
    assert run("check").out.startswith("b/c.py\n")
    assert run("check", "c.py").out.startswith("b/c.py\n")
    assert run("check", "../a.py").out.startswith("a.py\n")


def test_excluded_files_are_read_when_named_unless_forced(
    make: Make, run: Run, project: Path
) -> None:
    (project / "pyproject.toml").write_text('[tool.tf2migrate]\nexclude = ["a.py"]\n')
    make(a="tf.old\n")
    assert run("check").status == 0
    assert run("check", "a.py").status == 1
    assert run("check", "--force-exclude", "a.py").status == 0


def test_stdin_stands_for_the_named_file(make: Make, run: Run) -> None:
    make(a="x = 1\n")
    source = b"import tensorflow as tf\nx = tf.old\n"
    result = run("check", "-", "--stdin-filename", "a.py", stdin=source)
    assert result.status == 1
    assert "a.py\n  2:5  TFM101 [*] old toy" in result.out


def test_stdin_may_be_a_file_that_does_not_exist_yet(make: Make, run: Run) -> None:
    make(a="tf.old\n")
    source = b"import tensorflow as tf\nx = tf.old\n"
    result = run("check", "-", "--stdin-filename", "new.py", stdin=source)
    assert "new.py\n" in result.out
    assert "\na.py\n" not in result.out


def test_colours_only_on_a_terminal(make: Make, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    make(a="tf.old\n")
    assert "\x1b" not in run("check").out
