"""Find the files of a checkpoint by its prefix."""

from __future__ import annotations

import os
import re
import stat
from typing import NamedTuple

from tf2migrate.checkpoint.files.shards import unreadable
from tf2migrate.model.checkpoint_error import CheckpointError

_PATTERN = re.compile(r"-\?{5}-of-(\d{5})$")
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})$")


class Location(NamedTuple):
    """The files of a checkpoint.

    Attributes:
      index_file: of a V2 checkpoint.
      tables: of a V1 checkpoint, in the order of their numbers.
    """

    index_file: str = ""
    tables: tuple[str, ...] = ()


def locate(prefix: str) -> Location:
    """The files of the checkpoint called `prefix`.

    A sharded V1 checkpoint may be called by the pattern that a Saver returns,
    `PREFIX-?????-of-00002`, or without it.

    Raises:
      CheckpointError: there is none, with what to give instead.
    """
    index = f"{prefix}.index"
    if _is_file(index):
        return Location(index_file=index)
    from tf2migrate.checkpoint.files.wrong_prefix import (  # noqa: PLC0415, few need it
        explain,
        foreign_file,
    )

    pattern = _PATTERN.search(prefix)
    if pattern:
        return _tables(prefix[: pattern.start()], int(pattern[1]))
    if _is_file(prefix):
        error = foreign_file(prefix)
        if error is not None:
            raise error
        shard = _SHARD.search(prefix)
        if shard and shard[2] != "00001":
            raise CheckpointError(
                prefix,
                f"one of the {int(shard[2])} files of a V1 checkpoint, not its prefix",
                f"give {prefix[: shard.start()]}",
            )
        return Location(tables=(prefix,))
    counts = _shard_counts(prefix)
    if len(counts) == 1:
        return _tables(prefix, counts[0])
    if counts:
        patterns = " or ".join(f"{prefix}-?????-of-{count:05d}" for count in counts)
        raise CheckpointError(prefix, "several checkpoints have this prefix", f"give {patterns}")
    raise explain(prefix)


def _is_file(path: str) -> bool:
    """Whether there is such a file; CheckpointError if that cannot be told."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unreadable(path, error) from None
    except ValueError as error:  # a NUL, or what no file system can encode
        problem = f"no file can have this name: {error}"
        raise CheckpointError(repr(path), problem, "give the path that was saved to") from None


def _tables(prefix: str, count: int) -> Location:
    """All files of a sharded V1 checkpoint."""
    paths = tuple(f"{prefix}-{number:05d}-of-{count:05d}" for number in range(count))
    if not any(map(_is_file, paths)):
        from tf2migrate.checkpoint.files.wrong_prefix import explain  # noqa: PLC0415

        raise explain(prefix)
    return Location(tables=paths)


def _shard_counts(prefix: str) -> list[int]:
    """How many files the sharded V1 checkpoints called `prefix` have."""
    folder, base = os.path.split(prefix)
    if not base or base.endswith(".data"):
        return []
    try:
        names = os.listdir(folder or os.curdir)
    except OSError:
        return []
    found = (_SHARD.fullmatch(name, len(base)) for name in names if name.startswith(base))
    return sorted({int(match[2]) for match in found if match})
