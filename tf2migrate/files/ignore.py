"""`.gitignore` as git reads it: nested, the deepest file that says something decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns and the folder that they are relative to."""

    base: Path
    spec: GitIgnoreSpec

    def say(self, path: Path, *, folder: bool) -> bool | None:
        """Ignored, taken in again (`!pattern`), or nothing."""
        name = path.relative_to(self.base).as_posix() + ("/" if folder else "")
        return self.spec.check_file(name).include


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The ignore files that hold in one folder, outermost first, and the configured patterns."""

    rules: tuple[_Rules, ...] = ()
    exclude: _Rules | None = None

    @classmethod
    def at_root(cls, root: Path, exclude: Sequence[str]) -> IgnoreRules:
        """The rules that hold at a project's root before its own `.gitignore` is read.

        These are `exclude`, `.git/info/exclude`, and the `.gitignore` files from the
        top of the git repository to the parent of `root`, unless they ignore `root`
        itself: whoever works inside an ignored folder wants it read.
        """
        spec = _parse(exclude)
        own = _Rules(root, spec) if spec else None
        top = _git_top(root)
        if top is None:
            return cls((), own)
        rules = cls((), own).read(_git_folder(top) / "info" / "exclude", top)
        for parent in reversed(root.parents):
            if parent == top or top in parent.parents:
                rules = rules.inside(parent)
        hidden = root != top and rules.ignored(root, folder=True)
        return cls((), own) if hidden else rules

    def inside(self, folder: Path) -> IgnoreRules:
        """These rules and those of the `.gitignore` of `folder`."""
        return self.read(folder / ".gitignore", folder)

    def read(self, path: Path, base: Path) -> IgnoreRules:
        """These rules and those of the ignore file `path`, if there is one."""
        try:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
        except OSError:
            return self
        spec = _parse(text.splitlines())
        return IgnoreRules((*self.rules, _Rules(base, spec)), self.exclude) if spec else self

    def ignored(self, path: Path, *, folder: bool) -> bool:
        """Whether `path` is ignored; says nothing of the folders above it."""
        if self.excluded(path, folder=folder):
            return True
        for rules in reversed(self.rules):
            said = rules.say(path, folder=folder)
            if said is not None:
                return said
        return False

    def excluded(self, path: Path, *, folder: bool) -> bool:
        within = self.exclude is not None and self.exclude.base in path.parents
        return within and self.exclude is not None and bool(self.exclude.say(path, folder=folder))


def _parse(lines: Sequence[str]) -> GitIgnoreSpec | None:
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:  # git ignores a pattern that it cannot read, too
        return GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _git_top(folder: Path) -> Path | None:
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def _git_folder(top: Path) -> Path:
    """The repository's common folder; in a worktree `.git` is a file that points to it."""
    git = top / ".git"
    if not git.is_file():
        return git
    try:
        git = top / git.read_text("utf-8").partition("gitdir:")[2].strip()
        common = git / "commondir"
        return git / common.read_text("utf-8").strip() if common.is_file() else git
    except (OSError, UnicodeDecodeError):
        return git
