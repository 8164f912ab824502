"""Whether the old checkpoint stayed as it was while its data files were brought along.

A Saver that writes to the same prefix again replaces the data files first and the
index after them. Whoever has read the old index and links the data files then has
data of the next save.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from tf2migrate.checkpoint.convert.shards import How, Shard
from tf2migrate.checkpoint.files.bundle import BundleFile, index_path
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.model.checkpoint_error import CheckpointError

_WAIT = "convert again when the program has saved"


def gone(source: str) -> CheckpointError:
    """The error for an old data file that is not there any more."""
    return CheckpointError(source, "it was removed while it was converted", _WAIT)


def check_source(file: BundleFile, shards: Iterable[Shard], prefix: str) -> None:
    """Compare the index with its state when it was read, and data that may be of another save.

    The data of a complete checkpoint are written before its index. Of a data file
    that is not older, and of copies, whose source may have changed meanwhile, every
    byte is read and its checksums are compared.

    Args:
      file: the old checkpoint.
      shards: its data files under their new names, in the order of the new numbers.
      prefix: of the new checkpoint, whose files are all there.

    Raises:
      CheckpointError: it was saved again, or its data are not those of its index.
    """
    read = file.read_from
    if read is None:
        return
    try:
        now = os.stat(index_path(file.prefix))
    except OSError:
        raise gone(index_path(file.prefix)) from None
    if (now.st_ino, now.st_size, now.st_mtime_ns) != (read.st_ino, read.st_size, read.st_mtime_ns):
        raise CheckpointError(file.prefix, "it was saved again while it was converted", _WAIT)
    folder = os.path.dirname(prefix)
    doubtful = {
        number
        for number, shard in enumerate(shards)
        if shard.how is not How.LINKED
        or os.stat(os.path.join(folder, shard.name)).st_mtime_ns >= read.st_mtime_ns
    }
    if doubtful:
        _check_data(file, prefix, doubtful)


def _check_data(file: BundleFile, prefix: str, doubtful: set[int]) -> None:
    new = open_checkpoint(prefix)
    try:
        for key, tensor in new.tensors.items():
            if tensor.slices or tensor.shard in doubtful:
                new.check(key)
    except CheckpointError as error:
        raise CheckpointError(
            file.prefix,
            f"its data files are not those of its index ({error.problem}): it is being written, or"
            " damaged",
            _WAIT,
        ) from None
