"""Our checks, as a user of the package calls them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.comparison import Depth, Report
from tf2migrate.model.names import NameRow
from tf2migrate.runtime import assert_variables_match, restore, watch

Names = Sequence[NameRow]


def by_files(old: str, new: str, names: Names = ()) -> Report:
    """What `tf2migrate verify --old OLD --new NEW --values` compares."""
    before, after = (checkpoint_inventory(open_checkpoint(prefix)) for prefix in (old, new))
    return compare_either_way(before, after, names, depth=Depth.VALUES)


def by_object(old: str, obj: Any, names: Names = ()) -> Report:
    """`assert_variables_match(OLD, OBJECT, values=True)`."""
    return assert_variables_match(old, obj, names, values=True)


def restored(obj: Any, path: str | None, names: Names = ()) -> Report:
    """`restore(OBJECT, PATH)`."""
    return restore(obj, path, names)


def watched(root: Any, program: Callable[[], Any]) -> object:
    """`with watch(ROOT) as w: ...` and `w.raise_for_untracked()`."""
    with watch(root) as seen:
        kept = program()  # only what lives can be missed
        seen.raise_for_untracked()
    return kept
