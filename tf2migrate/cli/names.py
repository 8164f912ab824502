"""Keep tf2migrate-names.json at the project root."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tf2migrate.cli.group import Failure
from tf2migrate.model.names import NameRow
from tf2migrate.model.names_json import FILE_NAME, NamesError, merged, names_json, parse_names


@contextmanager
def names_kept(root: Path, rows: Sequence[NameRow]) -> Iterator[Path | None]:
    """Write the name map, then run the body; when that fails, put the old map back.

    The map comes first: a rewritten program without its map could not read its
    old checkpoints, and running again would not make the map. Rows of Checkpoints
    that this run does not touch stay. Gives the path, None if there is no row.
    """
    if not rows:
        yield None
        return
    path = root / FILE_NAME
    old = _read(path)
    _write(path, names_json(merged(_parsed(path, old), rows)))
    try:
        yield path
    except Exception:
        _put_back(path, old)
        raise


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}; nothing was written") from None


def _parsed(path: Path, data: bytes | None) -> tuple[NameRow, ...]:
    try:
        return () if data is None else parse_names(data)
    except NamesError as error:
        raise Failure(f"{path}: {error}; repair or remove it; nothing was written") from None


def _write(path: Path, data: bytes) -> None:
    """Replace the file whole; whoever looks sees the old map or the new one."""
    temporary = None
    real = Path(os.path.realpath(path))
    try:
        handle, temporary = tempfile.mkstemp(".tmp", f".{FILE_NAME}.", real.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(real))
        os.replace(temporary, real)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise Failure(f"{path}: cannot be written: {error.strerror}; nothing was changed") from None


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o7777
    except OSError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _put_back(path: Path, old: bytes | None) -> None:
    if old is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, old)
