"""Inventories as JSON, for programs: `tf2migrate checkpoint show --format json`.

The format is described in docs/checkpoint-json.md; a change that a reader could
notice is a new number in its `format`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tf2migrate.model.inventory import Inventory, VariableRow

INVENTORY_FORMAT = "tf2migrate-inventory/1"


def inventory_json(
    inventory: Inventory, extra: Mapping[str, Mapping[str, Any]], **more: Any
) -> str:
    """The document of one inventory.

    Args:
      extra: what else is known of a variable, by its row's key.
      more: what else is known of the whole.
    """
    rows = [{**row_document(row), **extra.get(row.key, {})} for row in inventory.rows]
    document = {
        "format": INVENTORY_FORMAT,
        "label": inventory.label,
        "source": inventory.source.value,
        **more,
        "variables": rows,
    }
    return dump(document)


def row_document(row: VariableRow) -> dict[str, Any]:
    """One variable; every key is always there."""
    slot = row.slot
    return {
        "key": row.key,
        "name": row.name,
        "path": row.path,
        "shape": None if row.shape is None else list(row.shape),
        "dtype": row.dtype,
        "kind": row.kind.value,
        "slot": slot
        and {"variable": slot.variable, "slot": slot.slot, "optimizer": slot.optimizer},
        "trainable": row.trainable,
        "collections": list(row.collections),
        "checksum": row.checksum,
        "aliases": list(row.aliases),
        "partitions": row.partitions,
        "origin": row.origin,
    }


def dump(document: Mapping[str, Any]) -> str:
    """Readable JSON that any reader takes: no NaN, no infinity."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
