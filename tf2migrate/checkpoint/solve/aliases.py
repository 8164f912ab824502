"""Two variables of one side that are one variable on the other."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.checkpoint.solve.matching import Matching
from tf2migrate.model.inventory import VariableRow
from tf2migrate.model.names import NameRow, split_path


def aliased(
    matching: Matching, names: tuple[NameRow, ...]
) -> Iterator[tuple[VariableRow, VariableRow]]:
    """Open rows before whose place after is a second path to an already settled variable.

    Gives the row before and the row after that has swallowed it: TensorFlow loads
    one of the two values and drops the other without a word (facts A1.12).
    """
    by_alias = {
        path: row
        for row in matching.all_after.values()
        for path in (row.path, *row.aliases)
        if row.aliases and path is not None
    }
    if not by_alias:
        return
    by_name = {"/".join(split_path(alias)): row for alias, row in by_alias.items()}
    keys = {row.tf1: row.key for row in names}
    for row in matching.before.values():
        label = row.name or row.key
        places = (row.path, keys.get(label))
        found = next((by_alias[place] for place in places if place in by_alias), None)
        found = found or by_name.get(label)
        if found is not None:
            yield row, found
