"""Facts in parallel and from the cache."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tf2migrate.files import gather as gathering
from tf2migrate.files.cache import FactsCache, default_folder
from tf2migrate.files.gather import gather
from tf2migrate.model.facts import FileFacts
from tf2migrate.model.problem import Problem
from tf2migrate.syntax.facts import collect
from tf2migrate.syntax.source import Source, read_source


def sources(**codes: str) -> list[Source]:
    read = [read_source(f"{name}.py", code.encode()) for name, code in codes.items()]
    return [source for source in read if isinstance(source, Source)]


MIXED = sources(a="import tensorflow as tf\n", bad="x = (\n", old="print 'x'\n", b="x = 1\n")


def codes(found: dict[str, FileFacts | Problem]) -> dict[str, str]:
    return {path: each.code if isinstance(each, Problem) else "" for path, each in found.items()}


EXPECTED = {"a.py": "", "bad.py": "TFM901", "old.py": "TFM902", "b.py": ""}


def test_a_bad_file_stops_nothing() -> None:
    assert codes(gather(MIXED)) == EXPECTED


def test_processes_give_the_same_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_WORTH_A_PROCESS", 0)
    steps: list[tuple[int, int]] = []
    found = gather(MIXED, jobs=2, progress=lambda done, total: steps.append((done, total)))
    assert list(found) == list(EXPECTED)
    assert found == gather(MIXED)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("error", [RecursionError("too deep"), MemoryError(), KeyError("bug")])
def test_a_failure_of_the_tool_is_one_files(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(source: Source) -> FileFacts:
        if source.path == "a.py":
            raise error
        return collect(source)

    monkeypatch.setattr(gathering, "collect", failing)
    assert codes(gather(MIXED)) == EXPECTED | {"a.py": "TFM909"}


def test_absurdly_nested_code_is_a_problem_and_no_crash() -> None:
    deep = sources(deep="x = " + "-" * 100_000 + "1\n", sums="x = " + "1+" * 20_000 + "1\n")
    assert all(isinstance(each, Problem | FileFacts) for each in gather(deep).values())


@pytest.mark.skipif(os.name != "posix", reason="needs fork to pass the fake on")
def test_a_dying_process_is_one_files_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(source: Source) -> FileFacts:
        if source.path == "a.py":
            os._exit(1)
        return collect(source)

    monkeypatch.setattr(gathering, "_WORTH_A_PROCESS", 0)
    monkeypatch.setattr(gathering, "collect", dying)
    assert codes(gather(MIXED, jobs=2)) == EXPECTED | {"a.py": "TFM909"}


class Counting:
    """Counts the files that were parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.parsed: list[str] = []
        monkeypatch.setattr(gathering, "collect", self)

    def __call__(self, source: Source) -> FileFacts:
        self.parsed.append(source.path)
        return collect(source)


def run(folder: Path, files: Sequence[Source]) -> dict[str, FileFacts | Problem]:
    return gather(files, cache=FactsCache(folder))


def test_what_is_cached_is_not_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(monkeypatch)
    first = run(tmp_path, MIXED)
    counting.parsed.clear()
    assert run(tmp_path, MIXED) == first
    assert counting.parsed == ["bad.py", "old.py"]


def test_a_changed_or_renamed_file_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, sources(a="x = 1\n"))
    counting = Counting(monkeypatch)
    run(tmp_path, sources(a="x = 2\n", b="x = 1\n"))
    assert counting.parsed == ["a.py", "b.py"]


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\0" * 100])
def test_a_damaged_entry_counts_as_absent(tmp_path: Path, damage: bytes) -> None:
    first = run(tmp_path, MIXED)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1] + damage)
    assert run(tmp_path, MIXED) == first


def test_an_altered_entry_counts_as_absent(tmp_path: Path) -> None:
    first = run(tmp_path, MIXED)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"tensorflow", b"tensorblow"))
    assert run(tmp_path, MIXED) == first


def test_a_cache_folder_that_cannot_be_made_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert codes(run(tmp_path / "file" / "cache", MIXED)) == EXPECTED


def test_old_versions_entries_go_after_a_month(tmp_path: Path) -> None:
    for name, age in (("facts-old", 1), ("facts-recent", 2e9)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (age, 9e9 if age > 1 else 1))
    run(tmp_path, MIXED)
    assert not (tmp_path / "facts-old").exists()
    assert (tmp_path / "facts-recent").exists()


def test_the_folder_follows_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "tf2migrate"
