"""Bytes of data files: ranges read whole or piece by piece."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tf2migrate.checkpoint.files.table import DAMAGED
from tf2migrate.model.checkpoint_error import CheckpointError

Path = str


def read_range(path: Path, offset: int, size: int) -> bytes:
    """`size` bytes of a file.

    Raises:
      CheckpointError: it cannot be read, or is shorter.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            parts: list[bytes] = []
            missing = size
            while missing:
                part = file.read(missing)
                if not part:
                    raise cut_off(path, offset + size, offset + size - missing)
                parts.append(part)
                missing -= len(part)
    except OSError as error:
        raise unreadable(path, error) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def stream_range(path: Path, offset: int, size: int, chunk: int) -> Iterator[memoryview]:
    """`size` bytes of a file, at most `chunk` at a time, each valid until the next.

    Raises:
      CheckpointError: it cannot be read, or is shorter.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            buffer = memoryview(bytearray(min(chunk, size)))
            missing = size
            while missing:
                count = file.readinto(buffer[: min(chunk, missing)])
                if not count:
                    raise cut_off(path, offset + size, offset + size - missing)
                missing -= count
                yield buffer[:count]
    except OSError as error:
        raise unreadable(path, error) from None


def file_size(path: Path) -> int:
    """The file's bytes.

    Raises:
      CheckpointError: there is no such file.
    """
    try:
        return os.stat(path).st_size
    except OSError as error:
        raise unreadable(path, error) from None


def cut_off(path: Path, needed: int, there: int) -> CheckpointError:
    """What to raise for a file that ends too early."""
    return CheckpointError(path, f"cut off: {needed} bytes are needed, it has {there}", DAMAGED)


def unreadable(path: Path, error: OSError) -> CheckpointError:
    """What to raise for a file that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return CheckpointError(path, "this file of the checkpoint is missing", "copy it, too")
    reason = error.strerror or str(error)
    return CheckpointError(path, f"cannot be read: {reason}", "check its permissions and its disk")
