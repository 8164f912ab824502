"""Reads back what a conversion wrote, before anybody else can."""

from __future__ import annotations

from dataclasses import replace

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert.plan import Plan
from tf2migrate.checkpoint.convert.write import Written
from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Depth, Report
from tf2migrate.model.inventory import Inventory

_AGAIN = "this is a bug of tf2migrate or a fault of the disk; nothing was written"


def verify(plan: Plan, written: Written, old: Inventory, prefix: str, final: str) -> Report:
    """The comparison of the old checkpoint's variables with those now on the disk.

    Args:
      prefix: where the new checkpoint is now.
      final: what it will be called.

    Raises:
      CheckpointError: the index, the object graph, or a value that was computed is
        not what was to be written, or the variables are not the old ones.
    """
    file = open_checkpoint(prefix)
    if not isinstance(file, BundleFile) or file.raw != written.entries:
        raise CheckpointError(final, "its index does not hold what was written", _AGAIN)
    if written.graph is not None and file.strings(OBJECT_GRAPH_KEY) != [written.graph]:
        raise CheckpointError(final, "its object graph is not what was written", _AGAIN)
    for key in written.computed:
        file.check(key)
    new = replace(checkpoint_inventory(file), label=final)
    before, after = (old, new) if plan.graph is not None else (new, old)
    report = compare(before, after, plan.names, depth=Depth.CHECKSUMS)
    if not report.ok:
        raise CheckpointError(final, f"it does not hold the old variables: {report}", _AGAIN)
    return report
