"""The forms that correct migrations have, each as a strategy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from itertools import combinations

from hypothesis import strategies as st

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.model.names import join_path

from .migration import (
    ANONYMOUS,
    EAGER,
    KEPT,
    Migration,
    Placing,
    full_names,
)
from .programs import Program, programs
from .saved import ObjectPath
from .tf1_graph import POWERS, SLOTS, Variable

_NUMBER = re.compile(r"\d+")


def _placing(draw: st.DrawFn, program: Program, mode: str) -> Placing:
    return Placing(program, full_names(draw, program, mode), draw(st.booleans()))


def _finish(
    draw: st.DrawFn, placing: Placing, form: str, unnamed: Collection[str] = ()
) -> Migration:
    after = placing.side(counter=draw(st.booleans()))
    rows = tuple(draw(st.permutations(placing.rows))) if len(placing.rows) < 8 else placing.rows
    return Migration(form, placing.program.saved(), after, tuple(rows), frozenset(unnamed))


@st.composite
def by_set(draw: st.DrawFn) -> Migration:
    """Each child of the root is called as the variable is, slots too."""
    program = draw(programs())
    mapped = draw(st.booleans())
    placing = _placing(draw, program, draw(st.sampled_from((KEPT, EAGER))))
    if not mapped:  # else numbered names of slots would contradict the paths
        placing.names |= {v.name: v.name for v in program.variables if v.owner}
    for variable in program.variables:
        placing.variable(variable, (variable.name,))
    for table in program.graph.tables:
        placing.table(table, (table,))
    if mapped:
        placing.row("*", "{name}", "set")
    return _finish(draw, placing, "a set by name" + (", with a map" if mapped else ""))


@st.composite
def by_owner(draw: st.DrawFn) -> Migration:
    """Attributes of objects, each named by the map; optimizers by theirs."""
    program = draw(programs())
    mode = _mode(draw, program, mapped=True)
    placing = _placing(draw, program, mode)
    paths = _drawn_paths(draw, program)
    for variable in _plain(program):
        placing.variable(variable, paths[variable.name], row=True)
    _place_tables(draw, placing, row=True)
    _place_optimizers(draw, placing, rows=True)
    if mode != KEPT:
        _name_powers(placing)
    return _finish(draw, placing, f"owners with a map, names {mode}")


@st.composite
def by_owner_names(draw: st.DrawFn) -> Migration:
    """Attributes of objects, without a map: the variables keep their names."""
    program = draw(programs())
    placing = _placing(draw, program, KEPT)
    paths = _drawn_paths(draw, program)
    for variable in _plain(program):
        placing.variable(variable, paths[variable.name])
    _place_tables(draw, placing)
    _place_optimizers(draw, placing)
    return _finish(draw, placing, "owners that keep the names")


@st.composite
def by_scopes(draw: st.DrawFn) -> Migration:
    """One object a scope, maybe below another object: paths are the TF1 names."""
    program = draw(programs())
    mode = _mode(draw, program)
    outer = draw(st.sampled_from(((), (), ("model",), ("agent", "online"))))
    placing = _placing(draw, program, mode)
    for variable in _plain(program):
        placing.variable(variable, (*outer, *scoped(variable)), row=_shadow(variable, mode))
    _place_tables(draw, placing)
    _place_optimizers(draw, placing)
    if mode != KEPT:
        _name_powers(placing)
    below = f" below {'/'.join(outer)}" if outer else ""
    return _finish(draw, placing, f"one object a scope{below}, names {mode}")


@st.composite
def by_synonyms(draw: st.DrawFn) -> Migration:
    """contrib's weights and biases become kernel and bias (Keras 3: `_kernel`)."""
    program = draw(programs())
    mode = _mode(draw, program)
    placing = _placing(draw, program, mode)
    kernel = draw(st.sampled_from(("kernel", "_kernel")))
    spelled = {"weights": kernel, "biases": "bias", "kernel": kernel, "embeddings": "_embeddings"}
    for variable in _plain(program):
        *scope, leaf = scoped(variable)
        path = (*scope, spelled.get(leaf, leaf))
        placing.variable(variable, path, row=_shadow(variable, mode))
    _place_tables(draw, placing)
    _place_optimizers(draw, placing)
    if mode != KEPT:
        _name_powers(placing)
    return _finish(draw, placing, "kernel for weights, bias for biases")


@st.composite
def by_pattern(draw: st.DrawFn) -> Migration:
    """Families from loops: `h*/w` is `layers/*/w`."""
    program = draw(programs())
    mode = _mode(draw, program)
    placing = _placing(draw, program, mode)
    families: dict[str, str] = {}
    for variable in _plain(program):
        found = _NUMBER.search(variable.name)
        if found is None:
            placing.variable(variable, ("rest", variable.name), row=True)
            continue
        family = f"{variable.name[: found.start()]}*{variable.name[found.end() :]}"
        outer = families.setdefault(family, f"family{len(families)}")
        placing.variable(variable, (outer, found[0], "value"))
    for family, outer in families.items():
        placing.row(family, f"{outer}/*/value")
    _place_tables(draw, placing, row=True)
    _place_optimizers(draw, placing)
    if mode != KEPT:
        _name_powers(placing)
    return _finish(draw, placing, f"families of names, names {mode}")


