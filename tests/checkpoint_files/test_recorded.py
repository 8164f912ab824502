"""Files of each format that TensorFlow 1.15.5 wrote are read as it reads them."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import STRING
from tf2migrate.checkpoint.files.opening import CheckpointFile, open_checkpoint
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.model.checkpoint_error import CheckpointError

from .recorded import EXPECTED, FORMATS


def opened(name: str) -> CheckpointFile:
    return open_checkpoint(FORMATS / EXPECTED[name]["path"])


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(name, key, row, id=f"{name}: {key}")
        for name, checkpoint in EXPECTED.items()
        for key, row in checkpoint["tensors"].items()
        if kind in row
    ]


def listed(array: NDArray[Any]) -> Any:
    """A value as expected.json has it."""
    if array.dtype.kind == "c":
        array = np.stack([array.real, array.imag], -1)
    return _decoded(array.tolist())


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


@pytest.mark.parametrize("name", EXPECTED)
def test_all_tensors_are_listed_with_type_and_shape(name: str) -> None:
    file = opened(name)
    assert file.format == name[:2].upper()
    assert file.num_shards == (2 if "sharded" in name else 1)
    assert file.graph() is None
    expected = EXPECTED[name]["tensors"]
    assert list(file.tensors) == sorted(expected)
    assert {key: (row.dtype, list(row.shape)) for key, row in file.tensors.items()} == {
        key: (row["dtype"], row["shape"]) for key, row in expected.items()
    }


@pytest.mark.parametrize(("name", "key", "row"), cases("value"))
def test_values(name: str, key: str, row: dict[str, Any]) -> None:
    file = opened(name)
    array = file.read(key)
    assert array.shape == tuple(row["shape"])
    assert listed(array) == row["value"]
    file.check(key)


@pytest.mark.parametrize(("name", "key", "row"), cases("value"))
def test_bytes_checksum_and_pieces_belong_together(
    name: str, key: str, row: dict[str, Any]
) -> None:
    file = opened(name)
    stored = file.stored(key)
    assert b"".join(file.chunks(key)) == stored
    assert b"".join(bytes(piece) for piece in file.chunks(key, size=5)) == stored
    if row["dtype"] == STRING:
        assert file.checksum(key) == encode_strings(file.strings(key))[1]
    else:
        assert file.checksum(key) == crc32c(stored)
        assert len(stored) == file.tensors[key].size


@pytest.mark.parametrize(("name", "key", "row"), cases("error"))
def test_a_tensor_under_a_corrupt_key_is_listed_but_not_read(
    name: str, key: str, row: dict[str, Any]
) -> None:
    """TensorFlow refuses it in the V2 format, and returns uninitialised memory in the V1 format."""
    file = opened(name)
    assert len(file.tensors[key].slices) == 1
    for operation in (file.read, file.stored, file.check, file.checksum):
        with pytest.raises(CheckpointError, match=r"hold \d of 14 values") as caught:
            operation(key)
        assert key in caught.value.where
        assert "inside a variable scope" in caught.value.remedy
    with pytest.raises(CheckpointError, match=r"hold \d of 14 values"):
        list(file.chunks(key))
    assert row["shape"] == [7, 2]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_slices_of_partitioned_variables(version: str) -> None:
    tensors = opened(f"{version}_partitioned").tensors
    starts = {key: [part.start for part in row.slices] for key, row in tensors.items()}
    assert starts["p/rows"] == [(0, 0), (3, 0), (5, 0)]
    assert starts["p/columns"] == [(0, 0), (0, 4)]
    assert starts["p/middle"] == [(0, 0, 0), (0, 2, 0), (0, 3, 0), (0, 4, 0)]
    assert tensors["p/rows"].size == 7 * 2 * 4


@pytest.mark.parametrize(("version", "shards"), [("v1", {0, 1}), ("v2", {0, 1})])
def test_data_files_of_sharded_checkpoints(version: str, shards: set[int]) -> None:
    file = opened(f"{version}_sharded")
    whole = [row for row in file.tensors.values() if not row.slices]
    assert {row.shard for row in whole} == shards
    assert all(file.shard_path(shard).is_file() for shard in shards)


def test_the_same_values_have_the_same_checksum_in_both_formats() -> None:
    first, second = opened("v1_types"), opened("v2_types")
    common = first.tensors.keys() & second.tensors.keys()
    assert len(common) > 20
    assert {key: first.checksum(key) for key in common} == {
        key: second.checksum(key) for key in common
    }


def test_a_tensor_of_numbers_has_no_strings() -> None:
    for name in ("v1_types", "v2_types"):
        with pytest.raises(CheckpointError, match="its values are int64, no strings"):
            opened(name).strings("global_step")


def test_a_key_that_is_not_there() -> None:
    for name in ("v1_types", "v2_types"):
        file = opened(name)
        for operation in (file.read, file.stored, file.strings, file.check, file.checksum):
            with pytest.raises(KeyError):
                operation("global_step:0")


def test_the_recorded_files_are_small() -> None:
    assert sum(path.stat().st_size for path in FORMATS.iterdir()) < 100_000
    names = {path.name for path in FORMATS.iterdir()} - {"expected.json"}
    assert set(chain(*([n for n in names if n.startswith(key)] for key in EXPECTED))) == names
