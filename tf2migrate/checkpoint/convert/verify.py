"""Reads back what a conversion wrote, before anybody else can."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tf2migrate.checkpoint.convert.plan import Made, Plan
from tf2migrate.checkpoint.convert.write import Written
from tf2migrate.checkpoint.files.bundle import index_path
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, VALUE_SUFFIX
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.files.shards import read_range
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.table import read_table
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Entry, Outcome, Report
from tf2migrate.model.inventory import Inventory, VariableRow
from tf2migrate.model.names import NameRow

_AGAIN = "this is a bug of tf2migrate or a fault of the disk; nothing was written"
_MANY = 2000
_KEPT = "the old entry under a new key"


def verify(
    plan: Plan, written: Written, file: CheckpointFile, old: Inventory, prefix: str, final: str
) -> Callable[[], Report]:
    """Compare the old checkpoint's variables with those now on the disk.

    The index is read again and holds exactly the entries that were planned, each
    kept one the old one's bytes; the data files have their sizes; the object graph
    and what was computed are read again.

    The inventory of the new files is then compared with the old one, as `tf2migrate
    verify` does. With thousands of variables that takes longer than all the rest,
    so there each variable's entry is compared with the old one's, no more.

    Args:
      file: the old checkpoint, `old` its inventory.
      prefix: where the new checkpoint is now.
      final: what it will be called.

    Returns:
      What gives the report of the comparison.

    Raises:
      CheckpointError: something is not as planned.
    """
    if dict(read_table(Path(index_path(prefix)).read_bytes(), final)) != written.entries:
        raise CheckpointError(final, "its index does not hold what was written", _AGAIN)
    for shard in written.shards:
        target = os.path.join(os.path.dirname(prefix), shard.name)
        if os.path.getsize(shard.source) != os.path.getsize(target):
            raise CheckpointError(final, f"{shard.name} has not the size of {shard.source}", _AGAIN)
    if plan.graph is not None:
        place = written.added[OBJECT_GRAPH_KEY]
        expected = encode_strings([plan.graph])[0]
        if read_range(written.added_file, place.offset, place.size) != expected:
            raise CheckpointError(final, "its object graph is not what was written", _AGAIN)
    if set(old.by_key()) != _used(plan) or len(set(_planned(plan))) != len(_planned(plan)):
        raise CheckpointError(final, "it does not hold each old variable once", _AGAIN)
    if plan.made or len(old.rows) <= _MANY or file.format != "V2":
        report = _compared(plan, written, old, prefix, final)
        return lambda: report
    sides = (old.label, final) if plan.graph is not None else (final, old.label)
    return lambda: Report(*sides, tuple(_entries(plan, old)), Depth.CHECKSUMS)


def _used(plan: Plan) -> set[str]:
    made = {source for each in plan.made for source in each.sources}
    return {*plan.kept.values(), *made, *plan.unused}


def _planned(plan: Plan) -> list[str]:
    made = (key for each in plan.made for key in each.keys)
    return [*plan.kept, *made, *(each.key for each in plan.constants)]


def _compared(plan: Plan, written: Written, old: Inventory, prefix: str, final: str) -> Report:
    from tf2migrate.checkpoint.compare import compare  # noqa: PLC0415  (large)

    file = open_checkpoint(prefix)
    for key in written.added:
        file.check(key)
    new = replace(checkpoint_inventory(file), label=final)
    added = {each.key for each in plan.constants}
    one = _without(old, [*plan.unused, *(key for made in plan.apart for key in made.sources)])
    other = _without(new, [*added, *(key for made in plan.apart for key in made.keys)])
    before, after = (one, other) if plan.graph is not None else (other, one)
    report = compare(before, after, _names(plan), depth=Depth.CHECKSUMS)
    if not report.ok:
        raise CheckpointError(final, f"it does not hold the old variables: {report}", _AGAIN)
    calculated = tuple(_calculated(made, old, new) for made in plan.apart)
    return replace(report, entries=(*report.entries, *calculated))


def _without(inventory: Inventory, keys: Iterable[str]) -> Inventory:
    left_out = set(keys)
    rows = tuple(row for row in inventory.rows if row.key not in left_out)
    return replace(inventory, rows=rows)


def _calculated(made: Made, old: Inventory, new: Inventory) -> Entry:
    before, after = old.by_key(), new.by_key()
    return Entry(
        Outcome.TRANSFORMED,
        tuple(before[key] for key in made.sources),
        tuple(after[key] for key in made.keys),
        "calculated",
        transform=str(made.transform),
    )


def _names(plan: Plan) -> list[NameRow]:
    """What became what, as a name map."""
    ones = [(key, old, "") for key, old in plan.kept.items()]
    ones += [
        (made.keys[0], made.sources[0], str(made.transform))
        for made in plan.made
        if len(made.keys) == len(made.sources) == 1
    ]
    if plan.graph is None:
        ones = [(old, key, text) for key, old, text in ones]
    return [
        NameRow("", name, key.removesuffix(VALUE_SUFFIX), "variable", "converted", "", text)
        for key, name, text in ones
        if key.endswith(VALUE_SUFFIX)
    ]


def _entries(plan: Plan, old: Inventory) -> Iterator[Entry]:
    """The pairs of variables whose entries have the same bytes."""
    rows = old.by_key()
    back = plan.graph is None
    for key, old_key in plan.kept.items():
        row = rows[old_key]
        path = (old_key if back else key).removesuffix(VALUE_SUFFIX)
        name = key if back else row.name
        new = VariableRow(
            key,
            row.shape,
            row.dtype,
            row.kind,
            name,
            None if back else path,
            checksum=row.checksum,
            partitions=row.partitions,
        )
        outcome = Outcome.MATCHED if path == name else Outcome.RENAMED
        before, after = (new, row) if back else (row, new)
        yield Entry(outcome, (before,), (after,), _KEPT)
