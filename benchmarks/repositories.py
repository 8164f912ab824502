"""The repositories of corpus.toml, and their files on this disk."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_COMMIT = re.compile(r"[0-9a-f]{40}")
_TAKEN = (".py", ".gitignore", "pyproject.toml")
"""What a run reads of a repository: ends of file names."""


class RepositoryError(Exception):
    """A repository cannot be had; the message says why."""


@dataclass(frozen=True)
class Repository:
    """One entry of corpus.toml."""

    name: str
    url: str
    commit: str
    license: str = ""

    @property
    def folder(self) -> str:
        return self.name.replace("/", "+")


def read_list(path: Path) -> list[Repository]:
    """The repositories that the file lists."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["repository"]
    found = [Repository(**entry) for entry in entries]
    for each in found:
        if not _COMMIT.fullmatch(each.commit):
            raise RepositoryError(f"{each.name}: the commit must be 40 hexadecimal digits")
    return found


@contextmanager
def files_of(repository: Repository, mirror: Path | None, cache: Path) -> Iterator[Path]:
    """A folder with the Python files of the repository at its commit.

    In a mirror that is `OWNER+NAME` (or `repo` in it): a git directory, a clone, or
    plain files, which are read as they are. Without a mirror it is cloned to `cache`.
    """
    git = _git_dir(mirror / repository.folder) if mirror else _cloned(repository, cache)
    if git is None:
        assert mirror is not None
        place = mirror / repository.folder
        if not place.is_dir():
            raise RepositoryError(f"{repository.name}: the mirror has no {repository.folder}")
        yield place
        return
    with TemporaryDirectory(prefix="tf2migrate-corpus-") as name:
        root = Path(name, repository.folder)
        _export(git, repository, root)
        yield root


def _git_dir(place: Path) -> Path | None:
    candidates = (place / "repo" / ".git", place / "repo", place / ".git", place)
    return next((each for each in candidates if (each / "objects").is_dir()), None)


def _cloned(repository: Repository, cache: Path) -> Path:
    git = cache / repository.folder
    if not (git / "objects").is_dir():
        git.mkdir(parents=True, exist_ok=True)
        _git(git, "init", "--quiet", "--bare", str(git))
    known = subprocess.run(
        ["git", "--git-dir", git, "cat-file", "-e", repository.commit], check=False
    )
    if known.returncode:
        _git(git, "fetch", "--quiet", "--depth", "1", repository.url, repository.commit)
    return git


def _git(git: Path, *args: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(
        ["git", "--git-dir", git, *args], input=stdin, capture_output=True, check=False
    )
    if done.returncode:
        raise RepositoryError(f"git {args[0]}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


def _export(git: Path, repository: Repository, root: Path) -> None:
    """Write the files a run reads; a blob that a partial mirror lacks is left out."""
    root.mkdir(parents=True)
    listing = _git(git, "ls-tree", "-r", "-z", repository.commit).decode("utf-8", "surrogateescape")
    blobs: list[tuple[str, str]] = []
    for row in filter(None, listing.split("\0")):
        meta, path = row.split("\t", 1)
        mode, kind, blob = meta.split()
        if kind == "blob" and mode != "120000" and path.endswith(_TAKEN):
            blobs.append((path, blob))
    wanted = "".join(f"{blob}\n" for _, blob in blobs).encode()
    answer = memoryview(_git(git, "cat-file", "--batch", stdin=wanted))
    position = 0
    for path, _ in blobs:
        end = position + bytes(answer[position : position + 100]).index(b"\n")
        header = bytes(answer[position:end]).split()
        position = end + 1
        if header[1] == b"missing":
            print(f"{repository.name}: the mirror lacks {path}", file=sys.stderr)
            continue
        size = int(header[2])
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer[position : position + size])
        position += size + 1
