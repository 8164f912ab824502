"""What a command line names as one side of a comparison: a checkpoint, a program, a recording."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.inventory import Inventory, VariableRow

_FACTORY = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def inventory_of(text: str, *, saver: str | None = None, values: bool = False) -> Inventory:
    """The variables of a checkpoint's prefix, a recording's file or `module:factory`.

    Args:
      saver: of a recording, what the Saver of that place saves; all that a Saver
        of everything would save without it.
      values: of an object, whether its values will be compared.

    Raises:
      CheckpointError: it cannot be read, or the object cannot be built.
    """
    if is_recording(text):
        return recorded(text, saver)
    if is_factory(text):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # its start-up messages are no report
        from tf2migrate.runtime.factory import factory_inventory  # noqa: PLC0415  (TensorFlow)

        return replace(factory_inventory(text, values=values), label=text)
    return checkpoint_inventory(open_checkpoint(text))


def is_factory(text: str) -> bool:
    """Whether it can only be `module:factory`: no checkpoint is called so."""
    return _FACTORY.fullmatch(text) is not None and not _is_checkpoint(text)


def is_recording(text: str) -> bool:
    """Whether it is a JSON file, and no checkpoint's prefix."""
    return text.endswith(".json") and not _is_checkpoint(text)


def _is_checkpoint(text: str) -> bool:
    return Path(f"{text}.index").exists()


def recorded(path: str, saver: str | None) -> Inventory:
    """The variables of a program that was recorded.

    Raises:
      CheckpointError: it is no recording, or has no such Saver.
    """
    from tf2migrate.checkpoint.recording import recording_inventory  # noqa: PLC0415

    return recording_inventory(path, saver=saver)


def enriched(inventory: Inventory, recording: Inventory) -> Inventory:
    """The inventory of a checkpoint with what a recording of its program knows more.

    That is which variables are trained, their collections, the lines that create
    them, and whose slot or shadow a variable is.
    """
    known = {row.name: row for row in recording.rows}
    key_of = {row.name: row.key for row in inventory.rows}
    return replace(
        inventory,
        rows=tuple(_more(row, known.get(row.name), key_of) for row in inventory.rows),
    )


def _more(
    row: VariableRow, recorded_row: VariableRow | None, key_of: dict[str | None, str]
) -> VariableRow:
    if recorded_row is None:
        return row
    kind, slot = row.kind, row.slot
    if recorded_row.slot is not None and recorded_row.slot.variable in key_of:
        kind = recorded_row.kind
        slot = replace(recorded_row.slot, variable=key_of[recorded_row.slot.variable])
    return replace(
        row,
        kind=kind,
        slot=slot,
        trainable=recorded_row.trainable if row.trainable is None else row.trainable,
        collections=row.collections or recorded_row.collections,
        origin=row.origin or recorded_row.origin,
    )
