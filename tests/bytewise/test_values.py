"""Every byte of two checkpoints compared, whatever their layout, and verified on the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.bundles import BundleWriter, array, strings, write_bundle
from tf2migrate.checkpoint.bytewise import runs as runs_module
from tf2migrate.checkpoint.bytewise.runs import CHUNK
from tf2migrate.checkpoint.differences import Tolerance
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.values import Compared, Pair, Stored, compare_values
from tf2migrate.model.checkpoint_error import CheckpointError

RANDOM = np.random.default_rng(1)
ROOT = Path(__file__).resolve().parents[2]


def compared(one: str, other: str, *keys: str, **options: Any) -> list[Compared]:
    before, after = open_checkpoint(one), open_checkpoint(other)
    names = keys or tuple(before.tensors)
    pairs = [Pair(Stored(before, key), Stored(after, key)) for key in names]
    return compare_values(pairs, **options)


def floats(*shape: int) -> NDArray[np.float32]:
    return RANDOM.standard_normal(shape).astype("f")


def many(number: int = 40) -> dict[str, NDArray[Any]]:
    """Variables of all sizes around those of a chunk, empty ones and scalars too."""
    sizes = [0, 1, 7, 1000, CHUNK // 4 - 1, CHUNK // 4, CHUNK // 4 + 1, CHUNK + 3]
    return {f"v{n:03}": floats(sizes[n % len(sizes)]) for n in range(number)} | {
        "scalar": np.array(3, "i8"),
        "bool": np.array([True, False]),
        "complex": (floats(5) + 1j).astype("c8"),
    }


@pytest.mark.parametrize("shards", [1, 3])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_equal_files_are_equal(tmp_path: Path, shards: int, workers: int) -> None:
    values = many()
    one = write_bundle(tmp_path / "one", values)
    other = write_bundle(tmp_path / "other", dict(reversed(values.items())), shards)
    found = compared(one, other, workers=workers)
    assert all(each.difference.equal and not each.once for each in found)


@pytest.mark.parametrize("position", [0, 1, CHUNK // 4, -1])
def test_one_changed_element_is_found_wherever_it_is(tmp_path: Path, position: int) -> None:
    values = {"a": floats(10), "b": floats(3 * CHUNK), "c": floats(10)}
    changed = {key: value.copy() for key, value in values.items()}
    changed["b"][position] += 0.5
    one, other = write_bundle(tmp_path / "1", values), write_bundle(tmp_path / "2", changed)
    a, b, c = compared(one, other)
    assert a.difference.equal
    assert c.difference.equal
    expected = abs(float(changed["b"][position]) - float(values["b"][position]))
    assert b.difference.largest == expected
    assert (b.difference.unequal, b.difference.elements) == (1, 3 * CHUNK)


def test_one_changed_small_variable_among_many_is_found(tmp_path: Path) -> None:
    values = {f"v{n:04}": floats(6) for n in range(2000)}
    changed = values | {"v0777": values["v0777"] + 1}
    one, other = write_bundle(tmp_path / "1", values), write_bundle(tmp_path / "2", changed)
    found = compared(one, other)
    assert [n for n, each in enumerate(found) if not each.difference.equal] == [777]
    assert found[777].difference.unequal == 6


def test_segments_of_a_large_tensor_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_module, "SEGMENT", 1000)
    values = {"a": floats(5000), "b": floats(251)}
    one, other = write_bundle(tmp_path / "1", values), write_bundle(tmp_path / "2", values)
    assert all(each.difference.equal for each in compared(one, other))


def test_hard_links_are_read_once_and_still_verified(tmp_path: Path) -> None:
    one = write_bundle(tmp_path / "1", {"a": floats(1000), "e": floats(0)})
    data = tmp_path / "2.data-00000-of-00001"
    os.link(f"{one}.data-00000-of-00001", data)
    shutil.copy(f"{one}.index", tmp_path / "2.index")
    a, empty = compared(one, str(tmp_path / "2"))
    assert (a.difference.equal, a.once) == (True, True)
    assert (empty.difference.equal, empty.once) == (True, False)
    with data.open("r+b") as file:
        file.write(b"\xff")
    with pytest.raises(CheckpointError, match="the bytes of a do not have their checksum"):
        compared(one, str(tmp_path / "2"))


@pytest.mark.parametrize("side", ["1", "2"])
def test_a_flipped_bit_is_an_error_that_names_the_tensor_and_its_file(
    tmp_path: Path, side: str
) -> None:
    values = {"a": floats(10), "weights": floats(2 * CHUNK), "z": floats(10)}
    one, other = write_bundle(tmp_path / "1", values), write_bundle(tmp_path / "2", values)
    path = tmp_path / f"{side}.data-00000-of-00001"
    with path.open("r+b") as file:
        file.seek(CHUNK + 5)
        byte = file.read(1)[0]
        file.seek(CHUNK + 5)
        file.write(bytes([byte ^ 4]))
    with pytest.raises(CheckpointError) as error:
        compared(one, other)
    assert error.value.where == str(path)
    assert "the bytes of weights do not have their checksum" in str(error.value)


def test_both_files_damaged_in_the_same_way_is_an_error(tmp_path: Path) -> None:
    values = {"a": floats(10)}
    paths = [write_bundle(tmp_path / name, values) for name in "12"]
    for path in paths:
        Path(f"{path}.data-00000-of-00001").write_bytes(b"\0" * 40)
    with pytest.raises(CheckpointError, match="checksum"):
        compared(*paths)


def test_a_file_that_is_cut_off_after_it_was_opened_is_an_error(tmp_path: Path) -> None:
    values = {"a": floats(CHUNK)}
    before, after = (open_checkpoint(write_bundle(tmp_path / n, values)) for n in "12")
    with Path(f"{after.prefix}.data-00000-of-00001").open("r+b") as file:
        file.truncate(CHUNK)
    with pytest.raises(CheckpointError, match="cut off"):
        compare_values([Pair(Stored(before, "a"), Stored(after, "a"))])


@pytest.mark.parametrize(("parts", "axis"), [(3, 0), (2, 1), (1, 0)])
def test_a_partitioned_variable_is_compared_with_a_whole_one(
    tmp_path: Path, parts: int, axis: int
) -> None:
    value = floats(7, 4)
    whole = write_bundle(tmp_path / "whole", {"w": value})
    changed = write_bundle(tmp_path / "changed", {"w": value + np.eye(7, 4, dtype="f")})
    writer = BundleWriter(tmp_path / "parts", 2)
    writer.add_parts("w", value, parts, axis)
    writer.close()
    assert compared(whole, writer.prefix)[0].difference.equal
    assert compared(writer.prefix, whole)[0].difference.equal
    assert compared(writer.prefix, writer.prefix)[0].difference.equal
    assert compared(writer.prefix, changed)[0].difference.unequal == 4


def test_a_damaged_part_is_an_error(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path / "parts")
    writer.add_parts("w", floats(6, 4), 3)
    writer.close()
    path = tmp_path / "parts.data-00000-of-00001"
    data = bytearray(path.read_bytes())
    data[50] ^= 1
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="the bytes of w do not have their checksum"):
        compared(writer.prefix, writer.prefix)


def test_texts(tmp_path: Path) -> None:
    one = write_bundle(tmp_path / "1", {"a": strings([b"x", b"\0y"]), "b": strings([b"x", b"y"])})
    other = write_bundle(tmp_path / "2", {"a": strings([b"x", b"\0y"]), "b": strings([b"x", b"z"])})
    a, b = compared(one, other)
    assert a.difference.equal
    assert (b.difference.largest, b.difference.unequal) == (inf, 1)


def test_a_tolerance_applies_to_numbers_only_where_the_bytes_differ(tmp_path: Path) -> None:
    value = floats(100)
    one = write_bundle(tmp_path / "1", {"a": value})
    other = write_bundle(tmp_path / "2", {"a": value + np.float32(1e-3)})
    assert not compared(one, other)[0].difference.equal
    assert compared(one, other, tolerance=Tolerance(atol=2e-3))[0].difference.equal


def test_other_shapes_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    one = write_bundle(tmp_path / "1", {"a": floats(2, 3)})
    other = write_bundle(tmp_path / "2", {"a": floats(3, 2)})
    with pytest.raises(ValueError, match="not the same form"):
        compared(one, other)


def test_bytes_that_do_not_fit_the_shape_are_an_error(tmp_path: Path) -> None:
    short = array(floats(5))._replace(shape=(6,))
    one = write_bundle(tmp_path / "1", {"a": short})
    with pytest.raises(CheckpointError, match=r"a, float32\[6\], has 20 bytes, not 24"):
        compared(one, one)


def test_numpy_is_not_imported_unless_something_differs(tmp_path: Path) -> None:
    value = floats(100)
    same = [write_bundle(tmp_path / name, {"a": value}) for name in "12"]
    other = write_bundle(tmp_path / "3", {"a": value + 1})
    program = (
        "import sys\n"
        "from tf2migrate.checkpoint.files.opening import open_checkpoint\n"
        "from tf2migrate.checkpoint.values import Pair, Stored, compare_values\n"
        "one, other = map(open_checkpoint, sys.argv[1:])\n"
        "compare_values([Pair(Stored(one, 'a'), Stored(other, 'a'))])\n"
        "print('numpy' in sys.modules)\n"
    )

    def imported(one: str, two: str) -> str:
        command = [sys.executable, "-c", program, one, two]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return done.stdout.strip()

    assert imported(*same) == "False"
    assert imported(same[0], other) == "True"
