"""Unified diffs of bytes."""

from __future__ import annotations

from tf2migrate.report.diff import coloured, file_diff


def test_no_difference_is_no_diff() -> None:
    assert file_diff("a.py", b"x\r\ny", b"x\r\ny") == b""


def test_a_missing_final_newline_is_said_on_both_sides() -> None:
    diff = file_diff("a.py", b"x", b"y")
    end = b"\\ No newline at end of file\n"
    assert diff.endswith(b"@@ -1 +1 @@\n-x\n" + end + b"+y\n" + end)


def test_a_final_newline_that_is_added_is_a_change() -> None:
    diff = file_diff("a.py", b"x", b"x\n")
    assert diff.endswith(b"-x\n\\ No newline at end of file\n+x\n")


def test_carriage_returns_stay_in_the_lines() -> None:
    assert b"-x\r\n+y\r\n z\r\n" in file_diff("a.py", b"x\r\nz\r\n", b"y\r\nz\r\n")


def test_only_the_lines_around_a_change_are_shown() -> None:
    old = b"".join(b"%d\n" % n for n in range(100))
    diff = file_diff("a.py", old, old.replace(b"\n50\n", b"\n51\n"))
    assert b"@@ -48,7 +48,7 @@\n" in diff
    assert len(diff.splitlines()) == 12


def test_an_empty_old_file_has_an_empty_range() -> None:
    assert b"@@ -0,0 +1 @@\n+x\n" in file_diff("a.py", b"", b"x\n")


def test_names_are_written_as_git_writes_them() -> None:
    assert file_diff("a b.py", b"", b"x").startswith(
        b"diff --git a/a b.py b/a b.py\n--- a/a b.py\t\n+++ b/a b.py\t\n"
    )
    assert b'--- "a/caf\\303\\251.py"\n' in file_diff("café.py", b"", b"x")
    assert b'--- "a/\\"\\\\\\t.py"\n' in file_diff('"\\\t.py', b"", b"x")


def test_colours_keep_the_text_and_show_carriage_returns() -> None:
    shown = coloured(file_diff("a.py", b"--x\r\n", b"++y\n"))
    assert b"\x1b[31m---x\x1b[7m^M\x1b[0m" in shown
    assert b"\x1b[32m+++y\x1b[0m\n" in shown
    assert b"\x1b[1m--- a/a.py\x1b[0m\n" in shown
