"""Small V2 checkpoints, written with the project's own encoders, for tests of reading."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tf2migrate.checkpoint.files.bundle import encode_entry, encode_header, index_path, shard_name
from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.tensors import Tensor


class Value(NamedTuple):
    """A tensor to write."""

    dtype: str
    shape: tuple[int, ...]
    stored: bytes
    crc: int


def value(dtype: str, shape: tuple[int, ...], stored: bytes) -> Value:
    """A numeric tensor with these bytes."""
    return Value(dtype, shape, stored, crc32c(stored))


def strings(shape: tuple[int, ...], texts: list[bytes]) -> Value:
    """A string tensor."""
    return Value("string", shape, *encode_strings(texts))


def write_bundle(prefix: Path, values: Mapping[str, Value], num_shards: int = 1) -> Path:
    """A checkpoint of `values`, which are dealt out to its data files in turn."""
    shards = [b""] * num_shards
    entries = [(b"", encode_header(num_shards))]
    for number, key in enumerate(sorted(values, key=str.encode)):
        dtype, shape, stored, crc = values[key]
        shard = number % num_shards
        tensor = Tensor(dtype, shape, shard, len(shards[shard]), len(stored), crc)
        entries.append((key.encode(), encode_entry(tensor)))
        shards[shard] += stored
    for shard, data in enumerate(shards):
        Path(shard_name(str(prefix), shard, num_shards)).write_bytes(data)
    Path(index_path(str(prefix))).write_bytes(encode_table(entries))
    return prefix
