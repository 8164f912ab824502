"""The object graph of an object-based checkpoint (TensorFlow's TrackableObjectGraph)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from tf2migrate.checkpoint.files.nodes import (
    Attribute,
    Node,
    SlotReference,
    encode_node,
    parse_node,
)
from tf2migrate.checkpoint.files.wire import WireError, bytes_field, field_at, read_varint
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import escape

__all__ = [
    "OBJECT_GRAPH_KEY",
    "VALUE_SUFFIX",
    "Attribute",
    "Node",
    "ObjectGraph",
    "SlotReference",
]

OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""The key of the string tensor that holds the graph."""

VALUE_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
"""A variable's key is its object path and this."""

_NODE = 0x0A
"""The tag of a node."""

_DAMAGED = "write the checkpoint again, or take an earlier one"


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
        nodes: list[Node] = []
        unknown: list[bytes] = []
        at, end = 0, len(data)
        try:
            while at < end:
                if data[at] == _NODE:
                    size, body = read_varint(data, at + 1)
                    at = body + size
                    if at > end:
                        raise WireError("a node is cut off")
                    nodes.append(parse_node(data[body:at]))
                else:
                    field = field_at(data, at, end)
                    at = field.end
                    unknown.append(data[field.start : at])
            _check_references(nodes)
        except (WireError, UnicodeDecodeError) as error:
            raise CheckpointError(
                where, f"its object graph is damaged: {error}", _DAMAGED
            ) from None
        return cls(nodes, b"".join(unknown))

    def serialise(self) -> bytes:
        """The message, fields in the order of their numbers."""
        nodes = [bytes_field(1, encode_node(node)) for node in self.nodes]
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


def _check_references(nodes: list[Node]) -> None:
    if not nodes:
        raise WireError("it has no nodes")
    count = len(nodes)
    for number, node in enumerate(nodes):
        if node.children or node.slots:
            targets = [*node.children.values()]
            targets += [end for slot in node.slots for end in (slot.original, slot.slot)]
            if not 0 <= min(targets) <= max(targets) < count:
                raise WireError(f"node {number} refers to a node that is not there")
