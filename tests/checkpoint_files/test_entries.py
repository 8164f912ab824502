"""Entries of a V2 index: the quick way reads what the thorough one reads."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files import dtypes, wire
from tf2migrate.checkpoint.files.checksum import mask, unmask
from tf2migrate.checkpoint.files.entries import (
    Header,
    decode_entries,
    decode_entry,
    decode_header,
    decode_shape,
    encode_entry,
    encode_header,
    encode_shape,
)
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.checkpoint.files.wire import WireError

NAMES = st.sampled_from([dtypes.dtype_name(number) for number in range(1, 34)])
PLACES = st.one_of(st.sampled_from((0, 127, 128)), st.integers(0, 2**63 - 1))
TENSORS = st.builds(
    Tensor,
    dtype=NAMES,
    shape=st.lists(st.integers(0, 2**40), max_size=40).map(tuple),
    shard=st.one_of(st.integers(0, 300), st.just(2**31 - 1)),
    offset=PLACES,
    size=PLACES,
    crc=st.one_of(st.integers(0, 2**32 - 1), st.just(unmask(0))),
    slices=st.just(()),
)


@given(st.lists(TENSORS, max_size=8))
def test_what_is_written_is_read(tensors: list[Tensor]) -> None:
    entries = [(b"%04d" % at, encode_entry(tensor)) for at, tensor in enumerate(tensors)] * 2
    found, sliced = decode_entries(entries)
    assert list(found.values()) == tensors
    assert sliced == {}
    assert [decode_entry(value).tensor for _, value in entries] == tensors * 2


@given(TENSORS, st.data())
def test_fields_in_any_order_and_unknown_ones_are_read_alike(
    tensor: Tensor, data: st.DataObject
) -> None:
    usual = encode_entry(tensor)
    pieces = [usual[field.start : field.end] for field in wire.fields(usual)]
    pieces.append(wire.integer_field(99, 5))
    other = b"".join(data.draw(st.permutations(pieces)))
    found, _ = decode_entries([(b"a", usual), (b"b", other), (b"c", usual), (b"d", other)])
    assert list(found.values()) == [tensor] * 4


@given(st.lists(st.binary(max_size=40), max_size=4), TENSORS, st.integers(0, 60), st.binary())
def test_damaged_entries_are_read_alike(
    values: list[bytes], tensor: Tensor, at: int, inserted: bytes
) -> None:
    usual = encode_entry(tensor)
    for value in (*values, usual[:at], usual[:at] + inserted + usual[at:]):
        with contextlib.suppress(WireError):
            thorough = decode_entry(value)
            found, _ = decode_entries([(b"a", usual), (b"b", value)])
            assert found["b"] == thorough.tensor
            continue
        with pytest.raises(WireError):
            decode_entries([(b"a", usual), (b"b", value)])


def test_a_tensor_elsewhere() -> None:
    tensor = Tensor("float32", (2,), 0, 8, 8, 1)
    moved = decode_entry(encode_entry(tensor, shard=3, offset=0)).tensor
    assert moved == tensor._replace(shard=3, offset=0)


@pytest.mark.parametrize(
    "tensor",
    [
        pytest.param(Tensor("float32", (2,)), id="no checksum"),
        pytest.param(
            Tensor("float32", (2,), crc=1, slices=(Slice((0,), (2,)),)), id="slices of its own"
        ),
    ],
)
def test_only_whole_tensors_are_written(tensor: Tensor) -> None:
    with pytest.raises(ValueError, match="stored whole"):
        encode_entry(tensor)


@given(st.integers(1, 2**31 - 1))
def test_the_header_is_read_as_it_was_written(num_shards: int) -> None:
    assert decode_header(encode_header(num_shards)) == Header(num_shards, False, 0)


def test_a_shape_without_rank_or_size_is_refused() -> None:
    with pytest.raises(WireError, match="no rank"):
        decode_shape(wire.integer_field(3, 1))
    with pytest.raises(WireError, match="shape"):
        decode_shape(encode_shape((-1,)))


def test_a_negative_place_is_refused() -> None:
    for number in (3, 4, 5):
        with pytest.raises(WireError, match="negative"):
            decode_entry(wire.integer_field(number, -1))


@pytest.mark.parametrize(
    ("number", "name"),
    [
        pytest.param(101, "float32", id="reference to float32"),
        pytest.param(107, "string", id="reference to string"),
        pytest.param(120, "resource", id="reference to a resource"),
        pytest.param(99, "DataType(99)", id="a type of the future"),
    ],
)
def test_numbers_of_types(number: int, name: str) -> None:
    assert dtypes.dtype_name(number) == name
    assert dtypes.dtype_number(name) == number % 100


def test_the_masked_checksum_zero_is_no_field() -> None:
    entry = encode_entry(Tensor("int8", (), crc=unmask(0)))
    assert b"\x35" not in entry
    assert mask(decode_entry(entry).tensor.crc or 0) == 0
