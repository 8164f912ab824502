"""What a conversion did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tf2migrate.checkpoint.convert.shards import Shard
from tf2migrate.model.comparison import Report


class Converted(NamedTuple):
    """What became of some tensors.

    Attributes:
      old: keys in the old checkpoint; none for what was added.
      new: keys in the new checkpoint; none for what it has no place for.
      transform: how the values changed; empty if they did not.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    transform: str = ""


@dataclass(frozen=True)
class Conversion:
    """A checkpoint that was converted.

    Attributes:
      prefix: of the new checkpoint.
      rows: each tensor of either side is in one.
      shards: the old data files, and how each came to its new name. Where a
        shard is linked, both checkpoints share its bytes: deleting one leaves
        the other whole, and TensorFlow never writes to a file that is there.
      written: bytes that were written.
      report: the comparison of both inventories; None if nothing was written.
      notes: what people should know.
    """

    prefix: str
    rows: tuple[Converted, ...]
    shards: tuple[Shard, ...] = ()
    written: int = 0
    report: Report | None = None
    notes: tuple[str, ...] = ()
