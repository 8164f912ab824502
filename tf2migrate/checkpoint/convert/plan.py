"""What a conversion will write: each tensor of the new checkpoint and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tf2migrate.checkpoint.convert.tree import Path, Tree
from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX, ObjectGraph
from tf2migrate.checkpoint.transforms import Transform
from tf2migrate.model.inventory import Kind, VariableRow
from tf2migrate.model.names import NameRow

OF_OPTIMIZERS = frozenset({Kind.SLOT, Kind.OPTIMIZER})
"""Kinds of the variables whose place follows from an optimizer's."""


class Made(NamedTuple):
    """Tensors that a transform makes of old ones.

    Attributes:
      sources: keys in the old checkpoint.
      keys: keys in the new one, in the order of the transform's results.
      transform: from the sources' values to the new ones.
    """

    sources: tuple[str, ...]
    keys: tuple[str, ...]
    transform: Transform


class Constant(NamedTuple):
    """A tensor that no old one gives: a save counter, a learning rate.

    Attributes:
      data: its bytes as stored.
      crc: of its entry.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    data: bytes
    crc: int


@dataclass
class Plan:
    """All that the new checkpoint will hold.

    Attributes:
      kept: key of the old tensor by the key under which it is in the new checkpoint.
      made: tensors that have to be computed.
      constants: further tensors.
      graph: the new object graph; None for a name-based checkpoint.
      names: what became what, for the comparison of the two inventories.
      unused: keys of old tensors that the new checkpoint does not hold, each with
        a reason.
      notes: what people should know about decisions that were taken.
    """

    kept: dict[str, str] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)
    graph: ObjectGraph | None = None
    names: list[NameRow] = field(default_factory=list)
    unused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Placing:
    """Puts old variables into the object graph of a plan, one at a time."""

    def __init__(self, rows: Iterable[VariableRow]) -> None:
        self.rows = {row.key: row for row in rows}
        self.open = dict(self.rows)
        self.tree = Tree()
        self.plan = Plan()
        self.paths: dict[str, Path] = {}

    def variable(self, row: VariableRow, path: Path, transform: Transform | None = None) -> None:
        """Put a variable at a path."""
        self._take(row, self.tree.variable(path, row.key), transform)
        self.paths[row.key] = path

    def slot(self, row: VariableRow, optimizer: Path, variable: Path, name: str) -> None:
        """Put a slot variable beside its variable, which is at the path `variable`."""
        self._take(row, self.tree.slot(optimizer, variable, name, row.key))

    def table(self, keys: VariableRow, values: VariableRow, path: Path, stem: str) -> None:
        """Put a hash table at a path."""
        for row, key in zip((keys, values), self.tree.table(path, stem), strict=True):
            self._take(row, key)

    def candidates(self) -> list[VariableRow]:
        """The open rows, and the placed variables that open slot variables may belong to."""
        placed = [self.rows[name] for name in self.paths if name in self.rows]
        return [*self.open.values(), *(row for row in placed if row.kind not in OF_OPTIMIZERS)]

    def finished(self) -> Plan:
        """The plan, with its graph."""
        self.plan.graph = self.tree.graph()
        return self.plan

    def _take(self, row: VariableRow, key: str, transform: Transform | None = None) -> None:
        del self.open[row.key]
        text = ""
        if transform:
            self.plan.made.append(Made((row.key,), (key,), transform))
            text = str(transform)
        else:
            self.plan.kept[key] = row.key
        if key.endswith(VALUE_SUFFIX):
            path = key[: -len(VALUE_SUFFIX)]
            self.plan.names.append(NameRow("", row.key, path, "variable", "converted", "", text))
