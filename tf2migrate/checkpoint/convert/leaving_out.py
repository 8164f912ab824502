"""Variables that a new checkpoint is not to hold, because somebody said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, VariableRow


def split(
    inventory: Inventory, patterns: Sequence[str], parts: Mapping[str, tuple[str, ...]]
) -> tuple[Inventory, list[str]]:
    """The inventory without what `patterns` name, and the keys of that.

    Args:
      patterns: TF1 names or object paths; `*` stands for any text.
      parts: other names of variables, each of which stands for the whole.

    Raises:
      CheckpointError: one names nothing, which is a mistake in it.
    """
    if not patterns:
        return inventory, []
    from fnmatch import fnmatchcase  # noqa: PLC0415

    out: dict[str, VariableRow] = {}
    for pattern in patterns:
        literal = pattern.replace("[", "[[]").replace("?", "[?]")
        found = [
            row
            for row in inventory.rows
            if any(
                fnmatchcase(text, literal)
                for text in (row.name, row.path, *parts.get(row.key, ()))
                if text is not None
            )
        ]
        if not found:
            raise CheckpointError(inventory.label, f"no variable is called {pattern}")
        out.update({row.key: row for row in found})
    rows = tuple(row for row in inventory.rows if row.key not in out)
    return replace(inventory, rows=rows), list(out)
