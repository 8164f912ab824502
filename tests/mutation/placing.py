"""Puts the variables of a program at object paths, for the forms of migrations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

from hypothesis import strategies as st

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.model.names import NameRow, join_path

from .migration import ANONYMOUS, EAGER, KEPT, Accepted, Migration, counter_item, full_names
from .programs import Program
from .saved import Item, ObjectPath, Side, SlotPlace, Value
from .tf1_graph import POWERS, SLOTS, Variable


class Placing:
    """Puts a program's variables at object paths."""

    def __init__(self, program: Program, names: dict[str, str], sliced: bool) -> None:
        self.program = program
        self.names = names
        self.sliced = sliced
        self.items: list[Item] = []
        self.rows: list[NameRow] = []
        self.accepted: dict[str, Accepted] = {}
        self.paths: dict[str, ObjectPath] = {}

    def value(self, name: str) -> Value:
        """The variable's value; a partitioned one is whole unless the slices are kept."""
        value = self.program.values[name]
        return value if self.sliced else replace(value, parts=())

    def variable(self, variable: Variable, path: ObjectPath, *, row: bool = False) -> None:
        """Put it at a path; with a row in the name map if `row`."""
        name = variable.name
        self.paths[name] = path
        item = Item(name, self.value(name), self.names[name], path, owner=variable.owner)
        self.items.append(item)
        if row:
            self.row(name, join_path(path))

    def slots(self, optimizers: dict[int, ObjectPath]) -> None:
        """Put slot variables beside their variables, and the optimizers' state below them."""
        for variable in self.program.variables:
            if variable.optimizer is None or variable.optimizer not in optimizers:
                continue
            optimizer = optimizers[variable.optimizer]
            if not variable.slot:
                leaf = variable.plain.rpartition("/")[2]
                self.variable(variable, (*optimizer, leaf))
                continue
            place = SlotPlace(self.paths[variable.owner], optimizer, variable.slot)
            name = variable.name
            value, text = self.value(name), self.names[name]
            self.items.append(Item(name, value, text, (), place, owner=variable.owner))

    def table(self, table: str, path: ObjectPath, *, row: bool = False) -> None:
        """Put both tensors of a table there."""
        for item in self.program.table_items(table):
            self.items.append(replace(item, name="", path=path))
        if row:
            self.row(table, join_path(path))

    def row(self, tf1: str, key: str, kind: str = "variable") -> None:
        self.rows.append(NameRow("train.py:main", tf1, key, kind, "drawn"))

    def side(self) -> Side:
        """What the TF2 program saves."""
        return Side(tuple(self.items), objects=True)


def start(draw: st.DrawFn, program: Program, mode: str) -> Placing:
    return Placing(program, full_names(draw, program, mode), draw(st.booleans()))


def finish(
    draw: st.DrawFn,
    placing: Placing,
    form: str,
    unnamed: Collection[str] = (),
    *,
    shorter: bool = True,
    directed: bool = False,
) -> Migration:
    """The migration, maybe with a counter of saved files and a second path to an object.

    Args:
      shorter: whether that path may be the one that TensorFlow then uses.
      directed: see `Migration`; so it is with each name map.
    """
    after = placing.side()
    if draw(st.booleans()):
        after = replace(after, items=(*after.items, counter_item()))
    if any(item.path for item in placing.items) and draw(st.integers(0, 3)) == 0:
        paths = [item.path for item in placing.items if item.path and item.path[-1] not in POWERS]
        target = draw(st.sampled_from(sorted({p[:n] for p in paths for n in range(1, len(p) + 1)})))
        alias = (
            ("shared",) if shorter and draw(st.booleans()) else ("of", "every", "user", "shared")
        )
        after = replace(after, aliases=((alias, target),))
    rows = tuple(draw(st.permutations(placing.rows))) if len(placing.rows) < 8 else placing.rows
    return Migration(
        form,
        placing.program.saved(),
        after,
        tuple(rows),
        frozenset(unnamed),
        placing.accepted,
        directed or bool(rows),
    )


def plain(program: Program) -> list[Variable]:
    return [variable for variable in program.variables if not variable.attached]


def shadow(variable: Variable, mode: str) -> bool:
    """Whether only a row of the map can tell that it is a shadow variable."""
    return variable.average and mode != KEPT


def scoped(variable: Variable) -> ObjectPath:
    """One object a scope; a shadow variable is below an object for all of them."""
    if not variable.average:
        return tuple(variable.name.split("/"))
    leaf = variable.name.rpartition("/")[2]
    return (leaf, *variable.owner.split("/"))


def drawn_paths(draw: st.DrawFn, program: Program) -> dict[str, ObjectPath]:
    """Attributes, elements of lists and values of dicts, in one or two objects."""
    style = draw(st.sampled_from(("flat", "list", "dict")))
    owner = draw(st.sampled_from(("model", "net", "agent")))
    paths: dict[str, ObjectPath] = {}
    for number, variable in enumerate(plain(program)):
        leaf = numbered(variable.name.rpartition("/")[2])[0]
        paths[variable.name] = {
            "flat": (owner, f"{leaf}{number}"),
            "list": (owner, "variables", str(number)),
            "dict": (owner, "of", f"{leaf}.{number}/x"),
        }[style]
    return paths


def place_tables(draw: st.DrawFn, placing: Placing, *, row: bool = False) -> None:
    for table in placing.program.graph.tables:
        path = draw(st.sampled_from(((table,), ("model", table), ("model", "words"))))
        placing.table(table, path, row=row)


def place_optimizers(draw: st.DrawFn, placing: Placing, *, rows: bool = False) -> None:
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


def name_powers(placing: Placing) -> None:
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


def drawn_mode(draw: st.DrawFn, program: Program, *, mapped: bool = False) -> str:
    """What variables are called after; as before if nothing else tells two optimizers apart."""
    modes = (KEPT,) if indistinct(program, mapped) else (KEPT, EAGER, ANONYMOUS)
    return draw(st.sampled_from(modes))


def indistinct(program: Program, mapped: bool) -> bool:
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
