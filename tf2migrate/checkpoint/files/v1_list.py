"""The list of tensors in a V1 file: its SavedTensorSliceMeta message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tf2migrate.checkpoint.files.dtypes import dtype_name
from tf2migrate.checkpoint.files.entries import decode_extents, decode_shape
from tf2migrate.checkpoint.files.slices import resolve
from tf2migrate.checkpoint.files.tensors import Extents, Slice
from tf2migrate.checkpoint.files.wire import VARINT, WireError, fields

LIST_KEY = b""
"""The key of the entry that holds the list."""


class Listed(NamedTuple):
    """A tensor as one file lists it (SavedSliceMeta without the name).

    Attributes:
      dtype: its type.
      shape: of the full tensor.
      slices: those that are in this file: extents as their keys have them, and boxes.
    """

    dtype: str
    shape: tuple[int, ...]
    slices: tuple[tuple[Extents, Slice], ...]


def listed_tensors(value: bytes | None) -> Iterator[tuple[str, Listed]]:
    """Name and description of each tensor, from the entry under `LIST_KEY`.

    Descriptions are read once for all tensors of one type, shape and slices.

    Raises:
      WireError: this is another kind of table.
      UnicodeDecodeError: a name is no UTF-8.
    """
    found = fields(value or b"")
    if any(field.number == 1 and field.kind == VARINT for field in found):
        raise WireError("it is the index of a V2 checkpoint, under another name")
    lists = [field.payload for field in found if field.number == 1]
    if not lists:
        raise WireError("it has no list of tensors, so it is no V1 checkpoint")
    known: dict[bytes, Listed] = {}
    for tensors in lists:
        for field in fields(tensors):
            if field.number == 1:
                name, rest = _split(bytes(field.payload))
                listed = known.get(rest)
                if listed is None:
                    listed = known[rest] = _listed(rest)
                yield name, listed


def _split(message: bytes) -> tuple[str, bytes]:
    """The name in a SavedSliceMeta, and the message without it."""
    name, rest = b"", []
    if len(message) > 1 and message[0] == 0x0A and message[1] < 128:  # first, and short
        end = 2 + message[1]
        if end <= len(message):
            return message[2:end].decode("utf-8"), message[end:]
    for field in fields(message):
        if field.number == 1:
            name = field.payload
        else:
            rest.append(message[field.start : field.end])
    return name.decode("utf-8"), b"".join(rest)


def _listed(message: bytes) -> Listed:
    dtype = 0
    shape: tuple[int, ...] = ()
    slices: list[Extents] = []
    for field in fields(message):
        if field.number == 2:
            shape = decode_shape(field.payload)
        elif field.number == 3:
            dtype = field.integer
        elif field.number == 4:
            slices.append(decode_extents(field.payload))
    if not slices:
        raise WireError("it lists a tensor without slices")
    boxes = tuple((extents, resolve(shape, extents)) for extents in slices)
    return Listed(dtype_name(dtype), shape, boxes)
