"""Data files that two checkpoints share."""

from __future__ import annotations

import os

from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile


def shared_bytes(before: CheckpointFile, after: CheckpointFile) -> int:
    """How many bytes of `after`'s data files are `before`'s too, under another name.

    0 for one checkpoint compared with itself.
    """
    if before.prefix == after.prefix:
        return 0
    old, new = _inodes(before), _inodes(after)
    return sum(size for inode, size in new.items() if inode in old)


def _inodes(file: CheckpointFile) -> dict[tuple[int, int], int]:
    """The size of each data file by what tells one file from another."""
    if not isinstance(file, BundleFile):
        return {}
    found: dict[tuple[int, int], int] = {}
    for shard in file.used_shards:
        try:
            status = os.stat(file.shard_path(shard))
        except OSError:  # it is gone since; whoever reads it says so
            continue
        found[status.st_dev, status.st_ino] = status.st_size
    return found
