"""Inventories for people: a table of variables, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tf2migrate.model.inventory import Inventory, Kind, VariableRow
from tf2migrate.report.plain import Paint, columns, counted, shape_text, size

_HEADINGS = ("Shape", "Dtype", "Size", "Kind")


def variable_lines(
    inventory: Inventory,
    sizes: Mapping[str, int],
    paint: Paint,
    more: tuple[Sequence[str], Mapping[str, Sequence[str]]] = ((), {}),
) -> Iterator[str]:
    """A line for each variable; the name comes last, so that long ones break no column.

    Args:
      sizes: bytes by the rows' keys.
      more: headings of more columns, and their cells by the rows' keys.
    """
    headings, cells = more
    rows = [(*_HEADINGS, *headings, "Name")]
    rows += [
        (
            shape_text(row.shape),
            row.dtype,
            size(sizes[row.key]) if row.key in sizes else "",
            row.kind.value,
            *cells.get(row.key, [""] * len(headings)),
            title(row),
        )
        for row in inventory.rows
    ]
    head, *lines = columns(rows, right=(2, *range(4, 4 + len(headings))))
    yield paint(head, "bold")
    yield from lines


def title(row: VariableRow) -> str:
    """What a row is called: object path and TF1 name where they differ, else one of them."""
    if row.path is None:
        text = row.name or row.key
    else:
        text = _object(row) if row.name in (None, row.path) else f"{_object(row)}  ({row.name})"
    notes = [f"{row.partitions} parts"] if row.partitions > 1 else []
    notes += [f"also {alias}" for alias in row.aliases]
    return f"{text}  [{'; '.join(notes)}]" if notes else text


def _object(row: VariableRow) -> str:
    """The path, and which of the object's values, if it is not a variable's only one."""
    _, _, attribute = row.key.rpartition("/.ATTRIBUTES/")
    plain = attribute in ("", "VARIABLE_VALUE", row.key)
    return f"{row.path}" if plain else f"{row.path} {attribute}"


def total_lines(inventory: Inventory, sizes: Mapping[str, int]) -> Iterator[str]:
    """How many variables, their bytes, and how many of each kind."""
    total = sum(sizes.get(row.key, 0) for row in inventory.rows)
    exact = f" ({total:,} bytes)" if total >= 1000 else ""
    yield f"{counted(len(inventory.rows), 'variable')}, {size(total)}{exact}"
    found = Counter(row.kind for row in inventory.rows)
    if len(found) > 1:
        yield "  " + ", ".join(f"{kind.value}: {found[kind]:,}" for kind in Kind if found[kind])
