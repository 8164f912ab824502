"""Prints the variables of checkpoints as JSON: `python read_checkpoint.py PREFIX...`.

Runs under TensorFlow 1.15 (Python 3.7) and under TensorFlow 2, and needs nothing but TensorFlow.
A name-based checkpoint (tf.train.Saver) is listed by its keys, an object-based one
(tf.train.Checkpoint) by the TF1 names that its object graph keeps, without save counters.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
SAVE_COUNTER = "save_counter/.ATTRIBUTES/VARIABLE_VALUE"


def variable_keys(reader: Any) -> tuple[str, dict[str, str]]:
    """Format of the checkpoint, and checkpoint key of each variable name."""
    keys = set(reader.get_variable_to_shape_map())
    if OBJECT_GRAPH not in keys:
        return "name", {key: key for key in keys}
    proto = importlib.import_module("tensorflow.core.protobuf.trackable_object_graph_pb2")
    graph = proto.TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))
    names: dict[str, str] = {}
    counters = set()
    for node in graph.nodes:
        for attribute in node.attributes:
            key, name = attribute.checkpoint_key, attribute.full_name
            if key == SAVE_COUNTER or key.endswith("/" + SAVE_COUNTER):
                counters.add(key)
            elif names.setdefault(name, key) != key:
                raise ValueError(f"two variables are named {name!r}: {names[name]}, {key}")
    unknown = keys - counters - set(names.values()) - {OBJECT_GRAPH}
    if unknown:
        raise ValueError(f"not in the object graph: {sorted(unknown)}")
    return "object", names


def read(tf: Any, prefix: str) -> dict[str, Any]:
    """Format and variables of one checkpoint; floats as the shortest text that gives them back."""
    reader = tf.train.load_checkpoint(prefix)
    kind, keys = variable_keys(reader)
    variables: dict[str, Any] = {}
    for name in sorted(keys):
        array = reader.get_tensor(keys[name])
        as_number: Any = float if array.dtype.kind == "f" else int
        variables[name] = {
            "dtype": str(array.dtype),
            "shape": list(array.shape),
            "values": [as_number(str(value)) for value in array.ravel()],
        }
    return {"format": kind, "variables": variables}


if __name__ == "__main__":
    tensorflow = importlib.import_module("tensorflow")
    contents = [read(tensorflow, prefix) for prefix in sys.argv[1:]]
    print(json.dumps({"tensorflow": tensorflow.__version__, "checkpoints": contents}))
