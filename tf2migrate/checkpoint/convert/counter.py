"""The `save_counter` that tf.train.Checkpoint expects in each file that it restores."""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from tf2migrate.checkpoint.convert.placing import Placing
from tf2migrate.checkpoint.convert.plan import Constant
from tf2migrate.checkpoint.kinds import SAVE_COUNTER
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind

_NUMBER = re.compile(r"-(\d{1,18})$")


def add_counter(placing: Placing, old: str, new: str, named: Collection[str] = ()) -> None:
    """Give the new checkpoint a counter, the one that the old one has or one that goes on.

    `Checkpoint.save` and `CheckpointManager.save` add 1 to the counter that they
    restored and write `PREFIX-<counter>`; TensorFlow's own file `ckpt-7` holds 7.
    So the number in the new name counts, else the one in the old name, else 0:
    later files never take the name of an earlier one.

    Args:
      named: TF1 names of variables to which a name map gives another place.

    Raises:
      CheckpointError: a variable of the old checkpoint has this name and is no counter.
    """
    row = placing.open.get(SAVE_COUNTER)
    if row is not None and SAVE_COUNTER not in named:
        if row.kind is not Kind.SAVE_COUNTER or (row.dtype, row.shape) != ("int64", ()):
            raise CheckpointError(
                old,
                f"its variable {SAVE_COUNTER} ({row.dtype}{list(row.shape or ())}) is no counter of"
                " saved files, and tf.train.Checkpoint keeps this name for one",
                "give it another key by a row of the name map",
            )
        placing.variable(row, (SAVE_COUNTER,))
        return
    placing.constant((SAVE_COUNTER,), SAVE_COUNTER, counter_value(old, new))


def counter(key: str, old: str, new: str) -> Constant:
    """The tensor of a new counter."""
    return Constant.number(key, counter_value(old, new))


def counter_value(old: str, new: str) -> int:
    """The number at the end of the new prefix, else of the old one, else 0."""
    for prefix in (new, old):
        found = _NUMBER.search(os.path.basename(prefix))
        if found is not None:
            return int(found[1])
    return 0
