"""Which Python files a project has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tf2migrate.files.ignore import IgnoreRules
from tf2migrate.model.problem import UNREADABLE, Problem

SUFFIX = ".py"
_MARKERS = ("pyproject.toml", ".git", "setup.py")
_NEVER = frozenset(
    (".git", ".hg", ".svn", ".venv", "__pycache__", "node_modules", ".tox", ".nox", ".eggs")
)


@dataclass(frozen=True, slots=True)
class Found:
    """The files below some paths, sorted, relative to the root with `/`; and what went wrong."""

    files: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def find_project_root(paths: Sequence[Path]) -> Path:
    """The nearest folder above all `paths` with a pyproject.toml, .git or setup.py.

    Without one it is the deepest folder that holds them all.
    """
    places = [Path(os.path.realpath(path)) for path in paths] or [Path.cwd()]
    common = Path(os.path.commonpath(places))
    if not common.is_dir():
        common = common.parent
    for folder in (common, *common.parents):
        if any((folder / marker).exists() for marker in _MARKERS):
            return folder
    return common


def discover(
    root: Path,
    paths: Sequence[Path],
    exclude: Sequence[str] = (),
    *,
    force_exclude: bool = False,
) -> Found:
    """The Python files at and below `paths` (relative ones are so to `root`).

    A path that is given by name is taken even where the ignore files and
    `exclude` leave it out, unless `force_exclude`. A link to a file is the file
    that it leads to; links to folders are not followed.
    """
    walk = _Walk(Path(os.path.realpath(root)), tuple(exclude), force_exclude)
    for path in paths:
        walk.add(walk.root / path)
    return Found(tuple(sorted(walk.files)), tuple(sorted(walk.problems, key=lambda p: p.path)))


class _Walk:
    """Gathers files; `root` is a real path."""

    def __init__(self, root: Path, exclude: tuple[str, ...], force_exclude: bool) -> None:
        self.root = root
        self.force_exclude = force_exclude
        self.files: set[str] = set()
        self.problems: list[Problem] = []
        self._rules = {root: IgnoreRules.at_root(root, exclude).inside(root)}
        self._outside = {root: False}

    def add(self, path: Path) -> None:
        """A path that the user named."""
        real = Path(os.path.realpath(path))
        if not real.exists():
            self._problem(path, "there is no such file")
        elif not self._within(real):
            self._problem(path, f"outside the project root {self.root}")
        elif real.suffix == ".ipynb":
            self._problem(path, "notebooks are not read yet; export it to .py (jupyter nbconvert)")
        elif self._left_out(real):
            if not self.force_exclude:
                self._take(real, IgnoreRules())
        else:
            self._take(real, self._rules_in(real) if real.is_dir() else IgnoreRules())

    def _take(self, path: Path, rules: IgnoreRules) -> None:
        if path.is_dir():
            self._folder(path, rules)
        elif path.is_file():
            self._file(path)

    def _rules_in(self, folder: Path) -> IgnoreRules:
        if folder not in self._rules:
            self._rules[folder] = self._rules_in(folder.parent).inside(folder)
        return self._rules[folder]

    def _left_out(self, path: Path) -> bool:
        """Whether `path` or a folder above it, up to the root, is not to be read."""
        if path not in self._outside:
            folder = path.is_dir()
            self._outside[path] = (
                self._left_out(path.parent)
                or (folder and self._never(path))
                or self._rules_in(path.parent).ignored(path, folder=folder)
            )
        return self._outside[path]

    def _folder(self, folder: Path, rules: IgnoreRules) -> None:
        """Everything below `folder`, where `rules` hold."""
        for entry in self._entries(folder):
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                if not self._never(path) and not rules.ignored(path, folder=True):
                    self._folder(path, rules.inside(path))
            elif entry.name.endswith(SUFFIX) and not rules.ignored(path, folder=False):
                self._python(entry, path)

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                yield from sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._problem(folder, f"the folder cannot be read: {error.strerror}")

    def _python(self, entry: os.DirEntry[str], path: Path) -> None:
        try:
            if not entry.is_file():  # a broken link, a loop, a pipe
                return
        except OSError:
            return
        real = Path(os.path.realpath(path)) if entry.is_symlink() else path
        if self._within(real):
            self._file(real)

    def _file(self, path: Path) -> None:
        name = path.relative_to(self.root).as_posix()
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            self._problem(path, "the file's name is not UTF-8; rename it")
        else:
            self.files.add(name)

    def _within(self, path: Path) -> bool:
        return path == self.root or self.root in path.parents

    @staticmethod
    def _never(folder: Path) -> bool:
        return folder.name in _NEVER or (folder / "pyvenv.cfg").exists()

    def _problem(self, path: Path, message: str) -> None:
        name = path.relative_to(self.root) if self._within(path) else path
        shown = name.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")
        self.problems.append(Problem(shown, UNREADABLE, 1, message))
