"""Short spellings of inventories for the tests of the solver."""

from __future__ import annotations

from tf2migrate.checkpoint.kinds import classify
from tf2migrate.checkpoint.solve.matching import Matching
from tf2migrate.model.inventory import Inventory, Kind, SlotOf, Source, VariableRow
from tf2migrate.model.names import NameRow


def tf1_inventory(variables: dict[str, tuple[int, ...]], **checksums: int) -> Inventory:
    """A TF1 checkpoint of float32 variables; `global_step` is an int64."""
    forms = {
        name: (shape, "int64" if name.endswith("global_step") else "float32")
        for name, shape in variables.items()
    }
    kinds = classify(forms)
    rows = tuple(
        VariableRow(
            name,
            shape,
            dtype,
            kinds[name][0],
            name,
            slot=kinds[name][1],
            checksum=checksums.get(name),
        )
        for name, (shape, dtype) in forms.items()
    )
    return Inventory(Source.TF1_CHECKPOINT, "old", rows)


def tf2_row(
    path: str,
    shape: tuple[int, ...],
    name: str | None = None,
    *,
    dtype: str = "float32",
    kind: Kind = Kind.WEIGHT,
    aliases: tuple[str, ...] = (),
) -> VariableRow:
    return VariableRow(path, shape, dtype, kind, name, path, aliases=aliases)


def slot_row(
    variable: str, optimizer: str, slot: str, shape: tuple[int, ...], name: str | None = None
) -> VariableRow:
    key = f"{variable}/.OPTIMIZER_SLOT/{optimizer}/{slot}"
    return VariableRow(
        key, shape, "float32", Kind.SLOT, name, key, SlotOf(variable, slot, optimizer)
    )


def table_inventory(*names: str) -> Inventory:
    """A TF1 checkpoint of tables from strings to numbers, with two entries each."""
    rows = [
        VariableRow(f"{name}-{column}", (2,), dtype, Kind.TABLE, f"{name}-{column}")
        for name in names
        for column, dtype in (("keys", "string"), ("values", "int64"))
    ]
    return Inventory(Source.TF1_CHECKPOINT, "old", tuple(rows))


def table_rows(path: str) -> tuple[VariableRow, VariableRow]:
    """A table's two rows in an object-based checkpoint."""
    keys, values = (f"{path}/.ATTRIBUTES/table-{column}" for column in ("keys", "values"))
    return (
        VariableRow(keys, (2,), "string", Kind.TABLE, None, path),
        VariableRow(values, (2,), "int64", Kind.TABLE, None, path),
    )


def tf2_inventory(*rows: VariableRow, unsaved: tuple[str, ...] = ()) -> Inventory:
    return Inventory(Source.TF2_CHECKPOINT, "new", rows, unsaved=unsaved)


def name_row(tf1_name: str, key: str, kind: str = "variable", at: str = "") -> NameRow:
    return NameRow("train.py", tf1_name, key, kind, "", at)


def joined(matching: Matching) -> dict[str, str]:
    """Labels of settled pairs, several joined by a plus."""
    return {
        "+".join(row.name or row.key for row in pair.before): "+".join(
            row.path or row.key for row in pair.after
        )
        for pair in matching.pairs
    }
