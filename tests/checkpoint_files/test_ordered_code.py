"""Keys of slices: those that TensorFlow wrote, and the order of their bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files.ordered_code import FULL, slice_key
from tf2migrate.checkpoint.files.table import read_table

from .recorded import recorded


def binary_keys(name: str) -> list[bytes]:
    return [key for key, _ in read_table(recorded(name), name) if key[:1] == b"\0"]


def test_keys_of_a_partitioned_variable_in_a_v2_index() -> None:
    rows = [slice_key(b"p/rows", part) for part in (((0, 3), (0, 2)), ((3, 2), (0, 2)))]
    columns = slice_key(b"p/columns", ((0, 3), (4, 3)))
    assert {*rows, columns} <= {*binary_keys("v2_partitioned.index")}


def test_keys_of_whole_tensors_in_a_v1_file() -> None:
    whole = slice_key(b"global_step", ()), slice_key(b"strings", ((0, FULL), (0, FULL)))
    assert {*whole} <= {*binary_keys("v1_types")}


def test_zeros_and_255s_in_a_name_are_escaped() -> None:
    assert slice_key(b"a\0b\xffc", ()) == b"\0a\0\xffb\xff\0c\0\1\0"


SIGNED = st.integers(-(2**63), 2**63 - 1)


@given(SIGNED, SIGNED)
def test_numbers_sort_as_their_bytes(a: int, b: int) -> None:
    first, second = (slice_key(b"", ((number, 0),)) for number in (a, b))
    assert (first < second) == (a < b)


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_names_sort_as_their_bytes(a: bytes, b: bytes) -> None:
    assert (slice_key(a, ()) < slice_key(b, ())) == (a < b)


@given(st.integers(0, 62))
def test_sizes_of_numbers(bits: int) -> None:
    """One more byte for each seven bits: 64 needs two bytes, -64 one."""
    empty = len(slice_key(b"", ((0, 0),))) - 1
    assert len(slice_key(b"", (((1 << bits) - 1, 0),))) - empty == bits // 7 + 1
    assert len(slice_key(b"", ((-(1 << bits), 0),))) - empty == bits // 7 + 1
