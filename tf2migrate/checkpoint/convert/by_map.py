"""The layout that a name map says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tf2migrate.checkpoint.convert.by_name import (
    place_by_name,
    place_optimizer,
    place_variables_by_name,
)
from tf2migrate.checkpoint.convert.optimizer_rows import base_of
from tf2migrate.checkpoint.convert.placing import Placing
from tf2migrate.checkpoint.convert.plan import OF_OPTIMIZERS, listed
from tf2migrate.checkpoint.convert.tables import tables_of
from tf2migrate.checkpoint.convert.tree import Object
from tf2migrate.checkpoint.map_rows import (
    ANY,
    below_a_variable,
    check_names,
    is_exact,
    path_of,
    shown,
)
from tf2migrate.checkpoint.optimizers import Optimizer, find_optimizers
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind, VariableRow
from tf2migrate.model.names import (
    BY_NAME,
    OPTIMIZER,
    SLOT_OF,
    UNKNOWN,
    NameRow,
    split_path,
    unescape,
)

_BY_LIKE = "or convert with `--like`, a checkpoint that the migrated program wrote"


def place_by_map(placing: Placing, rows: Sequence[NameRow], *, keep_rest: bool) -> None:
    """Put every open variable where the rows of one Checkpoint say.

    Args:
      keep_rest: put what no row names where its TF1 name says; else it is an error.

    Raises:
      CheckpointError: a row names a variable that is not there; rows leave it open
        which variable or which optimizer they mean; a variable is in no row.
    """
    check_names(rows)
    rows = list({(row.tf1, row.key, row.kind, row.transform): row for row in rows}.values())
    named = [row for row in rows if row.kind != OPTIMIZER]
    slots = [row for row in named if SLOT_OF in row.key]
    others = [row for row in named if SLOT_OF not in row.key]
    _place_exact(placing, [row for row in others if is_exact(row)])
    _place_families(placing, [row for row in others if ANY in row.tf1 and row.key != BY_NAME])
    _place_unknown(placing, [row for row in others if row.tf1 == UNKNOWN])
    _place_slots(placing, slots)
    _place_families(placing, [row for row in others if row.key == BY_NAME])
    if keep_rest:
        place_variables_by_name(placing)
    _place_optimizers(placing, [row for row in rows if row.kind == OPTIMIZER])
    if placing.open and keep_rest:
        place_by_name(placing)
    elif placing.open:
        raise CheckpointError(
            "name map",
            f"no row names {listed(placing.open)}",
            f"add rows for them, {_BY_LIKE}, or put them at their TF1 names with `--keep-rest`",
        )
    for name, place in placing.places.items():
        if place.children:
            below = (child.text for child in place.children.values())
            raise below_a_variable(rows, name, place.text, below)


def _place_exact(placing: Placing, rows: Iterable[NameRow]) -> None:
    tables = tables_of(placing.open)
    missing: list[str] = []
    for row in rows:
        path = split_path(path_of(row))
        if row.tf1 in placing.open:
            placing.variable(placing.open[row.tf1], path, parse(row.transform))
        elif row.tf1 in tables:
            placing.table(*tables[row.tf1], path, row.tf1)
        else:
            missing.append(row.tf1)
    if missing:
        raise CheckpointError(
            "name map",
            f"the checkpoint has no {listed(missing)}",
            "is it a checkpoint of this program, and are these the rows of the right Checkpoint?"
            f" Correct them, {_BY_LIKE}",
        )


def _place_families(placing: Placing, rows: Iterable[NameRow]) -> None:
    """`layer_*/w` -> `layers/*/w`; and `*` -> `{name}`, each a child of the root by its name."""
    for row in rows:
        pattern = re.compile("(.*)".join(map(re.escape, row.tf1.split(ANY))), re.DOTALL)
        for stem, (keys, values) in tables_of(placing.open).items():
            found = pattern.fullmatch(stem)
            if found is not None:
                placing.table(keys, values, _filled(row, stem, found.groups()), stem)
        for name, variable in list(placing.open.items()):
            found = pattern.fullmatch(name)
            if found is not None:
                path = _filled(row, name, found.groups())
                placing.variable(variable, path, parse(row.transform))


def _filled(row: NameRow, name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The path of a family's member: `texts` in the places of the key's `*`."""
    key = row.key
    if key == BY_NAME:
        return (name,)
    pieces = key.split(ANY)
    if len(pieces) not in (1, len(texts) + 1):
        raise CheckpointError("name map", f"the key {key} has not as many * as the name that has")
    fill = texts if len(pieces) > 1 else ()
    text = pieces[0] + "".join(map("".join, zip(fill, pieces[1:], strict=True)))
    path = split_path(text)
    if "" in path:
        raise CheckpointError(
            "name map",
            f"the row {shown(row)} gives {name} the key {text}, in which a name is empty",
            "add a row for this variable",
        )
    return path


