"""The inventory of a living object: what a checkpoint of it would hold, and what it would not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import tensorflow as tf

from tf2migrate.checkpoint.files.graph import ObjectGraph
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.checkpoint.kinds import Classified
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, Kind, Source, VariableRow
from tf2migrate.runtime import keras
from tf2migrate.runtime.keras_slots import keras_slots
from tf2migrate.runtime.origins import origin_of
from tf2migrate.runtime.saved import Saved, saved
from tf2migrate.runtime.unsaved import unsaved_labels
from tf2migrate.runtime.values import as_array, session_value, stored_bytes, variable_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile


def inventory(obj: Any, *, values: bool = False) -> Inventory:
    """All variables and other state that a checkpoint of `obj` would hold.

    Args:
      obj: a tf.train.Checkpoint, a tf.Module, a Keras layer, model or optimizer,
        an optimizer of tf.compat.v1.train, a variable, a table or another object
        that TensorFlow tracks; or a dict, list or tuple of such objects.
      values: give the rows checksums, for which each value is read.

    Returns:
      An inventory whose rows have the keys that TensorFlow would write, and
      whose `unsaved` names variables that are reachable from `obj` and that
      TensorFlow would not write.

    Raises:
      CheckpointError: TensorFlow could not save the object; says which part. A
        variable of a graph has no value, if `values` are asked for.
    """
    return inventory_of(saved(obj), values=values)


def inventory_of(dry_run: Saved, *, values: bool = False) -> Inventory:
    """The inventory of what a dry run of saving found."""
    live = LiveValues(dry_run)
    kinds = keras_slots(dry_run) | _random_state(dry_run)
    rows = tuple(_completed(row, live, kinds, values) for row in live.rows())
    return Inventory(
        Source.OBJECT,
        dry_run.root.label,
        rows,
        values=lambda row: live.read(row.key),
        unsaved=unsaved_labels(dry_run),
    )


def _completed(
    row: VariableRow, live: LiveValues, kinds: dict[str, Classified], values: bool
) -> VariableRow:
    """What a living variable tells beside what its checkpoint would."""
    tensor = live.dry_run.tensors[row.key]
    owner = tensor.owner
    trainable = getattr(owner, "trainable", None)
    kind, slot = kinds.get(row.key, (row.kind, row.slot))
    return replace(
        row,
        shape=live.shape(row.key),
        kind=kind,
        slot=slot,
        trainable=trainable if isinstance(trainable, bool) else None,
        checksum=live.checksum(row.key) if values else None,
        origin=origin_of(owner),
    )


def _random_state(dry_run: Saved) -> dict[str, Classified]:
    """The state of generators of random numbers, which is a variable to TensorFlow."""
    nodes = dry_run.graph.nodes
    return {
        attribute.checkpoint_key: (Kind.STATE, None)
        for number, node in enumerate(nodes)
        if isinstance(dry_run.owners.get(number), tf.random.Generator)
        for child in node.children.values()
        for attribute in nodes[child].attributes
    }


class LiveValues:
    """The tensors of a living object, read as if its checkpoint had been written."""

    def __init__(self, dry_run: Saved) -> None:
        self.dry_run = dry_run
        self.prefix = dry_run.root.label
        self.tensors = {
            key: Tensor(tensor.dtype, tuple(size or 0 for size in tensor.shape or ()))
            for key, tensor in sorted(dry_run.tensors.items())
        }

    def graph(self) -> ObjectGraph:
        return self.dry_run.graph

    def rows(self) -> tuple[VariableRow, ...]:
        """What the inventory of its checkpoint file would have."""
        return checkpoint_inventory(cast("CheckpointFile", self)).rows

    def shape(self, key: str) -> tuple[int | None, ...] | None:
        """As TensorFlow would write it: a variable that may change its shape has one now."""
        shape = self.dry_run.tensors[key].shape
        if (shape is None or None in shape) and not self._is_opaque(key):
            return tuple(as_array(self._value(key)).shape)
        return shape

    def checksum(self, key: str) -> int | None:
        """As the index of a checkpoint would have it; None for what is no array."""
        if self._is_opaque(key):
            return None
        return stored_bytes(self._value(key), self.dry_run.tensors[key].dtype)[1]

    def read(self, key: str) -> NDArray[Any]:
        """The value, as the reader of checkpoint files gives it.

        Raises:
          CheckpointError: it is no array, or needs a session.
        """
        return as_array(self._value(key))

    def _is_opaque(self, key: str) -> bool:
        """Whether its value cannot be read: an iterator's, or a table's in a graph."""
        tensor = self.dry_run.tensors[key]
        if tensor.dtype == "variant":
            return True
        return not (
            self.dry_run.eager or _is_variable(tensor.owner) or self._exported(key, tensor.owner)
        )

    def _value(self, key: str) -> Any:
        tensor = self.dry_run.tensors[key]
        if self._is_opaque(key):
            raise CheckpointError(
                key,
                f"the value of a {type(tensor.owner).__name__} cannot be read here",
                "compare names, or compare two files",
            )
        if _is_variable(tensor.owner):
            return variable_value(tensor.owner, key)
        if self.dry_run.eager:
            return self.dry_run.evaluate(key).numpy()
        return session_value(self._exported(key, tensor.owner)[0], key)

    def _exported(self, key: str, owner: Any) -> list[Any]:
        """In a graph, the tensor of a table that a Saver would save: of its keys or its values."""
        part = key.rpartition("-")[2]
        with self.dry_run.context():
            saveables = tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.SAVEABLE_OBJECTS)
        return [
            spec.tensor
            for saveable in saveables
            for spec in saveable.specs
            if saveable.op is owner and spec.name.endswith(f"-{part}")
        ]


def _is_variable(owner: Any) -> bool:
    return isinstance(keras.unwrapped(owner), tf.Variable)
