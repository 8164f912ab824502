"""Documents for programs and lines for people, written without rich."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from tf2migrate.cli.group import Failure
from tf2migrate.report.plain import Paint, ansi, plain

_WIDEST = 100


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
        raise cannot_write(path, error) from None


def cannot_write(path: Path, error: OSError) -> Failure:
    """What to raise for an --output that cannot be written."""
    return Failure(f"{path}: cannot be written: {error.strerror}; name another --output")


def write_lines(lines: Iterable[str]) -> None:
    """Lines for people on stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def stdout_paint() -> Paint:
    """Colours for a terminal, unless NO_COLOR is set; none for a pipe."""
    return ansi if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else plain


def stdout_width() -> int | None:
    """Where to wrap texts on a terminal; None for a pipe, whose lines stay whole."""
    if not sys.stdout.isatty():
        return None
    try:
        return min(os.get_terminal_size(sys.stdout.fileno()).columns or _WIDEST, _WIDEST)
    except OSError:
        return _WIDEST


def without_collector() -> None:
    """Look for no cycles of garbage until the command ends.

    Ten thousand rows are many objects and no garbage; looking them through again
    and again takes a tenth of the time.
    """
    if gc.isenabled():
        gc.disable()
        click.get_current_context().call_on_close(gc.enable)
