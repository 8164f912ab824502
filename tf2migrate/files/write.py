"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tf2migrate.syntax.source import digest_of


class WriteError(Exception):
    """A file was not written and is as it was; the message names it and the remedy."""


def check_writable(path: Path, digest: str | None = None) -> Path:
    """The real file behind `path`, which can be replaced and still has `digest`.

    Raises:
      WriteError: it cannot, or it has changed since it was analysed.
    """
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
        current = digest and digest_of(real.read_bytes())
    except (OSError, RuntimeError) as error:
        raise WriteError(f"{path}: {_reason(error)}; nothing was written to it") from error
    if not stat.S_ISREG(mode):
        raise WriteError(f"{path}: not a regular file; nothing was written to it")
    if not mode & stat.S_IWUSR or not os.access(real, os.W_OK):
        raise WriteError(f"{path}: the file is read-only; make it writable (chmod u+w) first")
    if not os.access(real.parent, os.W_OK | os.X_OK):
        raise WriteError(f"{path}: its folder is not writable; make {real.parent} writable first")
    if current != digest:
        raise WriteError(f"{path}: the file has changed since it was analysed; run again")
    return real


def write_atomic(path: Path, data: bytes, *, digest: str | None = None) -> None:
    """Replace the content of the existing file `path`; a link stays and its target changes.

    The new content comes from a file in the same folder, so whoever looks, and
    whenever this process is killed, sees the old bytes or the new ones. Mode and
    owner are kept. A second hard link to the file keeps the old content.

    Args:
      digest: the sha256 that the file must still have.

    Raises:
      WriteError: nothing was changed.
    """
    real = check_writable(path, digest)
    try:
        _replace(real, data)
    except OSError as error:
        raise WriteError(f"{path}: {_reason(error)}; the file is as it was") from error


def write_all(files: Mapping[Path, tuple[bytes, str]]) -> None:
    """Write new bytes to files of known digests, all of them or none.

    Every file is checked before the first is written. When one fails after all,
    those before it get their old bytes back.

    Raises:
      WriteError: nothing was changed; if not even that succeeded, the message says so.
    """
    old = {path: check_writable(path, digest).read_bytes() for path, (_, digest) in files.items()}
    done: list[Path] = []
    try:
        for path, (data, digest) in files.items():
            write_atomic(path, data, digest=digest)
            done.append(path)
    except WriteError as error:
        stuck = [path for path in reversed(done) if not _restore(path, old[path])]
        if stuck:
            names = ", ".join(map(str, stuck))
            raise WriteError(f"{error}; already written and not restored: {names}") from error
        raise


def _restore(path: Path, data: bytes) -> bool:
    try:
        write_atomic(path, data)
    except WriteError:
        return False
    return True


def _replace(real: Path, data: bytes) -> None:
    status = real.stat()
    prefix = f".{real.name[:100]}.tf2migrate-"
    handle, temporary = tempfile.mkstemp(suffix=".tmp", prefix=prefix, dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            _keep_owner_and_mode(temporary, status)
            os.fsync(file.fileno())
        os.replace(temporary, real)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _keep_owner_and_mode(path: str, status: os.stat_result) -> None:
    if hasattr(os, "chown"):
        new = os.stat(path)
        if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
            with contextlib.suppress(OSError):
                os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
