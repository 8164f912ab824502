"""`tf2migrate verify`: two checkpoints that must hold the same, in either direction."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bundles import write_bundle

from .checkpoints import name_rows, tf1_values, write_names, write_tf1, write_tf2
from .conftest import Run

CHECKSUMS = "names, shapes, dtypes and checksums of the values"


@pytest.fixture
def pair(project: Path) -> Path:
    """A migration that lost nothing: `old`, `new` and the name map."""
    write_tf1(project / "old")
    write_tf2(project / "new", names={})
    write_names(project)
    return project


def verify(run: Run, old: str = "old", new: str = "new", *more: str) -> Any:
    result = run("verify", "--old", old, "--new", new, "--format", "json", *more)
    assert result.status in (0, 1), result.err
    document = json.loads(result.out)
    assert document["equal"] == (result.status == 0)
    return document


def outcomes(document: Any) -> dict[str, str]:
    """Outcome by the label of each variable that is not equal."""
    return {
        (each["before"] or each["after"])[0]["key"]: each["outcome"]
        for each in document["entries"]
        if not each["ok"]
    }


def test_a_migration_that_lost_nothing_is_equal_in_both_directions(pair: Path, run: Run) -> None:
    forth = run("verify", "--old", "old", "--new", "new")
    assert forth.status == 0
    assert f"EQUAL in both directions: {CHECKSUMS}." in forth.out
    assert "Equal: 10 renamed (--all lists them)." in forth.out
    back = run("verify", "--old", "new", "--new", "old")
    assert back.status == 0
    assert f"{pair / 'tf2migrate-names.json'} (5 rows, found)" in back.out


def test_the_name_map_is_found_in_a_folder_above_and_it_is_said(
    pair: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = pair / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    result = run("verify", "--old", "../../old", "--new", "../../new")
    assert result.status == 0
    assert f"Name map: {pair / 'tf2migrate-names.json'} (5 rows, found)" in result.out


def test_without_the_name_map_renamed_variables_are_missing(pair: Path, run: Run) -> None:
    assert verify(run, "old", "new", "--names", str(pair / "tf2migrate-names.json"))["equal"]
    found = outcomes(verify(run, "old", "new", "--no-names"))
    assert found["net/w"] == "missing"
    assert found["model/w/.ATTRIBUTES/VARIABLE_VALUE"] == "unexpected"


def test_two_files_of_a_kind_need_no_name_map_and_none_is_looked_for(pair: Path, run: Run) -> None:
    (pair / "tf2migrate-names.json").write_text("nonsense")
    for kind in ("old", "new"):
        result = run("verify", "--old", kind, "--new", kind)
        assert result.status == 0
        assert "Name map" not in result.out
        assert "Equal: 10 matched" in result.out


def lost(values: dict[str, Any]) -> None:
    del values["net/b"]
    del values["net/b/Adam"]
    del values["net/b/Adam_1"]


def reshaped(values: dict[str, Any]) -> None:
    values["net/w"] = values["net/w"].T


def recast(values: dict[str, Any]) -> None:
    values["net/b"] = values["net/b"].astype("f8")


def perturbed(values: dict[str, Any]) -> None:
    values["net/bn/moving_mean"][1] += 1e-3


def swapped(values: dict[str, Any]) -> None:
    values["net/w/Adam"], values["net/w/Adam_1"] = values["net/w/Adam_1"], values["net/w/Adam"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lost, {"net/b": "missing", "net/b/Adam": "missing", "net/b/Adam_1": "missing"}),
        (reshaped, {"net/w": "shape"}),
        (recast, {"net/b": "dtype"}),
        (perturbed, {"net/bn/moving_mean": "value"}),
        (swapped, {"net/w/Adam": "value", "net/w/Adam_1": "value"}),
    ],
)
@pytest.mark.parametrize("values", [False, True])
def test_what_is_wrong_with_the_new_one_is_named(
    pair: Path, run: Run, change: Any, expected: dict[str, str], values: bool
) -> None:
    changed = tf1_values()
    change(changed)
    write_tf2(pair / "new", changed)
    more = ["--values"] if values else []
    assert outcomes(verify(run, "old", "new", *more)) == expected
    text = run("verify", "--old", "old", "--new", "new", *more)
    assert text.status == 1
    assert "NOT EQUAL: " in text.out
    for name, outcome in expected.items():
        assert f"{outcome} (" in text.out
        assert name in text.out


def test_failures_come_first_and_equal_variables_only_if_asked(pair: Path, run: Run) -> None:
    changed = tf1_values()
    perturbed(changed)
    write_tf2(pair / "new", changed)
    short = run("verify", "--old", "old", "--new", "new").out
    assert "net/w" not in short
    assert "1 of 2 elements differ, by 0.001" in short
    full = run("verify", "--old", "old", "--new", "new", "--all").out
    assert full.index("value (1)") < full.index("equal (9)") < full.index("net/w -> model/w")


def test_a_missing_variable_is_shown_with_the_nearest_ones(pair: Path, run: Run) -> None:
    rows = [row for row in name_rows() if row.tf1 != "net/b"]
    write_names(pair, rows)
    document = verify(run)
    entry = next(each for each in document["entries"] if each["outcome"] == "missing")
    assert entry["before"][0]["name"] == "net/b"
    assert entry["candidates"][0] == "model/b"
    assert "      nearest: model/b" in run("verify", "--old", "old", "--new", "new").out


def test_values_reads_every_byte_and_checksums_do_not(pair: Path, run: Run) -> None:
    data = pair / "new.data-00000-of-00001"
    damaged = bytearray(data.read_bytes())
    damaged[5] ^= 1
    data.write_bytes(damaged)
    assert verify(run)["depth"] == "checksums"
    result = run("verify", "--old", "old", "--new", "new", "--values")
    assert result.status == 2
    assert "model/w/.ATTRIBUTES/VARIABLE_VALUE do not have their checksum" in result.err
    assert result.out == ""


def test_a_tolerance_is_for_values(pair: Path, run: Run) -> None:
    changed = tf1_values()
    perturbed(changed)
    write_tf2(pair / "new", changed)
    assert not verify(run, "old", "new", "--values", "--atol", "1e-4")["equal"]
    document = verify(run, "old", "new", "--values", "--atol", "2e-3")
    assert document["tolerance"] == {"absolute": 2e-3, "relative": 0}
    assert run("verify", "--old", "old", "--new", "new", "--atol", "1").status == 2


def test_a_transform_of_the_name_map_is_explained(pair: Path, run: Run) -> None:
    changed = tf1_values()
    for name in ("net/w", *(name for name in changed if name.startswith("net/w/"))):
        changed[name] = np.ascontiguousarray(changed[name].T)
    write_tf2(pair / "new", changed)
    rows = [
        replace(row, transform="transpose(1,0)") if row.tf1 == "net/w" else row
        for row in name_rows()
    ]
    write_names(pair, rows)
    document = verify(run)
    entry = next(each for each in document["entries"] if each["outcome"] == "transformed")
    assert entry["transform"] == "transpose(1,0)"
    out = run("verify", "--old", "old", "--new", "new").out
    assert "net/w -> model/w  float32 [3,2] -> float32 [2,3]" in out
    assert "transpose(1,0): the axes in the order 1,0" in out
    back = run("verify", "--old", "new", "--new", "old")
    assert back.status == 0
    assert "inverse of transpose(1,0): undoes: the axes in the order 1,0" in back.out


def test_the_checkpoint_of_the_name_map_is_chosen_or_asked_for(pair: Path, run: Run) -> None:
    other = name_rows("eval.py:main")
    other[0] = replace(other[0], key="model/b")
    write_names(pair, [*name_rows("train.py:main"), *other])
    result = run("verify", "--old", "old", "--new", "new")
    assert result.status == 2
    assert "more than one fits: eval.py:main, train.py:main" in result.err
    assert "--checkpoint PLACE" in result.err
    assert verify(run, "old", "new", "--checkpoint", "train.py:main")["equal"]
    assert not verify(run, "old", "new", "--checkpoint", "eval.py:main")["equal"]
    assert run("verify", "--old", "old", "--new", "new", "--checkpoint", "x.py:f").status == 2


def test_hard_links_are_told_of(project: Path, run: Run) -> None:
    write_tf1(project / "old")
    os.link(project / "old.data-00000-of-00001", project / "new.data-00000-of-00001")
    shutil.copy(project / "old.index", project / "new.index")
    size = (project / "old.data-00000-of-00001").stat().st_size
    result = run("verify", "--old", "old", "--new", "new", "--values")
    assert result.status == 0
    assert f"{size} B are the same bytes on disk (hard links), read at most once" in result.out
    assert "hard links" not in run("verify", "--old", "old", "--new", "old").out


def test_github_gets_one_annotation_for_each_failure(pair: Path, run: Run) -> None:
    changed = tf1_values()
    perturbed(changed)
    lost(changed)
    write_tf2(pair / "new", changed)
    result = run("verify", "--old", "old", "--new", "new", "--format", "github")
    assert result.status == 1
    lines = result.out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("::error title=tf2migrate verify%3A missing::missing: net/b")
    assert lines[3].startswith("::error title=tf2migrate verify%3A value::value: net/bn/moving_m")
    assert "old and new: NOT equal" in result.err


def test_json_has_no_infinity(project: Path, run: Run) -> None:
    write_bundle(project / "old", {"w": np.array([1.0])})
    write_bundle(project / "new", {"w": np.array([np.nan])})
    document = verify(run)
    assert document["entries"][0]["difference"] == "infinity"


def test_many_failures_are_cut_short_unless_all_are_asked_for(project: Path, run: Run) -> None:
    write_bundle(project / "old", {f"v{n:03}": np.zeros(2) for n in range(120)})
    write_bundle(project / "new", {"other": np.zeros((3, 3))})
    out = run("verify", "--old", "old", "--new", "new").out
    assert "missing (120)" in out
    assert "... and 70 more; --all lists them" in out
    assert "v119" in run("verify", "--old", "old", "--new", "new", "--all").out
    assert len(verify(run)["entries"]) == 121
