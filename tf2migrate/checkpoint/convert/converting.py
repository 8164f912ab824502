"""Converts a checkpoint: plan, write beside the place, read back, move into place."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from tf2migrate.checkpoint.convert.by_name import place_by_name
from tf2migrate.checkpoint.convert.counter import add_counter
from tf2migrate.checkpoint.convert.leaving_out import split
from tf2migrate.checkpoint.convert.placing import Placing
from tf2migrate.checkpoint.convert.plan import Plan, listed
from tf2migrate.checkpoint.convert.rejoining import rejoined
from tf2migrate.checkpoint.convert.result import Conversion, Converted
from tf2migrate.checkpoint.convert.staging import check_target, staged
from tf2migrate.checkpoint.convert.syncing import Syncing
from tf2migrate.checkpoint.convert.verify import verify
from tf2migrate.checkpoint.convert.write import write_checkpoint
from tf2migrate.checkpoint.files.opening import CheckpointFile, open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth
from tf2migrate.model.inventory import Inventory
from tf2migrate.model.names import NameRow


def convert(
    old: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    names: Sequence[NameRow] = (),
    to: Literal["tf2", "tf1"] = "tf2",
    like: str | os.PathLike[str] | None = None,
    checkpoint: str | None = None,
    optimizer_format: Literal["v1", "keras"] = "v1",
    keep_rest: bool = False,
    leave_out: Sequence[str] = (),
    force: bool = False,
    copy: bool = False,
    dry_run: bool = False,
) -> Conversion:
    """Write the checkpoint `new` with the variables of the checkpoint `old`.

    A TF1 checkpoint becomes one that `tf.train.Checkpoint(...).restore(new)` of the
    migrated program consumes whole, or back. The time depends on the number of
    variables, not on their size: a new index and a new object graph are written,
    and the data files are linked under their new names, so that both checkpoints
    share their bytes. Deleting one leaves the other whole. TensorFlow never writes
    to a data file that is there; with programs that do, take `copy`.

    Args:
      old: prefix of the checkpoint, V2 or V1 format (whose values are all written
        anew, since its files hold them in another form).
      new: prefix to write; its directory has to be there.
      names: rows of a name map. Without, object keys are the TF1 names.
      to: "tf2" for objects, "tf1" for TF1 names.
      like: prefix of a checkpoint that the migrated program wrote, just initialised
        maybe: its objects are the layout, its values are ignored.
      checkpoint: which Checkpoint of the name map is meant (`NameRow.checkpoint`).
      optimizer_format: "keras" puts slot variables where Keras 3 optimizers have
        them; `like` has to have such an optimizer.
      keep_rest: put variables that no row names where their TF1 names say.
      leave_out: variables that the new checkpoint is not to hold, by TF1 name; in a
        pattern `*` stands for any text.
      force: replace files of the prefix `new`.
      copy: do not link the data files.
      dry_run: find out what would become what, and write nothing.

    Raises:
      CheckpointError: nothing was written; it says why and what to do.
    """
    source, target = os.fspath(old), os.fspath(new)
    check_target(source, target, force=force)
    with _without_collector():
        file, parts = rejoined(open_checkpoint(source))
        complete = checkpoint_inventory(file)
        inventory, left_out = split(complete, leave_out, parts)
        if to == "tf1":
            plan = _plan_tf1(file, inventory, names, checkpoint)
        else:
            _refuse_objects(file)
            rows = _selected(names, [row.key for row in inventory.rows], checkpoint)
            if like is not None:
                from tf2migrate.checkpoint.convert.by_like import plan_like  # noqa: PLC0415

                keras = optimizer_format == "keras"
                layout = open_checkpoint(like)
                plan = plan_like(file, inventory, layout, rows, target, keras=keras)
            else:
                _refuse_keras(source, optimizer_format)
                plan = _plan_objects(inventory, rows, target, keep_rest)
        plan.unused.update(dict.fromkeys(left_out, "it was to be left out"))
        for name, keys in parts.items():
            plan.notes.append(f"{name} was in parts: {listed(keys)}")
        converted = _rows(plan)
        if dry_run:
            return Conversion(target, converted, notes=tuple(plan.notes))
        with staged(target) as staging:
            written = write_checkpoint(plan, file, staging.prefix, copy=copy)
            syncing = Syncing(written.files)
            try:
                compared = verify(plan, written, file, complete, staging.prefix, target)
            finally:
                syncing.wait()
            staging.publish(force=force)
            notes = (*plan.notes, *staging.notes)
    shards = tuple(written.shards)
    return Conversion(target, converted, shards, written.size, Depth.CHECKSUMS, notes, compared)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing made here refers to itself, and looking for that would double the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _refuse_objects(file: CheckpointFile) -> None:
    if file.graph() is not None:
        raise CheckpointError(
            file.prefix,
            "it is object-based already, as tf.train.Checkpoint writes it",
            "TensorFlow 2 restores it as it is; `--to tf1` makes a TF1 checkpoint of it",
        )


def _refuse_keras(source: str, optimizer_format: str) -> None:
    if optimizer_format == "keras":
        raise CheckpointError(
            source,
            "a Keras 3 optimizer keeps its slot variables by their positions, and the order of the"
            " variables and the learning rate are not in a TF1 checkpoint",
            "convert with `--like`, a checkpoint that the migrated program wrote",
        )


def _plan_objects(
    inventory: Inventory, rows: Sequence[NameRow], target: str, keep_rest: bool
) -> Plan:
    placing = Placing(inventory.rows)
    add_counter(placing, inventory.label, target, [row.tf1 for row in rows])
    if rows:
        from tf2migrate.checkpoint.convert.by_map import place_by_map  # noqa: PLC0415

        place_by_map(placing, rows, keep_rest=keep_rest)
    else:
        place_by_name(placing)
    return placing.finished()


def _plan_tf1(
    file: CheckpointFile, inventory: Inventory, names: Sequence[NameRow], checkpoint: str | None
) -> Plan:
    from tf2migrate.checkpoint.convert.to_tf1 import plan_tf1  # noqa: PLC0415

    graph = file.graph()
    if graph is None:
        raise CheckpointError(
            file.prefix, "it has TF1 names already", "a TF1 Saver restores it as it is"
        )
    known = [row.name for row in inventory.rows if row.name is not None]
    return plan_tf1(inventory, file, graph, _selected(names, known, checkpoint))


def _selected(
    names: Sequence[NameRow], tf1_names: Sequence[str], checkpoint: str | None
) -> Sequence[NameRow]:
    if not names and checkpoint is None:
        return ()
    from tf2migrate.checkpoint.map_rows import check_keys  # noqa: PLC0415
    from tf2migrate.checkpoint.name_map import select  # noqa: PLC0415

    rows = select(names, tf1_names, checkpoint)
    check_keys(rows)
    return rows


def _rows(plan: Plan) -> tuple[Converted, ...]:
    return (
        *(Converted((old,), (new,)) for new, old in plan.kept.items()),
        *(Converted(made.sources, made.keys, str(made.transform)) for made in plan.made),
        *(Converted((), (constant.key,)) for constant in plan.constants),
        *(Converted((key,), ()) for key in plan.unused),
    )
