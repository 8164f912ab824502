"""Work for a few threads, which stop at the first error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from threading import Lock, Thread
from typing import TypeVar

Item = TypeVar("Item")

_MOST = 8


def usual_workers() -> int:
    """One thread for each core that this process may use, and one more, for some wait."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, _MOST) + 1


def in_threads(
    work: Callable[[Iterable[Item]], None], items: Iterable[Item], workers: int | None = None
) -> None:
    """Call `work` in each thread with an iterator that shares `items` with the others.

    Raises:
      Exception: the first one that any thread raised, after all have ended.
    """
    shared = _Shared(items)

    def run() -> None:
        try:
            work(shared)
        except BaseException as error:  # raised again below, in the calling thread
            shared.fail(error)

    threads = [Thread(target=run, daemon=True) for _ in range(workers or usual_workers())]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:  # an interrupt: the threads end with the item they are at
        shared.stop()
        raise
    if shared.error is not None:
        raise shared.error


class _Shared(Iterable[Item]):
    """One iterator for all threads; exhausted once one of them has failed."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self._lock = Lock()
        self._stopped = False
        self.error: BaseException | None = None

    def __iter__(self) -> _Shared[Item]:
        return self

    def __next__(self) -> Item:
        with self._lock:
            if self._stopped:
                raise StopIteration
            return next(self._items)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True

    def fail(self, error: BaseException) -> None:
        with self._lock:
            self._stopped = True
            if self.error is None:
                self.error = error
