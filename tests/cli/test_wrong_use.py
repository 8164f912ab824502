"""Errors are one message and status 2, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tf2migrate.cli import session

from .conftest import Make, Run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chekc"], "chekc"),
        (["check", "nowhere.py"], "nowhere.py"),
        (["check", "--select", "TFM777"], "--select: unknown code 'TFM777'"),
        (["check", "--ignore", "tfm101"], "did you mean TFM101?"),
        (["check", "--format", "xml"], "xml"),
        (["check", "-j", "-1"], "-j"),
        (["check", "-"], "--stdin-filename"),
        (["check", "-", ".", "--stdin-filename", "a.py"], "only one"),
        (["check", "--stdin-filename", "a.py"], "needs the path -"),
        (["plan", "-"], "'-'"),
        (["explain", "TFM777"], "unknown code 'TFM777'"),
        (["explain"], "CODE"),
        (["apply", "nowhere.json"], "nowhere.json"),
    ],
)
def test_wrong_use_is_status_two_with_a_message(
    project: Path, run: Run, arguments: list[str], message: str
) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert message in result.err
    assert result.out == ""
    assert "Traceback" not in result.err
    assert project.is_dir()


@pytest.mark.parametrize("command", ["check", "diff", "fix", "plan"])
def test_the_eager_target_is_declined_honestly(make: Make, run: Run, command: str) -> None:
    make(a="tf.old\n")
    result = run(command, "--target", "eager")
    assert (result.status, result.out) == (2, "")
    assert "does not exist yet; use --target graph" in result.err


def test_the_eager_target_of_the_config_is_declined_with_its_place(
    make: Make, run: Run, project: Path
) -> None:
    make(a="tf.old\n")
    (project / "pyproject.toml").write_text("[tool.tf2migrate]\ntarget = 'eager'\n")
    result = run("check")
    assert result.status == 2
    assert "pyproject.toml: tool.tf2migrate.target" in result.err
    assert run("check", "--target", "graph").status == 1


def test_a_wrong_config_is_named(make: Make, run: Run, project: Path) -> None:
    make(a="tf.old\n")
    (project / "pyproject.toml").write_text("[tool.tf2migrate]\nselct = ['TFM101']\n")
    result = run("fix")
    assert result.status == 2
    assert "tool.tf2migrate.selct: unknown key; did you mean 'select'?" in result.err
    assert b"tf.old" in (project / "a.py").read_bytes()


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (RuntimeError("odd"), "internal error: RuntimeError: odd"),
        (PermissionError(13, "Permission denied", "f.py"), "f.py: Permission denied"),
    ],
)
def test_an_unexpected_error_is_a_message_and_a_traceback_only_for_debugging(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, shown: str
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(session, "analyse", fail)
    result = run("check")
    assert result.status == 2
    assert shown in result.err
    assert "Traceback" not in result.err
    monkeypatch.setenv("TF2MIGRATE_DEBUG", "1")
    assert "Traceback" in run("check").err
    assert project.is_dir()


def test_an_interrupt_is_status_130(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "analyse", interrupt)
    result = run("fix")
    assert result.status == 130
    assert "interrupted" in result.err
    assert project.is_dir()


def test_a_failure_on_a_file_is_status_two_even_with_exit_zero(
    make: Make, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_source: object) -> None:
        raise RecursionError("too deep")

    make(a="tf.old\n")
    monkeypatch.setattr("tf2migrate.files.gather.collect", fail)
    result = run("check", "--exit-zero", "--no-cache")
    assert result.status == 2
    assert "tf2migrate: error: a.py:1:1: tf2migrate failed on this file" in result.err


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "diff",
        "fix",
        "plan",
        "apply",
        "verify",
        "checkpoint",
        "recorder",
        "explain",
        "rules",
    ],
)
def test_the_help_of_each_command_has_examples(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.status == 0
    assert "Examples:" in result.out
    assert f"tf2migrate {command}" in result.out


def test_the_help_lists_the_commands_in_the_order_of_their_use(run: Run) -> None:
    out = run("--help").out
    commands = ["check", "diff", "fix", "plan", "apply", "verify", "checkpoint"]
    commands += ["recorder", "explain", "rules"]
    positions = [out.index(f"\n  {name} ") for name in commands]
    assert positions == sorted(positions)


def test_explain_takes_any_case_and_shows_the_recipes(run: Run) -> None:
    result = run("explain", "tfm103")
    assert result.status == 0
    assert result.out.startswith("TFM103: manual toy\n\nToys become other toys.\n")
    assert "Recipe: toy\n    Replace it by hand.\n" in result.out
    assert "See also: TFM101 (safe toy)" in result.out


def test_explain_knows_the_codes_of_the_tool_itself(run: Run) -> None:
    assert "2to3" in run("explain", "TFM902").out


def test_rules_lists_every_code(run: Run) -> None:
    out = run("rules").out
    assert "TFM101  safe toy\n" in out
    assert "TFM902  Python 2 source\n" in out
    assert '"code": "TFM101"' in run("rules", "--format", "json").out
