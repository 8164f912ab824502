"""A recording of a TensorFlow 1 program, read and checked.

`tf2migrate recorder` prints the recorder; its docstring describes the file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from tf2migrate.model.checkpoint_error import CheckpointError

FORMAT = "tf2migrate-recording/1"
_REMEDY = "record the program again with the file that `tf2migrate recorder` prints"

Collections = dict[str, list[str]]
Pairs = list[tuple[str, str]]


class Place(NamedTuple):
    """Where something happens; `function` is `<module>` outside of functions."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Variable(NamedTuple):
    """A variable; `whole` is name and shape of the one that it is a partition of."""

    name: str
    graph: int
    dtype: str
    shape: tuple[int | None, ...] | None
    trainable: bool | None
    origin: Place | None
    whole: tuple[str, tuple[int | None, ...] | None] | None


class Table(NamedTuple):
    """A lookup table; `name` is what its keys in a checkpoint start with."""

    name: str
    op: str
    graph: int
    key_dtype: str
    value_dtype: str
    origin: Place


class Saver(NamedTuple):
    """A Saver; `variables` are keys in the checkpoint and names, None if it was never built."""

    graph: int
    place: Place
    collections: Collections
    variables: Pairs | None


class Average(NamedTuple):
    """An ExponentialMovingAverage: names and those of their shadow variables."""

    graph: int
    shadows: Pairs


class Optimizer(NamedTuple):
    """An optimizer: by slot, names and those of slot variables; its other variables."""

    graph: int
    name: str
    slots: dict[str, Pairs]
    state: list[str]


class Recording(NamedTuple):
    """What a program kept.

    Attributes:
      graphs: the collections of each graph at its end, None where there are none.
      eager: the indices of those that stand for what is created eagerly.
    """

    path: str
    graphs: list[Collections | None]
    eager: frozenset[int]
    variables: list[Variable]
    tables: list[Table]
    savers: list[Saver]
    averages: list[Average]
    optimizers: list[Optimizer]


def load_recording(path: str | os.PathLike[str]) -> Recording:
    """Read a recording.

    Raises:
      CheckpointError: there is none, or it is malformed; says where.
    """
    try:
        document = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise CheckpointError(path, f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise CheckpointError(path, f"is not JSON: {error}", _REMEDY) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CheckpointError(path, f"its format is not {FORMAT}", _REMEDY)
    try:
        return _recording(os.fspath(path), document)
    except _Malformed as error:
        raise CheckpointError(path, str(error), _REMEDY) from None


class _Malformed(Exception):  # noqa: N818  (never leaves this module)
    pass


def _recording(path: str, document: dict[str, Any]) -> Recording:
    snapshots = []
    graphs: list[Collections | None] = []
    for item in _items(document, "graphs"):
        taken = [_collections(one, item) for one in item.items("snapshots")]
        final = item.index("final", len(taken), optional=True)
        snapshots.append(taken)
        graphs.append(None if final is None else taken[final])
    eager = [number for number, one in enumerate(document["graphs"]) if one.get("eager") is True]
    return Recording(
        path,
        graphs,
        frozenset(eager),
        [_variable(item, len(graphs)) for item in _items(document, "variables")],
        [_table(item, len(graphs)) for item in _items(document, "tables")],
        [_saver(item, snapshots) for item in _items(document, "savers")],
        [_average(item, len(graphs)) for item in _items(document, "averages")],
        [_optimizer(item, len(graphs)) for item in _items(document, "optimizers")],
    )


def _variable(item: _Item, graphs: int) -> Variable:
    stack = item.items("stack")
    origin = item.place(stack[0], "stack[0]") if stack else None
    part = item.value.get("partition")
    whole = None
    if part is not None:
        inner = _Item(part, f"{item.where}.partition")
        whole = (inner.text("full_name"), inner.shape("full_shape"))
    trainable = item.value.get("trainable")
    return Variable(
        item.text("name"),
        item.index("graph", graphs),
        item.text("dtype"),
        item.shape("shape"),
        trainable if isinstance(trainable, bool) else None,
        origin if origin and origin.file else None,
        whole,
    )


def _table(item: _Item, graphs: int) -> Table:
    return Table(
        item.text("name"),
        item.text("op"),
        item.index("graph", graphs),
        item.text("key_dtype"),
        item.text("value_dtype"),
        item.place(item.value.get("place"), "place"),
    )


def _saver(item: _Item, snapshots: list[list[Collections]]) -> Saver:
    graph = item.index("graph", len(snapshots))
    taken = snapshots[graph]
    index = item.index("collections", len(taken), optional=True)
    built = item.value.get("variables") is not None
    return Saver(
        graph,
        item.place(item.value.get("place"), "place"),
        {} if index is None else taken[index],
        item.pairs("variables") if built else None,
    )


def _average(item: _Item, graphs: int) -> Average:
    return Average(item.index("graph", graphs), item.pairs("shadows"))


def _optimizer(item: _Item, graphs: int) -> Optimizer:
    slots = item.value.get("slots")
    inner = _Item(slots, f"{item.where}.slots")
    return Optimizer(
        item.index("graph", graphs),
        item.text("name"),
        {slot: inner.pairs(slot) for slot in inner.value},
        [name for _, name in item.pairs("state")],
    )


def _collections(value: object, item: _Item) -> Collections:
    snapshot = _Item(value, f"{item.where}.snapshots")
    return {key: snapshot.texts(key) for key in snapshot.value}


def _items(document: dict[str, Any], section: str) -> list[_Item]:
    return [
        _Item(value, f"{section}[{number}]")
        for number, value in enumerate(_Item(document, "document").items(section))
    ]


class _Item:
    """An object of the document; its methods take a value that must be of a type."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _Malformed(f"{where} is not an object")
        self.value = value
        self.where = where

    def _must(self, holds: bool, key: str, what: str) -> None:
        if not holds:
            raise _Malformed(f"{self.where}.{key} is not {what}")

    def items(self, key: str) -> list[Any]:
        value = self.value.get(key)
        self._must(isinstance(value, list), key, "a list")
        return list(value or ())

    def text(self, key: str) -> str:
        value = self.value.get(key)
        self._must(isinstance(value, str), key, "a string")
        return str(value)

    def texts(self, key: str) -> list[str]:
        values = self.items(key)
        self._must(all(isinstance(value, str) for value in values), key, "a list of strings")
        return values

    def pairs(self, key: str) -> Pairs:
        pairs = []
        for pair in self.items(key):
            right = isinstance(pair, list) and [type(part) for part in pair] == [str, str]
            self._must(right, key, "a list of pairs of strings")
            pairs.append((pair[0], pair[1]))
        return pairs

    def index(self, key: str, count: int, *, optional: bool = False) -> Any:
        value = self.value.get(key)
        if value is None and optional:
            return None
        self._must(type(value) is int and 0 <= value < count, key, f"an index below {count}")
        return value

    def shape(self, key: str) -> tuple[int | None, ...] | None:
        value = self.value.get(key)
        if value is None:
            return None
        right = isinstance(value, list) and all(size is None or _is_size(size) for size in value)
        self._must(right, key, "a list of sizes or null")
        return tuple(value)

    def place(self, value: object, key: str) -> Place:
        right = isinstance(value, list) and [type(part) for part in value] == [str, int, str]
        self._must(right, key, "a place: [file, line, function]")
        return Place(*value)  # type: ignore[misc]


def _is_size(size: object) -> bool:
    return type(size) is int and size >= 0
