"""tf2migrate-names.json: the name map, as codemod and runtime share it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, fields
from typing import Any

from tf2migrate.model.names import NAMES_FORMAT, NameRow

FILE_NAME = "tf2migrate-names.json"
_FIELDS = tuple(field.name for field in fields(NameRow))


class NamesError(ValueError):
    """An existing name map cannot be read; the message says what is wrong with it."""


def names_json(rows: Iterable[NameRow]) -> bytes:
    """The document of `rows`, in an order that does not depend on the run."""
    ordered = sorted(set(rows), key=astuple)
    document = {"format": NAMES_FORMAT, "rows": [asdict(row) for row in ordered]}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def parse_names(data: bytes) -> tuple[NameRow, ...]:
    """The rows of an existing document."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NamesError(f"not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != NAMES_FORMAT:
        raise NamesError(f"its format is not {NAMES_FORMAT!r}")
    rows = document.get("rows")
    if not isinstance(rows, list):
        raise NamesError("it has no list of rows")
    return tuple(_row(index, row) for index, row in enumerate(rows))


def _row(index: int, row: Any) -> NameRow:
    if not isinstance(row, dict) or sorted(row) != sorted(_FIELDS):
        raise NamesError(f"rows[{index}] does not have the keys {', '.join(_FIELDS)}")
    if not all(isinstance(value, str) for value in row.values()):
        raise NamesError(f"rows[{index}] holds a value that is not a string")
    return NameRow(**row)


def merged(old: Iterable[NameRow], new: Iterable[NameRow]) -> tuple[NameRow, ...]:
    """The new rows and the old ones of Checkpoints that have no new row."""
    rows = tuple(new)
    touched = {row.checkpoint for row in rows}
    return (*(row for row in old if row.checkpoint not in touched), *rows)
