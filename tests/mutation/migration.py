"""A correct migration: both checkpoints, and the name map that goes with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tf2migrate.model.names import NameRow, join_path

from .programs import Program
from .saved import Item, ObjectPath, Side, SlotPlace, Value
from .tf1_graph import Variable

KEPT, EAGER, ANONYMOUS = "kept", "eager", "anonymous"
"""What variables are called after: as before (graph mode); as eager mode calls them,
without the numbers that make names unique, slots numbered through the process; or all
the same, as in a program that gives no names."""


@dataclass(frozen=True, eq=False)
class Migration:
    """Two checkpoints that hold the same variables.

    Attributes:
      form: how it was migrated, in words.
      names: the rows of the name map.
      unnamed: TF1 names that the evidence leaves open, so that they may be any.
    """

    form: str
    before: Side
    after: Side
    names: tuple[NameRow, ...] = ()
    unnamed: frozenset[str] = frozenset()


def swapped(migration: Migration) -> Migration:
    """The same, from TensorFlow 2 to 1."""
    return replace(migration, before=migration.after, after=migration.before)


def full_names(draw: st.DrawFn, program: Program, mode: str) -> dict[str, str]:
    """What each variable is called after, by its TF1 name."""
    if mode == KEPT:
        return {variable.name: variable.name for variable in program.variables}
    earlier = draw(st.integers(0, 2))  # optimizers that the process had before
    counts: Counter[str] = Counter()
    names = {}
    for variable in program.variables:
        plain = variable.plain if mode == EAGER else "Variable"
        if variable.owner:
            leaf = variable.plain.rpartition("/")[2]
            plain = variable.plain if mode == EAGER else f"Variable/{leaf}"
            number = counts[plain] + earlier
            counts[plain] += 1
            plain = f"{plain}_{number}" if number else plain
        elif variable.attached:
            plain = variable.plain.rpartition("/")[2]
        names[variable.name] = plain
    return names


class Placing:
    """Puts a program's variables at object paths."""

    def __init__(self, program: Program, names: dict[str, str], sliced: bool) -> None:
        self.program = program
        self.names = names
        self.sliced = sliced
        self.items: list[Item] = []
        self.rows: list[NameRow] = []
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

    def side(self, counter: bool = False) -> Side:
        items = list(self.items)
        if counter:
            items.append(counter_item())
        return Side(tuple(items), objects=True)


COUNTER = "save_counter"


def counter_item() -> Item:
    """What `tf.train.Checkpoint.save` adds."""
    import numpy as np  # noqa: PLC0415

    return Item(COUNTER, Value("int64", np.array(3)), COUNTER, (COUNTER,))


def ordinary(variables: Iterable[Variable], also: Callable[[Variable], bool]) -> list[Variable]:
    """Those that belong to no optimizer and are as `also` says."""
    return [variable for variable in variables if not variable.attached and also(variable)]
