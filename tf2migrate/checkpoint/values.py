"""Compare the values of two checkpoints byte by byte.

Every byte of both files is read once, in parallel and in bounded memory, and
summed up on the way: bytes that do not have the checksum of their index are an
error, even if they are equal. numpy is imported only if something differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tf2migrate.checkpoint.bytewise.extents import Extent, Layout
from tf2migrate.checkpoint.bytewise.measure import difference_of_arrays, difference_of_extents
from tf2migrate.checkpoint.bytewise.runs import runs
from tf2migrate.checkpoint.bytewise.scan import Part, Scan, Side, total
from tf2migrate.checkpoint.bytewise.streams import same_bytes
from tf2migrate.checkpoint.differences import EXACT, Difference, Tolerance
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.table import DAMAGED
from tf2migrate.checkpoint.parallel import in_threads, usual_workers
from tf2migrate.model.checkpoint_error import CheckpointError

EQUAL = Difference()


class Stored(NamedTuple):
    """A tensor of a checkpoint."""

    file: CheckpointFile
    key: str


class Pair(NamedTuple):
    """Two tensors of the same shape and dtype."""

    before: Stored
    after: Stored


class Compared(NamedTuple):
    """What became of a pair.

    Attributes:
      difference: of the values.
      once: both are the same bytes of the same file (a hard link), read once.
    """

    difference: Difference
    once: bool


def compare_values(
    pairs: Sequence[Pair], tolerance: Tolerance = EXACT, workers: int | None = None
) -> list[Compared]:
    """Compare each pair; the answers are in the order of `pairs`.

    Args:
      workers: number of threads; one more than there are cores without it.

    Raises:
      CheckpointError: bytes cannot be read, or do not have their checksum.
      ValueError: a pair's shapes or dtypes differ.
    """
    places = _places(pairs)
    scan = Scan()
    in_threads(scan.work, runs(places), workers)
    verify = _Verification(pairs, places, scan)
    in_threads(verify.work, range(len(pairs)), workers)
    different = sorted(verify.different)
    measured: dict[int, Difference] = {}

    def measure(numbers: Iterable[int]) -> None:
        for number in numbers:
            measured[number] = _measure(pairs[number], places[number], tolerance)

    if different:
        in_threads(measure, different, min(workers or usual_workers(), len(different)))
    once = scan.once - scan.twice
    return [Compared(measured.get(number, EQUAL), number in once) for number in range(len(pairs))]


Places = tuple[Sequence[Extent], Sequence[Extent]]


def _places(pairs: Sequence[Pair]) -> list[Places | None]:
    """Where the bytes are, None for a pair one side's of which are not to be had by extents."""
    layouts: dict[CheckpointFile, Layout] = {}
    found: list[Places | None] = []
    for (before, key), (after, other) in pairs:
        old, new = before.tensors[key], after.tensors[other]
        if old.shape != new.shape or old.dtype != new.dtype:
            raise ValueError(f"{key} and {other} have not the same form")
        for file in (before, after):
            if file not in layouts:
                layouts[file] = Layout(file)
        left, right = layouts[before].extents(key), layouts[after].extents(other)
        found.append(None if left is None or right is None else (left, right))
    return found


class _Verification:
    """Compares the checksums that were summed up; reads the pairs that have no extents."""

    def __init__(self, pairs: Sequence[Pair], places: Sequence[Places | None], scan: Scan) -> None:
        self.pairs = pairs
        self.places = places
        self.scan = scan
        self.different = scan.different

    def work(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            pair, places = self.pairs[number], self.places[number]
            if places is not None:
                _check(pair.before, number, places[0], self.scan.before)
                _check(pair.after, number, places[1], self.scan.after)
                continue
            if not same_bytes(*pair.before, *pair.after):
                self.different.add(number)


def _check(
    stored: Stored, pair: int, extents: Sequence[Extent], found: dict[Side, list[Part]]
) -> None:
    for number, extent in enumerate(extents):
        if total(found.get((pair, number), ())) != extent.crc:
            problem = f"damaged: the bytes of {stored.key} do not have their checksum"
            raise CheckpointError(extent.path, problem, DAMAGED)


def _measure(pair: Pair, places: Places | None, tolerance: Tolerance) -> Difference:
    if places is None:
        return difference_of_arrays(pair.before, pair.after, tolerance)
    dtype = pair.before.file.tensors[pair.before.key].dtype
    return difference_of_extents(dtype, *places, tolerance)
