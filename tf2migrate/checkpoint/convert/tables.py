"""Hash tables, of which a TF1 checkpoint holds two tensors."""

from __future__ import annotations

from collections.abc import Mapping

from tf2migrate.model.inventory import Kind, VariableRow

KEYS, VALUES = "-keys", "-values"


def tables_of(rows: Mapping[str, VariableRow]) -> dict[str, tuple[VariableRow, VariableRow]]:
    """The keys and the values of each table, by its name."""
    return {
        name.removesuffix(KEYS): (row, rows[name.removesuffix(KEYS) + VALUES])
        for name, row in rows.items()
        if row.kind is Kind.TABLE and name.endswith(KEYS)
    }
