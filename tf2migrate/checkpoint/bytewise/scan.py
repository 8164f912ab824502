"""The threads' work: read runs, compare both sides, sum up checksums."""

from __future__ import annotations

from collections.abc import Iterable
from io import FileIO
from threading import Lock
from typing import NamedTuple

from tf2migrate.checkpoint.bytewise.runs import CHUNK, Piece, Run
from tf2migrate.checkpoint.files.checksum import combine, crc32c
from tf2migrate.checkpoint.files.shards import cut_off, unreadable

_MOST_FILES = 32
_CACHE_LINE = 64


class Part(NamedTuple):
    """The checksum of some bytes of an extent."""

    start: int
    size: int
    crc: int


Side = tuple[int, int]
"""Number of a pair and number of an extent of it."""


class Scan:
    """What all threads found.

    Attributes:
      before: checksums of the old tensors' extents, in parts.
      after: those of the new ones.
      different: numbers of the pairs whose bytes differ.
      once: numbers of pairs with bytes that are the same ones of the same file.
      twice: numbers of pairs with bytes that are not.
    """

    def __init__(self) -> None:
        self.before: dict[Side, list[Part]] = {}
        self.after: dict[Side, list[Part]] = {}
        self.different: set[int] = set()
        self.once: set[int] = set()
        self.twice: set[int] = set()
        self._lock = Lock()

    def work(self, runs: Iterable[Run]) -> None:
        """Read `runs`; called in each thread.

        Raises:
          CheckpointError: a file cannot be read, or ends too early.
        """
        with Reader() as old, Reader() as new:
            for run in runs:
                if len(run.pieces) == 1:
                    self._long(run, old, new)
                else:
                    self._short(run, old, new)

    def _long(self, run: Run, old: Reader, new: Reader) -> None:
        """One piece, chunk by chunk; the two sides' checksums are one while they are equal."""
        one = two = 0
        equal = True
        for start in range(0, run.size, CHUNK):
            size = min(CHUNK, run.size - start)
            old.read(run.before_path, run.before_offset + start, size)
            if not run.once:
                new.read(run.after_path, run.after_offset + start, size)
                if equal and not old.equals(new, size):
                    equal, two = False, one
            one = crc32c(old.view[:size], one)
            if not equal:
                two = crc32c(new.view[:size], two)
        with self._lock:
            self._note(run.pieces[0], one, one if equal else two, equal, run.once)

    def _short(self, run: Run, old: Reader, new: Reader) -> None:
        """Many pieces in one chunk."""
        old.read(run.before_path, run.before_offset, run.size)
        if not run.once:
            new.read(run.after_path, run.after_offset, run.size)
        whole = run.once or old.equals(new, run.size)
        position = 0
        with self._lock:
            for piece in run.pieces:
                end = position + piece.size
                one = crc32c(old.view[position:end])
                equal = whole or bytes(old.view[position:end]) == bytes(new.view[position:end])
                two = one if equal else crc32c(new.view[position:end])
                self._note(piece, one, two, equal, run.once)
                position = end

    def _note(self, piece: Piece, one: int, two: int, equal: bool, once: bool) -> None:
        before, after = (piece.pair, piece.before), (piece.pair, piece.after)
        self.before.setdefault(before, []).append(Part(piece.before_start, piece.size, one))
        self.after.setdefault(after, []).append(Part(piece.after_start, piece.size, two))
        if not equal:
            self.different.add(piece.pair)
        (self.once if once else self.twice).add(piece.pair)


def total(parts: Iterable[Part]) -> int:
    """The checksum of a whole extent from those of its parts."""
    crc = 0
    for part in sorted(parts):
        crc = combine(crc, part.crc, part.size) if part.start else part.crc
    return crc


class Reader:
    """Reads pieces of files into one buffer.

    Attributes:
      view: the buffer; what it holds is what was read last.
    """

    def __init__(self) -> None:
        self._buffer = aligned(CHUNK)
        self.view = memoryview(self._buffer)
        self._files: dict[str, FileIO] = {}

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def read(self, path: str, offset: int, size: int, at: int = 0) -> None:
        """Fill `size` bytes of the buffer, from its byte `at` on.

        Raises:
          CheckpointError: the file cannot be read, or ends too early.
        """
        try:
            file = self._file(path)
            file.seek(offset)
            done = 0
            while done < size:
                count = file.readinto(self.view[at + done : at + size])
                if not count:
                    raise cut_off(path, offset + size, offset + done)
                done += count
        except OSError as error:
            raise unreadable(path, error) from None

    def equals(self, other: Reader, size: int) -> bool:
        """Whether both hold the same; whole arrays, since Python compares views slowly."""
        if size == CHUNK:
            return self._buffer == other._buffer
        return self._buffer[:size] == other._buffer[:size]

    def _file(self, path: str) -> FileIO:
        if path not in self._files:
            if len(self._files) >= _MOST_FILES:
                self._close()
            self._files[path] = FileIO(path)
        return self._files[path]

    def _close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()


def aligned(size: int) -> bytearray:
    """A buffer that begins on a cache line.

    Linux copies out of its page cache twice as fast to such an address as to one
    that is 16 bytes further, where malloc puts large buffers.
    """
    from ctypes import addressof, c_char  # noqa: PLC0415  (needed to read values only)

    buffer = bytearray(size + _CACHE_LINE)
    shift = -addressof(c_char.from_buffer(buffer)) % _CACHE_LINE
    del buffer[:shift]  # CPython moves the beginning of the array, not its bytes
    del buffer[size:]
    return buffer
