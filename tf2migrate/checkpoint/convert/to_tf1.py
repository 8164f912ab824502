"""Back to TF1 names: an object-based checkpoint becomes one that a TF1 Saver reads."""

from __future__ import annotations

from collections.abc import Sequence

from tf2migrate.checkpoint.convert.backwards import Backwards, Said
from tf2migrate.checkpoint.convert.optimizer_rows import OptimizerRows
from tf2migrate.checkpoint.convert.plan import Made, Plan, listed
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import ObjectGraph
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, Kind, VariableRow
from tf2migrate.model.names import SLOT_OF, NameRow

_TABLE_TENSORS = ("-keys", "-values")
_REMEDY = "a name map tells the TF1 name of each object path (`tf1` and `key`)"


def plan_tf1(
    old: Inventory, file: CheckpointFile, graph: ObjectGraph, names: Sequence[NameRow]
) -> Plan:
    """Each variable under its TF1 name: what the name map says, else its name in the program.

    The object graph and the counter of saved files have no place in a TF1
    checkpoint, nor have states of objects that are no variables.

    Raises:
      CheckpointError: a variable has no TF1 name, or two have the same.
    """
    naming = _Naming(old, graph, names)
    plan = Plan()
    path_of: dict[str, str] = {}
    for row in old.rows:
        path = row.path or row.key
        if row.kind in (Kind.SAVE_COUNTER, Kind.STATE):
            plan.unused[row.key] = "a TF1 checkpoint has no place for it"
            continue
        name = naming.name(row)
        other = path_of.setdefault(name, path)
        if other != path:
            raise CheckpointError(
                file.prefix, f"{other} and {path} have the same TF1 name, {name}", _REMEDY
            )
        _add(plan, row, name, naming.transform(row))
    states = [row.key for row in old.rows if row.kind is Kind.STATE]
    if names and naming.unsaid:
        unsaid = listed(dict.fromkeys(naming.unsaid))
        plan.notes.append(f"no row of the name map names {unsaid}: called as in the program")
    if states:
        plan.notes.append(f"left out, as a TF1 checkpoint has no place for them: {states}")
    return plan


def _add(plan: Plan, row: VariableRow, name: str, transform: str) -> None:
    if transform:
        plan.made.append(Made((row.key,), (name,), parse(transform).undone()))
    else:
        plan.kept[name] = row.key


class _Naming:
    """The TF1 names of an object-based checkpoint's variables."""

    def __init__(self, old: Inventory, graph: ObjectGraph, names: Sequence[NameRow]) -> None:
        self._prefix = old.label
        self._rows = old.by_key()
        self._full_names = {
            attribute.checkpoint_key: attribute.full_name
            for node in graph.nodes
            for attribute in node.attributes
        }
        self._map = Backwards(names)
        self._optimizers = OptimizerRows(old, names)
        self._said: dict[str, Said | None] = {}
        self.unsaid: list[str] = []

    def transform(self, row: VariableRow) -> str:
        """What made this value of the TF1 value."""
        said = self._of_map(row)
        return said[1] if said is not None else ""

    def name(self, row: VariableRow) -> str:
        """The name of the row's tensor in TensorFlow 1."""
        path = row.path or ""
        said = self._of_map(row)
        if row.kind is Kind.TABLE:
            return self._table_name(row, said)
        if said is not None:
            return said[0]
        if row.name is None:
            raise CheckpointError(self._prefix, f"{path or row.key} has no TF1 name", _REMEDY)
        variable = self._variable(row)
        if variable is not None:
            return self._slot_name(row, row.name, variable)
        self.unsaid.append(path or row.key)
        return row.name

    def _of_map(self, row: VariableRow) -> Said | None:
        """What the map says of a row, slot variables of its optimizers not counted."""
        if row.key not in self._said:
            self._said[row.key] = self._ask(row)
        return self._said[row.key]

    def _ask(self, row: VariableRow) -> Said | None:
        if row.path is None:
            return None
        paths = (row.path, *row.aliases)
        said = self._map.exact(paths)
        if said is not None:
            return said
        variable = self._variable(row)
        if variable is not None and SLOT_OF in row.path:
            name = self._map.slot(paths, self.name(variable))
            return (name, "") if name is not None else None
        own = self._stem(row) if row.kind is Kind.TABLE else row.name
        return self._map.family(paths, own or "")

    def _variable(self, row: VariableRow) -> VariableRow | None:
        return self._rows.get(row.slot.variable) if row.slot is not None else None

    def _slot_name(self, row: VariableRow, name: str, variable: VariableRow) -> str:
        """A slot variable's name, with what its variable is called in TensorFlow 1."""
        now = self.name(variable)
        scope, found, rest = name.rpartition(f"{variable.name}/")
        end = self._optimizers.end(row)
        if end is not None:
            return f"{scope}{now}/{end}" if found else f"{now}/{end}"
        return f"{scope}{now}/{rest}" if found and now != variable.name else name

    def _table_name(self, row: VariableRow, said: Said | None) -> str:
        stem = said[0] if said is not None else self._stem(row)
        if not stem:
            raise CheckpointError(self._prefix, f"the table {row.path} has no TF1 name", _REMEDY)
        return stem + _suffix(row)

    def _stem(self, row: VariableRow) -> str:
        return self._full_names.get(row.key.removesuffix(_suffix(row)), "")


def _suffix(row: VariableRow) -> str:
    return next(text for text in _TABLE_TENSORS if row.key.endswith(text))
