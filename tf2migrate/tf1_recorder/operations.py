"""What a graph's operations tell: initial values, initialisers, what a Saver saves."""

import sys
from typing import Any, Dict, List

from tf2migrate.tf1_recorder.looking import graph_of, name_of

# The number of inputs before the tensors: file, names and (not of Save) slices.
SAVE_INPUTS = {"Save": 2, "SaveSlices": 3, "SaveV2": 3}
VARIABLE_OPS = ("Variable", "VariableV2", "VarHandleOp")
NEAR = 16  # operations


def initial_value(tensor: Any) -> Dict[str, Any]:
    """The operation of an initial value, and the nearest one with a seed that it depends on."""
    found = {}  # type: Dict[str, Any]
    if graph_of(tensor) is None:
        return found
    found["initial_value"] = {"op": tensor.op.name, "type": tensor.op.type}
    queue = [tensor.op]
    for op in queue:
        if "seed2" in op.node_def.attr:
            found["random"] = {"op": op.name, "type": op.type}
            found["random"].update((key, op.get_attr(key)) for key in ("seed", "seed2"))
            break
        if len(queue) < NEAR:
            queue.extend(one.op for one in op.inputs)
    return found


def initialized_by(fetched: List[Any], initializers: Dict[str, str]) -> List[str]:
    """The variables whose initialisers are fetched, by themselves or in a tf.group."""
    found, seen = [], set()
    queue = [one for one in fetched if hasattr(one, "control_inputs")]
    for op in queue:
        if op.name in initializers:
            found.append(initializers[op.name])
        elif op.type == "NoOp" and op.name not in seen:
            seen.add(op.name)
            queue.extend(op.control_inputs)
    return sorted(found)


def saved_by(graph: Any, tensor_name: str) -> List[List[str]]:
    """Key in the checkpoint and name of the variable or table, for all that a Saver saves.

    Read from the operations that write the file, which are there for every Saver, also one of
    an imported meta graph. A partitioned variable's key comes once for each part.
    """
    util = sys.modules["tensorflow.python.framework.tensor_util"]  # type: Any
    found, seen = [], set()
    queue = [graph.get_tensor_by_name(tensor_name).op]
    for op in queue:
        if op.name in seen:
            continue
        seen.add(op.name)
        first = SAVE_INPUTS.get(op.type)
        if first is None:
            queue.extend(op.control_inputs)
            queue.extend(one.op for one in op.inputs)
            continue
        keys = util.constant_value(op.inputs[1])
        for key, tensor in zip(keys, list(op.inputs)[first:]):
            found.append([key.decode("utf-8"), _source(tensor)])
    return sorted(found)


def _source(tensor: Any) -> str:
    """The variable or table that a saved tensor is read from; its own name for another."""
    op = tensor.op
    for _ in range(NEAR):
        if op.type in VARIABLE_OPS or "HashTable" in op.type:
            return str(op.name)
        if not op.inputs:
            break
        op = op.inputs[0].op
    return name_of(tensor)


def object_paths(root: Any, variable_class: Any) -> List[List[str]]:
    """Object path and name of each variable that a tf.train.Checkpoint can reach."""
    found, seen = [], {id(root)}
    queue = [("", root)]
    for path, thing in queue:
        if isinstance(thing, variable_class):
            found.append([path, name_of(thing)])
        for name, child in _children(thing):
            if id(child) not in seen:
                seen.add(id(child))
                local = name.replace(".", "..").replace("/", ".S")
                queue.append((path + "/" + local if path else local, child))
    return sorted(found)


def _children(thing: Any) -> List[Any]:
    if hasattr(thing, "_trackable_children"):  # since TensorFlow 2.9
        return list(thing._trackable_children().items())
    return list(getattr(thing, "_checkpoint_dependencies", ()))
