"""Lowest, highest and mean of tensors, whatever pieces they come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import BundleWriter, Value, strings, write_bundle
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.statistics import Statistics, statistics
from tf2migrate.model.checkpoint_error import CheckpointError


def of(tmp_path: Path, value: Any) -> Statistics | None:
    return statistics(open_checkpoint(write_bundle(tmp_path / "c", {"v": value})), "v")


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "u1", "i4", "i8", "bool"])
def test_numbers(tmp_path: Path, dtype: str) -> None:
    found = of(tmp_path, np.array([[0, 1], [1, 1]], dtype))
    assert found == Statistics(0, 1, 0.75, 0)


def test_a_tensor_of_many_chunks(tmp_path: Path) -> None:
    values = np.arange(1_000_003, dtype="f8")
    assert of(tmp_path, values) == Statistics(0.0, 1_000_002.0, 500_001.0, 0)


def test_what_is_not_finite_is_counted_aside(tmp_path: Path) -> None:
    found = of(tmp_path, np.array([np.nan, 2.0, -np.inf, 4.0]))
    assert found == Statistics(2.0, 4.0, 3.0, 2)
    assert found.cells() == ["2", "4", "2 not finite, 3"]


def test_nothing_finite(tmp_path: Path) -> None:
    found = of(tmp_path, np.array([np.nan]))
    assert found is not None
    assert (found.mean, found.cells()) == (None, ["", "", "1 not finite"])


def test_an_empty_tensor(tmp_path: Path) -> None:
    found = of(tmp_path, np.zeros((0, 3)))
    assert found == Statistics(None, None, None, 0)
    assert found.cells() == ["", "", ""]


def test_bfloat16(tmp_path: Path) -> None:
    stored = Value("bfloat16", (2,), [b"\x80\x3f\x40\x40"])
    assert of(tmp_path, stored) == Statistics(1.0, 3.0, 2.0, 0)


@pytest.mark.parametrize("value", [strings([b"a"]), np.array([1j])])
def test_what_has_no_order(tmp_path: Path, value: Any) -> None:
    assert of(tmp_path, value) is None


def test_a_partitioned_variable(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path / "c")
    writer.add_parts("v", np.arange(12, dtype="f").reshape(6, 2), 3)
    writer.close()
    assert statistics(open_checkpoint(writer.prefix), "v") == Statistics(0.0, 11.0, 5.5, 0)


def test_damaged_bytes_have_no_statistics(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "c", {"v": np.ones(3)})
    Path(f"{prefix}.data-00000-of-00001").write_bytes(bytes(24))
    with pytest.raises(CheckpointError, match="checksum"):
        statistics(open_checkpoint(prefix), "v")
