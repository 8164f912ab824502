"""What differs between two checkpoint files, key by key.

Unlike `compare`, which asks whether two programs save the same variables, this
knows of no migration: a variable under another key is another variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tf2migrate.checkpoint.differences import Difference
from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.checkpoint.graph_facts import graph_facts
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth, Entry, Outcome, Report
from tf2migrate.model.inventory import VariableRow

_CHECKSUMS_DIFFER = "the checksums differ"


class Fact(NamedTuple):
    """What the object graphs say about an object path; None where one says nothing."""

    path: str
    before: str | None
    after: str | None


def file_diff(before: CheckpointFile, after: CheckpointFile, *, read: bool = True) -> Report:
    """Compare two checkpoints; the report's entries are in the order of the keys.

    Args:
      read: tell how far differing values are apart, which reads them. Values
        without a checksum in the index (V1) are read anyway.

    Raises:
      CheckpointError: a value cannot be read.
    """
    old = checkpoint_inventory(before).by_key()
    new = checkpoint_inventory(after).by_key()
    entries: dict[str, Entry] = {}
    unsure: list[str] = []
    for key in sorted({*old, *new}):
        entry = _form(old.get(key), new.get(key))
        if entry is None:
            one, other = checksum(before, key), checksum(after, key)
            if one is not None and one == other:
                entry = Entry(Outcome.MATCHED, (old[key],), (new[key],))
            elif one is not None and other is not None and not read:
                entry = Entry(Outcome.VALUE, (old[key],), (new[key],), detail=_CHECKSUMS_DIFFER)
            else:
                unsure.append(key)
        if entry is not None:
            entries[key] = entry
    for key, difference in zip(unsure, _differences(before, after, unsure), strict=True):
        entries[key] = _valued(old[key], new[key], difference)
    ordered = tuple(entries[key] for key in sorted(entries))
    return Report(before.prefix, after.prefix, ordered, Depth.CHECKSUMS)


def object_diff(before: CheckpointFile, after: CheckpointFile) -> list[Fact]:
    """What the object graphs of two object-based checkpoints say differently.

    Raises:
      CheckpointError: an object graph cannot be read.
    """
    sums = [checksum(file, OBJECT_GRAPH_KEY) for file in (before, after)]
    if sums[0] is not None and sums[0] == sums[1]:
        return []
    old, new = before.graph(), after.graph()
    if old is None or new is None:
        return []
    one, other = graph_facts(old), graph_facts(new)
    paths = sorted({*one, *other})
    facts = [Fact(path, one.get(path), other.get(path)) for path in paths]
    return [fact for fact in facts if fact.before != fact.after]


def checksum(file: CheckpointFile, key: str) -> object:
    """What tells equal values of two files; None if the index does not."""
    tensor = file.tensors.get(key)
    if tensor is None:
        return None
    if tensor.slices and isinstance(file, BundleFile):
        return frozenset((box, part.crc) for box, part in file.parts(key))
    return tensor.crc


def _form(old: VariableRow | None, new: VariableRow | None) -> Entry | None:
    """What differs without a look at the values."""
    if new is None:
        assert old is not None
        return Entry(Outcome.MISSING, (old,))
    if old is None:
        return Entry(Outcome.UNEXPECTED, (), (new,))
    if old.shape != new.shape:
        return Entry(Outcome.SHAPE, (old,), (new,))
    if old.dtype != new.dtype:
        return Entry(Outcome.DTYPE, (old,), (new,))
    return None


def _differences(
    before: CheckpointFile, after: CheckpointFile, keys: Sequence[str]
) -> Iterator[Difference]:
    if not keys:
        return
    from tf2migrate.checkpoint.values import Pair, Stored, compare_values  # noqa: PLC0415

    pairs = [Pair(Stored(before, key), Stored(after, key)) for key in keys]
    yield from (compared.difference for compared in compare_values(pairs))


def _valued(old: VariableRow, new: VariableRow, difference: Difference) -> Entry:
    if difference.equal:
        return Entry(Outcome.MATCHED, (old,), (new,))
    return Entry(
        Outcome.VALUE, (old,), (new,), detail=str(difference), difference=difference.largest
    )
