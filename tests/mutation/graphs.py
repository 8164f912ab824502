"""Object graphs as TensorFlow 2.21 writes them, from paths."""

from __future__ import annotations

from tf2migrate.checkpoint.files.graph import (
    VALUE_SUFFIX,
    Attribute,
    Node,
    ObjectGraph,
    SlotReference,
)
from tf2migrate.model.names import escape, join_path

from .saved import Item, ObjectPath, Side

_HAS_VALUES = b"\x2a\x02\x08\x01"
"""Field 5, has_checkpoint_values, which TensorFlow sets on every object here."""


def object_graph(side: Side) -> tuple[ObjectGraph, dict[str, Item]]:
    """The graph of an object-based side, and its tensors by key.

    A key begins with the object's shortest path, the first found breadth-first,
    which is not always the one that the item was made with: an alias may be
    shorter.
    """
    builder = _Builder()
    for item in side.items:
        if item.slot is None:
            builder.node(item.path)
        else:
            builder.node(item.slot.optimizer)
    for alias, path in side.aliases:
        builder.alias(alias, path)
    graph = ObjectGraph(builder.nodes)
    paths = graph.paths()
    keyed: dict[str, Item] = {}
    for item in side.items:
        if item.slot is None:
            number = builder.numbers[item.path]
            keyed[_attach(graph.nodes[number], paths[number] or "", item)] = item
    for item in side.items:
        if item.slot is not None:
            keyed[_attach_slot(graph, builder.numbers, paths, item)] = item
    return graph, keyed


class _Builder:
    def __init__(self) -> None:
        self.nodes = [Node(unknown=_HAS_VALUES)]
        self.numbers: dict[ObjectPath, int] = {(): 0}

    def node(self, path: ObjectPath) -> int:
        if path not in self.numbers:
            parent = self.node(path[:-1])
            self.numbers[path] = self.nodes[parent].children[path[-1]] = len(self.nodes)
            self.nodes.append(Node(unknown=_HAS_VALUES))
        return self.numbers[path]

    def alias(self, alias: ObjectPath, path: ObjectPath) -> None:
        parent = self.node(alias[:-1])
        assert alias[-1] not in self.nodes[parent].children
        self.nodes[parent].children[alias[-1]] = self.node(path)


def _attach(node: Node, path: str, item: Item) -> str:
    if item.table:
        key = f"{path}/.ATTRIBUTES/table"
        if not node.attributes:
            node.attributes.append(Attribute("table", "", key))
        return f"{key}-{item.table}"
    key = path + VALUE_SUFFIX
    node.attributes.append(Attribute("VARIABLE_VALUE", item.name, key))
    return key


def _attach_slot(
    graph: ObjectGraph, numbers: dict[ObjectPath, int], paths: list[str | None], item: Item
) -> str:
    """A slot variable is a node that only its optimizer refers to."""
    place = item.slot
    assert place is not None
    variable, optimizer = numbers[place.variable], numbers[place.optimizer]
    key = f"{paths[variable]}/.OPTIMIZER_SLOT/{paths[optimizer]}/{escape(place.slot)}{VALUE_SUFFIX}"
    attribute = Attribute("VARIABLE_VALUE", item.name, key)
    graph.nodes[optimizer].slots.append(SlotReference(variable, place.slot, len(graph.nodes)))
    graph.nodes.append(Node(attributes=[attribute], unknown=_HAS_VALUES))
    return key


def row_path(item: Item) -> str:
    """The object path of a variable that is no slot, as a name map writes it."""
    return join_path(item.path)
