"""The rows of an inventory, from a recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tf2migrate.checkpoint.kinds import AVERAGE, Classified, classify
from tf2migrate.checkpoint.recorded import Collections, Pairs, Recording, Table, Variable
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Kind, SlotOf, VariableRow

_TRAINABLE, _STEP = "trainable_variables", "global_step"


def rows_of(
    recording: Recording, graph: int, collections: Collections, pairs: Pairs
) -> tuple[VariableRow, ...]:
    """The rows of these keys and names of one graph.

    Args:
      collections: those of the graph at that time.
      pairs: several parts of one variable have one key.

    Raises:
      CheckpointError: the recording does not know a name, or two variables have
        one key.
    """
    return _Rows(recording, graph, collections).of(pairs)


class _Rows:
    """Makes the rows of one graph."""

    def __init__(self, recording: Recording, graph: int, collections: Collections) -> None:
        self.recording = recording
        self.graph = graph
        self.variables = {one.name: one for one in recording.variables if one.graph == graph}
        self.tables = {one.op: one for one in recording.tables if one.graph == graph}
        self.collections: dict[str, list[str]] = {}
        for collection, names in collections.items():
            for name in names:
                self.collections.setdefault(name, []).append(collection)

    def of(self, pairs: Pairs) -> tuple[VariableRow, ...]:
        """The rows of these keys and names; several parts of one variable have one key."""
        parts: dict[str, list[str]] = {}
        for key, name in pairs:
            parts.setdefault(key, []).append(name)
        rows = {key: self._row(key, names) for key, names in parts.items()}
        key_of = {name: key for key, names in parts.items() for name in names}
        known = self._known(key_of)
        guessed = classify({key: (row.shape, row.dtype) for key, row in rows.items()})
        return tuple(
            _classified(row, known.get(key) or _believed(row, guessed[key]))
            for key, row in rows.items()
        )

    def _row(self, key: str, names: list[str]) -> VariableRow:
        table = self.tables.get(names[0])
        if table is not None:
            return _table_row(key, table)
        parts = [self._variable(key, name) for name in names]
        first = parts[0]
        if len(parts) > 1 and any(part.whole is None for part in parts):
            raise CheckpointError(self.recording.path, f"two of its variables are saved as {key}")
        collections = dict.fromkeys(c for name in names for c in self.collections.get(name, ()))
        trainable = first.trainable
        if trainable is None and collections:
            trainable = _TRAINABLE in collections
        return VariableRow(
            key=key,
            name=key,
            shape=first.shape if first.whole is None else first.whole[1],
            dtype=first.dtype,
            trainable=trainable,
            collections=tuple(collections),
            partitions=len(parts),
            origin=None if first.origin is None else str(first.origin),
        )

    def _variable(self, key: str, name: str) -> Variable:
        if name not in self.variables:
            raise CheckpointError(
                self.recording.path,
                f"it says nothing of {name}, which is saved as {key}",
                "verify the program's checkpoint instead of the recording",
            )
        return self.variables[name]

    def _known(self, key_of: Mapping[str, str]) -> dict[str, Classified]:
        """Kinds that were recorded, by key."""
        found: dict[str, Classified] = {}
        for name, kind, slot in (*self._of_optimizers(), *self._of_averages(), *self._steps()):
            if name in key_of:
                owner = "" if slot is None else key_of.get(slot.variable, slot.variable)
                whose = None if slot is None else replace(slot, variable=owner)
                found.setdefault(key_of[name], (kind, whose))
        return found

    def _of_optimizers(self) -> Iterator[tuple[str, Kind, SlotOf | None]]:
        seen: dict[str, int] = {}
        for one in self.recording.optimizers:
            if one.graph != self.graph:
                continue
            number = seen[one.name] = seen.get(one.name, 0) + 1
            label = one.name if number == 1 else f"{one.name} ({number})"
            for slot, pairs in one.slots.items():
                for variable, name in pairs:
                    yield name, Kind.SLOT, SlotOf(variable, slot, label)
            for name in one.state:
                yield name, Kind.OPTIMIZER, None

    def _of_averages(self) -> Iterator[tuple[str, Kind, SlotOf | None]]:
        seen: dict[str, int] = {}
        for one in self.recording.averages:
            for variable, name in one.shadows if one.graph == self.graph else ():
                number = seen[variable] = seen.get(variable, -1) + 1
                averaged = variable in self.variables
                slot = SlotOf(variable, str(number), AVERAGE) if averaged else None
                yield name, Kind.AVERAGE, slot
                for part in ("biased", "local_step"):  # of zero_debias
                    yield f"{name}/{part}", Kind.AVERAGE, SlotOf(name, part, AVERAGE)

    def _steps(self) -> Iterator[tuple[str, Kind, SlotOf | None]]:
        for name, collections in self.collections.items():
            if _STEP in collections:
                yield name, Kind.STEP, None


def _table_row(key: str, table: Table) -> VariableRow:
    dtype = table.key_dtype if key.endswith("-keys") else table.value_dtype
    return VariableRow(key, None, dtype, Kind.TABLE, key, origin=str(table.origin))


def _believed(row: VariableRow, guessed: Classified) -> Classified:
    """What the name says, unless the recording knows better: what is trained is no slot."""
    return (Kind.WEIGHT, None) if row.trainable and guessed[1] is not None else guessed


def _classified(row: VariableRow, kind: Classified) -> VariableRow:
    return row if row.kind is Kind.TABLE else replace(row, kind=kind[0], slot=kind[1])
