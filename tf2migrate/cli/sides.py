"""What a command line names as one side of a comparison: a checkpoint, a program, a recording."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.inventory import Inventory, VariableRow

_FACTORY = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def inventory_of(text: str) -> Inventory:
    """The variables of a checkpoint's prefix, a recording's file or `module:factory`.

    Raises:
      CheckpointError: it cannot be read, or the object cannot be built.
    """
    if _is_recording(text):
        return _recorded(text)
    if is_factory(text):
        from tf2migrate.runtime.factory import factory_inventory  # noqa: PLC0415  (TensorFlow)

        return factory_inventory(text)
    return checkpoint_inventory(open_checkpoint(text))


def is_factory(text: str) -> bool:
    """Whether it can only be `module:factory`: no checkpoint is called so."""
    return _FACTORY.fullmatch(text) is not None and not Path(f"{text}.index").exists()


def _is_recording(text: str) -> bool:
    return text.endswith(".json") and not Path(f"{text}.index").exists()


def _recorded(path: str) -> Inventory:
    from tf2migrate.checkpoint.recording import recording_inventory  # noqa: PLC0415

    return recording_inventory(path)


def enriched(inventory: Inventory, path: str) -> Inventory:
    """The inventory with what a recording of its program knows more of its variables.

    Raises:
      CheckpointError: there is no such recording.
    """
    known = {row.name: row for row in _recorded(path).rows}
    return replace(inventory, rows=tuple(_more(row, known.get(row.name)) for row in inventory.rows))


def _more(row: VariableRow, recorded: VariableRow | None) -> VariableRow:
    if recorded is None:
        return row
    return replace(
        row,
        trainable=recorded.trainable if row.trainable is None else row.trainable,
        collections=row.collections or recorded.collections,
        origin=row.origin or recorded.origin,
    )
