"""Tables: what is written is read, in one block or many; anything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf2migrate.checkpoint.files import table
from tf2migrate.checkpoint.files.checksum import crc32c, mask
from tf2migrate.checkpoint.files.table import encode_table, read_table
from tf2migrate.checkpoint.files.table_file import TableFile
from tf2migrate.checkpoint.files.wire import varint
from tf2migrate.model.checkpoint_error import CheckpointError

from .recorded import recorded

Entry = tuple[bytes, bytes]
ENTRIES = st.dictionaries(st.binary(max_size=24), st.binary(max_size=300), max_size=60).map(
    lambda found: sorted(found.items())
)


def block(content: bytes, compression: int = table.RAW) -> bytes:
    """A block as it is stored."""
    stored = content + bytes((compression,))
    return stored + mask(crc32c(stored)).to_bytes(4, "little")


def handle(offset: int, size: int) -> bytes:
    return varint(offset) + varint(size)


def one_block(content: bytes, compression: int = table.RAW) -> bytes:
    """A table of one data block with that content."""
    empty = bytes(4) + b"\1\0\0\0"
    entry = handle(0, len(content))
    index = b"\0\0" + bytes((len(entry),)) + entry + empty
    data = block(content, compression)
    places = handle(len(data), len(empty))
    data += block(empty)
    places += handle(len(data), len(index))
    data += block(index)
    return data + places.ljust(40, b"\0") + table.MAGIC.to_bytes(8, "little")


@given(ENTRIES)
def test_what_is_written_is_read(entries: list[Entry]) -> None:
    assert read_table(encode_table(entries), "x") == entries


@settings(max_examples=30)
@given(ENTRIES, st.integers(1, 600))
def test_small_blocks_hold_the_same(entries: list[Entry], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "BLOCK_SIZE", size)
        data = encode_table(entries)
    assert read_table(data, "x") == entries


def test_a_large_table_has_several_blocks() -> None:
    entries = [(b"key/%06d" % number, b"v" * 60) for number in range(10_000)]
    data = encode_table(entries)
    assert len(data) > 2 * table.BLOCK_SIZE
    assert data.count(b"key/", len(data) - 200) >= 3  # last keys of blocks, in the index block
    assert read_table(data, "x") == entries


def test_restart_points_hold_whole_keys() -> None:
    entries = [(b"prefix/%02d" % number, b"") for number in range(33)]
    data = encode_table(entries)
    assert data.count(b"prefix/") == 3 + 1  # entries 0, 16 and 32, and the index block
    assert read_table(data, "x") == entries


def test_tensorflow_writes_the_same_bytes_for_a_small_table() -> None:
    original = recorded("v2_types.index")
    written = encode_table(read_table(original, "x"))
    # Only the index block differs: TensorFlow shortens the last key of a block there.
    shared = next(at for at in range(len(original)) if original[at] != written[at])
    assert shared > len(original) - table.FOOTER_SIZE - 40


def test_a_key_out_of_order_is_not_written() -> None:
    with pytest.raises(ValueError, match="not in order"):
        encode_table([(b"b", b""), (b"a", b"")])
    with pytest.raises(ValueError, match="not in order"):
        encode_table([(b"a", b""), (b"a", b"")])


def test_a_compressed_block_is_read() -> None:
    content = b"\0\4\3namexyz" + bytes(4) + b"\1\0\0\0"
    packed = varint(len(content)) + bytes((len(content) - 1 << 2,)) + content
    assert read_table(one_block(packed, table.SNAPPY), "x") == [(b"name", b"xyz")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"\0\1\0b\0\1\0a" + bytes(4) + b"\1\0\0\0", "not in order", id="order"),
        pytest.param(b"\0\1\0a\0\1\0a" + bytes(4) + b"\1\0\0\0", "not in order", id="twice"),
        pytest.param(b"\1\1\0b" + bytes(4) + b"\1\0\0\0", "cut off", id="shared with nothing"),
        pytest.param(b"\0\5\0ab" + bytes(4) + b"\1\0\0\0", "cut off", id="key too long"),
        pytest.param(b"\0\1\5ab" + bytes(4) + b"\1\0\0\0", "cut off", id="value too long"),
        pytest.param(b"\0" + bytes(4) + b"\1\0\0\0", "cut off", id="half an entry"),
        pytest.param(b"\xff" * 12 + bytes(4) + b"\1\0\0\0", "10 bytes", id="no number"),
        pytest.param(b"\xff\xff\xff\xff", "restart array", id="too many restart points"),
        pytest.param(b"\0", "restart array", id="too short"),
    ],
)
def test_wrong_blocks_with_right_checksums(content: bytes, problem: str) -> None:
    with pytest.raises(CheckpointError, match=problem) as caught:
        read_table(one_block(content), "some/file.index")
    assert caught.value.where == "some/file.index"
    assert "copy the checkpoint again" in caught.value.remedy


def test_an_unknown_compression_is_refused() -> None:
    with pytest.raises(CheckpointError, match="unknown compression 4"):
        read_table(one_block(bytes(4) + b"\1\0\0\0", 4), "x")


@pytest.mark.parametrize("size", [0, 1, 47, 48, 100])
def test_a_file_of_zeros_is_no_table(size: int) -> None:
    with pytest.raises(CheckpointError, match="does not end as a table does"):
        read_table(bytes(size), "x")


@settings(max_examples=40)
@given(entries=ENTRIES, absent=st.binary(max_size=24), size=st.integers(1, 600))
def test_single_keys_are_found_on_disk(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry], absent: bytes, size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "table"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "BLOCK_SIZE", size)
        path.write_bytes(encode_table(entries))
    found = TableFile(str(path))
    for key, value in [*entries, *reversed(entries)]:
        assert found.get(key) == value
    assert absent in dict(entries) or found.get(absent) is None
