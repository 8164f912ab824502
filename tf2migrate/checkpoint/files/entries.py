"""The messages of a V2 index: the header and one entry for each tensor."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.checksum import mask, unmask
from tf2migrate.checkpoint.files.dtypes import dtype_name, dtype_number
from tf2migrate.checkpoint.files.tensors import Extents, Tensor
from tf2migrate.checkpoint.files.wire import WireError, fields, signed, varint

HEADER_KEY = b""
_PRODUCER = 1
_ZERO = unmask(0)
"""The CRC that is masked as 0, a default, which no message holds."""


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
    shard = tensor.shard if shard is None else shard
    offset = tensor.offset if offset is None else offset
    return b"".join(
        (
            _encode_head(tensor.dtype, tensor.shape),
            b"\x18" + varint(shard) if shard else b"",
            b"\x20" + varint(offset) if offset else b"",
            b"\x28" + varint(tensor.size) if tensor.size else b"",
            b"\x35" + mask(tensor.crc).to_bytes(4, "little") if tensor.crc != _ZERO else b"",
        )
    )


@lru_cache(maxsize=4096)
def _encode_head(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Type and shape: all that the entries of equal variables share."""
    number = wire.integer_field(1, dtype_number(dtype))
    return number + wire.bytes_field(2, encode_shape(shape))


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


Sliced = dict[str, tuple[Extents, ...]]
Place = tuple[int, int, int, int]


def decode_entries(entries: Iterable[tuple[bytes, bytes]]) -> tuple[dict[str, Tensor], Sliced]:
    """The tensors of an index by name, and of those with slices, the extents.

    The header and the entries of the slices themselves are left out.

    Every writer lays entries out alike, and few have a type and a shape of their
    own: these are looked up by their bytes. An entry that looks otherwise goes
    through `decode_entry`, with the same result in ten times the time.

    Raises:
      WireError: one is no entry.
      UnicodeDecodeError: one's key is no UTF-8.
    """
    heads: dict[bytes, tuple[str, tuple[int, ...]]] = {}
    tensors: dict[str, Tensor] = {}
    sliced: Sliced = {}
    make = Tensor._make
    for key, value in entries:
        if key[:1] <= b"\0":
            continue
        name = key.decode("utf-8")
        at = 4 + value[3] if len(value) > 3 else 0
        head = heads.get(value[:at])
        place = _place(value, at) if head is not None else None
        if head is not None and place is not None:
            tensors[name] = make((*head, *place, ()))
            continue
        tensors[name], extents = decode_entry(value)
        if extents:
            sliced[name] = extents
        if at and value[0] == 0x08 and value[2] == 0x12 and value[1] < 128 and value[3] < 128:
            heads[value[:at]] = dtype_name(value[1]), decode_shape(value[4:at])
    return tensors, sliced


def _place(value: bytes, at: int) -> Place | None:
    """Shard, offset, size and CRC of an entry, which take all of it from `at` on.

    None if other fields are there, or these in another order.
    """
    numbers = [0, 0, 0]
    lowest = 0x18
    try:
        while (tag := value[at]) != 0x35:
            if tag < lowest or tag & 7 or tag > 0x28:
                return None
            lowest = tag + 1
            byte = value[at + 1]
            at += 2
            number, shift = byte & 127, 7
            while byte > 127:
                byte = value[at]
                at += 1
                number |= (byte & 127) << shift
                shift += 7
            if shift > 70:
                return None
            numbers[(tag >> 3) - 3] = number
    except IndexError:
        return None
    if at + 5 != len(value) or max(numbers) >> 63:
        return None
    shard, offset, size = numbers
    return shard, offset, size, unmask(int.from_bytes(value[at + 1 :], "little"))
