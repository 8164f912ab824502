"""The object graph of an object-based checkpoint (TensorFlow's TrackableObjectGraph)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.wire import WireError, fields, signed
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import escape

OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""The key of the string tensor that holds the graph."""

VALUE_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
"""A variable's key is its object path and this."""

_DAMAGED = "write the checkpoint again, or take an earlier one"


class Attribute(NamedTuple):
    """One value of an object.

    Attributes:
      name: which value of the object, `VARIABLE_VALUE` for a variable.
      full_name: the variable's name in its program, which a TF1 Saver would use.
      checkpoint_key: the tensor's key in the index.
      unknown: fields that this module has no name for, as stored.
    """

    name: str
    full_name: str
    checkpoint_key: str
    unknown: bytes = b""


class SlotReference(NamedTuple):
    """A slot variable of an optimizer node.

    Attributes:
      original: the node of the variable that it belongs to.
      name: the slot's name: `m`, `v`, `momentum` ...
      slot: the node of the slot variable.
    """

    original: int
    name: str
    slot: int


class Node:
    """One object.

    Attributes:
      children: node number by local name (plain, not escaped).
      attributes: its values.
      slots: its slot variables, if it is an optimizer.
      unknown: the other fields (registered saver, has_checkpoint_values), as
        stored; they are written again as they are.
    """

    __slots__ = ("attributes", "children", "slots", "unknown")

    def __init__(
        self,
        children: dict[str, int] | None = None,
        attributes: list[Attribute] | None = None,
        slots: list[SlotReference] | None = None,
        unknown: bytes = b"",
    ) -> None:
        self.children = {} if children is None else children
        self.attributes = [] if attributes is None else attributes
        self.slots = [] if slots is None else slots
        self.unknown = unknown


class ObjectGraph:
    """All objects of a checkpoint; number 0 is the root."""

    __slots__ = ("nodes", "unknown")

    def __init__(self, nodes: Iterable[Node] = (), unknown: bytes = b"") -> None:
        self.nodes = list(nodes)
        self.unknown = unknown

    @classmethod
    def parse(cls, data: bytes, where: object) -> ObjectGraph:
        """The graph in `data`.

        Raises:
          CheckpointError: it is no object graph, or refers to nodes that it has not.
        """
        graph = cls()
        unknown: list[bytes] = []
        try:
            for field in fields(data):
                if field.number == 1 and field.kind == wire.BYTES:
                    graph.nodes.append(_node(field.payload))
                else:
                    unknown.append(data[field.start : field.end])
            _check_references(graph.nodes)
        except (WireError, UnicodeDecodeError) as error:
            raise CheckpointError(
                where, f"its object graph is damaged: {error}", _DAMAGED
            ) from None
        graph.unknown = b"".join(unknown)
        return graph

    def serialise(self) -> bytes:
        """The message, fields in the order of their numbers."""
        nodes = [wire.bytes_field(1, _encode_node(node)) for node in self.nodes]
        return b"".join((*nodes, self.unknown))

    def paths(self) -> list[str | None]:
        """The object path of each node, children escaped and joined by `/`.

        It is the shortest one, the first found breadth-first, as TensorFlow names
        objects; "" for the root, None for slot variables and what no child leads to.
        """
        found: list[str | None] = [None] * len(self.nodes)
        if not found:
            return found
        found[0] = ""
        queue = deque((0,))
        while queue:
            number = queue.popleft()
            path = found[number]
            prefix = f"{path}/" if path else ""
            for name, child in self.nodes[number].children.items():
                if found[child] is None:
                    found[child] = prefix + escape(name)
                    queue.append(child)
        return found


def _node(data: bytes) -> Node:
    node = Node()
    unknown: list[bytes] = []
    for number, kind, _, payload, start, end in fields(data):
        if number == 1 and kind == wire.BYTES:
            child, name = _reference(payload)
            node.children[name] = child
        elif number == 2 and kind == wire.BYTES:
            node.attributes.append(_attribute(payload))
        elif number == 3 and kind == wire.BYTES:
            node.slots.append(_slot(payload))
        else:
            unknown.append(data[start:end])
    if unknown:
        node.unknown = b"".join(unknown)
    return node


def _reference(data: bytes) -> tuple[int, str]:
    child, name = 0, ""
    for number, _, integer, payload, _, _ in fields(data):
        if number == 1:
            child = signed(integer)
        elif number == 2:
            name = payload.decode("utf-8")
    return child, name


def _attribute(data: bytes) -> Attribute:
    texts = ["", "", ""]
    unknown = b""
    for number, kind, _, payload, start, end in fields(data):
        if 1 <= number <= 3 and kind == wire.BYTES:
            texts[number - 1] = payload.decode("utf-8")
        else:
            unknown += data[start:end]
    return Attribute(texts[0], texts[1], texts[2], unknown)


def _slot(data: bytes) -> SlotReference:
    original, name, slot = 0, "", 0
    for number, _, integer, payload, _, _ in fields(data):
        if number == 1:
            original = signed(integer)
        elif number == 2:
            name = payload.decode("utf-8")
        elif number == 3:
            slot = signed(integer)
    return SlotReference(original, name, slot)


def _check_references(nodes: list[Node]) -> None:
    if not nodes:
        raise WireError("it has no nodes")
    count = len(nodes)
    for number, node in enumerate(nodes):
        targets = [*node.children.values()]
        for slot in node.slots:
            targets += (slot.original, slot.slot)
        for target in targets:
            if not 0 <= target < count:
                raise WireError(f"node {number} refers to node {target}, there are {count}")


def _encode_node(node: Node) -> bytes:
    out: list[bytes] = []
    for name, child in node.children.items():
        out.append(wire.bytes_field(1, wire.integer_field(1, child) + wire.text_field(2, name)))
    for attribute in node.attributes:
        payload = (
            wire.text_field(1, attribute.name)
            + wire.text_field(2, attribute.full_name)
            + wire.text_field(3, attribute.checkpoint_key)
            + attribute.unknown
        )
        out.append(wire.bytes_field(2, payload))
    for slot in node.slots:
        payload = (
            wire.integer_field(1, slot.original)
            + wire.text_field(2, slot.name)
            + wire.integer_field(3, slot.slot)
        )
        out.append(wire.bytes_field(3, payload))
    return b"".join((*out, node.unknown))
