"""Open a checkpoint by its prefix, whatever its format."""

from __future__ import annotations

import os
from pathlib import Path

from tf2migrate.checkpoint.files.bundle import BundleFile, index_path
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.shards import unreadable
from tf2migrate.model.checkpoint_error import CheckpointError

__all__ = ["CheckpointFile", "open_checkpoint"]


def open_checkpoint(prefix: str | os.PathLike[str]) -> CheckpointFile:
    """The checkpoint called `prefix`, what was given to or returned by `save`.

    Raises:
      CheckpointError: there is none, or it is damaged; it says what to do.
    """
    text = os.fspath(prefix)
    index = index_path(text)
    try:
        data = Path(index).read_bytes()
    except FileNotFoundError:
        raise CheckpointError(text, "no checkpoint has this prefix") from None
    except OSError as error:
        raise unreadable(index, error) from None
    return BundleFile(text, data)
