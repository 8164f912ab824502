"""Writes a side as a checkpoint of TensorFlow's V2 format, and reads its inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.bundle import index_path, shard_name
from tf2migrate.checkpoint.files.dtypes import STRING, dtype_number
from tf2migrate.checkpoint.files.entries import encode_entry, encode_header, encode_shape
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.inventory import Inventory, Source

from .graphs import object_graph
from .saved import Item, Side, Value, encoded

Blob = tuple[bytes, int]


def keyed(side: Side) -> dict[str, Item]:
    """The tensors of a side by the keys that they have in its checkpoint."""
    if side.objects:
        return object_graph(side)[1]
    return {item.name: item for item in side.items}


def write(side: Side, prefix: Path, shards: int = 1) -> dict[str, Item]:
    """Write the checkpoint `prefix`.

    Returns:
      Its tensors by key, without the object graph.
    """
    bundle = _Bundle(shards)
    if side.objects:
        graph, items = object_graph(side)
        data, crc = encode_strings([graph.serialise()])
        bundle.add(OBJECT_GRAPH_KEY, STRING, (), (data, crc))
    else:
        items = keyed(side)
    for key, item in items.items():
        if item.value.parts:
            bundle.add_sliced(key, item.value)
        else:
            bundle.add(key, item.value.dtype, item.value.shape, item.value.stored)
    bundle.finish(prefix)
    return items


def inventory(side: Side, prefix: Path) -> Inventory:
    """The inventory of the written checkpoint, as of a living object if it has untracked ones."""
    found = checkpoint_inventory(open_checkpoint(prefix))
    if side.untracked:
        found = replace(found, source=Source.OBJECT, file=None, unsaved=side.untracked)
    return found


class _Bundle:
    """The index and the data files of one checkpoint."""

    def __init__(self, shards: int) -> None:
        self.data = [bytearray() for _ in range(shards)]
        self.entries: dict[bytes, bytes] = {}

    def add(self, key: str, dtype: str, shape: tuple[int, ...], blob: Blob) -> None:
        self._store(key.encode(), dtype, shape, blob)

    def add_sliced(self, key: str, value: Value) -> None:
        """A partitioned variable: an entry that lists the slices, one more for each of them."""
        message = wire.integer_field(1, dtype_number(value.dtype))
        message += wire.bytes_field(2, encode_shape(value.shape))
        for start, length in _slices(value.parts):
            extents = ((start, length), *((0, -1) for _ in value.shape[1:]))
            texts = b"".join(wire.bytes_field(1, _extent(*extent)) for extent in extents)
            message += wire.bytes_field(7, texts)
            part = value.array[start : start + length]
            blob = encoded(value.dtype, part)
            name = slice_key(key.encode(), extents)
            self._store(name, value.dtype, tuple(part.shape), blob)
        self.entries[key.encode()] = message

    def finish(self, prefix: Path) -> None:
        for number, content in enumerate(self.data):
            Path(shard_name(str(prefix), number, len(self.data))).write_bytes(content)
        ordered = sorted(self.entries.items())
        table = encode_table([(b"", encode_header(len(self.data))), *ordered])
        Path(index_path(str(prefix))).write_bytes(table)

    def _store(self, key: bytes, dtype: str, shape: tuple[int, ...], blob: Blob) -> None:
        shard = len(self.entries) % len(self.data)
        place = self.data[shard]
        tensor = Tensor(dtype, shape, shard, len(place), len(blob[0]), blob[1])
        self.entries[key] = encode_entry(tensor)
        place += blob[0]


def _slices(parts: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    return zip((0, *accumulate(parts)), parts, strict=False)


def _extent(start: int, length: int) -> bytes:
    """A full extent is an empty message."""
    if length < 0:
        return b""
    return wire.integer_field(1, start) + wire.integer_field(2, length)


def write_pair(before: Side, after: Side, folder: Path) -> tuple[Inventory, Inventory]:
    """Write both sides into a directory and take their inventories."""
    write(before, folder / "before")
    write(after, folder / "after")
    return inventory(before, folder / "before"), inventory(after, folder / "after")


def keys_of(items: Mapping[str, Item], tf1: str) -> frozenset[str]:
    """The keys under which a variable is stored."""
    return frozenset(key for key, item in items.items() if item.tf1 == tf1)
