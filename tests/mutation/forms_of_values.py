"""Forms in which values are laid out anew: transforms of the map, Keras cells, parts, series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tf2migrate.checkpoint.kinds import numbered

from .layers import dense, gru, linear, lstm, partitioned
from .migration import EAGER, KEPT, Migration
from .placing import (
    Placing,
    drawn_mode,
    drawn_paths,
    finish,
    name_powers,
    place_optimizers,
    place_tables,
    plain,
    scoped,
    shadow,
    start,
)
from .programs import SIZES, Program, draw_values, programs
from .saved import Item, Value, cast
from .tf1_graph import Graph, Variable

Change = Callable[[Value], Value]


@st.composite
def by_transforms(draw: st.DrawFn) -> Migration:
    """Rows of the map say how values change: axes, shape, dtype."""
    program = draw(programs())
    mode = drawn_mode(draw, program, mapped=True)
    placing = start(draw, program, mode)
    paths = drawn_paths(draw, program)
    owners = {variable.owner for variable in program.variables}
    for variable in plain(program):
        placing.variable(variable, paths[variable.name], row=True)
        choices = _transforms(variable) if variable.name not in owners else {}
        transformed: bool = draw(st.booleans())
        if choices and transformed:
            text = draw(st.sampled_from(sorted(choices)))
            _transform(placing, text, choices[text])
    place_tables(draw, placing, row=True)
    place_optimizers(draw, placing, rows=True)
    if mode != KEPT:
        name_powers(placing)
    return finish(draw, placing, "a map with transforms")


def _transform(placing: Placing, text: str, change: Change) -> None:
    """Change the value that was placed last, and its row."""
    item = placing.items[-1]
    placing.items[-1] = replace(item, value=change(replace(item.value, parts=())))
    placing.rows[-1] = replace(placing.rows[-1], transform=text)
    placing.accepted[item.tf1] = lambda value: (change(value),)


def _transforms(variable: Variable) -> dict[str, Change]:
    """What may be done to it, by the text in a map."""
    if variable.dtype != "float32" or variable.average:
        return {}
    rank, size = len(variable.shape), int(np.prod(variable.shape))
    found: dict[str, Change] = {
        "cast(float64)": partial(cast, dtype="float64"),
        f"reshape({size})": lambda value: _with(value, value.array.reshape(-1)),
    }
    if rank == 2:
        found["transpose(1,0)"] = lambda value: _with(value, value.array.T)
    return found


def _with(value: Value, array: NDArray[Any]) -> Value:
    return Value(value.dtype, np.ascontiguousarray(array))


@st.composite
def by_parts(draw: st.DrawFn) -> Migration:
    """The parts of a partitioned variable are variables of their own, as in graph mode."""
    graph = Graph()
    partitioned(graph, draw(st.sampled_from(("", "net"))), draw(SIZES), draw(SIZES))
    dense(graph, "", draw(SIZES), draw(SIZES))
    program = Program(graph, draw_values(draw, graph))
    mapped = draw(st.booleans())
    placing = start(draw, program, KEPT)
    for variable in program.variables:
        if not variable.parts:
            placing.variable(variable, (variable.name,))
            continue
        value, first = program.values[variable.name], 0
        for number, length in enumerate(variable.parts):
            part = Value(value.dtype, value.array[first : first + length])
            name = f"{variable.name}/part_{number}"
            placing.items.append(Item(variable.name, part, name, (name,)))
            first += length
    if mapped:
        placing.row("*", "{name}", "set")
    return finish(draw, placing, "parts of partitioned variables", shorter=False)


@st.composite
def by_cells(draw: st.DrawFn) -> Migration:
    """Cells of TensorFlow 1 are Keras cells, each the only one of its kind and size."""
    graph = Graph()
    moved: bool = draw(st.booleans())  # then nothing but its size tells which it is
    sizes = draw(st.lists(st.tuples(SIZES, SIZES), min_size=1, max_size=3, unique=moved))
    for inputs, units in sizes:
        draw(st.sampled_from((gru, lstm_without_peepholes)))(graph, "net", inputs, units)
    linear(graph, "", draw(SIZES), draw(SIZES))
    program = Program(graph, draw_values(draw, graph))
    placing = start(draw, program, draw(st.sampled_from((KEPT, EAGER))))
    cells: dict[str, list[Variable]] = {}
    for variable in program.variables:
        scope, cell, _ = variable.name.partition("_cell/")
        if cell:
            cells.setdefault(scope + cell, []).append(variable)
        else:
            placing.variable(variable, scoped(variable))
    for number, (scope, variables) in enumerate(cells.items()):
        path = ("model", f"recurrent{number}") if moved else tuple(scope.rstrip("/").split("/"))
        values = {v.name.removeprefix(scope): program.values[v.name].array for v in variables}
        bias = float(draw(st.sampled_from((0, 1))))
        laid_out = keras_gru(values) if "gates/bias" in values else keras_lstm(values, bias)
        for leaf, array in laid_out.items():
            source = variables[1 if leaf == "bias" else 0].name
            value = Value("float32", np.ascontiguousarray(array))
            name = "/".join((*path[moved:], leaf))
            ending = f"candidate/{leaf.removeprefix('recurrent_')}"
            merged = tuple(v.name for v in variables if v.name.endswith(ending))
            item = Item(source, value, name, (*path, leaf), merged=merged)
            placing.items.append(item)
        if "bias" in values:
            placing.accepted[variables[1].name] = either_forget_bias
    return finish(draw, placing, "Keras cells", shorter=False, directed=True)


def lstm_without_peepholes(graph: Graph, scope: str, inputs: int, units: int) -> None:
    lstm(graph, scope, inputs, units, peepholes=False)


Arrays = dict[str, NDArray[Any]]


def keras_gru(values: Arrays) -> Arrays:
    """TF1's gates are reset and update; Keras has update, reset, candidate (facts C2)."""
    kernel, candidate = values["gates/kernel"], values["candidate/kernel"]
    units = candidate.shape[1]
    whole = np.concatenate([kernel[:, units:], kernel[:, :units], candidate], 1)
    bias = values["gates/bias"]
    inputs = len(candidate) - units
    return {
        "kernel": whole[:inputs],
        "recurrent_kernel": whole[inputs:],
        "bias": np.concatenate([bias[units:], bias[:units], values["candidate/bias"]]),
    }


