"""Where a command's report goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tf2migrate.cli.documents import cannot_write, write_document

__all__ = ["human_console", "stderr_console", "write_document"]


class _Console(Console):
    """A console that leaves a closed pipe to the command line, which knows the status."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704  (called while the BrokenPipeError is handled)


@contextmanager
def human_console(path: Path | None = None) -> Iterator[Console]:
    """A console for people on stdout, or without colours in the file at `path`."""
    if path is None:
        yield _Console(file=sys.stdout)
        return
    try:
        file = path.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise cannot_write(path, error) from None
    with file:
        yield _Console(file=file, width=100, no_color=True)


def stderr_console() -> Console:
    return _Console(stderr=True)
