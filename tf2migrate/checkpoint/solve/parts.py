"""Partitioned variables: one row on one side, its parts as rows on the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tf2migrate.checkpoint.solve.matching import Matching, path_name
from tf2migrate.model.inventory import VariableRow

_PART = re.compile(r"(.+)/(?:part_)?(\d+)")
_NAMED_PART = re.compile(r"(.+)/part_\d+(/.+)?")
_BELOW_PART = re.compile(r"(.+)/part_(\d+)(/.+)")


def match_parts(matching: Matching) -> None:
    """`emb` of shape [7, 2] against `emb/part_0`, `emb/part_1`, ... that add up to it.

    So are `emb/Adam` and `emb/part_0/Adam`.
    """
    for one, parts, axis in _found(matching.open_before(), matching.open_after()):
        sizes = ",".join(str(row.shape[axis]) for row in parts if row.shape)
        matching.join_all((one,), parts, "parts of the variable", f"split({axis},[{sizes}])")
    for one, parts, axis in _found(matching.open_after(), matching.open_before()):
        matching.join_all(parts, (one,), "parts of the variable", f"concat({axis})")


def _found(
    wholes: Iterable[VariableRow], pieces: Iterable[VariableRow]
) -> list[tuple[VariableRow, list[VariableRow], int]]:
    pieces = list(pieces)
    groups = _of_one_name(pieces)
    for name, number, row in (*_parts(pieces, path_name), *_parts(pieces, lambda row: row.name)):
        groups.setdefault(name, {}).setdefault(number, row)  # a path says more than a name
    result = []
    for whole in wholes if groups else ():
        group = next((groups[label] for label in _labels(whole) if label in groups), {})
        if len(group) < 2:
            continue
        parts = [row for _, row in sorted(group.items())]
        axis = _axis(whole, parts) if sorted(group) == list(range(len(group))) else None
        if axis is not None:
            result.append((whole, parts, axis))
    return result


def _parts(
    pieces: Iterable[VariableRow], label: Callable[[VariableRow], str | None]
) -> Iterator[tuple[str, int, VariableRow]]:
    """The rows that are called as parts, each with the whole's name and the part's number."""
    for row in pieces:
        text = label(row)
        if text and _may_be_part(text):
            part = _PART.fullmatch(text) or _BELOW_PART.fullmatch(text)
            if part is not None:
                yield part[1] + "".join(part.groups()[2:]), int(part[2]), row


def whole_name(part: str) -> str | None:
    """What a part of a partitioned variable is called as a whole: `emb/part_0/Adam` is `emb/Adam`.

    None for another name; a number alone (`layers/0`) says too little.
    """
    found = _NAMED_PART.fullmatch(part)
    return found[1] + (found[2] or "") if found is not None else None


def _may_be_part(text: str) -> bool:
    """Sooner than a pattern: whether one of the patterns could fit."""
    return text[-1].isdigit() or "/part_" in text


def _of_one_name(pieces: Iterable[VariableRow]) -> dict[str, dict[int, VariableRow]]:
    """Parts in one list that all have the whole's name, as TensorFlow saves those of a graph."""
    groups: dict[str, dict[int, VariableRow]] = {}
    lists: dict[str, set[str]] = {}
    for row in pieces:
        path = row.path or ""
        part = _PART.fullmatch(path) if path[-1:].isdigit() else None
        if part is not None and row.name is not None:
            groups.setdefault(row.name, {})[int(part[2])] = row
            lists.setdefault(row.name, set()).add(part[1])
    return {name: group for name, group in groups.items() if len(lists[name]) == 1}


def _labels(row: VariableRow) -> Iterable[str]:
    """What a row may be known by. (TensorFlow calls the parts in a graph by the whole's name.)"""
    return dict.fromkeys(filter(None, (row.name, row.path, path_name(row))))


def _axis(whole: VariableRow, parts: list[VariableRow]) -> int | None:
    """The axis along which the parts' shapes add up to the whole's."""
    if not whole.shape or any(row.dtype != whole.dtype for row in parts):
        return None
    for axis, length in enumerate(whole.shape):
        sizes = [row.shape[axis] for row in parts if row.shape and len(row.shape) > axis]
        rest = {(*row.shape[:axis], *row.shape[axis + 1 :]) for row in parts if row.shape}
        expected = (*whole.shape[:axis], *whole.shape[axis + 1 :])
        known = [size for size in sizes if size is not None]
        if len(known) == len(parts) and sum(known) == length and rest == {expected}:
            return axis
    return None
