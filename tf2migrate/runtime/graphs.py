"""The inventory of a graph: the variables in its collections, as a TF1 Saver sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from tf2migrate.checkpoint.kinds import classify
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, Kind, Source, VariableRow
from tf2migrate.runtime.origins import origin_of
from tf2migrate.runtime.values import as_array, session_value, stored_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEYS = tf.compat.v1.GraphKeys
_CORRUPT = (
    "slot variables of a partitioned variable are so if the optimizer is called inside a variable"
    " scope (no checkpoint can hold them either): call minimize() outside of it"
)


@dataclass
class GraphVariable:
    """One variable of a graph, whole or in parts.

    Attributes:
      name: of the op; of a partitioned variable, its name without the part.
      shape: of the whole.
      parts: the variables, or the tensor of a table, each with the index at
        which it begins in the whole.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
    collections: tuple[str, ...] = ()
    parts: list[tuple[tuple[int, ...], Any]] = field(default_factory=list)
    table: bool = False

    @property
    def only_local(self) -> bool:
        return (
            _KEYS.LOCAL_VARIABLES in self.collections
            and _KEYS.GLOBAL_VARIABLES not in self.collections
        )

    @property
    def partitioned(self) -> bool:
        return bool(self.parts[0][0])

    @property
    def first(self) -> Any:
        return self.parts[0][1]


def graph_inventory(
    graph: Any = None, session: Any = None, *, values: bool = False, local: bool = True
) -> Inventory:
    """All variables and tables in the collections of a graph.

    Args:
      graph: the default graph if None.
      session: has the values; the default session if None.
      values: give the rows checksums, for which each value is read.
      local: also variables that are in LOCAL_VARIABLES and not in
        GLOBAL_VARIABLES; a Saver leaves them out.

    Raises:
      CheckpointError: the process is in eager mode and the graph is the global
        one, where no collection holds a variable (facts B8); two variables have
        one name; or `values` are asked for and no session has them.
    """
    graph = graph if graph is not None else _default_graph(session)
    with graph.as_default():
        everything = graph_variables(graph)
    found = {name: one for name, one in everything.items() if local or not one.only_local}
    kinds = classify({one.name: (one.shape, one.dtype) for one in found.values()})
    reader = _Reader(found, session)
    rows = tuple(
        VariableRow(
            key=name,
            name=name,
            shape=one.shape,
            dtype=one.dtype,
            kind=Kind.TABLE if one.table else kinds[name][0],
            slot=kinds[name][1],
            trainable=None if one.table else _KEYS.TRAINABLE_VARIABLES in one.collections,
            collections=one.collections,
            checksum=reader.checksum(one) if values else None,
            partitions=len(one.parts),
            origin=origin_of(one.first),
        )
        for name, one in found.items()
    )
    return Inventory(Source.GRAPH, "graph", rows, values=reader.read)


def graph_variables(graph: Any) -> dict[str, GraphVariable]:
    """The variables of a graph by name, parts put together, and the tensors of its tables."""
    members: dict[int, tuple[Any, list[str]]] = {}
    for key in graph.get_all_collection_keys():
        for variable in _variables(graph.get_collection(key)):
            members.setdefault(id(variable), (variable, []))[1].append(key)
    found: dict[str, GraphVariable] = {}
    for variable, keys in members.values():
        _add(found, variable, tuple(dict.fromkeys(keys)))
    for one in found.values():
        one.parts.sort(key=lambda part: part[0])
    for spec in _table_specs(graph):
        shape, dtype = _shape(spec.tensor.shape), spec.tensor.dtype.base_dtype.name
        table = GraphVariable(spec.name, dtype, shape, table=True)
        table.parts.append(((), spec.tensor))
        found[spec.name] = table
    return found


def _default_graph(session: Any) -> Any:
    if session is not None:
        return session.graph
    if tf.executing_eagerly():
        raise CheckpointError(
            "graph",
            "no graph is being built: in eager mode no collection holds a variable",
            "call this inside `with graph.as_default():`, or take the inventory of an object",
        )
    return tf.compat.v1.get_default_graph()


def _variables(members: Iterable[Any]) -> Iterator[Any]:
    """The variables of a collection; a partitioned one is in some as itself, in others as parts."""
    for member in members:
        if isinstance(member, tf.Variable):
            yield member
        elif type(member).__name__ == "PartitionedVariable":
            yield from member


def _add(found: dict[str, GraphVariable], variable: Any, keys: tuple[str, ...]) -> None:
    info = variable.to_proto().save_slice_info_def
    dtype = variable.dtype.base_dtype.name
    name = info.full_name or variable.op.name
    start = tuple(info.var_offset)
    shape = tuple(info.full_shape) if info.full_name else _shape(variable.shape)
    if name in found and not (info.full_name and found[name].parts[0][0]):
        raise CheckpointError(
            "graph",
            f"it has two variables that are called {name}",
            "a Saver cannot tell them apart",
        )
    one = found.setdefault(name, GraphVariable(name, dtype, shape))
    one.collections = tuple(dict.fromkeys((*one.collections, *keys)))
    one.parts.append((start, variable))


def _shape(shape: Any) -> tuple[int | None, ...] | None:
    return None if shape.rank is None else tuple(shape.as_list())


def _table_specs(graph: Any) -> Iterator[Any]:
    """The tensors that a Saver would save of each table."""
    for saveable in graph.get_collection(_KEYS.SAVEABLE_OBJECTS):
        yield from getattr(saveable, "specs", ())


class _Reader:
    """Values through a session."""

    def __init__(self, variables: dict[str, GraphVariable], session: Any) -> None:
        self._variables = variables
        self._session = session

    def read(self, row: VariableRow) -> NDArray[Any]:
        return as_array(self._value(self._variables[row.key]))

    def checksum(self, variable: GraphVariable) -> int:
        return stored_bytes(self._value(variable), variable.dtype)[1]

    def _value(self, variable: GraphVariable) -> Any:
        import numpy as np  # noqa: PLC0415

        parts = [
            (start, session_value(part, variable.name, self._session))
            for start, part in variable.parts
        ]
        if not variable.partitioned:
            return parts[0][1]
        shape = tuple(size or 0 for size in variable.shape or ())  # of parts: fully known
        if sum(part.size for _, part in parts) != prod(shape):
            raise CheckpointError(
                variable.name,
                "its parts do not make up its shape, as TensorFlow saves them",
                _CORRUPT,
            )
        whole = np.empty(shape, dtype=parts[0][1].dtype)
        for start, part in parts:
            box = zip(start, part.shape, strict=True)
            whole[tuple(slice(at, at + size) for at, size in box)] = part
        return whole
