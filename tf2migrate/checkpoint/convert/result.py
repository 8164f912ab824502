"""What a conversion did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tf2migrate.checkpoint.convert.shards import Shard
from tf2migrate.model.comparison import Depth, Report


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
      depth: how far what was written has been compared with the old checkpoint;
        None if nothing was written.
      notes: what people should know.
      compared: gives `report`.
    """

    prefix: str
    rows: tuple[Converted, ...]
    shards: tuple[Shard, ...] = ()
    written: int = 0
    depth: Depth | None = None
    notes: tuple[str, ...] = ()
    compared: Callable[[], Report] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def report(self) -> Report | None:
        """The comparison of both inventories; None if nothing was written."""
        return None if self.compared is None else self.compared()
