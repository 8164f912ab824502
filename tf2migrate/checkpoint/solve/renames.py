"""Variables that were renamed in ways that TensorFlow's own history and object paths explain."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.matching import Matching, is_slot, path_name, signature
from tf2migrate.model.inventory import VariableRow

Parts: TypeAlias = tuple[str, ...]

_DEEPEST = 2
_SYNONYMS = {
    # contrib and slim against tf.layers and Keras; Keras 3 stores a Dense kernel as `_kernel`
    "weights": "kernel",
    "biases": "bias",
    "_kernel": "kernel",
    "depthwise_weights": "depthwise_kernel",
    "pointwise_weights": "pointwise_kernel",
    "_embeddings": "embeddings",
}


def spellings(row: VariableRow) -> list[Parts]:
    """The pieces of a row's object path and of its name, with one spelling for synonyms."""
    texts = dict.fromkeys(text for text in (path_name(row), row.name) if text)
    return [_parts(text) for text in texts]


def _parts(text: str) -> Parts:
    *scopes, leaf = text.split("/")
    return (*scopes, _SYNONYMS.get(leaf, leaf))


def match_synonyms(matching: Matching) -> None:
    """kernel for weights, bias for biases, under the same scopes."""
    _match_unique(matching, spellings, "kernel/weights or bias/biases of the same layer")


def match_scopes(matching: Matching) -> None:
    """All variables of one side lie under a scope or an object that the other lacks.

    Taken only if it explains everything that is open under that scope: the same
    rest of the names, equal shapes and dtypes, nothing left over.
    """
    for swapped in (False, True):
        sides = _ordinary(matching.open_before()), _ordinary(matching.open_after())
        others, inside = sides[::-1] if swapped else sides
        partners = {parts: row for row in others for parts in spellings(row)}
        for outer in _outer_scopes(inside) if partners else ():
            _match_below(matching, outer, inside, partners, swapped=swapped)


def _ordinary(rows: Iterable[VariableRow]) -> list[VariableRow]:
    return [row for row in rows if not is_slot(row)]


def _outer_scopes(rows: Sequence[VariableRow]) -> list[Parts]:
    """The outer scopes (a name, or two) that hold any of the rows, outermost first."""
    found = {
        parts[:size]
        for row in rows
        for parts in spellings(row)
        for size in range(1, min(len(parts), _DEEPEST + 1))
    }
    return sorted(found, key=lambda scope: (len(scope), scope))


def _match_below(
    matching: Matching,
    outer: Parts,
    inside: Sequence[VariableRow],
    partners: Mapping[Parts, VariableRow],
    *,
    swapped: bool,
) -> None:
    mine, theirs = matching.after, matching.before
    if swapped:
        mine, theirs = theirs, mine
    rows: dict[str, VariableRow] = {}
    found: dict[str, VariableRow] = {}
    for row in inside:
        for parts in spellings(row):
            if parts[: len(outer)] == outer and row.key in mine:
                rows[row.key] = row
                partner = partners.get(parts[len(outer) :])
                if partner is not None and partner.key in theirs:
                    found[row.key] = partner
    distinct = {partner.key for partner in found.values()}
    if not rows or found.keys() != rows.keys() or len(distinct) != len(found):
        return
    if any(signature(found[key]) != signature(row) for key, row in rows.items()):
        return
    for key, partner in found.items():
        one, other = (rows[key], partner) if swapped else (partner, rows[key])
        matching.join(one, other, f"the same below {'/'.join(outer)}")


def match_numbers(matching: Matching) -> None:
    """Layers that TensorFlow 1 numbers (`dense`, `dense_1`) or a loop does, in lists of objects.

    A family is all open rows that differ in one number only. Two families belong
    together if their last pieces are the same, they are the only ones with these
    shapes in order of the numbers, and the numbers agree or start at 0 and 1.
    """
    before, after = _families(matching.open_before()), _families(matching.open_after())
    for profile, families in before.items():
        partners = after.get(profile, [])
        if len(families) != 1 or len(partners) != 1:
            continue
        one, other = families[0], partners[0]
        gaps = {a - b for (a, _), (b, _) in zip(one, other, strict=True)}
        if len(one) > 1 and len(gaps) == 1 and gaps <= {-1, 0, 1}:
            for (_, row), (_, partner) in zip(one, other, strict=True):
                if row.key in matching.before and partner.key in matching.after:
                    matching.join(row, partner, "the same number in a series of variables")


Family: TypeAlias = list[tuple[int, VariableRow]]


def _families(rows: Iterable[VariableRow]) -> dict[Hashable, list[Family]]:
    """Families by their last piece and their shapes in order of the numbers."""
    series: dict[tuple[Parts, int], dict[int, VariableRow]] = {}
    for row in _ordinary(rows):
        parts = next(iter(spellings(row)), ())
        for position, part in enumerate(parts[:-1]):
            base, number = _number(part)
            template = (*parts[:position], base, *parts[position + 1 :])
            series.setdefault((template, position), {})[number] = row
    found: dict[Hashable, list[Family]] = {}
    for (template, _), members in series.items():
        family = sorted(members.items(), key=lambda item: item[0])
        profile = (template[-1], tuple(signature(row) for _, row in family))
        found.setdefault(profile, []).append(family)
    return found


def _number(part: str) -> tuple[str, int]:
    """`dense_2` and `dense2` have 2, an unnumbered `dense` has 0, `3` alone has 3."""
    base, number = numbered(part)
    if number:
        return base, number
    digits = len(part) - len(part.rstrip("0123456789"))
    return (part[:-digits].rstrip("_"), int(part[-digits:])) if digits else (part, 0)


def _match_unique(
    matching: Matching, keys: Callable[[VariableRow], Iterable[Hashable]], evidence: str
) -> None:
    """Settle rows that share a key which nobody else on either side has."""
    before = _by_key(matching.open_before(), keys)
    after = _by_key(matching.open_after(), keys)
    for key, rows in before.items():
        partners = after.get(key, {})
        if len(rows) == len(partners) == 1:
            (one,), (other,) = rows.values(), partners.values()
            if one.key in matching.before and other.key in matching.after:
                matching.join(one, other, evidence)


def _by_key(
    rows: Iterable[VariableRow], keys: Callable[[VariableRow], Iterable[Hashable]]
) -> dict[Hashable, dict[str, VariableRow]]:
    found: dict[Hashable, dict[str, VariableRow]] = {}
    for row in _ordinary(rows):
        for key in keys(row):
            found.setdefault(key, {})[row.key] = row
    return found
