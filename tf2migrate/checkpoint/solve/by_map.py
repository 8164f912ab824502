"""What the name map says: exact names, families of names, and what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tf2migrate.checkpoint.solve.matching import Matching, is_slot, path_name
from tf2migrate.checkpoint.solve.parts import whole_name
from tf2migrate.model.inventory import Kind, VariableRow
from tf2migrate.model.names import BY_NAME, OPTIMIZER, UNKNOWN, NameRow, split_path

_APART = (Kind.SAVE_COUNTER, Kind.TABLE)


def match_by_map(matching: Matching, rows: Sequence[NameRow]) -> None:
    """Settle the pairs of exact rows and of families, and what such rows leave unmatched."""
    names = {_tf1_name(row): row for row in matching.before.values()}
    exact = [row for row in rows if row.kind != OPTIMIZER and is_exact(row)]
    families = [row for row in rows if row.kind != OPTIMIZER and "*" in row.tf1]
    paths = _by_path(matching)
    exact.sort(key=lambda row: row.key in paths and paths[row.key].path != row.key)
    # Rows that name a further path of an object come last: its own one says more.
    for row in exact:
        _match_exact(matching, names.get(row.tf1), paths.get(row.key), row)
    if families:
        _match_families(matching, names, families)


def is_exact(row: NameRow) -> bool:
    return row.tf1 != UNKNOWN and "*" not in row.tf1 and "*" not in row.key and row.key != BY_NAME


def _by_path(matching: Matching) -> dict[str, VariableRow]:
    """The open rows after by object path and, where nobody has it, by further paths.

    The two rows of a table share theirs (see `tables`).
    """
    rows = [row for row in matching.after.values() if row.kind is not Kind.TABLE]
    paths = {row.path: row for row in rows if row.path is not None}
    for row in rows:
        for alias in row.aliases:
            paths.setdefault(alias, row)
    return paths


def _tf1_name(row: VariableRow) -> str:
    return row.name if row.name is not None else row.key


def _match_exact(
    matching: Matching, before: VariableRow | None, after: VariableRow | None, row: NameRow
) -> None:
    there = before is not None and before.key in matching.before
    here = after is not None and after.key in matching.after
    if before is not None and after is not None and there and here:
        evidence = f"name map: {row.evidence}" if row.evidence else "name map"
        matching.join_all((before,), (after,), evidence, row.transform)
    elif after is not None and here:
        matching.fixed[after.key] = f"the name map calls it {row.tf1} in TensorFlow 1"
    elif before is not None and there:
        matching.fixed[before.key] = f"the name map expects it at {row.key}"


def _match_families(
    matching: Matching, names: dict[str, VariableRow], families: Sequence[NameRow]
) -> None:
    patterns = [(_regex(row.tf1), row) for row in families]
    by_path = _by_path(matching)
    by_name = {"/".join(split_path(path)): row for path, row in by_path.items()}
    found = [
        (before, after, row, path_name(after) == name or after.path == path)
        for name, before in names.items()
        if before.key in matching.before
        for pattern, row in patterns
        if (fits := pattern.fullmatch(name)) is not None
        for path in [_filled(row.key, fits.groups())]
        for after in [by_name.get(name) if row.key == BY_NAME else by_path.get(path)]
        if after is not None
    ]
    found.sort(key=lambda each: not each[-1])  # further paths last
    for before, after, row, _ in found:
        if before.key in matching.before and after.key in matching.after:
            matching.join(before, after, f"name map: {row.evidence}")
    if any(row.key == BY_NAME and row.tf1 == "*" for row in families):
        for after in matching.after.values():
            if after.kind in _APART or (is_slot(after) and not _is_child_of_root(after)):
                continue
            if whole_name(path_name(after) or "") not in names:  # else it may be a part
                matching.fixed.setdefault(
                    after.key, "the name map says that it is called as in TensorFlow 1"
                )


def _is_child_of_root(row: VariableRow) -> bool:
    return row.path is not None and "/" not in row.path


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, pattern.split("*"))))


def _filled(key: str, texts: Iterable[str]) -> str:
    """The key with each `*` replaced by what the name's `*` stood for."""
    pieces = key.split("*")
    fill = [*texts]
    if len(pieces) != len(fill) + 1:
        return key
    return "".join(piece + text for piece, text in zip(pieces, [*fill, ""], strict=True))


def optimizer_paths(rows: Iterable[NameRow]) -> list[tuple[str, str]]:
    """TF1 optimizer name and object path of the map's optimizers: `("Adam", "model/optimizer")`."""
    return [(row.tf1.strip("*/") or UNKNOWN, row.key) for row in rows if row.kind == OPTIMIZER]


def match_unknown(matching: Matching, rows: Sequence[NameRow]) -> None:
    """Rows whose TF1 name the text leaves open: by the creating line, else by elimination.

    Elimination takes the variables that no row of the map names. One that is
    the only one of its shape and dtype, on both sides, is settled; where several
    solutions fit, none is taken.
    """
    unknown = {row.key: row for row in rows if row.tf1 == UNKNOWN}
    by_path = {row.key: (path, row) for path, row in _by_path(matching).items() if path in unknown}
    places = [row for _, row in by_path.values()]
    for path, after in by_path.values():
        at = unknown[path].at
        found = [row for row in matching.before.values() if at and row.origin == at]
        if len(found) == 1:
            matching.join(found[0], after, f"created at {at}")
    _eliminate(matching, [row for row in places if row.key in matching.after])


def _eliminate(matching: Matching, places: Sequence[VariableRow]) -> None:
    ordinary = (Kind.WEIGHT, Kind.MOVING_STATISTIC, Kind.STEP)
    for shape, dtype in dict.fromkeys((row.shape, row.dtype) for row in places):
        after = [row for row in places if (row.shape, row.dtype) == (shape, dtype)]
        before = [
            row
            for row in matching.open_before()
            if (row.shape, row.dtype) == (shape, dtype) and row.kind in ordinary
        ]
        if len(before) == len(after) == 1:
            evidence = "name map leaves it open; the only one left of this shape and dtype"
            matching.join(before[0], after[0], evidence)
        elif before:
            matching.leave(
                before,
                after,
                "the name map leaves their TF1 names open and they have equal shapes and dtypes;"
                " write the names into its `tf1` fields",
            )
