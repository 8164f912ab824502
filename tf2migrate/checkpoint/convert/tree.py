"""Builds the object graph of a checkpoint, object by object.

The graph is encoded while it is built, as there may be tens of thousands of
objects; the messages are those of `files.nodes`.
"""

from __future__ import annotations

from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX
from tf2migrate.checkpoint.files.wire import text_field, varint
from tf2migrate.model.names import SLOT_OF, escape

Path = tuple[str, ...]
"""Plain child names from the root."""

_TABLE = text_field(1, "table")
_TABLE_SUFFIX = "/.ATTRIBUTES/table"
_VARIABLE_VALUE = text_field(1, "VARIABLE_VALUE")
_SIZES = [varint(size) for size in range(512)]
_HAS_VALUES = b"\x2a\x02\x08\x01"
"""Field 5, `has_checkpoint_values { value: true }`: TensorFlow 2.21 writes it for each object
that has, or leads to, a value, and no other objects are made here.
"""


class Object:
    """A node of the graph.

    Attributes:
      number: of the node.
      text: its path, escaped and joined by `/`.
      children: by plain name.
      fields: of its message: children, values, slot variables.
    """

    __slots__ = ("children", "fields", "number", "text")

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.children: dict[str, Object] = {}
        self.fields: list[bytes] = []


class Tree:
    """All objects. Slot variables are nodes too, but no child leads to them.

    Attributes:
      root: number 0.
    """

    def __init__(self) -> None:
        self.root = Object(0, "")
        self._objects = [self.root]
        self._names: dict[str, tuple[str, bytes]] = {}

    def child(self, parent: Object, name: str) -> Object:
        """A child, made if it is not there."""
        found = parent.children.get(name)
        if found is None:
            escaped, field = self._name(name)
            text = f"{parent.text}/{escaped}" if parent.text else escaped
            found = parent.children[name] = self._new(text)
            parent.fields.append(_sized(b"\x0a", b"\x08" + _number(found.number) + field))
        return found

    def at(self, path: Path) -> Object:
        """The object at a path; it and its parents are made if they are not there."""
        found = self.root
        for name in path:
            found = self.child(found, name)
        return found

    def has(self, path: Path) -> bool:
        """Whether an object is there."""
        found: Object | None = self.root
        for name in path:
            found = found.children.get(name) if found is not None else None
        return found is not None

    def variable(self, place: Object, full_name: str) -> str:
        """Make an object a variable; returns the key of its tensor."""
        key = place.text + VALUE_SUFFIX
        place.fields.append(_attribute(_VARIABLE_VALUE, full_name, key))
        return key

    def table(self, place: Object, full_name: str) -> tuple[str, str]:
        """Make it a hash table; returns the keys of its keys and of its values.

        TensorFlow reads both by one attribute, whose key has `-keys` or `-values`
        behind it in the index.
        """
        key = place.text + _TABLE_SUFFIX
        place.fields.append(_attribute(_TABLE, full_name, key))
        return f"{key}-keys", f"{key}-values"

    def slot(self, optimizer: Object, variable: Object, name: str, full_name: str) -> str:
        """Make a slot variable of a variable; returns the key of its tensor."""
        escaped, field = self._name(name)
        place = self._new(f"{variable.text}{SLOT_OF}{optimizer.text}/{escaped}")
        reference = b"\x08" + _number(variable.number) + field + b"\x18" + _number(place.number)
        optimizer.fields.append(_sized(b"\x1a", reference))
        return self.variable(place, full_name)

    def graph(self) -> bytes:
        """The message of the graph; nothing can be added afterwards."""
        out: list[bytes] = []
        for each in self._objects:
            fields = each.fields
            if len(fields) > 1:
                fields.sort(key=_tag)
            fields.append(_HAS_VALUES)
            body = b"".join(fields)
            out += (b"\x0a", varint(len(body)), body)
        return b"".join(out)

    def _new(self, text: str) -> Object:
        found = Object(len(self._objects), text)
        self._objects.append(found)
        return found

    def _name(self, name: str) -> tuple[str, bytes]:
        """A name escaped, and as field 2 of a reference to a child or a slot variable."""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = escape(name), _sized(b"\x12", name.encode())
        return known


def _attribute(name: bytes, full_name: str, key: str) -> bytes:
    full, text = full_name.encode(), key.encode()
    one, other = len(full), len(text)
    if one < 200 and other < 200:
        return _sized(
            b"\x12", b"".join((name, b"\x12", _SIZES[one], full, b"\x1a", _SIZES[other], text))
        )
    return _sized(b"\x12", name + _sized(b"\x12", full) + _sized(b"\x1a", text))


def _sized(tag: bytes, data: bytes) -> bytes:
    size = len(data)
    return tag + (_SIZES[size] if size < 512 else varint(size)) + data


def _number(value: int) -> bytes:
    return bytes((value & 127 | 128, value >> 7)) if 127 < value < 16384 else varint(value)


def _tag(field: bytes) -> int:
    """Fields stand in the order of their numbers."""
    return field[0]