def _place_slots(placing: Placing, rows: Iterable[NameRow]) -> None:
    """Rows whose key is `variable/.OPTIMIZER_SLOT/optimizer/slot`.

    `*/mine_1` with the key `*/.OPTIMIZER_SLOT/optimizer/v` is a family: the name's
    `*` is a variable of the old checkpoint, the key's is its path in the new one.
    """
    place_of = {place.text: place for place in placing.places.values()}
    for row in rows:
        variable, _, rest = row.key.partition(SLOT_OF)
        optimizer, _, slot = rest.rpartition("/")
        members = _members(placing, row.tf1, place_of.get(variable))
        if not members or not optimizer:
            raise CheckpointError(
                "name map",
                f"its row of slot variables, {row.tf1} -> {row.key}, names what is not there",
                "the old checkpoint has to have the slot variable, the new one the variable",
            )
        for member, owner in members:
            place = placing.tree.at(split_path(optimizer))
            placing.slot(member, place, owner, unescape(slot))


def _members(placing: Placing, tf1: str, owner: Object | None) -> list[tuple[VariableRow, Object]]:
    """The slot variables that a row means, each with its variable."""
    if ANY not in tf1:
        row = placing.open.get(tf1)
        return [(row, owner)] if row is not None and owner is not None else []
    before, _, after = tf1.partition(ANY)
    texts = {
        name: name[len(before) : len(name) - len(after)]
        for name in placing.open
        if name.startswith(before) and name.endswith(after)
    }
    places = placing.places
    return [(placing.open[name], places[text]) for name, text in texts.items() if text in places]


def _place_optimizers(placing: Placing, rows: Sequence[NameRow]) -> None:
    """Each optimizer of the checkpoint where the row with its name says."""
    found = find_optimizers(placing.candidates())
    by_base: dict[str, list[Optimizer]] = {}
    for optimizer in found.found:
        by_base.setdefault(optimizer.base, []).append(optimizer)
    keys: dict[str, dict[str, None]] = {}
    for row in rows:
        keys.setdefault(base_of(row), {})[row.key] = None
    for base, optimizers in by_base.items():
        paths = list(keys.get(base) or keys.get(UNKNOWN) or ())
        if not paths:
            continue
        if len(paths) != 1 or len(optimizers) != 1:
            raise _ambiguous(f"{len(optimizers)} {base} in the checkpoint, at {', '.join(paths)}")
        place_optimizer(placing, optimizers[0], split_path(paths[0]))
    if any(_may_be(row, keys) for row in found.open):
        raise _ambiguous("; ".join(found.reasons))


def _may_be(row: VariableRow, keys: dict[str, dict[str, None]]) -> bool:
    """Whether it belongs to an optimizer of the name map."""
    if row.kind is Kind.OPTIMIZER or UNKNOWN in keys:
        return bool(keys)
    return row.slot is not None and row.slot.optimizer.rpartition("/")[2] in keys


def _ambiguous(what: str) -> CheckpointError:
    return CheckpointError(
        "name map",
        f"which optimizer its rows mean is open: {what}",
        "add a row for each slot variable, with a key such as"
        f" `model/w/.OPTIMIZER_SLOT/model/optimizer/m`, {_BY_LIKE}",
    )


def _place_unknown(placing: Placing, rows: Sequence[NameRow]) -> None:
    """A row without a TF1 name takes the one variable that is left, if both are the only ones."""
    if not rows:
        return
    left = [row for row in placing.open.values() if row.kind not in OF_OPTIMIZERS]
    if len(rows) != 1 or len(left) != 1:
        keys = listed(row.key for row in rows)
        raise CheckpointError(
            "name map",
            f"its rows leave the TF1 names of {keys} open; left are"
            f" {listed(row.key for row in left)}",
            f"write the names into the `tf1` fields, {_BY_LIKE}",
        )
    placing.variable(left[0], split_path(rows[0].key), parse(rows[0].transform))
