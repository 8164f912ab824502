"""V2 checkpoints (TensorBundle): an index, and data files that hold the bytes as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files import values
from tf2migrate.checkpoint.files.checkpoint_file import CHUNK, CheckpointFile
from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import STRING
from tf2migrate.checkpoint.files.entries import (
    HEADER_KEY,
    Extents,
    decode_entry,
    decode_header,
    encode_entry,
    encode_header,
)
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.shards import cut_off, file_size, read_range, stream_range
from tf2migrate.checkpoint.files.strings import decode_strings, encode_strings
from tf2migrate.checkpoint.files.table import DAMAGED, read_table
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.checkpoint.files.wire import WireError
from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BundleFile", "encode_entry", "encode_header", "index_path", "shard_name"]

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
      raw: each entry of the index as stored, by key: the header under b"", tensors
        under their UTF-8 keys, parts of partitioned variables under binary ones.
    """

    raw: dict[bytes, bytes]

    def __init__(self, prefix: str, data: bytes) -> None:
        """Read the index `data`, and see that the data files are there and long enough.

        Raises:
          CheckpointError: they are not, or the index is damaged or big endian.
        """
        where = index_path(prefix)
        entries = read_table(data, where)
        self.raw = dict(entries)
        self._extents: dict[str, tuple[Extents, ...]] = {}
        try:
            num_shards = self._header(where)
            tensors = self._tensors(entries)
        except (WireError, UnicodeDecodeError) as error:
            raise CheckpointError(where, f"damaged: {error}", DAMAGED) from None
        super().__init__(prefix, "V2", tensors, num_shards)
        self._check_shards()

    def _header(self, where: str) -> int:
        if HEADER_KEY not in self.raw:
            raise WireError("it has no header")
        header = decode_header(self.raw[HEADER_KEY])
        if header.big_endian:
            raise CheckpointError(
                where,
                "its values are big endian",
                "read and save it again with TensorFlow on a machine of that kind",
            )
        if header.min_consumer > 1:
            raise CheckpointError(
                where,
                f"its format needs a reader of version {header.min_consumer}, this one is 1",
                "update tf2migrate",
            )
        if header.num_shards < 1:
            raise WireError(f"it has {header.num_shards} data files")
        return header.num_shards

    def _tensors(self, entries: list[tuple[bytes, bytes]]) -> dict[str, Tensor]:
        tensors: dict[str, Tensor] = {}
        for key, value in entries:
            if not key or key[0] == 0:  # the header and parts
                continue
            tensor, extents = decode_entry(value)
            name = key.decode("utf-8")
            if extents:
                self._extents[name] = extents
                slices = values.resolve(tensor.shape, extents)
                size = sum(part.size for part in self._part_entries(key, extents) if part)
                tensor = tensor._replace(slices=slices, size=size, shard=0, offset=0)
            tensors[name] = tensor
        return tensors

    def _part_entries(self, key: bytes, extents: tuple[Extents, ...]) -> list[Tensor | None]:
        raw = (self.raw.get(slice_key(key, extent)) for extent in extents)
        return [decode_entry(value).tensor if value is not None else None for value in raw]

    def _check_shards(self) -> None:
        ends: dict[int, int] = {}
        for key, tensor in self.tensors.items():
            for _, part in self._parts(key) if tensor.slices else ((None, tensor),):
                end = part.offset + part.size
                if end > ends.get(part.shard, -1):
                    ends[part.shard] = end
        for shard, end in ends.items():
            if shard >= self.num_shards:
                raise CheckpointError(
                    index_path(self.prefix),
                    f"damaged: a tensor is in data file {shard}, there are {self.num_shards}",
                    DAMAGED,
                )
            path = str(self.shard_path(shard))
            size = file_size(path)
            if size < end:
                raise cut_off(path, end, size)

    def _parts(self, key: str) -> list[Part]:
        """The slices that the index really has."""
        tensor = self.tensors[key]
        found = self._part_entries(key.encode(), self._extents[key])
        return [(part, entry) for part, entry in zip(tensor.slices, found, strict=True) if entry]

    def shard_path(self, shard: int) -> Path:
        return Path(shard_name(self.prefix, shard, self.num_shards))

    def read(self, key: str) -> NDArray[Any]:
        tensor = self.tensors[key]
        if not tensor.slices:
            return values.as_array(self._bytes(key, tensor), tensor, self._where(key))
        parts = self._parts(key)
        values.check_tiling(tensor.shape, [part for part, _ in parts], self._where(key))
        arrays = [
            (part, values.as_array(self._bytes(key, entry), entry, self._where(key)))
            for part, entry in parts
        ]
        return values.assemble(tensor, arrays)

    def strings(self, key: str) -> list[bytes]:
        tensor = self.tensors[key]
        if tensor.slices:
            texts: list[bytes] = self.read(key).ravel().tolist()
            return texts
        return self._decode_strings(key, tensor, self._bytes(key, tensor))

    def stored(self, key: str) -> bytes:
        tensor = self.tensors[key]
        if not tensor.slices:
            return self._bytes(key, tensor)
        if tensor.dtype == STRING:
            return encode_strings(self.strings(key))[0]
        return values.to_bytes(self.read(key), tensor.dtype)

    def chunks(self, key: str, size: int = CHUNK) -> Iterator[memoryview]:
        tensor = self.tensors[key]
        if tensor.slices:
            yield memoryview(self.stored(key))
            return
        path = str(self.shard_path(tensor.shard))
        yield from stream_range(path, tensor.offset, tensor.size, size)

    def check(self, key: str) -> None:
        tensor = self.tensors[key]
        entries = [entry for _, entry in self._parts(key)] if tensor.slices else [tensor]
        for entry in entries:
            if entry.dtype == STRING:
                self._bytes(key, entry)
                continue
            crc = 0
            path = str(self.shard_path(entry.shard))
            for chunk in stream_range(path, entry.offset, entry.size, CHUNK):
                crc = crc32c(chunk, crc)
            if crc != entry.crc:
                raise self._changed(key, entry)

    def _bytes(self, key: str, tensor: Tensor) -> bytes:
        """The bytes of a whole tensor or of one slice, verified."""
        stored = read_range(str(self.shard_path(tensor.shard)), tensor.offset, tensor.size)
        if tensor.dtype == STRING:
            self._decode_strings(key, tensor, stored)
        elif crc32c(stored) != tensor.crc:
            raise self._changed(key, tensor)
        return stored

    def _decode_strings(self, key: str, tensor: Tensor, stored: bytes) -> list[bytes]:
        try:
            texts, crc = decode_strings(stored, tensor.elements)
        except WireError as error:
            raise CheckpointError(self._where(key), f"damaged: {error}", DAMAGED) from None
        if crc != tensor.crc:
            raise self._changed(key, tensor)
        return texts

    def _where(self, key: str) -> str:
        return f"{self.prefix}: {key}"

    def _changed(self, key: str, tensor: Tensor) -> CheckpointError:
        path = self.shard_path(tensor.shard)
        return CheckpointError(
            path, f"damaged: the bytes of {key} do not have their checksum", DAMAGED
        )
