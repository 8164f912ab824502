"""Restores a converted checkpoint with TensorFlow, in a program made for its object graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2

v1 = tf.compat.v1
_OPTIMIZERS = {
    ("m", "v"): lambda: v1.train.AdamOptimizer(0.1),
    ("momentum",): lambda: v1.train.MomentumOptimizer(0.1, 0.9),
    ("momentum", "rms"): lambda: v1.train.RMSPropOptimizer(0.1),
    ("mg", "momentum", "rms"): lambda: v1.train.RMSPropOptimizer(0.1, centered=True),
    ("accumulator",): lambda: v1.train.AdagradOptimizer(0.1),
    ("accum", "accum_update"): lambda: v1.train.AdadeltaOptimizer(0.1),
    ("accum", "linear"): lambda: v1.train.FtrlOptimizer(0.1),
    ("gradient_accumulator", "gradient_squared_accumulator"): lambda: v1.train.AdagradDAOptimizer(
        0.1, tf.Variable(0, dtype=tf.int64)
    ),
}


class Program:
    """Objects such as a converted checkpoint describes, built by TensorFlow from its graph.

    Attributes:
      root: the tf.train.Checkpoint.
      values: a function that reads each variable, by its full name.
    """

    def __init__(self, prefix: str) -> None:
        reader = tf.train.load_checkpoint(prefix)
        proto = trackable_object_graph_pb2.TrackableObjectGraph
        self._graph = proto.FromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
        self._types = reader.get_variable_to_dtype_map()
        self._shapes = reader.get_variable_to_shape_map()
        self.variables: dict[str, Any] = {}
        self.tables: dict[str, Any] = {}
        self._objects: dict[int, Any] = {}
        children = {
            child.local_name: self._object(child.node_id)
            for child in self._graph.nodes[0].children
            if child.local_name != "save_counter"
        }
        self.root = tf.train.Checkpoint(**children)
        self._slots()

    def _object(self, number: int) -> Any:
        if number not in self._objects:
            self._objects[number] = self._made(number)
        return self._objects[number]

    def _made(self, number: int) -> Any:
        node = self._graph.nodes[number]
        if node.attributes:
            (attribute,) = node.attributes
            if attribute.name == "table":
                return self._table(attribute)
            return self._variable(attribute)
        if node.slot_variables:
            names = sorted({slot.slot_name for slot in node.slot_variables})
            return _OPTIMIZERS[tuple(names)]()
        module = tf.Module()
        for child in node.children:
            setattr(module, child.local_name, self._object(child.node_id))
        return module

    def _variable(self, attribute: Any) -> Any:
        key = attribute.checkpoint_key
        dtype = self._types[key]
        initial = "" if dtype == tf.string else 0
        shape = self._shapes[key]
        variable = tf.Variable(
            tf.fill(shape, tf.constant(initial, dtype))
            if dtype != tf.bool
            else np.zeros(shape, bool),
            name="v" + "".join(c if c.isalnum() else "_" for c in attribute.full_name),
        )
        self.variables[attribute.full_name] = variable
        return variable

    def _table(self, attribute: Any) -> Any:
        keys = self._types[f"{attribute.checkpoint_key}-keys"]
        values = self._types[f"{attribute.checkpoint_key}-values"]
        table = tf.lookup.experimental.MutableHashTable(keys, values, tf.constant(0, values))
        self.tables[attribute.full_name] = table
        return table

    def _slots(self) -> None:
        """Have each optimizer create its slot variables."""
        for number, node in enumerate(self._graph.nodes):
            if not node.slot_variables:
                continue
            optimizer = self._object(number)
            originals = {slot.original_variable_node_id for slot in node.slot_variables}
            variables = [self._object(original) for original in sorted(originals)]
            optimizer._create_slots(variables)
            for child in node.children:
                key = self._graph.nodes[child.node_id].attributes[0].full_name
                self.variables[key] = optimizer._lookup_dependency(child.local_name)
            for slot in node.slot_variables:
                key = self._graph.nodes[slot.slot_variable_node_id].attributes[0].full_name
                variable = self._object(slot.original_variable_node_id)
                self.variables[key] = optimizer.get_slot(variable, slot.slot_name)


def restored_eagerly(prefix: str) -> dict[str, Any]:
    """The values of all variables after restore and assert_consumed, by full name."""
    program = Program(prefix)
    program.root.restore(prefix).assert_consumed()
    values = {name: variable.numpy() for name, variable in program.variables.items()}
    for name, table in program.tables.items():
        keys, stored = table.export()
        values[f"{name}-keys"], values[f"{name}-values"] = keys.numpy(), stored.numpy()
    return values


def restored_in_a_graph(prefix: str) -> dict[str, Any]:
    """The same in a session."""
    with tf.Graph().as_default(), v1.Session() as session:
        program = Program(prefix)
        session.run(v1.global_variables_initializer())
        program.root.restore(prefix).assert_consumed().run_restore_ops(session)
        values = session.run(program.variables)
        for name, table in program.tables.items():
            keys, stored = session.run(table.export())
            values[f"{name}-keys"], values[f"{name}-values"] = keys, stored
        return dict(values)
