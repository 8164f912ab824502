"""Hash tables: two tensors of one object, `table-keys` and `table-values` in TensorFlow 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tf2migrate.checkpoint.solve.matching import Matching, path_name
from tf2migrate.model.inventory import Kind, VariableRow
from tf2migrate.model.names import BY_NAME, NameRow, split_path

_COLUMNS = ("keys", "values")


class _Table(NamedTuple):
    """The rows of one table by column, and what it is called: TF1 name, object path."""

    rows: dict[str, VariableRow]
    labels: frozenset[str]

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.rows["keys"].aliases

    @property
    def dtypes(self) -> tuple[str, ...]:
        return tuple(self.rows[column].dtype for column in _COLUMNS)


def match_tables(matching: Matching, names: Sequence[NameRow]) -> None:
    """Settle whole tables: by the name map, by equal names or paths, or the only ones.

    A name map's row has the table's own name in TensorFlow 1 (`table`) and its
    object path. What it names is matched so or not at all.
    """
    before, after = _tables(matching.before.values()), _tables(matching.after.values())
    paths = {path: name for name, table in after.items() for path in (*table.aliases, name)}

    def join(one: str, other: str, evidence: str) -> None:
        old, new = before.pop(one), after.pop(other)
        for column in _COLUMNS:
            matching.join(old.rows[column], new.rows[column], evidence)

    for row in names:
        if row.tf1 in before and paths.get(row.key) in after:
            join(row.tf1, paths[row.key], f"name map: {row.evidence}")
    said = {text for row in names for text in (row.tf1, paths.get(row.key, row.key))}
    for table in said & before.keys():
        del before[table]
    for table in said & after.keys():
        del after[table]
    for one in list(before):
        same = [other for other in after if before[one].labels & after[other].labels]
        if len(same) == 1:
            join(one, same[0], "the table of the same name")
    if BY_NAME in said:
        return
    for one in list(before):
        alike = _alike(before[one], after)
        if len(alike) == len(_alike(before[one], before)) == 1:
            join(one, alike[0], "the only table of these types")


def _alike(table: _Table, others: Mapping[str, _Table]) -> list[str]:
    return [name for name, other in others.items() if other.dtypes == table.dtypes]


def _tables(rows: Iterable[VariableRow]) -> dict[str, _Table]:
    """Complete tables by object path, in a name-based checkpoint by TF1 name."""
    found: dict[str, dict[str, VariableRow]] = {}
    for row in rows:
        if row.kind is Kind.TABLE:
            stem, _, column = row.key.rpartition("-")
            found.setdefault(row.path if row.path is not None else stem, {})[column] = row
    return {
        name: _Table(columns, _labels(name, columns))
        for name, columns in found.items()
        if columns.keys() == set(_COLUMNS)
    }


def _labels(name: str, columns: Mapping[str, VariableRow]) -> frozenset[str]:
    stems = [(row.name or "").removesuffix(f"-{column}") for column, row in columns.items()]
    aliases = ("/".join(split_path(alias)) for alias in columns["keys"].aliases)
    texts = (name, path_name(columns["keys"]), *aliases, *stems)
    return frozenset(text for text in texts if text)
