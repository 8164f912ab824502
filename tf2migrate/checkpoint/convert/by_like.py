"""The layout of a checkpoint that the migrated program wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.convert.counter import counter
from tf2migrate.checkpoint.convert.keras import KerasPart, step_of
from tf2migrate.checkpoint.convert.plan import OF_OPTIMIZERS, Constant, Made, Plan, listed
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX, Node, ObjectGraph
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.checkpoint.keras_layout import keras_layout
from tf2migrate.checkpoint.keras_optimizers import keras_optimizers
from tf2migrate.checkpoint.kinds import SAVE_COUNTER
from tf2migrate.checkpoint.map_rows import check_names
from tf2migrate.checkpoint.optimizers import Optimizer, find_optimizers
from tf2migrate.checkpoint.transforms import parse
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Entry, Report
from tf2migrate.model.inventory import Inventory, Kind, VariableRow
from tf2migrate.model.names import NameRow

_SHOWN = 10


def plan_like(
    old_file: CheckpointFile,
    old: Inventory,
    file: CheckpointFile,
    names: Sequence[NameRow],
    new: str,
    *,
    keras: bool,
) -> Plan:
    """The values of the checkpoint `old_file`, whose inventory is `old`, in the layout of `file`.

    Its object graph is taken as it is, but for the variables' TF1 names. States
    of other objects than variables (a generator's, an iterator's), which a TF1
    checkpoint has not, are taken from it, too.

    Args:
      keras: move slot variables into its Keras optimizers.

    Raises:
      CheckpointError: it is no object-based checkpoint, or the two do not hold the
        same variables, or it has a Keras optimizer and none is wanted.
    """
    graph = file.graph()
    if graph is None:
        raise CheckpointError(
            file.prefix,
            "a layout is an object-based checkpoint, and this one has TF1 names",
            "let the migrated program write one with tf.train.Checkpoint",
        )
    like = checkpoint_inventory(file)
    check_names(names, like.rows)
    states = [row for row in like.rows if row.kind in (Kind.STATE, Kind.SAVE_COUNTER)]
    positions = _positions(graph, like, keras)
    apart = {row.key for row in states} | positions.keys()
    slots = {row.key for row in old.rows if keras and row.kind in OF_OPTIMIZERS}
    report = compare(_without(old, slots), _without(like, apart), names)
    _refuse_mismatch(report, old.label, file.prefix)
    plan = Plan()
    for entry in report.entries:
        _add(plan, entry)
    if keras:
        part = KerasPart(plan, old_file, file)
        layouts = keras_layout(positions.values())
        optimizers = _old_optimizers(old, [part.trained(each) for each in layouts])
        part.fill(optimizers, layouts, step_of(old.rows))
    _add_states(plan, file, states, old.label, new)
    plan.graph = _with_names(graph, plan.kept).serialise()
    return plan


def _positions(graph: ObjectGraph, like: Inventory, keras: bool) -> dict[str, VariableRow]:
    """The variables of Keras optimizers in a layout."""
    keys = keras_optimizers(graph)
    if bool(keys) != keras:
        raise CheckpointError(
            like.label,
            "its optimizer is one of Keras 3" if keys else "it has no optimizer of Keras 3",
            "say so: optimizer_format=keras" if keys else "leave optimizer_format out",
        )
    return {row.key: row for row in like.rows if row.key in keys}


def _old_optimizers(old: Inventory, trained: Sequence[Collection[str]]) -> list[Optimizer]:
    found = find_optimizers(old.rows, trained)
    if found.open:
        raise CheckpointError(
            old.label,
            f"whose slot variables these are is open: {listed(row.key for row in found.open)}"
            f" ({'; '.join(found.reasons)})",
            "take optimizers of tf.compat.v1.train, or leave these variables out",
        )
    return found.found


def _without(inventory: Inventory, keys: Collection[str]) -> Inventory:
    rows = (_any_size(row) for row in inventory.rows if row.key not in keys)
    return replace(inventory, rows=tuple(rows))


def _any_size(row: VariableRow) -> VariableRow:
    """A hash table has as many keys as the program happened to put there."""
    if row.kind is not Kind.TABLE or not row.shape:
        return row
    return replace(row, shape=(None, *row.shape[1:]))


def _refuse_mismatch(report: Report, old: str, like: str) -> None:
    if report.ok:
        return
    lines = [str(entry) for entry in report.failures]
    shown = "; ".join(lines[:_SHOWN]) + (
        f"; and {len(lines) - _SHOWN} more" if lines[_SHOWN:] else ""
    )
    raise CheckpointError(
        old,
        f"its variables are not those of {like}: {shown}",
        "say in a name map who is who, or let the program create the variables before it saves",
    )


def _add(plan: Plan, entry: Entry) -> None:
    before, after = entry.before, entry.after
    if not before:  # a counter
        return
    if len(before) == len(after) == 1 and not entry.transform:
        plan.kept[after[0].key] = before[0].key
        return
    sources = tuple(row.key for row in before)
    plan.made.append(Made(sources, tuple(row.key for row in after), parse(entry.transform)))
    if "| add(" in entry.transform:
        plan.notes.append(
            f"{entry.label}: a forget bias of 1.0, TensorFlow's default, is added, as its cell"
            " adds it at each step; for another one, say so in the name map's `transform`"
        )


def _add_states(
    plan: Plan, file: CheckpointFile, states: Sequence[VariableRow], old: str, new: str
) -> None:
    taken: list[str] = []
    for row in states:
        if row.kind is Kind.SAVE_COUNTER and row.key == SAVE_COUNTER + VALUE_SUFFIX:
            plan.constants.append(counter(row.key, old, new))
        else:
            plan.constants.append(Constant.of(file, row.key))
            taken.append(row.key)
    if taken:
        plan.notes.append(f"the states of these objects are those of {file.prefix}: {taken}")


def _with_names(graph: ObjectGraph, kept: Mapping[str, str]) -> ObjectGraph:
    """The graph with the TF1 names of the variables that kept their values as they are."""
    nodes = []
    for node in graph.nodes:
        attributes = [
            attribute._replace(full_name=kept[attribute.checkpoint_key])
            if attribute.checkpoint_key in kept
            else attribute
            for attribute in node.attributes
        ]
        nodes.append(Node(node.children, attributes, node.slots, node.unknown))
    return ObjectGraph(nodes, graph.unknown)
