"""The benchmark of mutations, with few of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import mutations
from benchmarks.mutations_page import Alarms, Kind, Sample, page
from tf2migrate.model.comparison import Depth


def test_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "mutations.md"
    status = mutations.main(["--examples", "2", "--write", str(target)])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    assert "| rename |" in out
    text = target.read_text(encoding="utf-8")
    assert "--examples 2 --tensorflow 0 --seed 1" in text
    assert "What TensorFlow says" not in text


def test_what_escaped_is_not_rounded_away() -> None:
    depths = {depth: [1000, 999, 998] for depth in Depth}
    kinds = {"drop": Kind(1000, depths, 1500, ["drop of w"])}
    text = page(kinds, {"set": Alarms("By name.", 7, ["w"])}, {}, "", "python x")
    assert "| drop | 1000 | 1000 | 99.9 % | 99.9 % | 99.9 % | 99.8 % | 1.5 |" in text
    assert "| By name. | 7 | 1 |" in text


def test_tensorflow_is_asked_of_migrations_that_it_accepts() -> None:
    sample = Sample()
    passes = dict.fromkeys(("assert_consumed", "assert_existing_objects_matched"), "passes")
    raises = dict.fromkeys(passes, "AssertionError")
    sample.add("by name", passes, raises)
    sample.add("by name", passes, passes)
    sample.add("by name", raises, raises)
    text = page({}, {}, {"drop": sample}, "2.21.0", "python x")
    assert "| drop | 1 of 2 | 1 of 2 | - | - |" in text
    assert "- TF1 checkpoint, `assert_consumed`: 1 of 3" in text
