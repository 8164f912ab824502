"""What each variable of a program is for, as TensorFlow's own objects tell it."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scripts.checkpoint_programs.registry import Program

    Row = dict[str, Any]  # what golden.json says of a key of the checkpoint

WEIGHT, STATISTIC, SLOT = "weight", "moving statistic", "slot variable"
OPTIMIZER, AVERAGE, STEP, TABLE = "optimizer state", "moving average", "step", "table"


def key_of(variable: tf.Variable) -> str:
    """The key that a Saver without a dict gives to a variable, the same for all its parts."""
    part = variable._save_slice_info
    return str(part.full_name if part else variable.op.name)


def saved(program: Program) -> OrderedDict[str, list[tf.Variable]]:
    """The variables of each key that the program's Saver writes."""
    keys: OrderedDict[str, list[tf.Variable]] = OrderedDict()
    chosen = program.saver.get("var_list")
    for variable in [] if chosen else tf.global_variables():
        keys.setdefault(key_of(variable), []).append(variable)
    for key, variable in (chosen or {}).items():
        keys[key] = [variable]
    return keys


def rows(program: Program) -> list[Row]:
    """A row for each variable that the Saver writes, by key."""
    names: dict[str, str] = {}
    keys = saved(program)
    for key, parts in keys.items():
        for variable in parts:
            names[variable.op.name] = key
    facts = _facts(program, names)
    return [_row(key, parts, facts) for key, parts in sorted(keys.items())]


def table_rows(keys: dict[str, Any]) -> list[Row]:
    """A row for each key that a table has in the checkpoint; `keys` has types and shapes."""
    names = ["-".join((table.name, part)) for table in tables() for part in ("keys", "values")]
    return [
        OrderedDict(key=name, shape=keys[name][1], dtype=keys[name][0], kind=TABLE)
        for name in sorted(names)
    ]


def tables() -> list[Any]:
    """The saveable objects of the tables."""
    return list(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS))


def _row(key: str, parts: list[tf.Variable], facts: dict[str, Row]) -> Row:
    first = parts[0]
    part = first._save_slice_info
    row: Row = OrderedDict()
    row["key"] = key
    row["shape"] = list(part.full_shape if part else first.shape.as_list())
    row["dtype"] = first.dtype.base_dtype.name
    row["kind"] = WEIGHT
    row["trainable"] = first in tf.trainable_variables()
    row["collections"] = sorted(
        name
        for name in tf.get_default_graph().collections
        if name in COLLECTIONS and any(item is first for item in tf.get_collection(name))
    )
    row.update(facts.get(first.op.name, {}))
    if [variable.op.name for variable in parts] != [key]:
        row["names"] = [variable.op.name for variable in parts]
    return row


COLLECTIONS = [
    tf.GraphKeys.GLOBAL_VARIABLES,
    tf.GraphKeys.TRAINABLE_VARIABLES,
    tf.GraphKeys.MODEL_VARIABLES,
    tf.GraphKeys.MOVING_AVERAGE_VARIABLES,
    tf.GraphKeys.GLOBAL_STEP,
]


def _facts(program: Program, names: dict[str, str]) -> dict[str, Row]:
    """What is known of variables that are no weights, by op name."""
    known: dict[str, Row] = {}
    for variable in tf.get_collection(tf.GraphKeys.GLOBAL_STEP):
        known[variable.op.name] = {"kind": STEP}
    for name in [*_updated(), *(variable.op.name for variable in program.statistics)]:
        known[name] = {"kind": STATISTIC}
    for owner, optimizer in enumerate(program.optimizers):
        known.update(_owned(owner, program.optimizers, _optimizer(optimizer, names)))
    for owner, averages in enumerate(program.averages):
        rows = _averages(averages, program.averaged_tensors, names)
        known.update(_owned(owner, program.averages, rows))
    known.update({name: {"kind": kind} for name, kind in program.kinds.items()})
    return known


def _owned(owner: int, owners: list[Any], known: dict[str, Row]) -> dict[str, Row]:
    """Say which one of several optimizers has the variables."""
    return {
        name: {**row, "owner": owner} if len(owners) > 1 else row for name, row in known.items()
    }


def _updated() -> Iterable[str]:
    """Names of the variables that UPDATE_OPS assign."""
    for operation in tf.get_collection(tf.GraphKeys.UPDATE_OPS):
        # contrib adds the operation's output, tf.layers the operation.
        assignment = operation.op if isinstance(operation, tf.Tensor) else operation
        yield assignment.inputs[0].op.name


def _optimizer(optimizer: Any, names: dict[str, str]) -> dict[str, Row]:
    """The slots as get_slot() tells them; what else it has is its own state."""
    known: dict[str, Row] = {
        variable.op.name: {"kind": OPTIMIZER} for variable in optimizer.variables()
    }
    for variable in tf.global_variables():
        for slot in optimizer.get_slot_names():
            found = optimizer.get_slot(variable, slot)
            if found is not None:
                number = re.search(r"_(\d+)$", found.op.name)
                known[found.op.name] = {
                    "kind": SLOT,
                    "slot": slot,
                    "number": int(number.group(1)) if number else 0,
                    "variable": names[variable.op.name],
                    "optimizer": optimizer.get_name(),
                }
    return known


def _averages(averages: Any, tensors: list[tf.Tensor], names: dict[str, str]) -> dict[str, Row]:
    """The shadow variables as average() tells them."""
    known: dict[str, Row] = {}
    for original in [*tf.global_variables(), *tensors]:
        shadow = averages.average(original)
        if shadow is not None:
            known[shadow.op.name] = {
                "kind": AVERAGE,
                "variable": names.get(original.op.name, original.op.name),
                "optimizer": averages.name,
            }
            if isinstance(original, tf.Tensor):
                known[shadow.op.name]["of_tensor"] = True
    return known


def value(session: tf.Session, parts: list[tf.Variable], shape: list[int]) -> np.ndarray:
    """The value of a variable, its parts put together."""
    values = session.run(parts)
    if len(parts) == 1:
        return np.asarray(values[0])
    whole = np.zeros(shape, values[0].dtype)
    for number, array in enumerate(values):
        part = parts[number]._save_slice_info
        ends = np.add(part.var_offset, array.shape)
        whole[tuple(map(slice, part.var_offset, ends))] = array
    return whole
