"""V2 checkpoints (TensorBundle): an index, and data files that hold the bytes as they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.checkpoint_file import CHUNK, CheckpointFile
from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import STRING, VARIANT, item_size
from tf2migrate.checkpoint.files.entries import (
    HEADER_KEY,
    Header,
    decode_entries,
    decode_entry,
    decode_header,
    encode_entry,
    encode_header,
)
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.shards import cut_off, file_size, read_range, stream_range
from tf2migrate.checkpoint.files.slices import resolve, untiled
from tf2migrate.checkpoint.files.strings import decode_strings, encode_strings, variants_crc
from tf2migrate.checkpoint.files.table import DAMAGED, Entry, read_table
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.checkpoint.files.values import assemble, raw_array, row_major, string_array
from tf2migrate.checkpoint.files.wire import WireError
from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BundleFile", "encode_entry", "encode_header", "index_path", "shard_name"]

READER_VERSION = 1
"""The version of the format that this reads; a header names the least it needs."""

Part = tuple[Slice, Tensor]


def index_path(prefix: str) -> str:
    """The index of the checkpoint called `prefix`."""
    return f"{prefix}.index"


def shard_name(prefix: str, shard: int, num_shards: int) -> str:
    """A data file of the checkpoint called `prefix`."""
    return f"{prefix}.data-{shard:05d}-of-{num_shards:05d}"


class BundleFile(CheckpointFile):
    """A V2 checkpoint.

    Attributes:
      read_from: the state of the index file when it was read, None if nobody says.
      used_shards: the numbers of the data files in which tensors are; others may be missing.
      raw: each entry of the index as stored, by key: the header under b"", tensors
        under their UTF-8 keys, parts of partitioned variables under binary ones
        (`slice_key`), which begin with a zero byte.
    """

    format = "V2"

    def __init__(self, prefix: str, index: bytes, read_from: os.stat_result | None = None) -> None:
        """Read the content of the index file, and see that its data files are there.

        Raises:
          CheckpointError: the index is damaged, for a newer reader, or big endian; a
            tensor's size is not that of its shape; a data file is missing or too short.
        """
        super().__init__(prefix)
        self.read_from = read_from
        where = index_path(prefix)
        entries = read_table(index, where)
        self.raw = dict(entries)
        try:
            header = decode_header(self.raw.get(HEADER_KEY, b""))
            _check_header(header, where)
            self.num_shards = header.num_shards
            self.tensors = self._tensors(entries)
        except (WireError, UnicodeDecodeError) as error:
            raise CheckpointError(where, f"damaged: {error}", DAMAGED) from None
        self.used_shards = self._check_shards()

    def shard_path(self, shard: int) -> Path:
        return Path(self._shard(shard))

    def _shard(self, shard: int) -> str:
        return shard_name(self.prefix, shard, self.num_shards)

    def _tensors(self, entries: list[Entry]) -> dict[str, Tensor]:
        tensors, self._extents = decode_entries(entries)
        self._parts: dict[str, list[Part]] = {}
        for name, slices in self._extents.items():
            tensor = tensors[name]
            boxes = tuple(resolve(tensor.shape, extents) for extents in slices)
            self._parts[name] = parts = self._find_parts(name, tensor, boxes)
            size = sum(part.size for _, part in parts)
            tensors[name] = Tensor(tensor.dtype, tensor.shape, size=size, slices=boxes)
        return tensors

    def _find_parts(self, name: str, tensor: Tensor, boxes: tuple[Slice, ...]) -> list[Part]:
        """The slices of a tensor whose entries are in the index."""
        parts: list[Part] = []
        for extents, box in zip(self._extents[name], boxes, strict=True):
            value = self.raw.get(slice_key(name.encode("utf-8"), extents))
            if value is not None:
                part = decode_entry(value)[0]
                if part.dtype != tensor.dtype or part.shape != box.length:
                    raise WireError(f"a slice of {name} is {part.dtype}{list(part.shape)}")
                parts.append((box, part))
        return parts

    def _check_shards(self) -> list[int]:
        """See that the data files hold all that the index places in them; returns which.

        The size of a tensor follows from its shape and type, but for strings.
        """
        ends: dict[int, int] = {}
        sizes: dict[tuple[str, tuple[int, ...]], int | None] = {}
        entries = [tensor for tensor in self.tensors.values() if not tensor.slices]
        entries += [part for parts in self._parts.values() for _, part in parts]
        for dtype, shape, shard, offset, size, _, _ in entries:
            head = dtype, shape
            if head not in sizes:
                sizes[head] = _stored_size(dtype, shape)
            expected = sizes[head]
            if expected is not None and size != expected:
                raise self._of_a_wrong_size(Tensor(dtype, shape, shard, offset, size), expected)
            if offset + size > ends.get(shard, -1):
                ends[shard] = offset + size
        last = max(ends, default=0)
        if last >= self.num_shards:
            problem = f"damaged: a tensor is in data file {last} of {self.num_shards}"
            raise CheckpointError(index_path(self.prefix), problem, DAMAGED)
        for shard, end in ends.items():
            path = self._shard(shard)
            size = file_size(path)
            if size < end:
                raise cut_off(path, end, size)
        return sorted(ends)

    def _of_a_wrong_size(self, wrong: Tensor, expected: int) -> CheckpointError:
        tensors = [*self.tensors.items()]
        tensors += [(key, part) for key, parts in self._parts.items() for _, part in parts]
        place = wrong[:5]
        key = next(key for key, tensor in tensors if tensor[:5] == place)
        form = f"{wrong.dtype}{list(wrong.shape)}"
        problem = f"damaged: {key}, {form}, has {wrong.size} bytes, not {expected}"
        return CheckpointError(index_path(self.prefix), problem, DAMAGED)

    def strings(self, key: str) -> list[bytes]:
        tensor = self.tensors[key]
        if tensor.dtype != STRING:
            raise self._unreadable(key, f"its values are {tensor.dtype}, no strings", "read it")
        if not tensor.slices:
            return self._strings(key, tensor)
        with self._of_a_shape(key):
            parts = [
                (box, string_array(self._strings(key, part), box.length))
                for box, part in self.parts(key)
            ]
            texts: list[bytes] = assemble(tensor, parts).ravel().tolist()
        return texts

    def _raw(self, key: str) -> NDArray[Any]:
        tensor = self.tensors[key]
        if not tensor.slices:
            return self._raw_part(key, tensor)
        parts = [(box, self._raw_part(key, part)) for box, part in self.parts(key)]
        with self._of_a_shape(key):
            return assemble(tensor, parts)

    def _raw_part(self, key: str, tensor: Tensor) -> NDArray[Any]:
        try:
            return raw_array(self._bytes(key, tensor), tensor.dtype, tensor.shape)
        except WireError as error:
            raise self._unreadable(key, f"damaged: {error}", DAMAGED) from None

    def parts(self, key: str) -> list[Part]:
        """The slices of a partitioned variable and their entries, which cover it.

        Raises:
          CheckpointError: they do not.
        """
        tensor, parts = self.tensors[key], self._parts[key]
        problem = untiled(tensor.shape, [box for box, _ in parts])
        if problem:
            raise self._incomplete(key, problem)
        return parts

    def stored(self, key: str) -> bytes:
        tensor = self.tensors[key]
        if not tensor.slices:
            return self._bytes(key, tensor)
        if tensor.dtype == STRING:
            return encode_strings(self.strings(key))[0]
        self._check_readable(key)
        return self._raw(key).tobytes()

    def chunks(self, key: str, size: int = CHUNK) -> Iterator[memoryview]:
        tensor = self.tensors[key]
        if not tensor.slices:
            yield from stream_range(self._shard(tensor.shard), tensor.offset, tensor.size, size)
        elif tensor.dtype == STRING:
            yield memoryview(self.stored(key))
        else:
            self._check_readable(key)
            with self._of_a_shape(key):
                yield from row_major(tensor, self.parts(key), self._range, size)

    def _range(self, part: Tensor, offset: int, size: int) -> bytes:
        return read_range(self._shard(part.shard), part.offset + offset, size)

    def check(self, key: str) -> None:
        tensor = self.tensors[key]
        for part in [part for _, part in self.parts(key)] if tensor.slices else [tensor]:
            if part.dtype in (STRING, VARIANT):
                self._bytes(key, part)
                continue
            crc = 0
            for chunk in stream_range(self._shard(part.shard), part.offset, part.size, CHUNK):
                crc = crc32c(chunk, crc)
            if crc != part.crc:
                raise self._changed(key, part)

    def _bytes(self, key: str, tensor: Tensor) -> bytes:
        """The bytes of a whole tensor or of one slice, verified."""
        stored = self._range(tensor, 0, tensor.size)
        if tensor.dtype == STRING:
            self._decode(key, tensor, stored)
        elif tensor.dtype == VARIANT:
            self._decode_variants(key, tensor, stored)
        elif crc32c(stored) != tensor.crc:
            raise self._changed(key, tensor)
        return stored

    def _strings(self, key: str, tensor: Tensor) -> list[bytes]:
        return self._decode(key, tensor, self._range(tensor, 0, tensor.size))

    def _decode(self, key: str, tensor: Tensor, stored: bytes) -> list[bytes]:
        try:
            texts, crc = decode_strings(stored, tensor.elements)
        except WireError as error:
            raise self._unreadable(key, f"damaged: {error}", DAMAGED) from None
        if crc != tensor.crc:
            raise self._changed(key, tensor)
        return texts

    def _decode_variants(self, key: str, tensor: Tensor, stored: bytes) -> None:
        try:
            crc = variants_crc(stored, tensor.elements)
        except WireError as error:
            raise self._unreadable(key, f"damaged: {error}", DAMAGED) from None
        if crc != tensor.crc:
            raise self._changed(key, tensor)

    def _changed(self, key: str, tensor: Tensor) -> CheckpointError:
        problem = f"damaged: the bytes of {key} do not have their checksum"
        return CheckpointError(self._shard(tensor.shard), problem, DAMAGED)


def _stored_size(dtype: str, shape: tuple[int, ...]) -> int | None:
    """Bytes of a whole tensor; None where they depend on its values."""
    size = item_size(dtype)
    return None if size is None else size * prod(shape)


def _check_header(header: Header, where: str) -> None:
    """Raise unless this module can read what follows the header."""
    if header.num_shards < 1:
        raise WireError("it has no header")
    if header.big_endian:
        raise CheckpointError(
            where,
            "its values are big endian",
            "restore it with TensorFlow on a machine of that kind, and save it on a common one",
        )
    if header.min_consumer > READER_VERSION:
        raise CheckpointError(
            where,
            f"it is for readers of version {header.min_consumer}, this one is {READER_VERSION}",
            "take a newer tf2migrate",
        )
