"""tf2migrate-names.json: the name map, as codemod and runtime share it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import MISSING, asdict, astuple, fields
from typing import Any

from tf2migrate.model.names import FILE_NAME, KINDS, NAMES_FORMAT, NameRow

__all__ = ["FILE_NAME", "NamesError", "merged", "names_json", "parse_names"]

_REQUIRED = tuple(field.name for field in fields(NameRow) if field.default is MISSING)
_OPTIONAL = tuple(field.name for field in fields(NameRow) if field.default is not MISSING)


class NamesError(ValueError):
    """An existing name map cannot be read; the message says what is wrong with it."""


def names_json(rows: Iterable[NameRow]) -> bytes:
    """The document of `rows`, in an order that does not depend on the run."""
    ordered = sorted(set(rows), key=astuple)
    document = {"format": NAMES_FORMAT, "rows": [_document(row) for row in ordered]}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _document(row: NameRow) -> dict[str, str]:
    return {key: value for key, value in asdict(row).items() if value or key in _REQUIRED}


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
    if not isinstance(row, dict) or not set(_REQUIRED) <= set(row) <= {*_REQUIRED, *_OPTIONAL}:
        raise NamesError(
            f"rows[{index}] must have the keys {', '.join(_REQUIRED)}"
            f" and may have {', '.join(_OPTIONAL)}"
        )
    if not all(isinstance(value, str) for value in row.values()):
        raise NamesError(f"rows[{index}] holds a value that is not a string")
    if not all(map(_is_text, row.values())):
        raise NamesError(f"rows[{index}] holds half of a surrogate pair, which is no character")
    if row["kind"] not in KINDS:
        raise NamesError(
            f"rows[{index}] ({row['tf1']} -> {row['key']}) has the kind {row['kind']!r};"
            f" there are {', '.join(KINDS)}"
        )
    return NameRow(**row)


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def merged(old: Iterable[NameRow], new: Iterable[NameRow]) -> tuple[NameRow, ...]:
    """The new rows and the old ones of Checkpoints that have no new row."""
    rows = tuple(new)
    touched = {row.checkpoint for row in rows}
    return (*(row for row in old if row.checkpoint not in touched), *rows)