def keras_lstm(values: Arrays, forget_bias: float) -> Arrays:
    """TF1 has i, j, f, o and adds the forget bias at each step; Keras has i, f, j, o."""
    i, j, f, o = np.split(values["kernel"], 4, 1)
    whole = np.concatenate([i, f, j, o], 1)
    units = i.shape[1]
    inputs = len(whole) - units
    return {
        "kernel": whole[:inputs],
        "recurrent_kernel": whole[inputs:],
        "bias": keras_lstm_bias(values["bias"], forget_bias),
    }


def keras_lstm_bias(bias: NDArray[Any], forget_bias: float) -> NDArray[Any]:
    i, j, f, o = np.split(bias, 4)
    return np.concatenate([i, (f + np.float32(forget_bias)).astype(bias.dtype), j, o])


def either_forget_bias(bias: Value) -> list[Value]:
    """What Keras may have for a bias of TF1, whose program nobody asks."""
    if bias.array.dtype.kind != "f" or bias.array.ndim != 1:
        return []
    return [Value(bias.dtype, keras_lstm_bias(bias.array, float(forget))) for forget in (0, 1)]


@st.composite
def by_series(draw: st.DrawFn) -> Migration:
    """`dense`, `dense_1`, ... are elements of a list: the only series of such shapes."""
    program = draw(programs())
    mode = drawn_mode(draw, program)
    placing = start(draw, program, mode)
    series = _series(program)
    counted = Counter(_profile(program, family) for family in series.values())
    lists: dict[str, str] = {}
    base = draw(st.integers(0, 1))
    for variable in plain(program):
        family = _template(variable.name)
        clear = counted[_profile(program, series.get(family, []))] == 1
        if len(series.get(family, [])) > 1 and clear and not variable.average:
            outer = lists.setdefault(_outer(family), f"layers{chr(97 + len(lists))}")
            *_, leaf = family.split("/")
            layer = variable.name.split("/")[-2]
            place = str(base + numbered(layer)[1])
            placing.variable(variable, ("model", outer, place, leaf))
            if mode == EAGER:
                placing.names[variable.name] = f"layer/{leaf}"
        else:
            path = scoped(variable)
            placing.variable(variable, path, row=shadow(variable, mode))
    place_tables(draw, placing)
    place_optimizers(draw, placing)
    if mode != KEPT:
        name_powers(placing)
    return finish(draw, placing, f"series of layers, names {mode}", shorter=False)


def _template(name: str) -> str:
    """The name without the number of the layer, which is next to last."""
    *scope, layer, leaf = ("", *name.split("/"))[-2:] if "/" not in name else name.split("/")
    return "/".join((*scope, numbered(layer)[0], leaf))


def _outer(family: str) -> str:
    return family.rpartition("/")[0]


def _series(program: Program) -> dict[str, list[str]]:
    """Names that differ in the number of the layer, in the order of the numbers."""
    found: dict[str, list[str]] = {}
    for variable in plain(program):
        found.setdefault(_template(variable.name), []).append(variable.name)
    return found


def _profile(program: Program, names: list[str]) -> tuple[object, ...]:
    """Shapes and last names, as the solver reads them: weights are kernels."""
    leaves = (name.rpartition("/")[2] for name in names)
    spelled = ({"weights": "kernel", "biases": "bias"}.get(leaf, leaf) for leaf in leaves)
    return tuple(zip(spelled, (program.values[name].form for name in names), strict=True))
