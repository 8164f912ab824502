"""What TensorFlow's own checks say when a checkpoint is restored into a program.

Reads lines of JSON, `{"program": prefix, "checkpoint": prefix}`, and writes one for each.
The program has the objects of the object-based checkpoint `program`, with zeros.
Run by benchmarks/mutations.py as a process of its own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX, Node
from tf2migrate.checkpoint.files.opening import open_checkpoint

CHECKS = ("assert_consumed", "assert_existing_objects_matched")
PASSES = "passes"


class _Optimizer(tf.__internal__.tracking.AutoTrackable):  # type: ignore[misc]
    """An object with slot variables, as TensorFlow asks optimizers for them."""

    def __init__(self) -> None:
        super().__init__()
        self.__dict__["slots_by_name"] = {}

    def add(self, variable: Any, slot: str, value: Any) -> None:
        self.slots_by_name[slot, variable.ref()] = value

    def get_slot_names(self) -> list[str]:
        return sorted({slot for slot, _ in self.slots_by_name})

    def get_slot(self, variable: Any, slot: str) -> Any:
        return self.slots_by_name.get((slot, variable.ref()))

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Any
    ) -> None:
        value = self.get_slot(variable, slot_name)
        if value is not None:
            slot_variable_position.restore(value)


def program(file: CheckpointFile) -> Any:
    """Living objects like those that the checkpoint was written of, with other values."""
    graph = file.graph()
    assert graph is not None
    objects = [_object(file, node) for node in graph.nodes]
    for node, one in zip(graph.nodes, objects, strict=True):
        for name, child in node.children.items():
            setattr(one, name, objects[child])
    for node, one in zip(graph.nodes, objects, strict=True):
        for slot in node.slots:
            one.add(objects[slot.original], slot.name, objects[slot.slot])
    return objects[0]


def _object(file: CheckpointFile, node: Node) -> Any:
    for attribute in node.attributes:
        key = attribute.checkpoint_key
        if key.endswith(VALUE_SUFFIX):
            tensor = file.tensors[key]
            zeros = tf.zeros(tensor.shape, tensor.dtype)
            return tf.Variable(zeros, name=attribute.full_name or None)
        keys, values = (file.tensors[f"{key}-{column}"] for column in ("keys", "values"))
        default = tf.zeros(values.shape[1:], values.dtype)
        return tf.lookup.experimental.MutableHashTable(keys.dtype, values.dtype, default)
    return _Optimizer() if node.slots else tf.__internal__.tracking.AutoTrackable()


def checks(program_prefix: str, checkpoint: str) -> dict[str, str]:
    """Each check with `passes` or the error that it raises, or that reading does."""
    root = program(open_checkpoint(program_prefix))
    try:
        status = tf.train.Checkpoint(root).read(checkpoint)
    except (ValueError, tf.errors.OpError) as error:
        return dict.fromkeys(CHECKS, type(error).__name__)
    said = {}
    for check in CHECKS:
        try:
            getattr(status, check)()
            said[check] = PASSES
        except AssertionError as error:
            said[check] = type(error).__name__
    return said


def main(lines: Iterable[str]) -> int:
    print(json.dumps({"version": tf.version.VERSION}), flush=True)
    for line in lines:
        case = json.loads(line)
        print(json.dumps(checks(case["program"], case["checkpoint"])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin))
