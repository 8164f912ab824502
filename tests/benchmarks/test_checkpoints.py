"""The benchmark of the checkpoint commands, with tiny files, and its page, with made-up times."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import checkpoints
from benchmarks.checkpoint_cases import write_case
from benchmarks.checkpoints import prepare, shortfalls
from benchmarks.checkpoints_page import LARGE, Case, Rows, page
from benchmarks.speed import Run
from tf2migrate.checkpoint.files.opening import open_checkpoint

TINY = ["--size", "200000", "--variables", "30", "--bytes", "64", "--shards", "3", "-n", "2"]
OURS = ("show", "diff", "convert", "verify", "values", "values of links")


def rows(seconds: float = 0.1, megabytes: float = 50, **more: float) -> Rows:
    """Two runs of each command; `more` are seconds of others."""
    times = {**dict.fromkeys(OURS, seconds), "cp": 1.0, "cat": 1.0, **more}
    return {
        name.replace("_", " "): [Run(time, time / 2, megabytes), Run(2 * time, time / 2, 1.0)]
        for name, time in times.items()
    }


@pytest.mark.parametrize(("kind", "number", "files"), [("few", 12, 1), ("many", 30, 1)])
def test_a_case_has_the_size_and_the_number_that_were_asked_for(
    tmp_path: Path, kind: str, number: int, files: int
) -> None:
    write_case(tmp_path / "old", kind, 200_000, number)
    file = open_checkpoint(tmp_path / "old")
    size = sum(tensor.size for tensor in file.tensors.values())
    assert file.num_shards == files
    assert len(file.tensors) == (36 if kind == "few" else 30) + 3
    assert 0.8 < size / 200_000 <= 1.2
    for key in file.tensors:
        file.check(key)


def test_data_files_hold_about_the_same(tmp_path: Path) -> None:
    write_case(tmp_path / "old", "shards", 300_000, 5)
    sizes = [path.stat().st_size for path in tmp_path.glob("old.data-*")]
    assert len(sizes) == 5
    assert max(sizes) < 1.2 * min(sizes)


def test_what_is_compared_is_what_the_names_say(tmp_path: Path) -> None:
    files = prepare(tmp_path, "few", 100_000, 12)
    data = files.old.with_name("old.data-00000-of-00001")
    assert data.samefile(files.twin.with_name("twin.data-00000-of-00001"))
    assert data.samefile(files.linked.with_name("linked.data-00000-of-00002"))
    assert not data.samefile(files.copied.with_name("copied.data-00000-of-00002"))


def test_the_program_measures_every_case_and_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "page.md"
    arguments = [*TINY, "--tensorflow-times", "0", "--folder", str(tmp_path)]
    assert checkpoints.main([*arguments, "--write", str(target)]) in (0, 1)
    text = target.read_text()
    assert text in capsys.readouterr().out
    assert text.count("| `tf2migrate verify --values` | 2 |") == 3
    assert "30 variables, 1 data file" in text
    assert "3 data files" in text
    assert "TensorFlow: " not in text
    assert str(tmp_path) not in text
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.tensorflow
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
def test_tensorflow_does_the_same_with_the_same_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*TINY[:-1], "1", "--tensorflow-times", "1", "--folder", str(tmp_path)]
    assert checkpoints.main(arguments) in (0, 1)
    assert capsys.readouterr().out.count("| TensorFlow: read both, compare | 1 |") == 3


def test_what_was_asked_and_reached_is_no_shortfall() -> None:
    large = Case("large", 12, LARGE, 1, rows(values=1.2))
    assert shortfalls([large, Case("small", 30, 1000, 1, rows(cat=0.001))]) == []
    assert "reaches 83% of the speed of `cat`" in page([large], [Run(0.03, 0.03, 10)])


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (rows(show=0.31), "show took 0.31 s"),
        (rows(convert=0.5), "convert took 0.50 s"),
        (rows(megabytes=150), "values took 150 MB"),
        (rows(values=1.3), "--values reached 77% of the speed of cat"),
    ],
)
def test_each_shortfall_is_named(found: Rows, line: str) -> None:
    lines = shortfalls([Case("large", 12, LARGE, 1, found)])
    assert lines[0] == f"large: {line}"
    assert f"Less than asked:\n\n- large: {line}\n" in page([], [Run(0.03, 0.03, 10)], lines)


def test_ratios_with_tensorflow_are_those_of_the_lowest_times() -> None:
    found = rows(**{"tensorflow_convert": 5.0, "tensorflow_verify": 3.0, "tensorflow_import": 2.0})
    text = page([Case("large", 12, LARGE, 1, found)], [Run(0.03, 0.03, 10)])
    assert "`convert` is 50 times as fast as restoring and saving with TensorFlow" in text
    assert "`verify --values` 30 times as fast as reading and comparing" in text
