"""Which files are found."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tf2migrate.files.discover import discover, find_project_root


def make(root: Path, *names: str, **contents: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents.get(path.name, ""), "utf-8")


def found(root: Path, *exclude: str) -> list[str]:
    return list(discover(root, [root], exclude).files)


def test_other_files_and_other_peoples_folders_are_not_found(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "a.pyc", "a.pyi", "a.ipynb", ".a.py.tf2migrate-x.tmp", "py")
    make(tmp_path, ".git/a.py", ".venv/a.py", "env/pyvenv.cfg", "env/lib/a.py")
    make(tmp_path, "p/__pycache__/a.py", "node_modules/x/a.py")
    (tmp_path / "folder.py").mkdir()
    assert found(tmp_path) == []


def test_files_are_sorted_and_relative(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/z.py", "a/b/c.py", ".hidden/x.py", "folder.py/in.py")
    assert found(tmp_path) == [".hidden/x.py", "a/b/c.py", "a/z.py", "b.py", "folder.py/in.py"]


def ignore(folder: Path, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("\n".join(lines) + "\n", "utf-8")


def ignoring_project(root: Path) -> None:
    make(root, "a.py", "gen.py", "build/a.py", "p/gen.py", "p/keep.py", "p/q/old_1.py")
    make(root, "p/q/old_2.py", "p/build/a.py", "p/anchored.py", "anchored.py", "secret.py")
    ignore(root, "# comment", "gen.py", "build/", "/anchored.py", "[")
    ignore(root / "p", "!gen.py", "q/old_*.py", "!q/old_2.py")
    make(root, ".git/info/exclude")
    (root / ".git/info/exclude").write_text("secret.py\n", "utf-8")


def test_nested_gitignore_files_are_respected(tmp_path: Path) -> None:
    ignoring_project(tmp_path)
    names = ["a.py", "p/anchored.py", "p/gen.py", "p/keep.py", "p/q/old_2.py"]
    assert found(tmp_path) == names


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_agrees(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    ignoring_project(tmp_path)
    command = ["git", "-C", str(tmp_path), "ls-files", "-o", "--exclude-standard"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert found(tmp_path) == sorted(name for name in out.split() if name.endswith(".py"))


def test_a_gitignore_above_the_project_root_holds(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "proj/pyproject.toml", "proj/a.py", "proj/gen.py")
    ignore(tmp_path, "gen.py")
    assert found(tmp_path / "proj") == ["a.py"]


def test_a_project_in_an_ignored_folder_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "build/proj/a.py")
    ignore(tmp_path, "build/")
    assert found(tmp_path / "build" / "proj") == ["a.py"]


def test_exclude_wins_over_a_gitignore_that_takes_in(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "third_party/a.py", "p/x_pb2.py")
    ignore(tmp_path / "p", "!x_pb2.py")
    assert found(tmp_path, "third_party/", "*_pb2.py") == ["a.py"]


def test_a_file_given_by_name_is_taken_unless_exclusion_is_forced(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "gen.py", "script")
    ignore(tmp_path, "gen.py")
    paths = [tmp_path / "gen.py", Path("script")]
    assert discover(tmp_path, paths, ["script"]).files == ("gen.py", "script")
    assert discover(tmp_path, paths, ["script"], force_exclude=True).files == ()


def test_an_ignored_folder_given_by_name_is_walked(tmp_path: Path) -> None:
    make(tmp_path, "build/p/a.py", "build/.venv/b.py")
    ignore(tmp_path, "build/")
    assert discover(tmp_path, [tmp_path / "build" / "p"]).files == ("build/p/a.py",)
    assert discover(tmp_path, [tmp_path / "build"], force_exclude=True).files == ()


def test_links(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    make(root, "real/a.py")
    make(outside, "b.py")
    (root / "link.py").symlink_to("real/a.py")
    (root / "other.py").symlink_to(outside / "b.py")
    (root / "broken.py").symlink_to("nowhere.py")
    (root / "self.py").symlink_to("self.py")
    (root / "folder").symlink_to(root, target_is_directory=True)
    assert found(root) == ["real/a.py"]
    assert discover(root, [root / "link.py"]).files == ("real/a.py",)


def test_what_cannot_be_taken_is_a_problem(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "a.ipynb")
    make(tmp_path, "b.py")
    problems = discover(root, [root / "none.py", tmp_path / "b.py", root / "a.ipynb"]).problems
    messages = {problem.path.rpartition("/")[2]: problem.message for problem in problems}
    assert "no such file" in messages["none.py"]
    assert "outside the project root" in messages["b.py"]
    assert "nbconvert" in messages["a.ipynb"]


@pytest.mark.skipif(os.name != "posix", reason="needs a file system that takes any bytes")
def test_a_name_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")).touch()
    result = discover(tmp_path, [tmp_path])
    assert result.files == ()
    assert "not UTF-8" in result.problems[0].message
    result.problems[0].path.encode("utf-8")


def test_the_project_root_is_the_nearest_marked_folder(tmp_path: Path) -> None:
    make(tmp_path, "setup.py", "p/pyproject.toml", "p/q/a.py", "p/r/b.py", "s/c.py")
    assert find_project_root([tmp_path / "p/q/a.py"]) == tmp_path / "p"
    assert find_project_root([tmp_path / "p/q/a.py", tmp_path / "p/r"]) == tmp_path / "p"
    assert find_project_root([tmp_path / "p/q/a.py", tmp_path / "s/c.py"]) == tmp_path


def test_without_a_marker_the_root_is_the_common_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tf2migrate.files.discover._MARKERS", ())
    make(tmp_path, "p/a.py", "p/q/b.py")
    assert find_project_root([tmp_path / "p/a.py", tmp_path / "p/q/b.py"]) == tmp_path / "p"
    assert find_project_root([tmp_path / "p/a.py"]) == tmp_path / "p"
