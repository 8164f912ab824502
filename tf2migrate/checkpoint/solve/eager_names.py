"""Names of eager variables, which are not made unique: `dense_1/kernel` is `dense/kernel`, too.

Two equal ones say nothing. One that is left alone, since the other is not saved,
looks as if it said something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.matching import Matching
from tf2migrate.model.inventory import VariableRow


def telling_names(matching: Matching) -> set[str]:
    """The names that both sides have and that can be one variable's only.

    Those that wait for another step of the solver count, too.
    """
    before, after = list(matching.before.values()), list(matching.after.values())
    common = set(_names(before)) & set(_names(after))
    return common - silent_names(before, after) - silent_names(after, before)


def silent_names(rows: Sequence[VariableRow], others: Sequence[VariableRow]) -> set[str]:
    """The names among `rows` that may be several variables' of the other side."""
    counted = Counter(_names(rows))
    silent = {name for name, count in counted.items() if count > 1}
    if any(row.path is not None for row in rows):
        lacking = _by_plain(name for name in _names(others) if name not in counted)
        if lacking:
            silent |= {name for name in counted if any(_called(name, lacking))}
    return silent


def leave_unnumbered(matching: Matching) -> None:
    """Leave open rows unsettled that eager mode may have called as another one."""
    names = {row.name: row for row in matching.open_before() if row.name is not None}
    by_plain = _by_plain(names)
    counted = Counter(_names(matching.open_after()))
    for row in matching.open_after():
        if row.path is not None and row.name in names and counted[row.name] == 1:
            rivals = [names[name] for name in _called(row.name, by_plain)]
            one = names[row.name]
            if rivals and all(rival.key in matching.before for rival in (one, *rivals)):
                reason = "eager mode leaves out the numbers that tell these names apart"
                matching.leave((one, *rivals), (row,), reason)


def _names(rows: Iterable[VariableRow]) -> Iterator[str]:
    return (row.name for row in rows if row.name is not None)


def _by_plain(names: Iterable[str | None]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        if name is not None:
            found.setdefault(_plain(name), []).append(name)
    return found


def _plain(name: str) -> str:
    return "/".join(numbered(part)[0] for part in name.split("/"))


def _called(name: str, by_plain: dict[str, list[str]]) -> Iterator[str]:
    """Other names that become this one if some of their numbers are left out."""
    parts = name.split("/")
    for other in by_plain.get(_plain(name), ()):
        pieces = other.split("/")
        if other != name and all(
            part in (piece, numbered(piece)[0]) for part, piece in zip(parts, pieces, strict=True)
        ):
            yield other
