"""`tf2migrate diff` and `tf2migrate fix`."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tf2migrate.files import write as writing

from .conftest import Make, Run

HEAD = "import tensorflow as tf\n"
NAMES = "tf2migrate-names.json"


def names(root: Path) -> list[str]:
    return [row["checkpoint"] for row in json.loads((root / NAMES).read_text("utf-8"))["rows"]]


@pytest.mark.parametrize("command", ["diff", "fix"])
def test_nothing_to_do_is_status_zero_and_writes_nothing(
    make: Make, run: Run, project: Path, command: str
) -> None:
    make(a="x = tf.kept\n")
    before = (project / "a.py").stat()
    assert run(command, "--exit-non-zero-on-fix" if command == "fix" else "--unsafe").status == 0
    after = (project / "a.py").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert not (project / NAMES).exists()


def test_diff_writes_nothing_and_prints_the_diff_alone(make: Make, run: Run, project: Path) -> None:
    make(a="x = tf.saver\n")
    result = run("diff")
    assert result.status == 0
    assert result.out == (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n"
        " import tensorflow as tf\n-x = tf.saver\n+x = tf.new_saver\n"
    )
    assert "1 file read, 1 would change." in result.err
    assert b"tf.saver" in (project / "a.py").read_bytes()
    assert not (project / NAMES).exists()


def test_diff_is_status_one_when_findings_are_left(make: Make, run: Run) -> None:
    make(a="tf.old\ntf.manual\n")
    assert run("diff").status == 1
    assert run("diff", "--exit-zero").status == 0


def test_git_apply_of_the_diff_gives_what_fix_gives(make: Make, run: Run, project: Path) -> None:
    make(
        crlf=b"x = 1\r\ny = tf.old\r\nz = 1\r\n",
        no_end=b"x = tf.old",
        mixed=b"x = tf.old\r\ny = tf.old\nz\r\n",
        lone=b"x = tf.old\ry = 1\r",
        latin=b"# -*- coding: latin-1 -*-\ns = '\xe9'; tf.old\n",
        **{"sub dir__caf\u00e9": "tf.old\n"},
    )
    (project / "latin.py").write_bytes(
        b"# -*- coding: latin-1 -*-\nimport tensorflow as tf\ns = '\xe9'; tf.old\n"
    )
    other = project.parent / "other"
    shutil.copytree(project, other)
    patch = run("diff").raw
    subprocess.run(["git", "init", "-q"], cwd=other, check=True)
    config = ["-c", "core.autocrlf=false", "-c", "apply.whitespace=nowarn"]
    subprocess.run(["git", *config, "apply", "-"], cwd=other, input=patch, check=True)
    assert run("fix").status == 0
    for path in project.rglob("*.py"):
        assert (other / path.relative_to(project)).read_bytes() == path.read_bytes()
        assert b"tf.old" not in path.read_bytes()


def test_fix_lists_what_is_left_and_the_summary(make: Make, run: Run, project: Path) -> None:
    make(a="x = tf.old\ny = tf.manual\n")
    result = run("fix", "--statistics")
    assert result.status == 1
    assert (project / "a.py").read_text() == f"{HEAD}x = tf.new_old\ny = tf.manual\n"
    assert result.out.startswith("a.py\n  3:5  TFM103 decide\n\n")
    assert "1 file read, 1 changed." in result.out
    assert "1 rewritten\n" in result.out


def test_fixing_everything_is_status_zero_and_one_if_asked(make: Make, run: Run) -> None:
    make(a="x = tf.old\n")
    assert run("fix").status == 0
    make(a="x = tf.old\n")
    assert run("fix", "--exit-non-zero-on-fix").status == 1
    assert run("fix", "--exit-non-zero-on-fix").status == 0


def test_unsafe_rewrites_are_made_on_demand_only(make: Make, run: Run, project: Path) -> None:
    make(a="x = tf.risky\n")
    assert run("fix").status == 1
    assert (project / "a.py").read_text() == f"{HEAD}x = tf.risky\n"
    assert run("fix", "--unsafe").status == 0
    assert (project / "a.py").read_text() == f"{HEAD}x = tf.new_risky\n"


def test_a_rewrite_that_needs_a_file_outside_the_paths_is_not_made(
    make: Make, run: Run, project: Path
) -> None:
    make(a="x = tf.pair\n", b="x = tf.pair\n")
    result = run("fix", "a.py")
    assert result.status == 1
    assert (project / "a.py").read_text() == f"{HEAD}x = tf.pair\n"
    assert run("fix", "a.py", "b.py").status == 0
    assert (project / "b.py").read_text() == f"{HEAD}x = tf.new_pair\n"


def test_a_rewrite_that_fails_is_status_two_and_leaves_the_file(
    make: Make, run: Run, project: Path
) -> None:
    make(a="x = tf.broken\n", b="x = tf.old\n")
    result = run("fix")
    assert result.status == 2
    assert "TFM906" in result.out
    assert (project / "a.py").read_text() == f"{HEAD}x = tf.broken\n"
    assert (project / "b.py").read_text() == f"{HEAD}x = tf.new_old\n"


def test_fix_of_stdin_prints_the_new_source_and_writes_nothing(
    make: Make, run: Run, project: Path
) -> None:
    make(a="x = 1\n")
    source = b"import tensorflow as tf\r\nx = tf.saver"
    result = run("fix", "-", "--stdin-filename", "a.py", stdin=source)
    assert (result.status, result.raw) == (0, b"import tensorflow as tf\r\nx = tf.new_saver")
    assert (project / "a.py").read_text() == f"{HEAD}x = 1\n"
    assert not (project / NAMES).exists()
    assert NAMES in result.err


@pytest.mark.parametrize("source", [b"", b"x = 1", b"import tensorflow as tf\nprint 1\n"])
def test_fix_of_stdin_without_rewrites_prints_what_it_got(
    project: Path, run: Run, source: bytes
) -> None:
    assert run("fix", "-", "--stdin-filename", "a.py", stdin=source).raw == source
    assert not (project / "a.py").exists()


def test_diff_of_stdin_compares_with_stdin(make: Make, run: Run) -> None:
    make(a="x = 1\n")
    source = b"import tensorflow as tf\nx = tf.old\n"
    result = run("diff", "-", "--stdin-filename", "a.py", stdin=source)
    assert "-x = tf.old\n+x = tf.new_old\n" in result.out


def test_the_name_map_is_written_at_the_root_and_kept_for_other_checkpoints(
    make: Make, run: Run, project: Path
) -> None:
    make(a="x = tf.saver\n", b__c="x = tf.saver\n")
    assert run("fix", "b").status == 0
    assert names(project) == ["b/c.py:main"]
    assert run("fix").status == 0
    assert names(project) == ["a.py:main", "b/c.py:main"]
    before = (project / NAMES).read_bytes()
    assert run("fix").status == 0
    assert (project / NAMES).read_bytes() == before


def test_a_damaged_name_map_stops_fix_before_anything_is_written(
    make: Make, run: Run, project: Path
) -> None:
    make(a="x = tf.saver\n")
    (project / NAMES).write_text("{}")
    result = run("fix")
    assert result.status == 2
    assert NAMES in result.err
    assert (project / NAMES).read_text() == "{}"
    assert (project / "a.py").read_text() == f"{HEAD}x = tf.saver\n"


@pytest.mark.parametrize("old", [None, '{"format": "tf2migrate-names/1", "rows": []}'])
def test_the_name_map_is_put_back_when_a_file_cannot_be_written(
    make: Make, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, old: str | None
) -> None:
    def fail(path: Path, *_args: object, **_more: object) -> None:
        raise writing.WriteError(f"{path}: the disk is full")

    make(a="x = tf.saver\n")
    if old is not None:
        (project / NAMES).write_text(old)
    monkeypatch.setattr(writing, "write_atomic", fail)
    result = run("fix")
    assert result.status == 2
    assert "the disk is full" in result.err
    found = (project / NAMES).read_text() if (project / NAMES).exists() else None
    assert found == old
    assert not list(project.glob(".*.tmp"))


def test_a_second_run_changes_nothing(make: Make, run: Run, project: Path) -> None:
    make(a="x = tf.old\n")
    assert run("fix").status == 0
    before = (project / "a.py").read_bytes()
    assert "0 changed" in run("fix").out
    assert (project / "a.py").read_bytes() == before
