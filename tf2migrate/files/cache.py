"""Facts kept between runs, in the user's cache folder.

An entry's name is made of all that its facts depend on: the file's path and
bytes, the code that makes facts, and the Python that parsed. So an entry is
never stale, only superfluous; a damaged one counts as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import tf2migrate
from tf2migrate.model.facts import FileFacts
from tf2migrate.syntax.source import Source

_MONTH = 30 * 24 * 3600
_CODE = ("syntax", "model")


def default_folder() -> Path:
    """The folder for entries: `XDG_CACHE_HOME`, or where the platform has caches."""
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "tf2migrate"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(local) / "tf2migrate" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "tf2migrate"
    return Path.home() / ".cache" / "tf2migrate"


class FactsCache:
    """Facts by source. No error of the file system ever leaves it."""

    def __init__(self, folder: Path) -> None:
        self.top = folder
        self.folder = folder / f"facts-{_fingerprint()}"

    def get(self, source: Source) -> FileFacts | None:
        """The facts of `source`, if an earlier run left them and they are whole."""
        try:
            entry = self._path(source).read_bytes()
            digest, payload = entry[:32], entry[32:]
            if hashlib.sha256(payload).digest() != digest:
                return None
            facts = pickle.loads(payload)  # our own, by its digest; the folder is the user's
        except Exception:
            return None
        return facts if isinstance(facts, FileFacts) and facts.path == source.path else None

    def put(self, source: Source, payload: bytes) -> None:
        """Keep `payload`, the pickled facts of `source`."""
        path = self._path(source)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(payload).digest() + payload)
            os.replace(temporary, path)

    def prune(self) -> None:
        """Remove the entries of other versions that were not used for a month."""
        with contextlib.suppress(OSError):
            os.utime(self.folder)
            for folder in self.top.glob("facts-*"):
                if folder != self.folder and time.time() - folder.stat().st_mtime > _MONTH:
                    shutil.rmtree(folder, ignore_errors=True)

    def _path(self, source: Source) -> Path:
        key = hashlib.sha256(f"{source.path}\0{source.digest}".encode()).hexdigest()
        return self.folder / key[:2] / key[2:]


@cache
def _fingerprint() -> str:
    """What the facts depend on beside the file: the version, the code and the Python."""
    digest = hashlib.sha256(f"{tf2migrate.__version__} {sys.version}".encode())
    package = Path(tf2migrate.__file__).parent
    for part in _CODE:
        for path in sorted((package / part).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
