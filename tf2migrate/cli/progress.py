"""A progress bar for people who wait at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

_WORTH_A_BAR = 50


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A callback that takes the number of files done and that of all.

    None when stderr is no terminal. The bar appears for more than 50 files and
    is gone at the end. It refreshes itself on calls only: a thread of its own
    would make it unsafe to fork.
    """
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, auto_refresh=False)
    task = bar.add_task("Reading", total=None)

    def report(done: int, total: int) -> None:
        if total > _WORTH_A_BAR:
            bar.start()
            bar.update(task, completed=done, total=total)
            if done % max(1, total // 100) == 0 or done == total:
                bar.refresh()

    try:
        yield report
    finally:
        bar.stop()