@st.composite
def by_open_names(draw: st.DrawFn) -> Migration:
    """The map leaves names open (`?`) where one shape and dtype tells the variable."""
    program = draw(programs())
    mode = _mode(draw, program)
    placing = _placing(draw, program, mode)
    paths = _drawn_paths(draw, program)
    plain = _plain(program)
    forms = Counter(program.values[variable.name].form for variable in plain)
    unnamed = set()
    for variable in plain:
        alone = forms[program.values[variable.name].form] == 1 and not variable.average
        if alone and draw(st.booleans()):
            placing.variable(variable, paths[variable.name])
            placing.row("?", join_path(paths[variable.name]))
            unnamed.add(variable.name)
        else:
            placing.variable(variable, paths[variable.name], row=True)
    _place_tables(draw, placing, row=True)
    _place_optimizers(draw, placing)
    if mode != KEPT:
        _name_powers(placing)
    return _finish(draw, placing, "a map that leaves names open", unnamed)


FORMS: tuple[Callable[[], st.SearchStrategy[Migration]], ...] = (
    *(by_set, by_owner, by_owner_names, by_scopes, by_synonyms, by_pattern, by_open_names),
)


def migrations() -> st.SearchStrategy[Migration]:
    """Correct migrations of every form."""
    return st.one_of(*(form() for form in FORMS))


def _plain(program: Program) -> list[Variable]:
    return [variable for variable in program.variables if not variable.attached]


def _shadow(variable: Variable, mode: str) -> bool:
    """Whether only a row of the map can tell that it is a shadow variable."""
    return variable.average and mode != KEPT


def scoped(variable: Variable) -> ObjectPath:
    """One object a scope; a shadow variable is below an object for all of them."""
    if not variable.average:
        return tuple(variable.name.split("/"))
    leaf = variable.name.rpartition("/")[2]
    return (leaf, *variable.owner.split("/"))


def _drawn_paths(draw: st.DrawFn, program: Program) -> dict[str, ObjectPath]:
    """Attributes, elements of lists and values of dicts, in one or two objects."""
    style = draw(st.sampled_from(("flat", "list", "dict")))
    owner = draw(st.sampled_from(("model", "net", "agent")))
    paths: dict[str, ObjectPath] = {}
    for number, variable in enumerate(_plain(program)):
        leaf = numbered(variable.name.rpartition("/")[2])[0]
        paths[variable.name] = {
            "flat": (owner, f"{leaf}{number}"),
            "list": (owner, "variables", str(number)),
            "dict": (owner, "of", f"{leaf}.{number}/x"),
        }[style]
    return paths


def _place_tables(draw: st.DrawFn, placing: Placing, *, row: bool = False) -> None:
    for table in placing.program.graph.tables:
        path = draw(st.sampled_from(((table,), ("model", table), ("model", "words"))))
        placing.table(table, path, row=row)


def _place_optimizers(draw: st.DrawFn, placing: Placing, *, rows: bool = False) -> None:
    """Optimizers with their slots and their other state; each with a row if `rows`."""
    outer = draw(st.sampled_from(((), ("model",))))
    optimizers = placing.program.graph.optimizers
    paths: dict[int, ObjectPath] = {
        number: (*outer, "optimizer" if len(optimizers) == 1 else f"optimizer_{number}")
        for number in range(len(optimizers))
    }
    placing.slots(paths)
    for number, optimizer in enumerate(optimizers):
        if rows and SLOTS[optimizer.kind][1]:
            placing.row(f"*/{optimizer.name}*", join_path(paths[number]), "optimizer")


def _name_powers(placing: Placing) -> None:
    """Nothing but a row of the map tells the powers of two Adams apart, if they differ."""
    for power in POWERS:
        found = [
            variable
            for variable in placing.program.variables
            if variable.attached and numbered(variable.name.rpartition("/")[2])[0] == power
        ]
        values = [placing.program.values[variable.name] for variable in found]
        if any(not values[0].equals(value) for value in values):
            for variable in found:
                placing.row(variable.name, join_path(placing.paths[variable.name]))


def _mode(draw: st.DrawFn, program: Program, *, mapped: bool = False) -> str:
    """What variables are called after; as before if nothing else tells two optimizers apart."""
    modes = (KEPT,) if _indistinct(program, mapped) else (KEPT, EAGER, ANONYMOUS)
    return draw(st.sampled_from(modes))


def _indistinct(program: Program, mapped: bool) -> bool:
    """Whether only names of slots tell whose they are, for a variable of two optimizers.

    TensorFlow 1 numbers slots of one name through, in whatever order the two were
    created; a name map tells optimizers apart by their names, else their slots do.
    """
    optimizers = program.graph.optimizers
    for one, other in combinations(range(len(optimizers)), 2):
        shared = _owners(program, one) & _owners(program, other)
        first, second = optimizers[one], optimizers[other]
        same_name = first.name == second.name
        slots, others = SLOTS[first.kind][1], SLOTS[second.kind][1]
        same_slots = len(slots) == len(others) if same_name else slots == others
        if not shared:
            continue
        if same_name and (first.scope == second.scope or same_slots):
            return True
        if same_slots and not mapped:
            return True
    return False


def _owners(program: Program, optimizer: int) -> set[str]:
    """The variables that have slots of an optimizer."""
    return {v.owner for v in program.variables if v.optimizer == optimizer and v.owner}
