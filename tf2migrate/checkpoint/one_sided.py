"""Variables that only one side can have: whether nothing is lost with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.checkpoint.files.dtypes import item_size
from tf2migrate.checkpoint.solve.matching import OneSided
from tf2migrate.model.comparison import Depth, Entry, Outcome
from tf2migrate.model.inventory import Inventory, VariableRow

_CHUNK = 1 << 20
_NOT_READ = "nothing is lost if it is all zeros; its value was not read"
_LOST = (
    "and it is not all zeros. RMSPropOptimizer keeps its last step there, which only a momentum"
    " other than 0 needs: give the Keras optimizer that momentum. If it was 0, the value is not"
    " needed, but no checkpoint says so"
)


def one_sided_entries(
    settled: Iterable[OneSided], before: Inventory, after: Inventory, depth: Depth
) -> Iterator[Entry]:
    """A line for each: `ONE_SIDED`, or what it is else if its value says something.

    What has to be zero is never taken for it where its checksum or its value is
    known and says otherwise; with Depth.VALUES it is read.

    Raises:
      CheckpointError: a value cannot be read.
    """
    for each in settled:
        detail, lost = each.reason, False
        if each.zero:
            sides = [(row, before) for row in each.before] + [(row, after) for row in each.after]
            known = [_is_zero(row, side, depth) for row, side in sides]
            lost = False in known
            if lost:
                detail = f"{each.reason}, {_LOST}"
            elif None in known:
                detail = f"{each.reason}; {_NOT_READ}"
        wrong = Outcome.MISSING if each.before else Outcome.UNEXPECTED
        outcome = wrong if lost else Outcome.ONE_SIDED
        yield Entry(outcome, each.before, each.after, each.reason, detail)


def _is_zero(row: VariableRow, inventory: Inventory, depth: Depth) -> bool | None:
    """Whether all its bytes are 0; None if that is not known without reading it at Depth.NAMES."""
    size = _size(row)
    if row.checksum is not None and size is not None:
        zero = row.checksum == _checksum_of_zeros(size)
        if not zero or depth is not Depth.VALUES:
            return zero
    if depth is Depth.NAMES or inventory.values is None:
        return None
    if inventory.file is not None:
        inventory.file.check(row.key)
        return not any(any(chunk) for chunk in inventory.file.chunks(row.key))
    return not inventory.values(row).any()


def _size(row: VariableRow) -> int | None:
    """Bytes of its value in a file."""
    size = item_size(row.dtype)
    for extent in row.shape if row.shape is not None else (None,):
        size = None if size is None or extent is None else size * extent
    return size


def _checksum_of_zeros(size: int) -> int:
    whole, rest = divmod(size, _CHUNK)
    crc, zeros = 0, bytes(_CHUNK)
    for _ in range(whole):
        crc = crc32c(zeros, crc)
    return crc32c(zeros[:rest], crc)
