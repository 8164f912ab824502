"""Builds the object graph of a checkpoint from object paths."""

from __future__ import annotations

from tf2migrate.checkpoint.files.graph import (
    VALUE_SUFFIX,
    Attribute,
    Node,
    ObjectGraph,
    SlotReference,
)
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import escape, join_path

Path = tuple[str, ...]
"""Plain child names from the root."""

VARIABLE_VALUE = "VARIABLE_VALUE"
TABLE = "table"
_TABLE_SUFFIX = "/.ATTRIBUTES/table"
_HAS_VALUES = b"\x2a\x02\x08\x01"
"""Field 5, `has_checkpoint_values { value: true }`: TensorFlow 2.21 writes it for each object
that has, or leads to, a value, and no other objects are made here.
"""


class Tree:
    """Objects by their paths; an object is there as soon as something below it is.

    Slot variables are nodes too, but no child leads to them: the optimizer's
    node refers to them.
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = [Node(unknown=_HAS_VALUES)]
        self._numbers: dict[Path, int] = {(): 0}
        self._keys: dict[str, str] = {}

    def variable(self, path: Path, full_name: str) -> str:
        """Put a variable there.

        Returns:
          The key of its tensor.

        Raises:
          CheckpointError: there is a variable already.
        """
        key = join_path(path) + VALUE_SUFFIX
        self._value(self.object(path), Attribute(VARIABLE_VALUE, full_name, key))
        return key

    def table(self, path: Path, full_name: str) -> tuple[str, str]:
        """Put a hash table there; returns the keys of its keys and of its values.

        TensorFlow reads both by one attribute, whose key has `-keys` or `-values`
        behind it in the index.
        """
        key = join_path(path) + _TABLE_SUFFIX
        self._value(self.object(path), Attribute(TABLE, full_name, key))
        return f"{key}-keys", f"{key}-values"

    def slot(self, optimizer: Path, variable: Path, name: str, full_name: str) -> str:
        """A slot variable of `variable`; returns the key of its tensor."""
        owner, original = self.object(optimizer), self.object(variable)
        key = (
            f"{join_path(variable)}/.OPTIMIZER_SLOT/{join_path(optimizer)}/{escape(name)}"
            f"{VALUE_SUFFIX}"
        )
        number = self._add()
        self._nodes[owner].slots.append(SlotReference(original, name, number))
        self._value(number, Attribute(VARIABLE_VALUE, full_name, key))
        return key

    def has(self, path: Path) -> bool:
        """Whether an object is there."""
        return path in self._numbers

    def object(self, path: Path) -> int:
        """The number of the object at a path; it and its parents are made if they are not there."""
        number = self._numbers.get(path)
        if number is None:
            parent = self.object(path[:-1])
            number = self._numbers[path] = self._add()
            self._nodes[parent].children[path[-1]] = number
        return number

    def graph(self) -> ObjectGraph:
        """The graph; number 0 is the root."""
        return ObjectGraph(self._nodes)

    def _add(self) -> int:
        self._nodes.append(Node(unknown=_HAS_VALUES))
        return len(self._nodes) - 1

    def _value(self, number: int, attribute: Attribute) -> None:
        key, name = attribute.checkpoint_key, attribute.full_name
        other = self._keys.setdefault(key, name)
        if other is not name:
            raise CheckpointError(
                key,
                f"both {other} and {name} would be stored under this key",
                "give them different keys in the name map",
            )
        self._nodes[number].attributes.append(attribute)
