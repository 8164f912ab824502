"""The variables of one side of a migration, whatever they were read from."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values: TypeAlias = Callable[["VariableRow"], NDArray[Any]]


class Source(str, enum.Enum):
    """What an inventory was read from."""

    TF1_CHECKPOINT = "TF1 checkpoint"
    TF2_CHECKPOINT = "TF2 checkpoint"
    OBJECT = "object"
    GRAPH = "graph"
    RECORDING = "recording"


class Kind(str, enum.Enum):
    """What a variable is for."""

    WEIGHT = "weight"
    MOVING_STATISTIC = "moving statistic"  # of a batch normalisation
    SLOT = "slot variable"
    OPTIMIZER = "optimizer state"  # beta1_power, iterations, learning rate
    AVERAGE = "moving average"  # shadow variable of an ExponentialMovingAverage
    STEP = "step"
    TABLE = "table"
    SAVE_COUNTER = "save counter"
    STATE = "state"  # of an iterator, a generator or another object that is no variable


@dataclass(frozen=True, slots=True)
class SlotOf:
    """Whose slot variable it is.

    Attributes:
      variable: `VariableRow.key` of the variable that the slot belongs to.
      slot: the slot's name in the optimizer (`m`, `v`, `momentum`) where it is
        known (object graph, live optimizer), else the number in the TF1 name
        (`w/Adam` is "0", `w/Adam_1` is "1").
      optimizer: object path of the optimizer, or its TF1 name (`Adam`).
    """

    variable: str
    slot: str
    optimizer: str


@dataclass(frozen=True, slots=True)
class VariableRow:
    """One variable.

    Attributes:
      key: what identifies it in its inventory: the tensor's key in a checkpoint
        file (of a live object, in the file that TensorFlow would write), else
        the name.
      shape: () for a scalar; None for an unknown rank, a None in it for an
        unknown dimension.
      dtype: TensorFlow's name: float32, int64, string, bfloat16, ...
      kind: what it is for.
      name: its TF1 name (the op's, no `:0`): the key in a name-based checkpoint,
        `full_name` in an object graph. None where there is none.
      path: its object path (`model.names.join_path`), None without objects.
      slot: whose slot variable it is, for `Kind.SLOT` and, with the optimizer
        `ExponentialMovingAverage`, for `Kind.AVERAGE` where it is known.
      trainable: None where the source does not tell.
      collections: the graph collections that hold it.
      checksum: CRC32C of the value as a checkpoint stores it (little endian, row
        major; strings as TensorBundle has them), None if it was not asked for
        or is only known slice by slice.
      aliases: other object paths that lead to the same variable.
      partitions: number of slices of a partitioned variable, 1 for a whole one.
      origin: `path:line` that created it, if known.
    """

    key: str
    shape: tuple[int | None, ...] | None
    dtype: str
    kind: Kind = Kind.WEIGHT
    name: str | None = None
    path: str | None = None
    slot: SlotOf | None = None
    trainable: bool | None = None
    collections: tuple[str, ...] = ()
    checksum: int | None = None
    aliases: tuple[str, ...] = ()
    partitions: int = 1
    origin: str | None = None

    @property
    def label(self) -> str:
        """What people call it: the TF1 name, else the object path, else the key."""
        return self.name or self.path or self.key


@dataclass(frozen=True)
class Inventory:
    """All variables of a checkpoint, an object, a graph or a recording.

    Attributes:
      label: the prefix, or what else tells people which one it is.
      rows: one for each variable; no two have the same key.
      values: reads a row's value as an array of its shape, None where there are
        only names (a recording). Raises CheckpointError for bytes that cannot
        be read or do not have their checksum.
      file: the open checkpoint file behind it (checkpoint.files), if it is one:
        two of these are compared faster than by `values`.
      unsaved: labels (with the creating line where known) of variables that the
        object can reach but a checkpoint of it would not hold.
    """

    source: Source
    label: str
    rows: tuple[VariableRow, ...]
    values: Values | None = field(default=None, compare=False, repr=False)
    file: Any = field(default=None, compare=False, repr=False)
    unsaved: tuple[str, ...] = ()

    def by_key(self) -> dict[str, VariableRow]:
        return {row.key: row for row in self.rows}
