"""String tensors: written, read, damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files.strings import decode_strings, encode_strings, variants_crc
from tf2migrate.checkpoint.files.wire import WireError

TEXTS = st.lists(st.binary(max_size=200), max_size=20)


@given(TEXTS)
def test_what_is_written_is_read(texts: list[bytes]) -> None:
    stored, crc = encode_strings(texts)
    assert decode_strings(stored, len(texts)) == (texts, crc)


@given(TEXTS.filter(bool), st.data())
def test_each_flipped_bit_is_noticed(texts: list[bytes], data: st.DataObject) -> None:
    stored, crc = encode_strings(texts)
    changed = bytearray(stored)
    changed[data.draw(st.integers(0, len(stored) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        assert decode_strings(bytes(changed), len(texts))[1] != crc
    except WireError:
        return


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_strings_is_refused(count: int) -> None:
    with pytest.raises(WireError):
        decode_strings(encode_strings([b"ab", b"c"])[0], count)


def test_bytes_left_over_or_missing_are_refused() -> None:
    stored = encode_strings([b"ab", b"c"])[0]
    with pytest.raises(WireError, match="do not fill"):
        decode_strings(stored + b"x", 2)
    with pytest.raises(WireError, match="do not fill"):
        decode_strings(stored[:-1], 2)


def test_damaged_variants_are_refused() -> None:
    with pytest.raises(WireError, match="checksum"):
        variants_crc(b"\3abc\0\0\0\0", 1)
    with pytest.raises(WireError, match="do not fill"):
        variants_crc(b"x", 0)
