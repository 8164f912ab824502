"""New files beside their place until all are complete; then they move there, the index last.

A checkpoint is what has an index. So while a conversion is under way, and after
one that was interrupted at any moment, no index has the new prefix; after an
error, nothing of it is left at all.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tf2migrate.checkpoint.files.state_file import STATE_FILE
from tf2migrate.model.checkpoint_error import CheckpointError

_DATA = re.compile(r"\.data-\d{5}-of-\d{5}")
_INDEX = ".index"
_REPLACED = "replaced"
_REMEDIES = {
    errno.ENOSPC: "make room, or convert to another disk",
    errno.EDQUOT: "make room, or convert to another disk",
    errno.EACCES: "check the permissions of the file and its directory",
    errno.EPERM: "check the permissions of the file and its directory",
    errno.EROFS: "convert to a place that can be written to",
    errno.ENAMETOOLONG: "give a shorter prefix",
}


class Staging:
    """A directory beside a prefix, where the files of one new checkpoint are made.

    Attributes:
      prefix: under which to write the files, inside of the directory.
      notes: what people should know.
    """

    def __init__(self, final: str, directory: str) -> None:
        self._final = final
        self._parent, self._base = os.path.dirname(final) or ".", os.path.basename(final)
        self._directory = directory
        self._replaced = os.path.join(directory, _REPLACED)
        self._published = False
        self.prefix = os.path.join(directory, self._base)
        self.notes: list[str] = []

    def publish(self, *, force: bool) -> None:
        """Move the files to their place: data files, then the index.

        Raises:
          CheckpointError: there are files of the prefix, and `force` is not given.
          OSError: a file cannot be moved; then all is as before.
        """
        names = sorted(os.listdir(self._directory), key=_index_last)
        there = existing_files(self._final)
        if there and not force:
            raise _exists(self._final, there)
        try:
            if there:
                os.mkdir(self._replaced)
            for name in sorted(there, key=_index_last, reverse=True):
                os.rename(os.path.join(self._parent, name), os.path.join(self._replaced, name))
            for name in names:
                _move(os.path.join(self._directory, name), os.path.join(self._parent, name))
        except BaseException:
            self._undo(names)
            raise
        self._published = True

    def _undo(self, names: list[str]) -> None:
        """Put back what was replaced, after taking away what was put in its place."""
        for name in reversed(names):
            source, target = os.path.join(self._directory, name), os.path.join(self._parent, name)
            moved = not os.path.lexists(source) and os.path.lexists(target)
            if moved or (os.path.lexists(target) and os.path.samefile(source, target)):
                os.unlink(target)
        if os.path.isdir(self._replaced):
            for name in sorted(os.listdir(self._replaced), key=_index_last):
                os.rename(os.path.join(self._replaced, name), os.path.join(self._parent, name))

    def discard(self) -> None:
        """Remove the directory; not if it is the only place of files that were moved aside."""
        with suppress(OSError):
            if self._published or not _holds_replaced(self._directory):
                _remove(self._directory)


@contextmanager
def staged(final: str) -> Iterator[Staging]:
    """A directory for the files of the checkpoint `final`; it is gone afterwards.

    Directories that killed conversions to the same prefix left behind are removed.

    Raises:
      CheckpointError: something in here could not be written.
    """
    staging: Staging | None = None
    lock = -1
    try:
        parent, base = os.path.dirname(final) or ".", os.path.basename(final)
        notes = _remove_abandoned(parent, base)
        staging = Staging(final, _new_directory(parent, base))
        lock = _locked(os.path.dirname(staging.prefix))
        staging.notes += notes
        yield staging
    except OSError as error:
        raise write_error(final, error) from error
    finally:
        if staging is not None:
            staging.discard()
        if lock >= 0:
            os.close(lock)


def existing_files(prefix: str) -> list[str]:
    """Names of files that a checkpoint of this prefix has, or that one of the V1 format is.

    A Saver gives no file of the V1 format the name of the directory's state file.
    """
    parent, base = os.path.dirname(prefix) or ".", os.path.basename(prefix)
    return [
        name
        for name in os.listdir(parent)
        if name.startswith(base)
        and name != STATE_FILE
        and (name in (base, base + _INDEX) or _DATA.fullmatch(name[len(base) :]))
    ]


def check_target(old: str, new: str, *, force: bool) -> None:
    """See that a checkpoint can be written to `new`, before anything is read.

    Raises:
      CheckpointError: it is the old one, a directory, in a directory that is not
        there, or there is one already and `force` is not given.
    """
    parent, base = os.path.dirname(new) or ".", os.path.basename(new)
    if not os.path.isdir(parent):
        raise CheckpointError(new, f"there is no directory {parent}", "make it first")
    if os.path.isdir(new) and (base or os.path.basename(old)):  # `folder/` can be a prefix, too
        raise CheckpointError(
            new, "it is a directory", f"give a prefix in it: {os.path.join(new, 'ckpt-1')}"
        )
    if base.endswith(_INDEX) or _DATA.search(base):
        raise CheckpointError(
            new,
            "this is the name of a file, and a prefix is wanted",
            f"give {_DATA.split(base.removesuffix(_INDEX))[0]}",
        )
    if _real(old) == _real(new):
        raise CheckpointError(
            new, "the new checkpoint has the prefix of the old one", "give another prefix"
        )
    there = existing_files(new)
    if there and not force:
        raise _exists(new, there)


def _exists(prefix: str, names: list[str]) -> CheckpointError:
    if os.path.basename(prefix) + _INDEX in names:
        return CheckpointError(
            prefix,
            "there is a checkpoint of this prefix",
            "give another one, or replace it (--force)",
        )
    return CheckpointError(
        prefix,
        f"there are files of this prefix, {', '.join(names)}, but no index: what an"
        " interrupted conversion or copy has left",
        "delete them, or replace them (--force)",
    )


def _real(prefix: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(prefix) or "."), os.path.basename(prefix))


def _index_last(name: str) -> tuple[bool, str]:
    return name.endswith(_INDEX), name


def _move(source: str, target: str) -> None:
    """Rename, but never over a file that has appeared meanwhile, where links are possible."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        os.rename(source, target)
    else:
        os.unlink(source)


