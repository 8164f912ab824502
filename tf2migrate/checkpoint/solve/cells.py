"""RNN cells that became Keras cells: the same numbers in other variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tf2migrate.checkpoint.solve.matching import Matching, is_slot, signature
from tf2migrate.checkpoint.transforms import Signature, parse
from tf2migrate.checkpoint.transforms.cells import (
    KERAS_VARIABLES,
    Recipe,
    basic_rnn,
    cudnn_gru,
    gru,
    gru_block,
    lstm,
)
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import VariableRow

Rows: TypeAlias = dict[str, VariableRow]
Recipes: TypeAlias = tuple[Recipe, Recipe]

_MAKERS: tuple[tuple[str, int, Callable[[int, int], Recipes]], ...] = (
    ("gates/bias", 2, gru),
    ("b_ru", 2, gru_block),
    ("gates/bias", 2, cudnn_gru),
    ("bias", 4, lstm),
    ("bias", 1, basic_rnn),
)
"""The bias that shows the number of units, its width in units, and what the cell has."""


_CUDNN = "cudnn_compatible_lstm_cell"
"""The scope of the LSTM that has no forget bias."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A TF1 cell read in one way: its rows by name below the scope, and where they go."""

    scope: str
    rows: Rows
    recipes: Recipes
    targets: dict[str, tuple[int | None, ...]]


def hold_cells(matching: Matching) -> None:
    """Let the variables of Keras cells wait, where the cells before are laid out otherwise.

    The bias of an LSTM has one name and one shape in both layouts, and its gates
    are in another order; so it must not be taken for the same variable.
    """
    kept = {signature(row) for row in matching.all_before.values() if _is_recurrent(row)}
    for rows in _keras_cells(matching).values():
        if signature(rows["recurrent_kernel"]) not in kept:
            matching.later |= {row.key for row in rows.values() if row.key in matching.after}


def _is_recurrent(row: VariableRow) -> bool:
    return (row.path or row.name or row.key).rpartition("/")[2].endswith("recurrent_kernel")


def match_cells(matching: Matching) -> None:
    """Settle a TF1 cell and a Keras cell of one path, or the only ones of their kind and size.

    A forget bias stands in the TF1 program and not in its checkpoint. Its default
    is 1; where values are compared, 0 is tried as well. A name map may tell it, by
    the transform of its row for the bias; then only the kernels are open here.
    """
    if not matching.before or not matching.after:
        return
    keras = _keras_cells(matching)
    cells = [
        cell
        for cell in _whole(list(_cells(matching)))
        if any(_fits(matching, cell, rows) for rows in keras.values())
    ]
    for cell in cells:
        same = keras.get(cell.scope.rstrip("/"))
        if same is not None and _fits(matching, cell, same):
            _join(matching, cell, same)
    for cell in cells:
        fits = [path for path, rows in keras.items() if _fits(matching, cell, rows)]
        rivals = [
            other for other in cells if any(_fits(matching, other, keras[path]) for path in fits)
        ]
        if len(fits) == 1 and len(rivals) == 1:
            _join(matching, cell, keras[fits[0]])
        elif fits:
            _leave(matching, rivals, [keras[path] for path in fits])


def _keras_cells(matching: Matching) -> dict[str, Rows]:
    """The variables of each object that has a Keras cell's, by its path."""
    groups: dict[str, Rows] = {}
    for row in matching.all_after.values():
        text = row.path if row.path is not None else row.name
        if text is not None and not is_slot(row):
            scope, _, leaf = text.rpartition("/")
            groups.setdefault(scope, {})[leaf.removeprefix("_")] = row
    wanted = frozenset(KERAS_VARIABLES)
    return {
        scope: {name: rows[name] for name in KERAS_VARIABLES}
        for scope, rows in groups.items()
        if wanted <= rows.keys()
    }


def _cells(matching: Matching) -> Iterator[_Cell]:
    names = {
        row.name: row
        for row in matching.all_before.values()
        if row.name is not None and not is_slot(row)
    }
    for name, row in names.items():
        for leaf, width, make in _MAKERS:
            if name == leaf or name.endswith(f"/{leaf}"):
                scope = name.removesuffix(leaf)
                if make is lstm and _CUDNN in scope.rstrip("/").rpartition("/")[2]:
                    make = _without_forget_bias  # noqa: PLW2901
                cell = _cell(names, scope, row, width, make)
                if cell is not None:
                    yield cell


