"""Writes both sides of a migration and compares them at each depth."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.directions import compare_either_way
from tf2migrate.model.comparison import Depth, Report

from .disk import keyed, write_pair
from .migration import COUNTER, Migration
from .mutant import Mutant

DEPTHS = tuple(Depth)


def reports(migration: Migration) -> Iterator[Report]:
    """The comparison of the two checkpoints, as they are on disk, at each depth."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = write_pair(migration.before, migration.after, Path(folder))
        for depth in DEPTHS:
            if migration.directed:
                yield compare_either_way(before, after, migration.names, depth)
            else:
                yield compare(before, after, depth=depth)


def is_deep_enough(mutant: Mutant, depth: Depth) -> bool:
    """Whether the mutation can be seen at this depth."""
    return DEPTHS.index(depth) >= DEPTHS.index(mutant.depth)


def verdict(mutant: Mutant, report: Report) -> str:
    """What is wrong with a report of a mutant; nothing if it says what it must."""
    if not is_deep_enough(mutant, report.depth):
        return ""
    if report.ok:
        return f"not detected: {mutant.words}; {mutant.migration.form}\n{report}"
    missing = [" or ".join(sorted(names)) for names in mutant.unnamed_in(report)]
    if missing:
        return f"{', '.join(missing)} not named: {mutant.words}; {mutant.migration.form}\n{report}"
    return ""


def not_in_one_entry(mutant: Mutant, report: Report) -> list[str]:
    """Keys of variables, and the like, of either side that are in no entry or in several."""
    sides = (mutant.migration.before, mutant.migration.after)
    wrong: list[str] = []
    for number, side in enumerate(sides):
        rows = [row for entry in report.entries for row in (entry.before, entry.after)[number]]
        counted = Counter(row.key for row in rows)
        items = keyed(side)
        wrong += [key for key, item in items.items() if counted[key] != 1 and item.tf1 != COUNTER]
        wrong += [key for key in counted if key not in items and key not in side.untracked]
    return wrong