def write_error(where: str, error: OSError) -> CheckpointError:
    """What to raise for a file that cannot be written."""
    reason = error.strerror or str(error)
    name = f" ({os.path.basename(os.fspath(error.filename))})" if error.filename else ""
    remedy = _REMEDIES.get(error.errno or 0, "nothing was written; try again")
    return CheckpointError(where, f"cannot be written: {reason}{name}", remedy)


def _new_directory(parent: str, base: str) -> str:
    number = os.getpid()
    while True:
        path = os.path.join(parent, f"{_mark(base)}{number}")
        try:
            os.mkdir(path)
        except FileExistsError:
            number += 1
        else:
            return path


def _mark(base: str) -> str:
    return f".{base}.tf2migrate-"


def _locked(directory: str) -> int:
    """A descriptor that holds the directory's lock as long as the process lives; -1 if it cannot.

    Raises:
      BlockingIOError: another process holds it.
    """
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock  # noqa: PLC0415  (there is none on Windows)
    except ImportError:
        return -1
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:  # a file system without locks
        os.close(descriptor)
        return -1
    return descriptor


def _is_abandoned(directory: str) -> bool:
    """Whether the process that made it is gone; without locks nobody can tell."""
    try:
        lock = _locked(directory)
    except OSError:
        return False
    if lock < 0:
        return False
    os.close(lock)
    return True


def _remove_abandoned(parent: str, base: str) -> list[str]:
    """Remove what killed conversions left; keep files that one of them had moved aside."""
    notes: list[str] = []
    mark = _mark(base)
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        if not (name.startswith(mark) and name[len(mark) :].isdigit()):
            continue
        if not _is_abandoned(path):
            continue
        with suppress(OSError):
            if _holds_replaced(path):
                notes.append(
                    f"{os.path.join(path, _REPLACED)} holds the files that a conversion had moved"
                    " aside when it was killed; delete it if they are not wanted"
                )
                continue
            _remove(path)
    return notes


def _holds_replaced(directory: str) -> bool:
    replaced = os.path.join(directory, _REPLACED)
    return os.path.isdir(replaced) and bool(os.listdir(replaced))


def _remove(directory: str) -> None:
    with os.scandir(directory) as entries:
        found = list(entries)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            _remove(entry.path)
        else:
            os.unlink(entry.path)
    os.rmdir(directory)
