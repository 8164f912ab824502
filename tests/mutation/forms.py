"""The forms that correct migrations have, each as a strategy."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import strategies as st

from tf2migrate.model.names import join_path

from .migration import EAGER, KEPT, Migration
from .placing import (
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
from .programs import programs

_NUMBER = re.compile(r"\d+")


@st.composite
def by_set(draw: st.DrawFn) -> Migration:
    """Each child of the root is called as the variable is, slots too."""
    program = draw(programs())
    mapped = draw(st.booleans())
    placing = start(draw, program, draw(st.sampled_from((KEPT, EAGER))))
    if not mapped:  # else numbered names of slots would contradict the paths
        placing.names |= {v.name: v.name for v in program.variables if v.owner}
    for variable in program.variables:
        placing.variable(variable, (variable.name,))
    for table in program.graph.tables:
        placing.table(table, (table,))
    if mapped:
        placing.row("*", "{name}", "set")
    return finish(draw, placing, "a set by name" + (", with a map" if mapped else ""))


@st.composite
def by_owner(draw: st.DrawFn) -> Migration:
    """Attributes of objects, each named by the map; optimizers by theirs."""
    program = draw(programs())
    mode = drawn_mode(draw, program, mapped=True)
    placing = start(draw, program, mode)
    paths = drawn_paths(draw, program)
    for variable in plain(program):
        placing.variable(variable, paths[variable.name], row=True)
    place_tables(draw, placing, row=True)
    place_optimizers(draw, placing, rows=True)
    if mode != KEPT:
        name_powers(placing)
    return finish(draw, placing, f"owners with a map, names {mode}")


@st.composite
def by_owner_names(draw: st.DrawFn) -> Migration:
    """Attributes of objects, without a map: the variables keep their names."""
    program = draw(programs())
    placing = start(draw, program, KEPT)
    paths = drawn_paths(draw, program)
    for variable in plain(program):
        placing.variable(variable, paths[variable.name])
    place_tables(draw, placing)
    place_optimizers(draw, placing)
    return finish(draw, placing, "owners that keep the names")


@st.composite
def by_scopes(draw: st.DrawFn) -> Migration:
    """One object a scope, maybe below another object: paths are the TF1 names."""
    program = draw(programs())
    mode = drawn_mode(draw, program)
    outer = draw(st.sampled_from(((), (), ("model",), ("agent", "online"))))
    placing = start(draw, program, mode)
    for variable in plain(program):
        placing.variable(variable, (*outer, *scoped(variable)), row=shadow(variable, mode))
    place_tables(draw, placing)
    place_optimizers(draw, placing)
    if mode != KEPT:
        name_powers(placing)
    below = f" below {'/'.join(outer)}" if outer else ""
    return finish(draw, placing, f"one object a scope{below}, names {mode}", shorter=not outer)


@st.composite
def by_synonyms(draw: st.DrawFn) -> Migration:
    """contrib's weights and biases become kernel and bias (Keras 3: `_kernel`)."""
    program = draw(programs())
    mode = drawn_mode(draw, program)
    placing = start(draw, program, mode)
    kernel = draw(st.sampled_from(("kernel", "_kernel")))
    spelled = {"weights": kernel, "biases": "bias", "kernel": kernel, "embeddings": "_embeddings"}
    for variable in plain(program):
        *scope, leaf = scoped(variable)
        path = (*scope, spelled.get(leaf, leaf))
        placing.variable(variable, path, row=shadow(variable, mode))
    place_tables(draw, placing)
    place_optimizers(draw, placing)
    if mode != KEPT:
        name_powers(placing)
    return finish(draw, placing, "kernel for weights, bias for biases", shorter=False)


@st.composite
def by_pattern(draw: st.DrawFn) -> Migration:
    """Families from loops: `h*/w` is `layers/*/w`."""
    program = draw(programs())
    mode = drawn_mode(draw, program)
    placing = start(draw, program, mode)
    families: dict[str, str] = {}
    for variable in plain(program):
        found = _NUMBER.search(variable.name)
        if found is None:
            placing.variable(variable, ("rest", variable.name), row=True)
            continue
        family = f"{variable.name[: found.start()]}*{variable.name[found.end() :]}"
        outer = families.setdefault(family, f"family{len(families)}")
        placing.variable(variable, (outer, found[0], "value"))
    for family, outer in families.items():
        placing.row(family, f"{outer}/*/value")
    place_tables(draw, placing, row=True)
    place_optimizers(draw, placing)
    if mode != KEPT:
        name_powers(placing)
    return finish(draw, placing, f"families of names, names {mode}")


@st.composite
def by_open_names(draw: st.DrawFn) -> Migration:
    """The map leaves names open (`?`) where one shape and dtype tells the variable."""
    program = draw(programs())
    mode = drawn_mode(draw, program)
    placing = start(draw, program, mode)
    paths = drawn_paths(draw, program)
    forms = Counter(program.values[variable.name].form for variable in plain(program))
    unnamed = set()
    for variable in plain(program):
        alone = forms[program.values[variable.name].form] == 1 and not variable.average
        if alone and draw(st.booleans()):
            placing.variable(variable, paths[variable.name])
            placing.row("?", join_path(paths[variable.name]))
            unnamed.add(variable.name)
        else:
            placing.variable(variable, paths[variable.name], row=True)
    place_tables(draw, placing, row=True)
    place_optimizers(draw, placing)
    if mode != KEPT:
        name_powers(placing)
    return finish(draw, placing, "a map that leaves names open", unnamed)
