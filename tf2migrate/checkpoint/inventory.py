"""The inventory of a checkpoint file, name-based or object-based."""

from __future__ import annotations

from collections import Counter

from tf2migrate.checkpoint.alias_paths import alias_paths
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, VALUE_SUFFIX, ObjectGraph
from tf2migrate.checkpoint.keras_optimizers import keras_optimizers
from tf2migrate.checkpoint.kinds import OPTIMIZER_STATE, SAVE_COUNTER, classify, numbered
from tf2migrate.model.inventory import Inventory, Kind, SlotOf, Source, VariableRow
from tf2migrate.model.names import split_path

_VALUE = "VARIABLE_VALUE"
_OBJECT_STATE = "/.ATTRIBUTES/"


def checkpoint_inventory(file: CheckpointFile) -> Inventory:
    """All variables of an open checkpoint; nothing but its index and its object graph is read.

    Raises:
      CheckpointError: the object graph cannot be read.
    """
    graph = file.graph()
    rows = _name_based(file) if graph is None else _object_based(file, graph)
    source = Source.TF1_CHECKPOINT if graph is None else Source.TF2_CHECKPOINT
    return Inventory(source, file.prefix, rows, lambda row: file.read(row.key), file)


def _name_based(file: CheckpointFile) -> tuple[VariableRow, ...]:
    kinds = classify({name: (tensor.shape, tensor.dtype) for name, tensor in file.tensors.items()})
    return tuple(
        VariableRow(
            key=name,
            shape=tensor.shape,
            dtype=tensor.dtype,
            kind=kinds[name][0],
            name=name,
            slot=kinds[name][1],
            checksum=tensor.crc,
            partitions=max(1, len(tensor.slices)),
        )
        for name, tensor in file.tensors.items()
    )


def _object_based(file: CheckpointFile, graph: ObjectGraph) -> tuple[VariableRow, ...]:
    return _ObjectBased(file, graph).rows()


class _ObjectBased:
    """Joins the tensors of an object-based checkpoint with its object graph."""

    def __init__(self, file: CheckpointFile, graph: ObjectGraph) -> None:
        self.file = file
        self.graph = graph
        self.paths = graph.paths()
        self.names: dict[str, str] = {}
        self.node_of: dict[str, int] = {}
        for number, node in enumerate(graph.nodes):
            for attribute in node.attributes:
                self.node_of.setdefault(attribute.checkpoint_key, number)
                if attribute.full_name not in ("", _VALUE):
                    self.names.setdefault(attribute.checkpoint_key, attribute.full_name)
        self.value_key = {
            number: attribute.checkpoint_key
            for number, node in enumerate(graph.nodes)
            for attribute in node.attributes
            if attribute.name == _VALUE
        }
        self.slots = self._slots()
        self.keras = keras_optimizers(graph)
        of_keras = (slot for _, slot in self.keras.values() if slot is not None)
        self.trained = {slot.variable for slot in (*self.slots.values(), *of_keras)}
        self.optimizers = {self.paths[n] for n, node in enumerate(graph.nodes) if node.slots}
        self.aliases = alias_paths(graph, self.paths)

    def rows(self) -> tuple[VariableRow, ...]:
        tensors = {
            key: tensor for key, tensor in self.file.tensors.items() if key != OBJECT_GRAPH_KEY
        }
        named = [(self.names[key], tensors[key]) for key in tensors if key in self.names]
        signatures = {(name, tensor.shape, tensor.dtype) for name, tensor in named}
        forms = Counter(name for name, _, _ in signatures)
        wanted = {
            name
            for key, name in self.names.items()
            if forms[name] == 1 and key not in self.slots and key not in self.keras
        }
        by_name = classify({name: (tensor.shape, tensor.dtype) for name, tensor in named}, wanted)
        # Eager variables may share a name, and then it tells neither whose slot one is nor which.
        counted = Counter(self.names.values())
        key_of = {name: key for key, name in self.names.items() if counted[name] == 1}
        return tuple(
            self._row(key, *self._kind(key, by_name.get(self.names.get(key, "")), key_of))
            for key in tensors
        )

    def _row(self, key: str, kind: Kind, slot: SlotOf | None) -> VariableRow:
        tensor = self.file.tensors[key]
        node = self.node_of.get(
            key, self.node_of.get(key.rpartition("-")[0])
        )  # a table has two keys
        return VariableRow(
            key=key,
            shape=tensor.shape,
            dtype=tensor.dtype,
            kind=kind,
            name=self.names.get(key),
            path=_path(key),
            slot=slot,
            checksum=tensor.crc,
            aliases=self.aliases.get(node, ()) if node is not None else (),
            partitions=max(1, len(tensor.slices)),
        )

    def _kind(
        self, key: str, by_name: tuple[Kind, SlotOf | None] | None, key_of: dict[str, str]
    ) -> tuple[Kind, SlotOf | None]:
        """The object graph says more than names, names say more than paths."""
        if key in self.slots:
            return Kind.SLOT, self.slots[key]
        if key in self.keras:
            return self.keras[key]
        if not key.endswith(VALUE_SUFFIX):
            table = key.endswith(("table-keys", "table-values"))
            return (Kind.TABLE if table else Kind.STATE), None
        path = _path(key)
        scope, _, leaf = path.rpartition("/")
        tensor = self.file.tensors[key]
        if leaf == SAVE_COUNTER and (tensor.dtype, tensor.shape) == ("int64", ()):
            return Kind.SAVE_COUNTER, None  # of the Checkpoint, or of one inside it
        if scope in self.optimizers or numbered(leaf)[0] in OPTIMIZER_STATE:
            return Kind.OPTIMIZER, None
        if by_name is None or by_name == (Kind.WEIGHT, None):
            text = "/".join(split_path(path))
            return classify({text: (tensor.shape, tensor.dtype)})[text][0], None
        kind, slot = by_name
        if kind is Kind.SLOT and key in self.trained:
            return Kind.WEIGHT, None
        if slot is None or slot.variable not in key_of or self.names[key] not in key_of:
            return kind, None
        return kind, SlotOf(key_of[slot.variable], slot.slot, slot.optimizer)

    def _slots(self) -> dict[str, SlotOf]:
        found: dict[str, SlotOf] = {}
        for number, node in enumerate(self.graph.nodes):
            for reference in node.slots:
                key = self.value_key.get(reference.slot)
                variable = self.value_key.get(reference.original)
                if key is not None and variable is not None:
                    found[key] = SlotOf(variable, reference.name, self.paths[number] or "")
        return found


def _path(key: str) -> str:
    """The object path in a tensor's key."""
    return (
        key.removesuffix(VALUE_SUFFIX)
        if key.endswith(VALUE_SUFFIX)
        else key.partition(_OBJECT_STATE)[0]
    )
