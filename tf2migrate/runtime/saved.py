"""What TensorFlow would write for an object, without writing it.

`tf.train.Checkpoint.write` is traced into a function that nobody calls. Its
SaveV2 ops say which tensors would be written under which keys, and the constant
among them is the object graph. So every object that TensorFlow can save is seen
as TensorFlow sees it, in eager and in graph mode, and no rule for its keys is
repeated here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import cached_property
from typing import Any, NamedTuple

import tensorflow as tf

from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, VALUE_SUFFIX, Attribute, ObjectGraph
from tf2migrate.checkpoint.kinds import SAVE_COUNTER
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.runtime import keras
from tf2migrate.runtime.live import check_saveable, live_objects
from tf2migrate.runtime.roots import Root, root_of
from tf2migrate.runtime.values import is_eager

VALUE = "VARIABLE_VALUE"
COUNTER_KEY = SAVE_COUNTER + VALUE_SUFFIX
_NAMES_INPUT, _FIRST_TENSOR = 1, 3  # of SaveV2: prefix, names, slices, tensors ...


class SavedTensor(NamedTuple):
    """One tensor that would be written.

    Attributes:
      dtype: TensorFlow's name.
      shape: None for an unknown rank, a None in it for an unknown dimension.
      owner: the living object that it is of, None if that could not be told.
      tensor: the symbolic one in the traced function; None for a counter that
        was not traced.
    """

    dtype: str
    shape: tuple[int | None, ...] | None
    owner: Any
    tensor: Any


class Saved:
    """A dry run of `Checkpoint.write`.

    Attributes:
      root: what was saved.
      tensors: by key, without the object graph.
      graph: the object graph; its nodes know the names of Keras' variables, too.
      owners: the living object of each node of the graph, as far as known.
      eager: whether the object's variables keep their values themselves.
    """

    def __init__(self, root: Root) -> None:
        objects = check_saveable(root)
        self.root = root
        self._graph = _graph_of(objects)
        with self.context():
            self.eager = tf.executing_eagerly()
            self._function = _traced(root)
        written = dict(_written(self._function))
        self.graph = ObjectGraph.parse(
            bytes(tf.get_static_value(written.pop(OBJECT_GRAPH_KEY)).item()), root.label
        )
        _drop_self_reference(self.graph)
        self.owners = live_objects(self.graph, root)
        nodes = {
            _object_of(attribute.checkpoint_key): number
            for number, node in enumerate(self.graph.nodes)
            for attribute in node.attributes
        }
        self.tensors = {
            key: SavedTensor(
                tensor.dtype.base_dtype.name,
                _shape(tensor.shape),
                self.owners.get(nodes.get(_object_of(key), -1)),
                tensor,
            )
            for key, tensor in written.items()
        }
        if root.counter is not None:
            self._add_counter(root.counter)

    def context(self) -> Any:
        """The graph of the object's variables as the default one; nothing in eager mode."""
        return nullcontext() if self._graph is None else self._graph.as_default()

    def _add_counter(self, counter: Any) -> None:
        """The counter of a Checkpoint with a positional root is no child of that root."""
        dtype, shape = counter.dtype.base_dtype.name, _shape(counter.shape)
        self.tensors[COUNTER_KEY] = SavedTensor(dtype, shape, counter, None)
        number = len(self.graph.nodes)
        node = type(self.graph.nodes[0])(attributes=[Attribute(VALUE, SAVE_COUNTER, COUNTER_KEY)])
        self.graph.nodes.append(node)
        self.graph.nodes[0].children[SAVE_COUNTER] = number
        self.owners[number] = counter

    def evaluate(self, key: str) -> Any:
        """The tensor that would be written, computed as `write` would; eager mode only."""
        fetched = self._function.prune([], [self.tensors[key].tensor])()
        return fetched[0]

    def holds(self, variable: Any) -> bool:
        """Whether the value of this tf.Variable would be written."""
        if id(variable) in self._held:
            return True
        handle = _handle(variable)
        return handle is not None and id(handle) in self._captured

    @cached_property
    def _held(self) -> dict[int, Any]:
        owners = [tensor.owner for tensor in self.tensors.values()]
        return {id(one): one for owner in owners for one in _parts(owner)}

    @cached_property
    def _captured(self) -> set[int]:
        """What the traced function reads from outside: handles of variables."""
        return {id(outer) for outer, _ in self._function.graph.captures}


def saved(obj: Any) -> Saved:
    """What a checkpoint of `obj` would hold.

    Raises:
      CheckpointError: TensorFlow could not save it; names the part that it
        could not save.
    """
    return Saved(root_of(obj))


def _graph_of(objects: Iterable[Any]) -> Any:
    """The graph that the variables are of, None if they are of no graph."""
    for obj in objects:
        if isinstance(obj, tf.Variable) and not is_eager(obj):
            return obj.graph
    return None


def _traced(root: Root) -> Any:
    checkpoint = root.checkpoint()
    graph = tf.compat.v1.get_default_graph()
    if not tf.executing_eagerly() and graph.building_function:
        raise CheckpointError(
            root.label,
            "an inventory cannot be made while a tf.function is traced",
            "make it outside of the function",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of iterators, about graph mode
        try:
            return tf.compat.v1.wrap_function(lambda: checkpoint.write(tf.constant("unused")), [])
        except (ValueError, TypeError, NotImplementedError) as error:
            text = str(error).partition("\n")[0]
            raise CheckpointError(root.label, f"TensorFlow cannot save it: {text}") from error


def _written(function: Any) -> Iterator[tuple[str, Any]]:
    for operation in function.graph.get_operations():
        if operation.type == "SaveV2":
            names = tf.get_static_value(operation.inputs[_NAMES_INPUT])
            tensors = operation.inputs[_FIRST_TENSOR:]
            for name, tensor in zip(names, tensors, strict=True):
                yield name.decode("utf-8"), tensor


def _object_of(key: str) -> str:
    """The part of a key that says which object it is of; a table has two tensors."""
    return key.rpartition(".ATTRIBUTES/")[0]


def _drop_self_reference(graph: ObjectGraph) -> None:
    """`Checkpoint(root)` adds the edge `root` from the root to itself."""
    if graph.nodes[0].children.get("root") == 0:
        del graph.nodes[0].children["root"]


def _shape(shape: Any) -> tuple[int | None, ...] | None:
    return None if shape.rank is None else tuple(shape.as_list())


def _parts(owner: Any) -> Iterator[Any]:
    """The tf.Variables of a saved object: itself, a Keras variable's, a distributed one's."""
    variable = keras.unwrapped(owner)
    if isinstance(variable, tf.Variable):
        yield variable
        if isinstance(variable, tf.distribute.DistributedValues):
            yield from variable.values


def _handle(variable: Any) -> Any:
    """What a traced function captures of a variable; None for one of a graph without resources."""
    try:
        return variable.handle
    except (AttributeError, ValueError):
        return None
