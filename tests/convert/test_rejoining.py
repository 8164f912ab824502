"""Slots of partitioned variables that TensorFlow 1 saved in parts under wrong keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import BundleWriter, array
from tests.convert.files import GOLDENS, SLOT, places, values
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.entries import encode_entry
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.wire import bytes_field, integer_field
from tf2migrate.model.checkpoint_error import CheckpointError

TABLE = np.arange(14, dtype=np.float32).reshape(7, 2)
SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"


def written(folder: Path, scope: str, parts: int = 3, *, without: int | None = None) -> str:
    """As TF 1.15.5 does: Momentum of `p/emb` in parts, minimised inside a variable scope.

    The key of each part is what is left of the slot's op name behind as many
    letters as the part's own name and a slash have.
    """
    writer = BundleWriter(folder / "whole")
    writer.add_parts("p/emb", TABLE, parts)
    writer.add_parts("slot", -TABLE, parts)
    writer.add("w", array(np.ones(2, np.float32)))
    writer.add(f"{scope}/w/Momentum", array(np.full(2, 9, np.float32)))
    writer.close()
    file = open_checkpoint(folder / "whole")
    assert isinstance(file, BundleFile)
    entries = dict(file.raw)
    del entries[b"slot"]
    head = integer_field(1, 1) + bytes_field(2, entries[b"p/emb"][4 : 4 + entries[b"p/emb"][3]])
    for number, (box, part) in enumerate(file.parts("slot")):
        op = f"{scope}/p/emb/part_{number}/Momentum"
        key = f"p/emb/{op[len(f'p/emb/part_{number}/') :]}".encode()
        extents = ((box.start[0], box.length[0]), (0, -1))
        stored = entries.pop(slice_key(b"slot", extents))
        assert stored == encode_entry(part)
        if number != without:
            rows = integer_field(1, box.start[0]) + integer_field(2, box.length[0])
            slices = bytes_field(7, bytes_field(1, rows) + bytes_field(1, b""))
            entries[key] = head + slices
            entries[slice_key(key, extents)] = stored
    index = Path(f"{folder}/whole.index")
    index.write_bytes(encode_table(sorted(entries.items())))
    return str(folder / "whole")


@pytest.mark.parametrize("scope", ["opt", "a/b", "optimizer_of_the_model", "o/p"])
def test_parts_are_joined_under_the_name_that_they_should_have(tmp_path: Path, scope: str) -> None:
    old = written(tmp_path, scope)
    assert not {f"{scope}/p/emb/Momentum", "p/emb/Momentum"} & open_checkpoint(old).tensors.keys()
    new = convert(old, tmp_path / "new")
    assert places(new.prefix) == {
        "p/emb": "p/emb",
        "w": "w",
        f"{scope}/p/emb/Momentum": f"p/emb{SLOT}optimizer/momentum",
        f"{scope}/w/Momentum": f"w{SLOT}optimizer/momentum",
    }
    key = f"p/emb{SLOT}optimizer/momentum{SUFFIX}"
    assert open_checkpoint(new.prefix).read(key).tolist() == (-TABLE).tolist()
    assert any("was in parts" in note for note in new.notes)
    back = values(convert(new.prefix, tmp_path / "back", to="tf1").prefix)
    assert back[f"{scope}/p/emb/Momentum"] == ("float32", (7, 2), (-TABLE).tobytes())


def test_parts_of_which_one_is_missing_stay_and_are_refused(tmp_path: Path) -> None:
    old = written(tmp_path, "opt", without=1)
    with pytest.raises(CheckpointError, match="leave it out"):
        convert(old, tmp_path / "new")
    new = convert(old, tmp_path / "new", leave_out=["p/emb/*/Momentum"])
    assert set(places(new.prefix)) == {"p/emb", "w", "opt/w/Momentum"}


def test_a_part_without_values_is_refused(tmp_path: Path) -> None:
    old = written(tmp_path, "opt")
    file = open_checkpoint(old)
    assert isinstance(file, BundleFile)
    index = Path(f"{old}.index")
    lone = [key for key in file.raw if b"Momentum" in key and b"emb" in key and key[:1] == b"\0"]
    index.write_bytes(encode_table([item for item in file.raw.items() if item[0] != lone[0]]))
    with pytest.raises(CheckpointError, match="its slices hold 0 of 14 values"):
        convert(old, tmp_path / "new")


def test_the_key_of_a_part_stands_for_the_whole_that_is_to_be_left_out(tmp_path: Path) -> None:
    old = written(tmp_path, "opt")
    part = next(key for key in open_checkpoint(old).tensors if key.startswith("p/emb/"))
    new = convert(old, tmp_path / "new", leave_out=[part])
    assert set(places(new.prefix)) == {"p/emb", "w", "opt/w/Momentum"}


def test_a_recording_of_tensorflow(tmp_path: Path) -> None:
    old = GOLDENS / "optimizer_partitioned_in_scope" / "model-10"
    new = convert(old, tmp_path / "new-10")
    found = places(new.prefix)
    assert found["opt/emb/Adam"] == f"emb{SLOT}optimizer/m"
    assert found["opt/emb/Adam_1"] == f"emb{SLOT}optimizer/v"
    assert found["opt/net/out/Adam"] == f"net/out{SLOT}optimizer/m"
    file = open_checkpoint(old)
    assert isinstance(file, BundleFile)
    whole = open_checkpoint(new.prefix).read(found["opt/emb/Adam"] + SUFFIX)
    assert whole.shape == (7, 2)
    for number in range(3):
        tensor = file.tensors[f"emb/t_{number}/Adam"]
        (box,) = tensor.slices
        assert box.length == whole[box.start[0] : box.start[0] + box.length[0]].shape
    assert new.report is not None
    assert new.report.ok
