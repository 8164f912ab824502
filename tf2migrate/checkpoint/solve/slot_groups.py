"""The slot variables that one optimizer has for one variable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tf2migrate.checkpoint.kinds import is_number
from tf2migrate.checkpoint.slots import family_of, slot_counts, slot_names
from tf2migrate.checkpoint.solve.matching import is_slot
from tf2migrate.model.inventory import VariableRow
from tf2migrate.model.names import SLOT_OF


@dataclass(frozen=True, slots=True)
class Group:
    """The slots that one optimizer has for one variable.

    Attributes:
      optimizer: object path of the optimizer, or its TF1 name.
      slots: rows by slot name, in order; by the numbers "0", "1", ... where the
        TF1 name of the optimizer does not tell what the slots are.
    """

    optimizer: str
    slots: Mapping[str, VariableRow]

    @property
    def rows(self) -> list[VariableRow]:
        return [*self.slots.values()]

    def is_open(self, rows: Mapping[str, VariableRow]) -> bool:
        """Whether none of its slots is settled yet, of those that `rows` has open."""
        return all(row.key in rows for row in self.rows)

    @property
    def optimizer_paths(self) -> list[str]:
        """All that leads to the optimizer, or its TF1 name."""
        aliases = (alias for row in self.rows[:1] for alias in row.aliases)
        places = (alias.partition(SLOT_OF)[2] for alias in aliases if SLOT_OF in alias)
        return [self.optimizer, *(place.rpartition("/")[0] for place in places)]

    @property
    def is_unnamed(self) -> bool:
        return all(is_number(name) for name in self.slots)

    @property
    def numbers(self) -> set[str]:
        """The numbers in the TF1 names; none for slots of an object graph, which have names."""
        found = {row.slot.slot for row in self.rows if row.slot is not None}
        return found if all(is_number(slot) for slot in found) else set()

    @property
    def names(self) -> set[str | None]:
        return {row.name for row in self.rows}

    @property
    def order(self) -> tuple[str, ...] | None:
        """The slot names in the order in which TensorFlow 1 creates them, if that is known."""
        return tuple(self.slots) if self.is_unnamed else family_of(frozenset(self.slots))


def groups_by_variable(rows: Iterable[VariableRow]) -> dict[str, list[Group]]:
    """The groups by their variable's key; several optimizers of one TF1 name are taken apart."""
    found: dict[str, dict[str, list[VariableRow]]] = {}
    for row in rows:
        if is_slot(row) and row.slot is not None:
            of_variable = found.setdefault(row.slot.variable, {})
            of_variable.setdefault(row.slot.optimizer, []).append(row)
    return {
        variable: [group for item in optimizers.items() for group in _split(*item)]
        for variable, optimizers in found.items()
    }


def _split(optimizer: str, rows: Sequence[VariableRow]) -> list[Group]:
    slots = {row.slot.slot: row for row in rows if row.slot is not None}
    if not all(is_number(slot) for slot in slots):
        return [Group(optimizer, slots)]
    numbers = {int(slot): row for slot, row in slots.items()}
    return [Group(optimizer, named) for named in _numbered(optimizer, numbers)]


def _numbered(optimizer: str, numbers: Mapping[int, VariableRow]) -> list[dict[str, VariableRow]]:
    """The slots of the optimizers of one TF1 name, which numbers them through.

    Numbers that no such optimizer leaves behind become names that match nothing.
    """
    base = optimizer.rpartition("/")[2]
    counts = slot_counts(base)
    sizes = [size for size in counts if _are_whole(numbers, size)]
    ordered = sorted(numbers)
    if len(sizes) == 1:
        size, names = sizes[0], slot_names(base, sizes[0]) or ()
        return [
            dict(zip(names, (numbers[n] for n in ordered[start : start + size]), strict=True))
            for start in range(0, len(ordered), size)
        ]
    if sizes or (not counts and _are_whole(numbers, len(numbers))):
        return [{str(place): numbers[number] for place, number in enumerate(ordered)}]
    return [{f"number {number}": numbers[number] for number in ordered}]


def _are_whole(numbers: Collection[int], size: int) -> bool:
    """Whether they are the numbers of whole optimizers with that many slots."""
    blocks = {number // size for number in numbers}
    return len(numbers) == len(blocks) * size


def alike(before: Group, after: Group) -> bool:
    """Whether the slots can be those of one optimizer: the same names, or as many unnamed ones.

    Where both sides know no more than numbers of TensorFlow 1, these are equal.
    """
    numbers = before.numbers
    if numbers and after.numbers:
        return numbers == after.numbers
    if before.slots.keys() == after.slots.keys():
        return True
    if len(before.slots) != len(after.slots) or not (before.is_unnamed or after.is_unnamed):
        return False
    return len(before.slots) == 1 or (before.order is not None and after.order is not None)


def partners(before: Group, after: Group) -> list[tuple[str, str]]:
    """Which slot of one is which of the other, for groups that are alike."""
    if before.slots.keys() == after.slots.keys():
        return [(name, name) for name in before.slots]
    names, others = before.order or tuple(before.slots), after.order or tuple(after.slots)
    return list(zip(names, others, strict=True))


def is_in_graph(row: VariableRow) -> bool:
    """Whether it is a slot variable of an object graph: eager mode calls these as it likes."""
    return is_slot(row) and row.slot is not None and not is_number(row.slot.slot)
