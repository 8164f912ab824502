"""Give living variables the values of a checkpoint: planned and checked first, then assigned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.dtypes import BFLOAT16
from tf2migrate.checkpoint.transforms import Signature, parse
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Entry
from tf2migrate.model.inventory import Kind, VariableRow
from tf2migrate.runtime import keras
from tf2migrate.runtime.saved import Saved
from tf2migrate.runtime.values import default_session, is_eager

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEYS, _VALUES = "-keys", "-values"


class Assignment:
    """The values of a checkpoint, about to be given to an object.

    Making one checks all that can go wrong, so that nothing is left half loaded.

    Raises:
      CheckpointError: a value cannot be read, or one of the object's variables
        cannot take it.
    """

    def __init__(self, file: CheckpointFile, dry_run: Saved, entries: Iterable[Entry]) -> None:
        self._file = file
        self._dry_run = dry_run
        self._entries = tuple(entries)
        for entry in self._entries:
            self._check_form(entry)
        for row in (row for entry in self._entries for row in entry.after):
            self._check_target(row)
        for key in dict.fromkeys(row.key for entry in self._entries for row in entry.before):
            file.check(key)

    def run(self) -> None:
        """Assign; one variable's values are in memory at a time."""
        tables: dict[int, dict[str, Any]] = {}
        for entry in self._entries:
            for row, value in zip(entry.after, self._values(entry), strict=True):
                owner = self._dry_run.tensors[row.key].owner
                if row.kind is Kind.TABLE:
                    part = tables.setdefault(id(owner), {"table": owner})
                    part[_VALUES if row.key.endswith(_VALUES) else _KEYS] = value
                elif isinstance(keras.unwrapped(owner), tf.Variable):
                    self._assign(owner, value, row)
                else:
                    owner.deserialize(value.item().decode("utf-8"))
        for table in tables.values():
            self._fill(table["table"], table[_KEYS], table[_VALUES])

    def _values(self, entry: Entry) -> Sequence[NDArray[Any]]:
        values = [self._file.read(row.key) for row in entry.before]
        return parse(entry.transform).apply(values, self._signatures(entry))

    def _signatures(self, entry: Entry) -> list[Signature]:
        tensors = [self._file.tensors[row.key] for row in entry.before]
        return [Signature(tensor.shape, tensor.dtype) for tensor in tensors]

    def _check_form(self, entry: Entry) -> None:
        """What a transform gives must be what the object has."""
        for row, found in zip(
            entry.after, parse(entry.transform).infer(self._signatures(entry)), strict=True
        ):
            known = row.shape is not None and None not in row.shape
            if row.kind is not Kind.TABLE and (
                found.dtype != row.dtype or (known and found.shape != row.shape)
            ):
                raise CheckpointError(
                    row.path or row.key,
                    f"is {row.dtype}{list(row.shape or ())}, and {entry.transform} gives {found}",
                    "correct the transform in the name map",
                )

    def _check_target(self, row: VariableRow) -> None:
        owner = self._dry_run.tensors[row.key].owner
        label = row.path or row.key
        if isinstance(keras.unwrapped(owner), tf.Variable):
            if not is_eager(keras.unwrapped(owner)):
                default_session(label)
        elif row.kind is Kind.TABLE and hasattr(owner, "insert"):
            if not self._dry_run.eager and default_session(label).graph.finalized:
                raise CheckpointError(
                    label,
                    "filling a table needs operations, and the graph is final",
                    "restore before the graph is finalised",
                )
        elif not hasattr(owner, "deserialize"):
            raise CheckpointError(
                label,
                f"the state of a {type(owner).__name__} cannot be given to it by itself",
                "restore a checkpoint that fits the whole object",
            )

    def _assign(self, owner: Any, value: NDArray[Any], row: VariableRow) -> None:
        variable = keras.unwrapped(owner)
        if is_eager(variable):
            with tf.init_scope():
                owner.assign(_tensor(value, row.dtype))
            return
        # The initialiser with another value: no operation is added to the graph,
        # which may be final.
        initializer = variable.initializer
        fed = {initializer.inputs[1]: _fed(value, row.dtype)}
        default_session(row.path or row.key).run(initializer, fed)

    def _fill(self, table: Any, keys: NDArray[Any], values: NDArray[Any]) -> None:
        """The table has these entries then and no others."""
        with self._dry_run.context():
            new = _tensor(keys, table.key_dtype.name), _tensor(values, table.value_dtype.name)
            if self._dry_run.eager:
                table.remove(table.export()[0])
                table.insert(*new)
            else:
                session = default_session("table")
                session.run(table.remove(table.export()[0]))
                session.run(table.insert(*new))


def _tensor(value: NDArray[Any], dtype: str) -> Any:
    """A bfloat16 is read as a float32, which is exact."""
    return tf.cast(value, dtype) if dtype == BFLOAT16 else tf.constant(value, dtype)


def _fed(value: NDArray[Any], dtype: str) -> Any:
    return value.astype(tf.as_dtype(dtype).as_numpy_dtype) if dtype == BFLOAT16 else value
