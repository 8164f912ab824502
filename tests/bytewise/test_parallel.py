"""Threads that share their work, and stop at the first error."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from tf2migrate.checkpoint.parallel import in_threads, usual_workers


@pytest.mark.parametrize("workers", [1, 2, 7, None])
def test_each_item_is_done_once(workers: int | None) -> None:
    done: list[int] = []
    in_threads(done.extend, range(1000), workers)
    assert sorted(done) == list(range(1000))


def test_no_items_are_no_work() -> None:
    done: list[int] = []
    in_threads(done.extend, [])
    assert done == []


def test_an_error_comes_out_and_the_other_threads_stop() -> None:
    done: list[int] = []

    def work(items: Iterable[int]) -> None:
        for item in items:
            if item == 3:
                raise ValueError("three")
            done.append(item)

    before = threading.active_count()
    with pytest.raises(ValueError, match="three"):
        in_threads(work, range(10**9), 2)
    assert threading.active_count() == before
    assert len(done) < 10**9


def test_all_threads_may_fail() -> None:
    def work(items: Iterable[int]) -> None:
        raise KeyError(next(iter(items)))

    with pytest.raises(KeyError):
        in_threads(work, range(10), 4)


def test_there_are_at_least_two_workers() -> None:
    assert usual_workers() >= 2
