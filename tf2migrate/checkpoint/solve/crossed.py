"""Object paths that stayed while the names of their variables changed places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.matching import Matching, is_slot, signature
from tf2migrate.model.inventory import VariableRow


def leave_crossed(matching: Matching) -> None:
    """Leave rows unsettled that lie at the path of one variable under the name of another.

    So it looks when a list of objects is built in another order: TensorFlow loads
    by path and is content, whatever the variables are (demand 2g). Paths win where
    the names do not all come back at other paths, or differ in numbers only: TF1 and
    Keras number names (`dense`, `dense_1`) in the order of creation in the process.
    """
    before = _by_path(matching.open_before())
    after = _by_path(matching.open_after())
    moved = {
        path: row
        for path, row in after.items()
        if path in before
        and row.name != before[path].name
        and signature(row) == signature(before[path])
    }
    place = {before[path].name: path for path in moved}
    for cycle in _cycles(
        {path: place[row.name] for path, row in moved.items() if row.name in place}
    ):
        if len({_unnumbered(before[path].name) for path in cycle}) > 1:
            matching.leave(
                [before[path] for path in cycle],
                [after[path] for path in cycle],
                "at the same object paths the variables have each other's names",
            )


def _by_path(rows: Iterable[VariableRow]) -> dict[str, VariableRow]:
    """Rows that have a path and a name which no other row has."""
    named = [row for row in rows if row.path is not None and row.name and not is_slot(row)]
    counted = Counter(row.name for row in named)
    return {str(row.path): row for row in named if counted[row.name] == 1}


def _cycles(moves: dict[str, str]) -> Iterable[list[str]]:
    """The closed cycles of a map; no two keys lead to one place."""
    left = dict(moves)
    while left:
        start, target = left.popitem()
        cycle = [start]
        while target in left:
            cycle.append(target)
            target = left.pop(target)
        if target == start:
            yield cycle


def _unnumbered(name: str | None) -> tuple[str, ...]:
    return tuple(numbered(part)[0] for part in (name or "").split("/"))
