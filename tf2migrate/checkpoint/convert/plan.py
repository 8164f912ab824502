"""What a conversion will write: each tensor of the new checkpoint and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.model.inventory import Kind

if TYPE_CHECKING:
    from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
    from tf2migrate.checkpoint.transforms import Transform

OF_OPTIMIZERS = frozenset({Kind.SLOT, Kind.OPTIMIZER})
"""Kinds of the variables whose place follows from an optimizer's."""
_SHOWN = 10


class Made(NamedTuple):
    """Tensors that a transform makes of old ones.

    Attributes:
      sources: keys in the old checkpoint.
      keys: keys in the new one, in the order of the transform's results.
      transform: from the sources' values to the new ones.
    """

    sources: tuple[str, ...]
    keys: tuple[str, ...]
    transform: Transform


class Constant(NamedTuple):
    """A tensor that no old one gives: a save counter, a learning rate.

    Attributes:
      data: its bytes as stored.
      crc: of its entry.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    data: bytes
    crc: int

    @classmethod
    def of(cls, file: CheckpointFile, key: str) -> Constant:
        """A tensor of another checkpoint than the old one, as it is there."""
        tensor = file.tensors[key]
        data = file.stored(key)
        crc = tensor.crc if tensor.crc is not None else crc32c(data)
        return cls(key, tensor.dtype, tensor.shape, data, crc)

    @classmethod
    def number(cls, key: str, value: int) -> Constant:
        """A scalar of type int64."""
        data = value.to_bytes(8, "little", signed=True)
        return cls(key, "int64", (), data, crc32c(data))


@dataclass
class Plan:
    """All that the new checkpoint will hold.

    Attributes:
      kept: key of the old tensor by the key under which it is in the new checkpoint.
      made: tensors that have to be computed.
      constants: further tensors.
      graph: the message of the new object graph; None for a name-based checkpoint.
      apart: those of `made` whose values only a calculation tells to be the old ones.
      unused: keys of old tensors that the new checkpoint does not hold, each with
        a reason.
      notes: what people should know about decisions that were taken.
    """

    kept: dict[str, str] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)
    graph: bytes | None = None
    apart: list[Made] = field(default_factory=list)
    unused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def listed(names: Iterable[str]) -> str:
    """Some names for a message, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return (", ".join(every[:_SHOWN]) or "none") + more
