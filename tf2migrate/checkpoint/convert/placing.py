"""Puts the variables of a TF1 checkpoint into an object graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tf2migrate.checkpoint.convert.plan import OF_OPTIMIZERS, Constant, Made, Plan
from tf2migrate.checkpoint.convert.tree import Object, Path, Tree
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import VariableRow

if TYPE_CHECKING:
    from tf2migrate.checkpoint.transforms import Transform


class Placing:
    """The variables of a checkpoint on their way to objects.

    Attributes:
      rows: all, by TF1 name.
      open: those that have no place yet.
      places: the objects of those that have become variables of their own.
      tree: the objects.
      plan: what has been decided.
      transforms: of the variables whose values change, by TF1 name.
    """

    def __init__(self, rows: Iterable[VariableRow]) -> None:
        self.rows = {row.key: row for row in rows}
        self.open = dict(self.rows)
        self.places: dict[str, Object] = {}
        self.tree = Tree()
        self.plan = Plan()
        self.transforms: dict[str, Transform] = {}
        self._names: dict[str, str] = {}

    def variable(self, row: VariableRow, path: Path, transform: Transform | None = None) -> None:
        """Put a variable at a path.

        Raises:
          CheckpointError: there is one already.
        """
        self.place(row, self.tree.at(path), transform)

    def place(self, row: VariableRow, place: Object, transform: Transform | None = None) -> None:
        """Make an object the variable."""
        name = row.key
        self._take(name, self.tree.variable(place, name), transform)
        self.places[name] = place
        if transform:
            self.transforms[name] = transform

    def slot(self, row: VariableRow, optimizer: Object, variable: Object, name: str) -> None:
        """Put a slot variable beside its variable, and transform it as that one.

        Raises:
          CheckpointError: its variable's transform says nothing about slots.
        """
        of_variable = self.transforms.get(row.slot.variable) if row.slot is not None else None
        transform = None
        if of_variable:
            from tf2migrate.checkpoint.transforms.of_slots import of_slot  # noqa: PLC0415  (rare)

            transform = of_slot(of_variable)
        self._take(row.key, self.tree.slot(optimizer, variable, name, row.key), transform)

    def table(self, keys: VariableRow, values: VariableRow, path: Path, stem: str) -> None:
        """Put a hash table at a path."""
        place = self.tree.at(path)
        for row, key in zip((keys, values), self.tree.table(place, stem), strict=True):
            self._take(row.key, key)

    def constant(self, path: Path, full_name: str, value: int) -> None:
        """Put an integer that the old checkpoint does not have at a path."""
        key = self.tree.variable(self.tree.at(path), full_name)
        self._claim(key, f"a new {full_name}")
        self.plan.constants.append(Constant.number(key, value))

    def candidates(self) -> list[VariableRow]:
        """The open rows, and the placed variables that open slot variables may belong to."""
        placed = [self.rows[name] for name in self.places]
        return [*self.open.values(), *(row for row in placed if row.kind not in OF_OPTIMIZERS)]

    def finished(self) -> Plan:
        """The plan, with its graph."""
        self.plan.graph = self.tree.graph()
        return self.plan

    def _take(self, name: str, key: str, transform: Transform | None = None) -> None:
        del self.open[name]
        self._claim(key, name)
        if transform:
            self.plan.made.append(Made((name,), (key,), transform))
        else:
            self.plan.kept[key] = name

    def _claim(self, key: str, name: str) -> None:
        other = self._names.setdefault(key, name)
        if other != name:
            raise CheckpointError(
                key,
                f"both {other} and {name} would be stored under this key",
                "give them different keys in the name map",
            )
