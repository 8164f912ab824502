"""The messages of a V2 index: the header and one entry for each tensor."""

from __future__ import annotations

from typing import NamedTuple

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.checksum import mask, unmask
from tf2migrate.checkpoint.files.dtypes import dtype_name, dtype_number
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.checkpoint.files.wire import WireError, fields, signed

HEADER_KEY = b""
_PRODUCER = 1

Extents = tuple[tuple[int, int], ...]
"""Start and length of a slice in each dimension; length -1 is a full extent."""


class Header(NamedTuple):
    """BundleHeaderProto.

    Attributes:
      num_shards: how many data files there are.
      big_endian: whether the values are.
      min_consumer: the oldest version of the format that can read the files.
    """

    num_shards: int
    big_endian: bool
    min_consumer: int


class Entry(NamedTuple):
    """BundleEntryProto: a tensor, and the extents of its slices as stored."""

    tensor: Tensor
    slices: tuple[Extents, ...] = ()


def encode_header(num_shards: int) -> bytes:
    """The header of an index of `num_shards` data files, little endian."""
    version = wire.integer_field(1, _PRODUCER)
    return wire.integer_field(1, num_shards) + wire.bytes_field(3, version)


def decode_header(data: bytes) -> Header:
    """The header in `data`."""
    num_shards = endianness = min_consumer = 0
    for field in fields(data):
        if field.number == 1:
            num_shards = signed(field.integer)
        elif field.number == 2:
            endianness = field.integer
        elif field.number == 3:
            for inner in fields(field.payload):
                if inner.number == 2:
                    min_consumer = signed(inner.integer)
    return Header(num_shards, endianness != 0, min_consumer)


def encode_entry(tensor: Tensor, shard: int | None = None, offset: int | None = None) -> bytes:
    """The entry of a tensor that is stored whole.

    Args:
      tensor: with the size and CRC of its bytes.
      shard: where it is, if not where `tensor` says.
      offset: likewise.

    Raises:
      ValueError: it has slices, or no CRC.
    """
    if tensor.slices or tensor.crc is None:
        raise ValueError("only a tensor that is stored whole, with its CRC, has such an entry")
    return b"".join(
        (
            wire.integer_field(1, dtype_number(tensor.dtype)),
            wire.bytes_field(2, encode_shape(tensor.shape)),
            wire.integer_field(3, tensor.shard if shard is None else shard),
            wire.integer_field(4, tensor.offset if offset is None else offset),
            wire.integer_field(5, tensor.size),
            wire.fixed32_field(6, mask(tensor.crc)),
        )
    )


def encode_shape(shape: tuple[int, ...]) -> bytes:
    """TensorShapeProto."""
    return b"".join(wire.bytes_field(2, wire.integer_field(1, size)) for size in shape)


def decode_shape(data: bytes) -> tuple[int, ...]:
    """The dimensions of a TensorShapeProto.

    Raises:
      WireError: it is none, or the rank or a dimension is unknown, which no
        stored tensor's is.
    """
    shape: list[int] = []
    for number, _, integer, payload, _, _ in fields(data):
        if number == 2:
            size = 0
            for inner in fields(payload):
                if inner.number == 1:
                    size = signed(inner.integer)
            shape.append(size)
        elif number == 3 and integer:
            raise WireError("a tensor has no rank")
    if any(size < 0 for size in shape):
        raise WireError(f"a tensor has the shape {tuple(shape)}")
    return tuple(shape)


def decode_extents(data: bytes) -> Extents:
    """The extents of a TensorSliceProto."""
    extents: list[tuple[int, int]] = []
    for field in fields(data):
        if field.number == 1:
            start, length = 0, -1
            for inner in fields(field.payload):
                if inner.number == 1:
                    start = signed(inner.integer)
                elif inner.number == 2:
                    length = signed(inner.integer)
            extents.append((start, length))
    return tuple(extents)


def decode_entry(data: bytes) -> Entry:
    """The entry in `data`, whatever order its fields have.

    Raises:
      WireError: it is no entry.
    """
    dtype = shard = offset = size = masked = 0
    shape: tuple[int, ...] = ()
    slices: list[Extents] = []
    for number, _, integer, payload, _, _ in fields(data):
        if number == 1:
            dtype = integer
        elif number == 2:
            shape = decode_shape(payload)
        elif number == 3:
            shard = signed(integer)
        elif number == 4:
            offset = signed(integer)
        elif number == 5:
            size = signed(integer)
        elif number == 6:
            masked = integer
        elif number == 7:
            slices.append(decode_extents(payload))
    if shard < 0 or offset < 0 or size < 0:
        raise WireError("an entry has a negative place")
    crc = None if slices else unmask(masked)
    return Entry(Tensor(dtype_name(dtype), shape, shard, offset, size, crc), tuple(slices))
