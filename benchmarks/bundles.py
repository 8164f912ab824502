"""Checkpoint files of any size, written without TensorFlow, for tests and benchmarks.

The bytes are streamed, so a file may be larger than the memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tf2migrate.checkpoint.files.bundle import index_path, shard_name
from tf2migrate.checkpoint.files.checksum import crc32c, mask
from tf2migrate.checkpoint.files.dtypes import STRING, dtype_number
from tf2migrate.checkpoint.files.entries import encode_header, encode_shape
from tf2migrate.checkpoint.files.graph import (
    OBJECT_GRAPH_KEY,
    VALUE_SUFFIX,
    Attribute,
    Node,
    ObjectGraph,
    SlotReference,
)
from tf2migrate.checkpoint.files.ordered_code import slice_key
from tf2migrate.checkpoint.files.strings import encode_strings
from tf2migrate.checkpoint.files.table import encode_table
from tf2migrate.checkpoint.files.wire import bytes_field, fixed32_field, integer_field
from tf2migrate.model.names import split_path, unescape

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Value(NamedTuple):
    """A tensor to be written.

    Attributes:
      data: its bytes, in pieces.
      crc: of its entry, where it is not simply that of the bytes.
    """

    dtype: str
    shape: tuple[int, ...]
    data: Iterable[bytes]
    crc: int | None = None


def array(values: NDArray[Any]) -> Value:
    """The tensor of an array."""
    return Value(str(values.dtype), values.shape, [values.tobytes()])


def strings(texts: Sequence[bytes], shape: tuple[int, ...] | None = None) -> Value:
    """A string tensor; one-dimensional unless it has a `shape`."""
    stored, crc = encode_strings(texts)
    return Value(STRING, (len(texts),) if shape is None else shape, [stored], crc)


class BundleWriter:
    """Writes tensors into data files one after the other, and the index at the end."""

    def __init__(self, prefix: str | Path, shards: int = 1) -> None:
        self.prefix = str(prefix)
        self.shards = shards
        self._entries: list[tuple[bytes, bytes]] = [(b"", encode_header(shards))]
        self._files = [
            open(shard_name(self.prefix, shard, shards), "wb")  # noqa: SIM115
            for shard in range(shards)
        ]

    def add(self, key: str, value: Value, shard: int = 0) -> None:
        """Write a whole tensor."""
        self._entries.append((key.encode(), self._entry(value, shard)))

    def add_parts(self, key: str, values: NDArray[Any], parts: int, axis: int = 0) -> None:
        """Write a partitioned variable, one part a shard in turn."""
        import numpy as np  # noqa: PLC0415

        head = _head(str(values.dtype), values.shape)
        start = 0
        for number, part in enumerate(np.array_split(values, parts, axis)):
            extents = [(0, -1)] * values.ndim
            extents[axis] = (start, part.shape[axis])
            start += part.shape[axis]
            stored = self._entry(array(part), number % self.shards)
            self._entries.append((slice_key(key.encode(), extents), stored))
            head += bytes_field(7, b"".join(map(_extent, extents)))
        self._entries.append((key.encode(), head))

    def close(self) -> None:
        """Write the index."""
        for file in self._files:
            file.close()
        Path(index_path(self.prefix)).write_bytes(encode_table(sorted(self._entries)))

    def _entry(self, value: Value, shard: int) -> bytes:
        file = self._files[shard]
        offset, crc, size = file.tell(), 0, 0
        for piece in value.data:
            file.write(piece)
            crc, size = crc32c(piece, crc), size + len(piece)
        crc = crc if value.crc is None else value.crc
        place = integer_field(3, shard) + integer_field(4, offset) + integer_field(5, size)
        return _head(value.dtype, value.shape) + place + fixed32_field(6, mask(crc))


def _head(dtype: str, shape: tuple[int, ...]) -> bytes:
    return integer_field(1, dtype_number(dtype)) + bytes_field(2, encode_shape(shape))


def _extent(extent: tuple[int, int]) -> bytes:
    start, length = extent
    message = integer_field(1, start) + (integer_field(2, length) if length >= 0 else b"")
    return bytes_field(1, message)


def write_bundle(
    prefix: str | Path, values: Mapping[str, NDArray[Any] | Value], shards: int = 1
) -> str:
    """A name-based checkpoint, its tensors dealt to the shards in turn; the prefix."""
    writer = BundleWriter(prefix, shards)
    for number, (key, value) in enumerate(values.items()):
        tensor = value if isinstance(value, Value) else array(value)
        writer.add(key, tensor, number % shards)
    writer.close()
    return writer.prefix


def write_objects(
    prefix: str | Path,
    values: Mapping[str, NDArray[Any] | Value],
    *,
    names: Mapping[str, str] | None = None,
    slots: Mapping[tuple[str, str, str], NDArray[Any]] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> str:
    """An object-based checkpoint.

    Args:
      values: by object path.
      names: TF1 names by object path.
      slots: values by the object paths of a variable and its optimizer, and the
        slot's name.
      aliases: by object path, the path of the same object.
    """
    graph = ObjectGraph([Node()])
    tensors: dict[str, NDArray[Any] | Value] = {}
    for path, value in values.items():
        key = path + VALUE_SUFFIX
        tensors[key] = value
        name = (names or {}).get(path, path)
        _node(graph, path).attributes.append(Attribute("VARIABLE_VALUE", name, key))
    for path, target in (aliases or {}).items():
        parent, _, child = path.rpartition("/")
        _node(graph, parent).children[unescape(child)] = _number(graph, target)
    for (variable, optimizer, slot), value in (slots or {}).items():
        key = f"{variable}/.OPTIMIZER_SLOT/{optimizer}/{slot}{VALUE_SUFFIX}"
        tensors[key] = value
        name = f"{(names or {}).get(variable, variable)}/{slot}"
        graph.nodes.append(Node(attributes=[Attribute("VARIABLE_VALUE", name, key)]))
        reference = SlotReference(_number(graph, variable), slot, len(graph.nodes) - 1)
        _node(graph, optimizer).slots.append(reference)
    tensors[OBJECT_GRAPH_KEY] = strings([graph.serialise()], ())
    return write_bundle(prefix, tensors)


def _node(graph: ObjectGraph, path: str) -> Node:
    return graph.nodes[_number(graph, path)]


def _number(graph: ObjectGraph, path: str) -> int:
    """The node of an object path, made if there is none."""
    number = 0
    for name in split_path(path):
        children = graph.nodes[number].children
        if name not in children:
            graph.nodes.append(Node())
            children[name] = len(graph.nodes) - 1
        number = children[name]
    return number
