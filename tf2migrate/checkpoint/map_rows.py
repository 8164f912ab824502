"""Rows of a name map that cannot be meant, and what the others mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import VariableRow
from tf2migrate.model.names import (
    BY_NAME,
    OPTIMIZER,
    SLOT_OF,
    UNKNOWN,
    NameRow,
    escape,
    join_path,
    split_path,
    unescape,
)

ANY = "*"
_RESERVED = (".ATTRIBUTES", ".OPTIMIZER_SLOT")


def shown(row: NameRow) -> str:
    """A row for a message."""
    return f"`{row.tf1}` -> `{row.key}`"


def is_exact(row: NameRow) -> bool:
    """Whether it names one variable, of a known TF1 name."""
    return row.kind != OPTIMIZER and row.tf1 != UNKNOWN and ANY not in row.tf1


def path_of(row: NameRow) -> str:
    """The object path that an exact row means, spelled as checkpoints spell it."""
    if row.key == BY_NAME:
        return escape(row.tf1)
    variable, is_slot, rest = row.key.partition(SLOT_OF)
    if not is_slot:
        return join_path(split_path(row.key))
    optimizer, _, slot = rest.rpartition("/")
    return f"{variable}{SLOT_OF}{join_path(split_path(optimizer))}/{escape(unescape(slot))}"


def check_keys(rows: Iterable[NameRow]) -> None:
    """See that each key is an object path.

    Raises:
      CheckpointError: one has an empty piece, or a piece that no object is called by.
    """
    for row in rows:
        paths = [row.key]
        if row.kind != OPTIMIZER and SLOT_OF in row.key:
            variable, _, rest = row.key.partition(SLOT_OF)
            paths = [variable, rest]
        pieces = [piece for path in paths for piece in path.split("/")]
        if "" in pieces:
            problem = "has an empty name in its key"
        elif reserved := next((name for name in _RESERVED if name in pieces), None):
            problem = f"has a key with {reserved}, which no object is called"
        else:
            continue
        raise CheckpointError(
            "name map",
            f"the row {shown(row)} {problem}",
            "give the object's path, its children joined by `/`, a dot in a name written `..`, such"
            " as model/w; of a slot variable, model/w/.OPTIMIZER_SLOT/model/optimizer/m",
        )


def check_names(rows: Iterable[NameRow], objects: Iterable[VariableRow] | None = None) -> None:
    """See that no TF1 name is said to be two objects, and that no two transforms make one.

    Args:
      objects: the variables of the program, where these are known. An object that is
        shared has several paths, and a row for each is right; a row for a path that
        the program has not says nothing of it.

    Raises:
      CheckpointError: one is; names both rows.
    """
    found: dict[str, list[NameRow]] = {}
    for row in filter(is_exact, rows):
        found.setdefault(row.tf1, []).append(row)
    several = [said for said in found.values() if len(said) > 1]
    if not several:
        return
    object_of = {
        path: row.path or ""
        for row in objects or ()
        for path in (row.path, *row.aliases)
        if path is not None
    }
    for said in several:
        known = [(row, object_of.get(path_of(row))) for row in said]
        if objects is None:
            known = [(row, path_of(row)) for row in said]
        there = [(row, place) for row, place in known if place is not None]
        for row, place in there[1:]:
            first, other = there[0]
            if (place, row.transform) != (other, first.transform):
                raise CheckpointError(
                    "name map",
                    f"two rows place {row.tf1}: {shown(first)} and {shown(row)}",
                    "keep the one that is right",
                )


def only(rows: Sequence[NameRow], key: str) -> NameRow | None:
    """The row among those for one key, which must say the same.

    Raises:
      CheckpointError: two say different things; names both.
    """
    for row in rows[1:]:
        if (row.tf1, row.transform) != (rows[0].tf1, rows[0].transform):
            raise CheckpointError(
                "name map",
                f"two rows name {key}: {shown(rows[0])} and {shown(row)}",
                "keep the one that is right",
            )
    return rows[0] if rows else None


def below_a_variable(
    rows: Iterable[NameRow], name: str, path: str, children: Iterable[str]
) -> CheckpointError:
    """What to raise where something is placed below a variable: TensorFlow does not restore it."""
    said = [
        shown(row)
        for row in rows
        if row.kind != OPTIMIZER and (row.tf1 == name or row.key.startswith(f"{path}/"))
    ]
    return CheckpointError(
        "name map",
        f"{name} is the variable {path}, and {', '.join(children)} would be below it, but variables"
        f" have no children; its rows: {', '.join(said) or 'none'}",
        "give one of them another key",
    )
