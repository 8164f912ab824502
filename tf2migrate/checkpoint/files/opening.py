"""Open a checkpoint by its prefix, whatever its format."""

from __future__ import annotations

import os

from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.prefix import locate
from tf2migrate.checkpoint.files.shards import unreadable

__all__ = ["CheckpointFile", "open_checkpoint"]


def open_checkpoint(prefix: str | os.PathLike[str]) -> CheckpointFile:
    """The checkpoint called `prefix`: what was given to or returned by `save`.

    Raises:
      CheckpointError: there is none, or it is damaged; it says what to do.
    """
    text = os.fspath(prefix)
    location = locate(text)
    if not location.index_file:
        from tf2migrate.checkpoint.files.v1 import V1File  # noqa: PLC0415, few need it

        return V1File(text, list(location.tables))
    try:
        with open(location.index_file, "rb") as file:
            index, read_from = file.read(), os.fstat(file.fileno())
    except OSError as error:
        raise unreadable(location.index_file, error) from None
    return BundleFile(text, index, read_from)
