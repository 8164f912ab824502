"""Load a checkpoint of either format into an object, with proof."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Entry, Outcome, Report, VariablesMismatch
from tf2migrate.model.inventory import Inventory, Kind, Source
from tf2migrate.model.names import NameRow
from tf2migrate.runtime.assigning import Assignment
from tf2migrate.runtime.object_inventory import inventory_of
from tf2migrate.runtime.saved import COUNTER_KEY, Saved, saved
from tf2migrate.runtime.sides import Names, compared, name_rows
from tf2migrate.runtime.slot_creation import create_missing_slots
from tf2migrate.runtime.values import default_session


def restore(
    checkpoint: Any,
    path: str | os.PathLike[str] | None,
    names: Names = (),
    *,
    partial: bool = False,
    session: Any = None,
    place: str | None = None,
) -> Report:
    """Load a checkpoint, name-based or object-based, and see that everything was loaded.

    Names, shapes and dtypes are compared first, in both directions. If they do
    not fit, nothing is loaded. Slot variables of optimizers of tf.compat.v1.train
    that the file has are created before. Afterwards every value is read back and
    compared with the file.

    Args:
      checkpoint: a tf.train.Checkpoint, a tf.Module or another object that
        TensorFlow can save.
      path: the checkpoint's prefix.
      names: a name map: the path of `tf2migrate-names.json`, or its rows.
      partial: load what fits, and leave the rest as it is. The report says what
        was not loaded.
      session: has the variables of a graph; the default session if None.
      place: which Checkpoint of the name map is meant, where several fit.

    Returns:
      The report of comparing file and object, after loading.

    Raises:
      VariablesMismatch: the two do not fit, and nothing was loaded.
      CheckpointError: there is no such checkpoint, it is damaged, or the object
        cannot take its values; nothing was loaded.
    """
    if path is None:
        raise CheckpointError(
            "restore",
            "there is no checkpoint: the path is None",
            "tf.train.latest_checkpoint gives None for a directory without a `checkpoint` file",
        )
    file = open_checkpoint(path)
    before = checkpoint_inventory(file)
    rows = name_rows(names, before, place=place)
    with _defaults(session):
        attempt = _Attempt.at(checkpoint, before, rows)
        if create_missing_slots(attempt.dry_run, attempt.report, rows):
            attempt = _Attempt.at(checkpoint, before, rows)
        report = attempt.report
        if not partial:
            report.raise_for_mismatch()
        if report.ok and _is_same_structure(before, report):
            _restore_with_tensorflow(checkpoint, attempt.dry_run, file)
        else:
            loadable = [
                entry
                for entry in report.entries
                if entry.ok and entry.outcome is not Outcome.ONE_SIDED
            ]
            Assignment(file, attempt.dry_run, loadable).run()
        return _verified(attempt, before, rows)


@contextmanager
def _defaults(session: Any) -> Iterator[None]:
    """Make the session and its graph the default ones."""
    if session is None:
        yield
    else:
        with session.graph.as_default(), session.as_default():
            yield


@dataclass(frozen=True)
class _Attempt:
    """The object as it is, compared with the file."""

    dry_run: Saved
    after: Inventory
    report: Report

    @classmethod
    def at(cls, checkpoint: Any, before: Inventory, names: Sequence[NameRow]) -> _Attempt:
        dry_run = saved(checkpoint)
        found = inventory_of(dry_run)
        rows = tuple(
            replace(row, shape=None) if row.kind is Kind.TABLE else row for row in found.rows
        )  # a table takes any number of entries
        after = replace(found, rows=rows)
        return cls(dry_run, after, compared(before, after, names))


def _is_same_structure(before: Inventory, report: Report) -> bool:
    """Whether the file is the object's own: each variable is at its own object path."""
    return before.source is Source.TF2_CHECKPOINT and all(
        len(entry.before) == len(entry.after) == 1
        and not entry.transform
        and entry.before[0].key == entry.after[0].key
        for entry in report.entries
    )


def _restore_with_tensorflow(checkpoint: Any, dry_run: Saved, file: CheckpointFile) -> None:
    """`restore` continues the numbering of files and wants a save counter, `read` does not.

    A Checkpoint of tf.compat.v1 has no `read`, and its `restore` makes a counter.
    """
    session = None if dry_run.eager else _session_for_operations(file.prefix)
    for key in file.tensors:  # TensorFlow reads while it assigns, and stops at what is damaged
        file.check(key)
    try:
        with dry_run.context():
            status = _status(checkpoint, dry_run, file)
            if session is not None:
                status.run_restore_ops(session)
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        text = str(error).partition("\n")[0]
        raise CheckpointError(file.prefix, f"TensorFlow cannot restore it: {text}") from error
    status.expect_partial()  # of variables to come; those that are there are verified


def _status(checkpoint: Any, dry_run: Saved, file: CheckpointFile) -> Any:
    is_new = isinstance(checkpoint, tf.train.Checkpoint)
    is_old = isinstance(checkpoint, tf.compat.v1.train.Checkpoint)
    if (is_new or is_old) and COUNTER_KEY in file.tensors:
        return checkpoint.restore(file.prefix)
    if is_new:
        return checkpoint.read(file.prefix)
    return dry_run.root.checkpoint().read(file.prefix)


def _session_for_operations(prefix: str) -> Any:
    session = default_session(prefix)
    if session.graph.finalized:
        raise CheckpointError(
            prefix,
            "TensorFlow needs operations to restore it, and the graph is final",
            "restore before the graph is finalised",
        )
    return session


def _verified(attempt: _Attempt, before: Inventory, names: Sequence[NameRow]) -> Report:
    """Compare file and object again, now with values; the object has the variables that it had.

    Raises:
      VariablesMismatch: a variable that was loaded does not have its value.
    """
    loaded = compared(before, attempt.after, names, Depth.VALUES)
    expected = {_keys(entry) for entry in attempt.report.entries if entry.ok}
    if any(_keys(entry) in expected for entry in loaded.failures):
        raise VariablesMismatch(loaded)
    return loaded


def _keys(entry: Entry) -> tuple[str, ...]:
    return tuple(row.key for row in (*entry.before, *entry.after))
