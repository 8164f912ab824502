"""Where a command's report goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tf2migrate.cli.group import Failure


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
        raise _cannot_write(path, error) from None
    with file:
        yield _Console(file=file, width=100, no_color=True)


def stderr_console() -> Console:
    return _Console(stderr=True)


def write_document(document: str | bytes, path: Path | None = None) -> None:
    """A document for programs, exactly and alone: to stdout or to the file at `path`."""
    data = document.encode("utf-8", "backslashreplace") if isinstance(document, str) else document
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        raise _cannot_write(path, error) from None


def _cannot_write(path: Path, error: OSError) -> Failure:
    return Failure(f"{path}: cannot be written: {error.strerror}; name another --output")
