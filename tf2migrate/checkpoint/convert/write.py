"""Writes the files of a planned checkpoint, the index last."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tf2migrate.checkpoint.convert.plan import Made, Plan
from tf2migrate.checkpoint.convert.shard_writer import ShardWriter
from tf2migrate.checkpoint.convert.shards import How, Shard, bring
from tf2migrate.checkpoint.convert.source import check_source, gone
from tf2migrate.checkpoint.files.bundle import BundleFile, index_path, shard_name
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.entries import (
    HEADER_KEY,
    decode_entry,
    encode_entry,
    encode_header,
)
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.tensors import Tensor

Entries = dict[bytes, bytes]


@dataclass
class Written:
    """What was written.

    Attributes:
      entries: of the new index, by key.
      added: the tensors in the added data file, by key.
      added_file: that file.
      shards: the data files that were there before.
      files: those whose bytes have been written, so that they may be in memory only.
      size: bytes written: index, added data file, copies.
    """

    entries: Entries = field(default_factory=dict)
    added: dict[str, Tensor] = field(default_factory=dict)
    added_file: str = ""
    shards: list[Shard] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    size: int = 0


def write_checkpoint(plan: Plan, file: CheckpointFile, prefix: str, *, copy: bool) -> Written:
    """Write the checkpoint `prefix`: data files first, then the index.

    Args:
      file: the old checkpoint.
      copy: do not link the old data files.

    Raises:
      OSError: a file cannot be written; some may be there.
      CheckpointError: the old values cannot be read or do not fit their transform, or
        the old checkpoint was saved again meanwhile.
    """
    written = Written()
    kept = file if isinstance(file, BundleFile) else None
    used = _used_shards(plan, kept) if kept is not None else []
    extra = bool(plan.made or plan.constants or plan.graph is not None or kept is None)
    total = len(used) + extra
    _bring_shards(file, used, prefix, total, written, copy)
    if kept is not None:
        _keep_entries(plan, kept, {old: new for new, old in enumerate(used)}, written.entries)
    if extra:
        _write_extra(plan, file, shard_name(prefix, len(used), total), len(used), written)
    written.entries[HEADER_KEY] = encode_header(total)
    index = encode_table(sorted(written.entries.items()))
    written.size += len(index)
    with open(index_path(prefix), "xb") as out:
        out.write(index)
    written.files += [written.added_file] * extra + [index_path(prefix)]
    if kept is not None:
        check_source(kept, written.shards, prefix)
    return written


def _used_shards(plan: Plan, file: BundleFile) -> list[int]:
    """The old data files that hold tensors of the new checkpoint as they are."""
    tensors = file.tensors
    used = {tensors[key].shard for key in plan.kept.values() if not tensors[key].slices}
    for key in plan.kept.values():
        if tensors[key].slices:
            used |= {part.shard for _, part in file.parts(key)}
    return sorted(used)


def _bring_shards(
    file: CheckpointFile, used: list[int], prefix: str, total: int, written: Written, copy: bool
) -> None:
    for number, shard in enumerate(used):
        source, target = str(file.shard_path(shard)), shard_name(prefix, number, total)
        try:
            how, why = bring(source, target, copy=copy)
        except FileNotFoundError:
            raise gone(source) from None
        written.shards.append(Shard(source, os.path.basename(target), how, why))
        if how is How.COPIED:
            written.size += os.path.getsize(target)
            written.files.append(target)


def _keep_entries(
    plan: Plan, file: BundleFile, numbers: Mapping[int, int], entries: Entries
) -> None:
    """The old entries under their new keys."""
    moved = any(old != new for old, new in numbers.items())
    raw, tensors = file.raw, file.tensors
    for key, old in plan.kept.items():
        name, old_name = key.encode(), old.encode()
        entry, tensor = raw[old_name], tensors[old]
        if tensor.slices:
            entries[name] = entry
            for part_key, part in _part_entries(file, name, old_name):
                entries[part_key] = _moved(part, numbers) if moved else part
        else:
            entries[name] = encode_entry(tensor, numbers[tensor.shard]) if moved else entry


def _part_entries(file: BundleFile, name: bytes, old_name: bytes) -> Iterator[tuple[bytes, bytes]]:
    for extents in decode_entry(file.raw[old_name]).slices:
        yield slice_key(name, extents), file.raw[slice_key(old_name, extents)]


def _moved(entry: bytes, numbers: Mapping[int, int]) -> bytes:
    tensor = decode_entry(entry).tensor
    return encode_entry(tensor, numbers[tensor.shard])


def _write_extra(
    plan: Plan, file: CheckpointFile, path: str, number: int, written: Written
) -> None:
    """The added data file: old values in another form, constants, and the object graph."""
    tensors = written.added
    written.added_file = path
    with ShardWriter(path, number) as writer:
        if file.format != "V2":
            for key, old in plan.kept.items():
                tensors[key] = writer.same(file, old)
        for made in plan.made:
            tensors.update(_make(made, file, writer))
        for key, dtype, shape, data, crc in plan.constants:
            tensors[key] = writer.stored(dtype, shape, data, crc)
        if plan.graph is not None:
            tensors[OBJECT_GRAPH_KEY] = writer.strings((), [plan.graph])
    for key, tensor in tensors.items():
        written.entries[key.encode()] = encode_entry(tensor)
    written.size += writer.size


def _make(made: Made, file: CheckpointFile, writer: ShardWriter) -> Iterator[tuple[str, Tensor]]:
    from tf2migrate.checkpoint.transforms import Signature  # noqa: PLC0415

    old = [file.tensors[key] for key in made.sources]
    inputs = [Signature(tensor.shape, tensor.dtype) for tensor in old]
    results = made.transform.infer(inputs)
    values = made.transform.apply([file.read(key) for key in made.sources], inputs)
    for key, array, (shape, dtype) in zip(made.keys, values, results, strict=True):
        assert array.shape == shape, made.transform
        yield key, writer.array(array, dtype)
