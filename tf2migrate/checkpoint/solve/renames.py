"""Variables that were renamed in ways that TensorFlow's own history and object paths explain."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeAlias

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.solve.eager_names import silent_names
from tf2migrate.checkpoint.solve.matching import Matching, is_slot, path_name, signature
from tf2migrate.model.inventory import VariableRow
from tf2migrate.model.names import split_path

Parts: TypeAlias = tuple[str, ...]

_SYNONYMS = {
    # contrib and slim against tf.layers and Keras; Keras 3 stores a Dense kernel as `_kernel`
    "weights": "kernel",
    "biases": "bias",
    "_kernel": "kernel",
    "depthwise_weights": "depthwise_kernel",
    "pointwise_weights": "pointwise_kernel",
    "_embeddings": "embeddings",
}


class Spelling:
    """Reads the rows of one side as pieces of names, with one spelling for synonyms.

    Names that eager mode gives to several variables say nothing.
    """

    def __init__(self, rows: list[VariableRow], others: list[VariableRow]) -> None:
        self._silent = silent_names(rows, others)

    @classmethod
    def of_sides(cls, matching: Matching) -> tuple[Spelling, Spelling]:
        """For the rows before and for those after."""
        before, after = [*matching.before.values()], [*matching.after.values()]
        return cls(before, after), cls(after, before)

    def of(self, row: VariableRow) -> list[Parts]:
        """The pieces of the row's object path, then of its name."""
        name = None if row.name in self._silent else row.name
        texts = dict.fromkeys(text for text in (path_name(row), name) if text)
        return [spelling(text) for text in texts]

    @staticmethod
    def further(row: VariableRow) -> list[Parts]:
        """The pieces of further object paths, which count where the first ones say nothing."""
        return [spelling("/".join(split_path(alias))) for alias in row.aliases]


def spelling(text: str) -> Parts:
    """The pieces of a name, with one spelling for synonyms."""
    *scopes, leaf = text.split("/")
    return (*scopes, _SYNONYMS.get(leaf, leaf))


def match_synonyms(matching: Matching) -> None:
    """kernel for weights, bias for biases, under the same scopes; nobody else may be called so."""
    one, other = Spelling.of_sides(matching)
    _match_spellings(matching, one.of, other.of)
    _match_spellings(matching, _with_further(one), _with_further(other))


Read: TypeAlias = Callable[[VariableRow], list[Parts]]


def _with_further(spelling: Spelling) -> Read:
    return lambda row: [*spelling.of(row), *spelling.further(row)]


def _match_spellings(matching: Matching, one: Read, other: Read) -> None:
    before = _by_spelling(matching.open_before(), one)
    after = _by_spelling(matching.open_after(), other)
    for parts, rows in before.items():
        partners = after.get(parts, {})
        if len(rows) == len(partners) == 1:
            (row,), (partner,) = rows.values(), partners.values()
            if row.key in matching.before and partner.key in matching.after:
                matching.join(row, partner, "kernel/weights or bias/biases of the same layer")


def _by_spelling(rows: Iterable[VariableRow], read: Read) -> dict[Parts, dict[str, VariableRow]]:
    found: dict[Parts, dict[str, VariableRow]] = {}
    for row in _ordinary(rows):
        for parts in read(row):
            found.setdefault(parts, {})[row.key] = row
    return found


def _ordinary(rows: Iterable[VariableRow]) -> list[VariableRow]:
    return [row for row in rows if not is_slot(row)]


def match_numbers(matching: Matching) -> None:
    """Layers that TensorFlow 1 numbers (`dense`, `dense_1`) or a loop does, in lists of objects.

    A family is all open rows that differ in one number only. Two families belong
    together if their last pieces are the same, they are the only ones with these
    shapes in order of the numbers, and the numbers agree or start at 0 and 1.
    """
    spellings = Spelling.of_sides(matching)
    before = _families(matching.open_before(), spellings[0])
    after = _families(matching.open_after(), spellings[1])
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


def _families(rows: Iterable[VariableRow], spelling: Spelling) -> dict[Hashable, list[Family]]:
    """Families by their last piece and their shapes in order of the numbers."""
    series: dict[tuple[Parts, int], dict[int, VariableRow]] = {}
    for row in _ordinary(rows):
        parts = next(iter(spelling.of(row)), ())
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
