"""What a checkpoint holds, as data that tests make and change, and how it gets on disk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import BFLOAT16, STRING, stored_dtype
from tf2migrate.checkpoint.files.strings import encode_strings

ObjectPath = tuple[str, ...]
"""Plain names of children, from the root."""


@dataclass(frozen=True, eq=False)
class Value:
    """A value as a checkpoint stores it.

    Attributes:
      dtype: TensorFlow's name.
      array: of bytes objects for strings, of float32 for bfloat16.
      parts: lengths along the first axis of the slices that it is stored in.
    """

    dtype: str
    array: NDArray[Any]
    parts: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.array.shape)

    @cached_property
    def stored(self) -> tuple[bytes, int]:
        """The bytes of the whole, and their CRC."""
        return encoded(self.dtype, self.array)

    @property
    def form(self) -> tuple[str, tuple[int, ...]]:
        return self.dtype, self.shape

    def equals(self, other: Value) -> bool:
        """Whether nothing could tell one from the other."""
        return self.form == other.form and self.stored == other.stored


def encoded(dtype: str, array: NDArray[Any]) -> tuple[bytes, int]:
    """The bytes of a value, and their CRC."""
    if dtype == STRING:
        return encode_strings(array.reshape(-1).tolist())
    if dtype == BFLOAT16:  # the upper half of a float32
        array = np.ascontiguousarray(array, "<f4").view("<u4") >> np.uint32(16)
    data = np.ascontiguousarray(array, stored_dtype(dtype)).tobytes()
    return data, crc32c(data)


def cast(value: Value, dtype: str) -> Value:
    """The same numbers in another type."""
    if dtype == STRING:
        texts = np.empty(value.array.size, dtype=object)
        texts[:] = [str(number).encode() for number in value.array.reshape(-1).tolist()]
        return Value(dtype, texts.reshape(value.shape), value.parts)
    wanted = np.dtype("float32" if dtype == BFLOAT16 else dtype)
    source = value.array
    if value.dtype == STRING:
        lengths = [len(text) for text in source.reshape(-1).tolist()]
        source = np.array(lengths).reshape(value.shape)
    return Value(dtype, source.astype(wanted), value.parts)


@dataclass(frozen=True)
class SlotPlace:
    """A slot variable's place in an object graph."""

    variable: ObjectPath
    optimizer: ObjectPath
    slot: str


@dataclass(frozen=True, eq=False)
class Item:
    """One tensor of a checkpoint.

    Attributes:
      tf1: the TF1 name of the variable that it holds; both sides share it.
      value: what is stored.
      name: the key in a name-based checkpoint, `full_name` in an object graph.
      path: the variable's object, empty in a name-based checkpoint and for a slot.
      slot: where a slot variable belongs.
      table: `keys` or `values`, for the two tensors of a table.
      owner: `tf1` of the variable that it is a slot or a shadow of.
      merged: TF1 names of further variables whose values are in it.
      free: whether another one, or none, would be right as well.
      optional: whether none would be right as well if it is all zeros.
    """

    tf1: str
    value: Value
    name: str
    path: ObjectPath = ()
    slot: SlotPlace | None = None
    table: str = ""
    owner: str = ""
    merged: tuple[str, ...] = ()
    free: bool = False
    optional: bool = False


@dataclass(frozen=True, eq=False)
class Side:
    """The content of one checkpoint.

    Attributes:
      items: its tensors.
      objects: whether it is object-based.
      aliases: further paths to objects, each with the path that it leads to.
      untracked: texts for variables of a living object that it would not save.
    """

    items: tuple[Item, ...]
    objects: bool
    aliases: tuple[tuple[ObjectPath, ObjectPath], ...] = ()
    untracked: tuple[str, ...] = ()

    def of(self, tf1: str) -> tuple[Item, ...]:
        """The tensors that hold the variable of this TF1 name."""
        return tuple(item for item in self.items if item.tf1 == tf1)
