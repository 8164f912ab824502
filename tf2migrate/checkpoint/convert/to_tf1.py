"""Back to TF1 names: an object-based checkpoint becomes one that a TF1 Saver reads."""

from __future__ import annotations

from collections.abc import Sequence

from tf2migrate.checkpoint.convert.plan import Made, Plan
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import ObjectGraph
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, Kind, VariableRow
from tf2migrate.model.names import BY_NAME, NameRow, unescape

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
        self._exact = {row.key: row for row in names if "*" not in row.tf1 and row.tf1 != "?"}
        self._by_name = any(row.key == BY_NAME for row in names)

    def transform(self, row: VariableRow) -> str:
        """What made this value of the TF1 value."""
        said = self._exact.get(row.path or "")
        return said.transform if said is not None else ""

    def name(self, row: VariableRow) -> str:
        """The name of the row's tensor in TensorFlow 1."""
        path = row.path or ""
        if row.kind is Kind.TABLE:
            return self._table_name(row, path)
        said = self._exact.get(path)
        if said is not None:
            return said.tf1
        if self._by_name and path and "/" not in path:
            return unescape(path)
        if row.name is None:
            raise CheckpointError(self._prefix, f"{path or row.key} has no TF1 name", _REMEDY)
        if row.slot is not None and row.slot.variable in self._rows:
            return self._slot_name(row.name, self._rows[row.slot.variable])
        return row.name

    def _slot_name(self, name: str, variable: VariableRow) -> str:
        """A slot variable's name, with what its variable is called in TensorFlow 1."""
        now = self.name(variable)
        scope, found, rest = name.rpartition(f"{variable.name}/")
        return f"{scope}{now}/{rest}" if found and now != variable.name else name

    def _table_name(self, row: VariableRow, path: str) -> str:
        suffix = next(text for text in _TABLE_TENSORS if row.key.endswith(text))
        said = self._exact.get(path)
        if said is not None:
            stem = said.tf1
        elif self._by_name and "/" not in path:
            stem = unescape(path)
        else:
            stem = self._full_names.get(row.key.removesuffix(suffix), "")
        if not stem:
            raise CheckpointError(self._prefix, f"the table {path} has no TF1 name", _REMEDY)
        return stem + suffix