def _whole(cells: list[_Cell]) -> list[_Cell]:
    """Without those that are part of another one: a GRU's candidate looks like a cell."""
    sets = [{row.key for row in cell.rows.values()} for cell in cells]
    inside = {key for keys in sets if len(keys) > 2 for key in keys}
    return [
        cell for cell, keys in zip(cells, sets, strict=True) if len(keys) > 2 or not keys <= inside
    ]


def _cell(
    names: Mapping[str, VariableRow],
    scope: str,
    bias: VariableRow,
    width: int,
    make: Callable[[int, int], Recipes],
) -> _Cell | None:
    size = bias.shape[0] if bias.shape and len(bias.shape) == 1 else None
    if size is None or size % width:
        return None
    units = size // width
    kernel = names.get(scope + make(1, units)[0].sources[0])
    rows = kernel.shape[0] if kernel is not None and kernel.shape else None
    inputs = rows - units if rows is not None else 0
    recipes = make(inputs, units)
    sources = [source for recipe in recipes for source in recipe.sources]
    if inputs < 1 or any(scope + source not in names for source in sources):
        return None
    found = {source: names[scope + source] for source in sources}
    targets = _targets(found, recipes)
    return None if targets is None else _Cell(scope, found, recipes, targets)


def _targets(rows: Rows, recipes: Recipes) -> dict[str, tuple[int | None, ...]] | None:
    """Shapes of the Keras variables, None if the cell's own do not fit the recipes."""
    shapes: dict[str, tuple[int | None, ...]] = {}
    for recipe in recipes:
        forms = []
        for source in recipe.sources:
            shape = rows[source].shape
            if shape is None or None in shape:
                return None
            sizes = tuple(size for size in shape if size is not None)
            forms.append(Signature(sizes, rows[source].dtype))
        try:
            results = parse(recipe.transform).infer(forms)
        except CheckpointError:
            return None
        shapes |= dict(zip(recipe.targets, (form.shape for form in results), strict=True))
    return shapes


def _without_forget_bias(inputs: int, units: int) -> Recipes:
    return lstm(inputs, units, forget_bias=0.0)


def _fits(matching: Matching, cell: _Cell, keras: Rows) -> bool:
    """Whether shapes agree, something is open, and nothing is settled in another way."""
    if any(keras[name].shape != shape for name, shape in cell.targets.items()):
        return False
    states = [_state(matching, *_sides(recipe, cell, keras)) for recipe in cell.recipes]
    return None not in states and any(states)


def _state(
    matching: Matching, before: Sequence[VariableRow], after: Sequence[VariableRow]
) -> bool | None:
    """Whether all of them are open; None if one is, or was, settled with something else."""
    one, other = {row.key for row in before}, {row.key for row in after}
    if one <= matching.before.keys() and other <= matching.after.keys():
        return None if (one | other) & matching.fixed.keys() else True
    settled = any(
        one == {row.key for row in pair.before} and other == {row.key for row in pair.after}
        for pair in matching.pairs
        if len(pair.before) == len(before)
    )
    return False if settled else None


def _sides(recipe: Recipe, cell: _Cell, keras: Rows) -> tuple[list[VariableRow], list[VariableRow]]:
    return [cell.rows[name] for name in recipe.sources], [keras[name] for name in recipe.targets]


def _join(matching: Matching, cell: _Cell, keras: Rows) -> None:
    for recipe in cell.recipes:
        before, after = _sides(recipe, cell, keras)
        if not _state(matching, before, after):
            continue
        evidence = f"the cell {cell.scope.rstrip('/') or 'at the root'} in Keras's layout"
        matching.join_all(before, after, evidence, recipe.transform, _without_bias(recipe))


def _without_bias(recipe: Recipe) -> tuple[str, ...]:
    kept, found, _ = recipe.transform.partition(" | add(")
    return (kept,) if found else ()


def _leave(matching: Matching, cells: list[_Cell], keras: list[Rows]) -> None:
    matching.leave(
        [row for cell in cells for row in cell.rows.values() if row.key in matching.before],
        [row for rows in keras for row in rows.values() if row.key in matching.after],
        "several RNN cells of one kind and size; the name map's `transform` can tell",
    )
