"""What an index says of a tensor."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

Extents = tuple[tuple[int, int], ...]
"""A slice as files have it: start and length in each dimension, length -1 for all of it."""


class Slice(NamedTuple):
    """One part of a partitioned variable, a box in the full tensor.

    Attributes:
      start: the box's first index in each dimension.
      length: its length in each dimension (a full extent is resolved).
    """

    start: tuple[int, ...]
    length: tuple[int, ...]


class Tensor(NamedTuple):
    """One tensor of a checkpoint.

    Attributes:
      dtype: TensorFlow's name: float32, string, bfloat16, ...
      shape: of the full tensor.
      shard: number of the data file that holds it.
      offset: where it begins in that file.
      size: its bytes as stored; of a sliced tensor, the sum over its slices; 0
        for the strings of a V1 file, whose size only reading them tells.
      crc: CRC32C of the bytes as stored (not masked; that of strings differs, see
        `strings`); None for a sliced tensor, and for one of a V1 file, which has
        checksums of blocks only.
      slices: the parts of a partitioned variable, each stored by itself.
    """

    dtype: str
    shape: tuple[int, ...]
    shard: int = 0
    offset: int = 0
    size: int = 0
    crc: int | None = None
    slices: tuple[Slice, ...] = ()

    @property
    def elements(self) -> int:
        """How many values it has."""
        return prod(self.shape)
