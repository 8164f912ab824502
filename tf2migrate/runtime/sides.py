"""What a test or a program gives as one side of a comparison, and comparisons of living objects."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import tensorflow as tf

from tf2migrate.checkpoint.directions import compare_either_way, runs_backwards
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.checkpoint.name_map import load_names, select
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Report
from tf2migrate.model.inventory import Inventory
from tf2migrate.model.names import NameRow
from tf2migrate.runtime.graphs import graph_inventory
from tf2migrate.runtime.object_inventory import inventory

Names: TypeAlias = "Sequence[NameRow] | str | os.PathLike[str]"
_NO_ARRAY = "variant"


def side(given: Any) -> Inventory:
    """The inventory of what the user gives.

    Args:
      given: an Inventory; a checkpoint's prefix or the path of a recording
        (`.json`); a graph or a session; else a living object.

    Raises:
      CheckpointError: it cannot be read, or TensorFlow could not save it.
    """
    if isinstance(given, Inventory):
        return given
    if isinstance(given, (str, os.PathLike)):
        path = os.fspath(given)
        if path.endswith(".json") and not Path(f"{path}.index").exists():
            from tf2migrate.checkpoint.recording import recording_inventory  # noqa: PLC0415

            return recording_inventory(path)
        return checkpoint_inventory(open_checkpoint(path))
    if isinstance(given, tf.Graph):
        return graph_inventory(given, local=False)
    if isinstance(given, (tf.compat.v1.Session, tf.compat.v1.InteractiveSession)):
        return graph_inventory(session=given, local=False)
    return inventory(given)


def name_rows(
    names: Names, before: Inventory, after: Inventory | None = None, place: str | None = None
) -> tuple[NameRow, ...]:
    """The rows of a name map that are about the comparison.

    Args:
      names: the rows, or the path of a `tf2migrate-names.json`.
      place: `NameRow.checkpoint` of the one that is meant, where the map has
        several that fit.

    Raises:
      CheckpointError: the file cannot be read; it is not clear which
        Checkpoint of the map is meant.
    """
    rows = load_names(Path(names)) if isinstance(names, (str, os.PathLike)) else tuple(names)
    old = after if after is not None and runs_backwards(before, after) else before
    return select(rows, {row.name or row.key for row in old.rows}, place)


def compared(
    before: Inventory,
    after: Inventory,
    names: Sequence[NameRow] = (),
    depth: Depth = Depth.NAMES,
    *,
    atol: float = 0.0,
    rtol: float = 0.0,
) -> Report:
    """`compare`, where the state of iterators, which is no array, is compared by name only.

    Raises:
      CheckpointError: a value cannot be read.
    """
    by_name = compare_either_way(before, after, names, Depth.NAMES)
    if depth is Depth.NAMES:
        return by_name
    for one in (before, after):
        if one.values is None:
            raise CheckpointError(one.label, "has names and no values", "compare without values")
    by_value = compare_either_way(
        _arrays(before), _arrays(after), names, depth, atol=atol, rtol=rtol
    )
    states = tuple(
        entry
        for entry in by_name.entries
        if any(row.dtype == _NO_ARRAY for row in (*entry.before, *entry.after))
    )
    return replace(by_value, entries=(*by_value.entries, *states))


def _arrays(inventory: Inventory) -> Inventory:
    rows = tuple(row for row in inventory.rows if row.dtype != _NO_ARRAY)
    return inventory if len(rows) == len(inventory.rows) else replace(inventory, rows=rows)
