"""The nodes of an object graph (TensorFlow's TrackableObject), read and written."""

from __future__ import annotations

from typing import NamedTuple

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.wire import field_at, fields, signed

_CHILD, _ATTRIBUTE, _SLOT = 1, 2, 3
_OTHERS = (0x22, 0x2A)
"""Tags of the registered saver and of has_checkpoint_values."""


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


def parse_node(data: bytes) -> Node:
    """The node whose message is `data`.

    A graph has tens of thousands of them, so children and attributes as every
    writer lays them out are read without a generic parser; other fields go through
    one, with the same result.

    Raises:
      WireError: it is no node.
      UnicodeDecodeError: a name in it is no UTF-8.
    """
    node = Node()
    children, attributes = node.children, node.attributes
    at, end = 0, len(data)
    padded = data + _PADDING
    while at < end:
        tag, size, body = padded[at], padded[at + 1], at + 2
        if size > 127:
            size = size & 127 | padded[body] << 7
            body += 1
        stop = body + size
        if stop <= end and size < 1 << 14:
            if tag == 0x0A:
                child = _quick_child(padded, body, stop)
                if child is not None:
                    children[child[0]] = child[1]
                    at = stop
                    continue
            elif tag == 0x12:
                attribute = _quick_attribute(padded, body, stop)
                if attribute is not None:
                    attributes.append(attribute)
                    at = stop
                    continue
            elif tag == 0x1A:
                slot = _quick_slot(padded, body, stop)
                if slot is not None:
                    node.slots.append(slot)
                    at = stop
                    continue
            elif tag in _OTHERS:
                node.unknown += data[at:stop]
                at = stop
                continue
        at = _any_field(node, data, at)
    return node


_PADDING = bytes(8)
"""Behind a message, so that looking ahead never ends outside."""


def _quick_child(data: bytes, at: int, stop: int) -> tuple[str, int] | None:
    """Name and number of the reference `data[at:stop]`; None for another layout."""
    if data[at] != 0x08:
        return None
    number, at = _quick_number(data, at + 1)
    if data[at] != 0x12 or at + 2 + data[at + 1] != stop or number >= 1 << 21:
        return None
    return data[at + 2 : stop].decode("utf-8"), number


def _quick_number(data: bytes, at: int) -> tuple[int, int]:
    """A number of at most three bytes, and where it ends; 2^21 or more for a longer one."""
    number = data[at]
    if number > 127:
        number = number & 127 | data[at + 1] << 7
        at += 1
        if number >= 1 << 14:
            number = number & (1 << 14) - 1 | data[at + 1] << 14
            at += 1
    return number, at + 1


def _quick_slot(data: bytes, at: int, stop: int) -> SlotReference | None:
    """The slot variable `data[at:stop]`; None for another layout."""
    if data[at] != 0x08:
        return None
    original, at = _quick_number(data, at + 1)
    end = at + 2 + data[at + 1]
    if data[at] != 0x12 or data[at + 1] > 127 or end >= stop or data[end] != 0x18:
        return None
    slot, last = _quick_number(data, end + 1)
    if last != stop or max(original, slot) >= 1 << 21:
        return None
    return SlotReference(original, data[at + 2 : end].decode("utf-8"), slot)


def _quick_attribute(data: bytes, at: int, stop: int) -> Attribute | None:
    """The attribute `data[at:stop]`; None for another layout."""
    texts: list[str] = []
    for tag in (0x0A, 0x12, 0x1A):
        if data[at] != tag:
            return None
        size = data[at + 1]
        at += 2
        if size > 127:
            size = size & 127 | data[at] << 7
            at += 1
        if size >= 1 << 14 or at + size > stop:
            return None
        texts.append(data[at : at + size].decode("utf-8"))
        at += size
    name, full_name, key = texts
    return Attribute(name, full_name, key) if at == stop else None


def _any_field(node: Node, data: bytes, at: int) -> int:
    """Add the field at `at` to `node`; where the next one is."""
    number, kind, _, payload, start, end = field_at(data, at, len(data))
    if number == _CHILD and kind == wire.BYTES:
        child, name = _reference(payload)
        node.children[name] = child
    elif number == _ATTRIBUTE and kind == wire.BYTES:
        node.attributes.append(_attribute(payload))
    elif number == _SLOT and kind == wire.BYTES:
        node.slots.append(_slot(payload))
    else:
        node.unknown += data[start:end]
    return end


def _reference(data: bytes) -> tuple[int, str]:
    child, name = 0, ""
    for field in fields(data):
        if field.number == 1:
            child = signed(field.integer)
        elif field.number == 2:
            name = field.payload.decode("utf-8")
    return child, name


def _attribute(data: bytes) -> Attribute:
    texts = ["", "", ""]
    unknown = b""
    for field in fields(data):
        if 1 <= field.number <= 3 and field.kind == wire.BYTES:
            texts[field.number - 1] = field.payload.decode("utf-8")
        else:
            unknown += data[field.start : field.end]
    return Attribute(texts[0], texts[1], texts[2], unknown)


def _slot(data: bytes) -> SlotReference:
    original, name, slot = 0, "", 0
    for field in fields(data):
        if field.number == 1:
            original = signed(field.integer)
        elif field.number == 2:
            name = field.payload.decode("utf-8")
        elif field.number == 3:
            slot = signed(field.integer)
    return SlotReference(original, name, slot)


def encode_node(node: Node) -> bytes:
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
