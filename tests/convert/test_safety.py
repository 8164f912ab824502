"""What a conversion reads back, and the order in which files get their bytes and their names."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import write_bundle
from tests.convert.files import everything, write
from tf2migrate.checkpoint.convert import convert, converting
from tf2migrate.checkpoint.convert.plan import Constant, Plan
from tf2migrate.checkpoint.convert.shards import bring
from tf2migrate.model.checkpoint_error import CheckpointError


def lose(plan: Plan) -> None:
    del plan.kept["v7/.ATTRIBUTES/VARIABLE_VALUE"]


def take_twice(plan: Plan) -> None:
    """`v8` stands where `v7` should, too."""
    plan.kept["v7/.ATTRIBUTES/VARIABLE_VALUE"] = "v8"


def overwrite(plan: Plan) -> None:
    plan.constants.append(Constant.number("v7/.ATTRIBUTES/VARIABLE_VALUE", 7))


@pytest.mark.parametrize("number", [10, 2001], ids=["few", "too many for the full comparison"])
@pytest.mark.parametrize("spoil", [lose, take_twice, overwrite])
def test_a_plan_that_has_not_each_old_variable_once_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Plan], None], number: int
) -> None:
    old = write_bundle(
        tmp_path / "old", {f"v{n}": np.full((), n, np.float32) for n in range(number)}
    )
    before = everything(tmp_path)
    make = converting._plan_objects

    def spoiled(*arguments: Any) -> Plan:
        plan = make(*arguments)
        spoil(plan)
        return plan

    monkeypatch.setattr(converting, "_plan_objects", spoiled)
    with pytest.raises(CheckpointError, match="does not hold each old variable once"):
        convert(old, tmp_path / "new")
    assert everything(tmp_path) == before


def test_a_data_file_that_is_longer_than_the_old_one_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = write(tmp_path, ["w"])
    before = everything(tmp_path)

    def longer(source: str, target: str, *, copy: bool) -> Any:
        done = bring(source, target, copy=copy)
        with open(target, "ab") as file:
            file.write(b"\0")
        return done

    monkeypatch.setattr("tf2migrate.checkpoint.convert.write.bring", longer)
    with pytest.raises(CheckpointError, match=r"new\.data-00000-of-00002 has not the size of"):
        convert(old, tmp_path / "new", copy=True)
    assert everything(tmp_path) == before


def test_bytes_are_on_the_disk_before_files_have_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = write(tmp_path, ["w", "u"])
    synced: set[int] = set()
    named: dict[str, set[int]] = {}
    fsync = os.fsync

    def sync(descriptor: int) -> None:
        time.sleep(0.05)  # a disk takes its time
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def watched(function: Callable[[str, str], None]) -> Callable[[str, str], None]:
        def name(source: str, target: str) -> None:
            function(source, target)
            if os.path.dirname(target) == str(tmp_path):
                named[os.path.basename(target)] = set(synced)

        return name

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "link", watched(os.link))
    monkeypatch.setattr(os, "rename", watched(os.rename))
    convert(old, tmp_path / "new", copy=True)
    files = {path.name: path.stat().st_ino for path in tmp_path.glob("new.*")}
    assert sorted(files) == [f"new.data-0000{n}-of-00002" for n in (0, 1)] + ["new.index"]
    assert named == {name: set(files.values()) for name in files}
    assert next(reversed(named)) == "new.index"


def test_where_there_are_no_locks_the_files_of_other_conversions_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can tell there whether they are under way."""
    fcntl = pytest.importorskip("fcntl")
    old = write(tmp_path, ["w"])
    other = tmp_path / ".new.tf2migrate-123"
    other.mkdir()
    (other / "new.index").write_bytes(b"half")

    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", none)
    convert(old, tmp_path / "new")
    assert (other / "new.index").read_bytes() == b"half"
    assert [path.name for path in tmp_path.glob(".*")] == [other.name]
