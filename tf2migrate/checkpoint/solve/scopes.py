"""An object around everything: scopes that one side has and the other lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tf2migrate.checkpoint.solve.matching import Matching, is_slot, signature
from tf2migrate.checkpoint.solve.renames import Parts, Spelling
from tf2migrate.model.inventory import Kind, VariableRow

_DEEPEST = 2
_ELSEWHERE = (Kind.SLOT, Kind.OPTIMIZER, Kind.TABLE)
"""Found through what they belong to, wherever that is."""

Partners = dict[str, VariableRow]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The side that may have the scope, and the other one.

    Attributes:
      inside: open rows of the first.
      spelling: reads the first's rows.
      others: open rows of the other by what nobody else there is called.
      other_spelling: reads the other's rows.
      swapped: whether the first is the one before.
    """

    inside: Sequence[VariableRow]
    spelling: Spelling
    others: Mapping[Parts, VariableRow]
    other_spelling: Spelling
    swapped: bool


def match_scopes(matching: Matching, *, equal_forms: bool = True) -> None:
    """All variables of one side lie under a scope or an object that the other lacks.

    Taken only if it explains everything that is open under that scope, nothing
    left over, and if no second scope explains as much. Then the rest of the names
    says enough: with `equal_forms` False, shapes and dtypes may differ, which is an
    error to report and no other solution.
    """
    for swapped in (False, True):
        sides = _sides(matching, swapped)
        if not sides.others:
            continue
        common = _common_scopes(matching, sides)
        solutions: list[tuple[Parts, Partners]] = []
        for outer, rows in _by_scope(sides):
            if outer in common or any(outer[: len(other)] == other for other, _ in solutions):
                continue  # the wider scope has explained it
            found = _below(matching, sides, outer, rows)
            if found is not None:
                solutions.append((outer, found))
        claims = Counter(partner.key for _, found in solutions for partner in found.values())
        for outer, found in solutions:
            alone = all(claims[partner.key] == 1 for partner in found.values())
            if alone and (not equal_forms or _alike(sides, found)):
                _join(matching, sides, outer, found)


def _sides(matching: Matching, swapped: bool) -> _Sides:
    before, after = _ordinary(matching.open_before()), _ordinary(matching.open_after())
    other, one = Spelling.of_sides(matching)
    if swapped:
        before, after, one, other = after, before, other, one
    spelled = [(parts, row) for row in before for parts in other.of(row)]
    counted = Counter(parts for parts, _ in spelled)
    unique = {parts: row for parts, row in spelled if counted[parts] == 1}
    return _Sides(after, one, unique, other, swapped)


def _ordinary(rows: Iterable[VariableRow]) -> list[VariableRow]:
    return [
        row
        for row in rows
        if row.kind not in _ELSEWHERE and not (row.kind is Kind.AVERAGE and row.slot)
    ]


def _by_scope(sides: _Sides) -> list[tuple[Parts, list[VariableRow]]]:
    """The outer scopes (a name, or two) of the open rows, outermost first, with their rows."""
    found: dict[Parts, dict[str, VariableRow]] = {}
    for row in sides.inside:
        for outer in _outer(row, sides.spelling):
            found.setdefault(outer, {})[row.key] = row
    ordered = sorted(found, key=lambda scope: (len(scope), scope))
    return [(outer, [*found[outer].values()]) for outer in ordered]


def _outer(row: VariableRow, spelling: Spelling) -> set[Parts]:
    return {
        parts[:size]
        for parts in (*spelling.of(row), *spelling.further(row))
        for size in range(1, min(len(parts), _DEEPEST + 1))
    }


def _common_scopes(matching: Matching, sides: _Sides) -> set[Parts]:
    """Scopes that settled variables lie under on both sides, so that neither lacks them."""
    common: set[Parts] = set()
    for pair in matching.pairs:
        one, other = (pair.before, pair.after) if sides.swapped else (pair.after, pair.before)
        if one and other and not is_slot(one[0]):
            common |= _outer(one[0], sides.spelling) & _outer(other[0], sides.other_spelling)
    return common


def _below(
    matching: Matching, sides: _Sides, outer: Parts, rows: Iterable[VariableRow]
) -> Partners | None:
    """The partner of each open row under the scope, None if one has none or shares it."""
    mine, theirs = _open(matching, sides)
    found: Partners = {}
    for row in rows:
        if row.key in mine:
            partners = {other.key: other for other in _rest(row, outer, sides)}
            if len(partners) != 1 or not partners.keys() <= theirs.keys():
                return None
            (found[row.key],) = partners.values()
    distinct = {partner.key for partner in found.values()}
    return found if found and len(distinct) == len(found) else None


def _rest(row: VariableRow, outer: Parts, sides: _Sides) -> list[VariableRow]:
    """The other side's rows that are called as this one is below the scope."""
    for spelled in (sides.spelling.of(row), sides.spelling.further(row)):
        rests = [parts[len(outer) :] for parts in spelled if parts[: len(outer)] == outer]
        found = [sides.others[rest] for rest in rests if rest in sides.others]
        if found:
            return found
    return []


def _open(matching: Matching, sides: _Sides) -> tuple[Partners, Partners]:
    if sides.swapped:
        return matching.before, matching.after
    return matching.after, matching.before


def _alike(sides: _Sides, found: Partners) -> bool:
    rows = {row.key: row for row in sides.inside}
    return all(signature(rows[key]) == signature(partner) for key, partner in found.items())


def _join(matching: Matching, sides: _Sides, outer: Parts, found: Partners) -> None:
    mine, _ = _open(matching, sides)
    for key, partner in found.items():
        one, other = (mine[key], partner) if sides.swapped else (partner, mine[key])
        matching.join(one, other, f"the same below {'/'.join(outer)}")
