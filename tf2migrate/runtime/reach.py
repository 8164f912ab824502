"""Which variables can be reached from a Python object, in whatever way it holds them.

TensorFlow follows attributes, lists and dicts of objects that it tracks. A
program can hold a variable in many other ways: in a plain object, a set, a
closure, a functools.partial, a class attribute, a function that was wrapped.
Followed here is what an object owns. What it merely knows is not: the graph, a
session, a Saver, a data set, the layers that a Keras layer is connected to.
"""

from __future__ import annotations

import argparse
import collections
import functools
import sys
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

import tensorflow as tf

from tf2migrate.runtime import keras
from tf2migrate.runtime.functions import FUNCTIONS, of_function

_ATOMS = (str, bytes, bytearray, int, float, complex, type, types.ModuleType, range, type(None))
_PLAIN = (
    *(types.SimpleNamespace, argparse.Namespace, functools.partial, functools.cached_property),
    *(collections.UserDict, collections.UserList, collections.ChainMap),
)
"""Objects of the standard library that hold what the user has put into them."""

_SEQUENCES = (list, tuple, collections.deque)
_SETS = (set, frozenset)
_CONTAINERS = (dict, *_SEQUENCES, *_SETS)
_OF_CONTAINERS = ("builtins", "collections", "tensorflow", *keras.PACKAGES)
"""Packages whose containers have nothing but what they contain."""

_TABLES = (tf.lookup.experimental.MutableHashTable, tf.lookup.experimental.DenseHashTable)

Step = tuple[str, Any]


class Reached(NamedTuple):
    """A tf.Variable or a table, and how the object leads to it: `blocks[0].kernel`."""

    path: str
    state: Any


def reachable(obj: Any) -> Iterator[Reached]:
    """Each tf.Variable and each mutable table that `obj` leads to, once, nearest first."""
    seen: dict[int, Any] = {id(obj): obj}
    queue: collections.deque[Step] = collections.deque([("", obj)])
    while queue:
        path, current = queue.popleft()
        if isinstance(current, (tf.Variable, *_TABLES)):
            yield Reached(path.removeprefix("."), current)
            continue
        for step, child in _owned(current):
            if id(child) not in seen and not isinstance(child, _ATOMS):
                seen[id(child)] = child
                queue.append((path + step, child))


def _owned(obj: Any) -> Iterator[Step]:
    """The objects that `obj` holds, each with what leads to it from there."""
    yield from _elements(obj)
    package = str(type(obj).__module__).partition(".")[0]
    if isinstance(obj, _CONTAINERS) and package in _OF_CONTAINERS:
        return
    if isinstance(obj, FUNCTIONS):
        yield from of_function(obj)
    elif keras.is_variable(obj):
        yield "", keras.unwrapped(obj)
    elif keras.is_metric(obj):
        return  # TF1 had their variables in LOCAL_VARIABLES, which no Saver saves
    elif keras.is_optimizer(obj):
        variables = obj.variables() if callable(obj.variables) else obj.variables
        yield from ((f".variables[{number}]", one) for number, one in enumerate(variables))
    elif package == "tensorflow":
        yield from _of_tensorflow(obj)
    elif package in keras.PACKAGES and not keras.is_layer(obj):
        return  # what it knows: connections, policies, trackers
    elif isinstance(obj, _PLAIN) or package not in sys.stdlib_module_names:
        yield from _attributes(obj)
        yield from _class_attributes(obj)


def _elements(obj: Any) -> Iterator[Step]:
    """What a container contains; one of a class of the user's has attributes as well."""
    if isinstance(obj, dict):
        yield from ((f"[{_key(key)}]", value) for key, value in list(obj.items()))
    elif isinstance(obj, _SEQUENCES):
        yield from ((f"[{number}]", value) for number, value in enumerate(list(obj)))
    elif isinstance(obj, _SETS):
        yield from (("{...}", _referenced(value)) for value in list(obj))


def _key(key: Any) -> str:
    """A dict's key for people; dicts of variables have `variable.ref()` as keys."""
    if isinstance(key, (str, int, float, bool, tuple)):
        return repr(key)
    return str(getattr(_referenced(key), "name", type(key).__name__)).partition(":")[0]


def _referenced(element: Any) -> Any:
    """Sets of variables hold `variable.ref()`, since variables have no hash."""
    return element.deref() if type(element).__name__ == "Reference" else element


def _attributes(obj: Any) -> Iterator[Step]:
    """What the instance holds, in its dict or in slots."""
    if isinstance(obj, functools.partial):
        yield from ((".func", obj.func), (".args", obj.args), (".keywords", obj.keywords))
    try:
        attributes = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        attributes = {}
    owned = keras.owned_attributes(obj, dict(attributes))
    # What the user has named comes first: `blocks[0]`, not Keras' `_layers[0]`.
    for name in sorted(owned, key=lambda name: str(name).startswith("_")):
        yield f".{name}", owned[name]
    for kind in type(obj).__mro__:
        for name, member in vars(kind).items():
            if isinstance(member, types.MemberDescriptorType):
                yield f".{name}", _slot(member, obj)


def _slot(member: types.MemberDescriptorType, obj: Any) -> Any:
    try:
        return member.__get__(obj, type(obj))
    except AttributeError:  # declared and not assigned
        return None


def _class_attributes(obj: Any) -> Iterator[Step]:
    """What the classes hold, except those of Python, TensorFlow and Keras."""
    for kind in type(obj).__mro__:
        package = kind.__module__.partition(".")[0]
        if package in ("tensorflow", *keras.PACKAGES) or package in sys.stdlib_module_names:
            continue
        for name, value in list(vars(kind).items()):
            if not isinstance(value, types.MemberDescriptorType):
                yield f".{name}", value


def _of_tensorflow(obj: Any) -> Iterator[Step]:
    """What an object of one of TensorFlow's own classes holds of the user's."""
    if isinstance(obj, tf.types.experimental.ConcreteFunction):
        yield from _of_concrete_function(obj)
    elif isinstance(obj, tf.types.experimental.PolymorphicFunction):
        yield "", obj.python_function
    elif isinstance(obj, (tf.Module, tf.train.ExponentialMovingAverage)):
        yield from _attributes(obj)
    elif isinstance(obj, tf.compat.v1.train.Optimizer):
        yield from ((f".variables()[{number}]", one) for number, one in enumerate(obj.variables()))
    elif type(obj).__name__ == "PartitionedVariable":
        yield from ((f"[{number}]", part) for number, part in enumerate(obj))
    else:
        yield from _children(obj)


def _of_concrete_function(function: Any) -> Iterator[Step]:
    """`variables` are those that its outputs read; its graph has all that it created (facts B9)."""
    try:
        yield ".variables", tuple(function.variables)
    except AssertionError:  # one that it reads has been deleted; it cannot be called any more
        return
    yield (
        ".graph",
        tuple(
            one
            for key in function.graph.get_all_collection_keys()
            for one in function.graph.get_collection(key)
            if isinstance(one, tf.Variable)
        ),
    )


def _children(obj: Any) -> Iterator[Step]:
    """The children of what TensorFlow tracks; nothing of a tensor, a graph, a session."""
    try:
        found = tf.train.TrackableView.children(obj)
    except AttributeError:
        return
    yield from ((f".{name}", child) for name, child in found.items())
