"""What the checkpoint commands do, done with TensorFlow's own reader and writer.

    python benchmarks/with_tensorflow.py convert OLD NEW
    python benchmarks/with_tensorflow.py verify OLD NEW

`convert` makes a variable of each value of a TF1 checkpoint and saves them as
objects; `verify` reads both checkpoints and compares the values, in pairs by the
names that the object graph has.
"""

from __future__ import annotations

import sys
from typing import Any


def convert(old: str, new: str) -> bool:
    """Restore, then save: every value goes through the memory."""
    import tensorflow as tf  # noqa: PLC0415

    reader = tf.train.load_checkpoint(old)
    names = sorted(reader.get_variable_to_shape_map())
    values = {name: tf.Variable(reader.get_tensor(name), name=name) for name in names}
    tf.train.Checkpoint(**values).write(new)
    return True


def verify(old: str, new: str) -> bool:
    """Whether the object-based checkpoint `new` has the values of the TF1 checkpoint `old`."""
    import numpy as np  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    before, after = tf.train.load_checkpoint(old), tf.train.load_checkpoint(new)
    keys = _keys(after)
    names = before.get_variable_to_shape_map()
    return all(
        np.array_equal(before.get_tensor(name), after.get_tensor(keys[name])) for name in names
    )


def _keys(reader: Any) -> dict[str, str]:
    """Keys of tensors by the TF1 names in the object graph."""
    from tensorflow.core.protobuf import trackable_object_graph_pb2  # noqa: PLC0415

    message = trackable_object_graph_pb2.TrackableObjectGraph
    graph = message.FromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    return {
        attribute.full_name: attribute.checkpoint_key
        for node in graph.nodes
        for attribute in node.attributes
    }


if __name__ == "__main__":
    sys.exit(0 if {"convert": convert, "verify": verify}[sys.argv[1]](*sys.argv[2:]) else 1)
