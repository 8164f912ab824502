"""Data files under new names: linked, cloned or copied."""

from __future__ import annotations

import os
from enum import Enum
from typing import NamedTuple

_CLONE = 0x40049409
"""FICLONE: let two files share blocks until one of them is written to."""
_PIECE = 1 << 24


class How(str, Enum):
    """How a data file came to its new name."""

    LINKED = "linked"  # one file under two names: no bytes were copied
    REFLINKED = "reflinked"  # two files that share blocks until one changes
    COPIED = "copied"


class Shard(NamedTuple):
    """A data file of the new checkpoint.

    Attributes:
      source: the old file.
      name: the new file's name, without its directory.
      how: linked, reflinked or copied.
      why: for what reason it could not be linked; empty if it is, or was not to be.
    """

    source: str
    name: str
    how: How
    why: str = ""


def bring(source: str, target: str, *, copy: bool) -> tuple[How, str]:
    """Make `target` a file with the bytes of `source`, at the least cost.

    Args:
      copy: do not link, so that the new file shares nothing that a write in place
        could change.

    Returns:
      How it was done, and why it was not linked.

    Raises:
      OSError: it cannot be read or written; `target` may be there in parts.
    """
    source = os.path.realpath(source)  # a link to a symbolic link would be one, too
    why = ""
    if not copy:
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise
        except OSError as error:
            why = f"a link is not possible: {error.strerror}"
        else:
            return How.LINKED, ""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(source, "rb") as old, open(os.open(target, flags, 0o666), "wb") as new:
        how = How.REFLINKED if _cloned(old.fileno(), new.fileno()) else How.COPIED
        if how is How.COPIED:
            _copy(old.fileno(), new.fileno())
    return how, why


def _cloned(old: int, new: int) -> bool:
    """Whether the file system could make one file share the other's blocks."""
    try:
        from fcntl import ioctl  # noqa: PLC0415  (there is none on Windows)

        ioctl(new, _CLONE, old)
    except (ImportError, OSError):
        return False
    return True


def _copy(old: int, new: int) -> None:
    """All bytes, from descriptor to descriptor; inside the kernel where it can."""
    try:
        while os.copy_file_range(old, new, 1 << 30):
            pass
    except (AttributeError, OSError):
        os.lseek(old, os.lseek(new, 0, os.SEEK_CUR), os.SEEK_SET)
    while piece := os.read(old, _PIECE):
        view = memoryview(piece)
        while view:
            view = view[os.write(new, view) :]
