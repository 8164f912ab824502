"""What TensorFlow's objects say, in all its versions; and structures of them."""

import sys
from typing import Any, List, Tuple


def name_of(item: Any) -> str:
    """The name of a variable, tensor or operation, without `:0`; else the class in `< >`."""
    name = getattr(item, "name", None) or getattr(getattr(item, "op", None), "name", None)
    if not isinstance(name, str):
        return "<%s>" % type(item).__name__
    return name[:-2] if name.endswith(":0") else name


def dtype_of(item: Any) -> Any:
    return item.dtype.base_dtype.name if hasattr(item, "dtype") else None


def shape_of(item: Any) -> Any:
    shape = item.get_shape()
    return None if shape.ndims is None else shape.as_list()


def graph_of(item: Any) -> Any:
    """The tf.Graph of a variable or tensor; None for an eager one."""
    try:
        return item.op.graph
    except (AttributeError, NotImplementedError, RuntimeError):
        return None


def default_graph() -> Any:
    """The default tf.Graph; None while TensorFlow executes eagerly."""
    context = sys.modules.get("tensorflow.python.eager.context")  # type: Any
    eager = getattr(context, "executing_eagerly", getattr(context, "in_eager_mode", None))
    if eager is not None and eager():
        return None
    ops = sys.modules["tensorflow.python.framework.ops"]  # type: Any
    return ops.get_default_graph()


def shape_of_value(value: Any) -> Any:
    """The shape of a fed value, None where there is none (ragged, or not fed)."""
    numpy = sys.modules.get("numpy")  # type: Any
    if value is None or numpy is None:
        return None
    try:
        known = getattr(value, "shape", getattr(value, "dense_shape", None))
        return [int(size) for size in (numpy.shape(value) if known is None else known)]
    except (TypeError, ValueError):
        return None


def common_shape(one: Any, two: Any) -> Any:
    if one is None or two is None or len(one) != len(two):
        return None
    return [a if a == b else None for a, b in zip(one, two)]


def flatten(value: Any, leaves: List[Any]) -> List[Any]:
    """Append what nested lists, tuples and dicts hold to `leaves`."""
    if isinstance(value, (list, tuple)):
        for item in value:
            flatten(item, leaves)
    elif isinstance(value, dict):
        for item in value.values():
            flatten(item, leaves)
    else:
        leaves.append(value)
    return leaves


def flatten_feeds(feeds: Any) -> Tuple[List[Any], List[Any]]:
    """Tensors and their values, of a dict or (without values) of a list.

    A key may be a structure of tensors, fed with a structure of values.
    """
    if not isinstance(feeds, dict):
        listed = flatten(feeds, [])
        return listed, [None] * len(listed)
    tensors, values = [], []  # type: List[Any], List[Any]
    for key, value in feeds.items():
        if isinstance(key, tuple):
            flatten(key, tensors)
            flatten(value, values)
            values += [None] * (len(tensors) - len(values))
            del values[len(tensors) :]
        else:
            tensors.append(key)
            values.append(value)
    return tensors, values
