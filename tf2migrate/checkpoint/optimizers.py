"""Which optimizers wrote the slot variables of a TF1 checkpoint.

Names tell little: slot variables carry the optimizer's name and the number of
their creation (`w/Adam_2`), its other variables a scope and a number
(`beta1_power_1`). What they leave open is not guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.checkpoint.slots import slot_counts, slot_names
from tf2migrate.model.inventory import Kind, VariableRow

_MOMENTS = ("m", "v")
_TRAINED = frozenset({Kind.WEIGHT, Kind.MOVING_STATISTIC, Kind.AVERAGE, Kind.STEP})


@dataclass
class Optimizer:
    """One optimizer of the old program.

    Attributes:
      name: its name in TensorFlow 1, with its scope and, for the second one of a
        name, its number: `Adam`, `train/Adam`, `Momentum_1`.
      slots: slot variables, each with its name in the optimizer.
      state: its other variables by name (`beta1_power`).
    """

    name: str
    slots: list[tuple[VariableRow, str]] = field(default_factory=list)
    state: dict[str, VariableRow] = field(default_factory=dict)

    def rows(self) -> list[VariableRow]:
        """Its variables."""
        return [*(row for row, _ in self.slots), *self.state.values()]

    @property
    def base(self) -> str:
        """The name that the program gives it, or its class: `Adam`."""
        return numbered(self.name.rpartition("/")[2])[0]

    @property
    def scope(self) -> str:
        return self.name.rpartition("/")[0]

    @property
    def has_moments(self) -> bool:
        """Whether it is of the Adam family, which has powers of beta."""
        return any(name in _MOMENTS for _, name in self.slots)


@dataclass
class Optimizers:
    """All optimizers, and what could not be given to one.

    Attributes:
      found: in the order of their names.
      open: slot variables and state whose optimizer or slot the names do not tell.
      reasons: why, for people.
    """

    found: list[Optimizer] = field(default_factory=list)
    open: list[VariableRow] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def find_optimizers(
    rows: Iterable[VariableRow], trained: Sequence[Collection[str]] = ()
) -> Optimizers:
    """The optimizers of a TF1 inventory.

    Args:
      rows: slot variables and state that are to be given to optimizers, and the
        variables that the slots may belong to.
      trained: the variables of each optimizer, where that is known.
    """
    every = {row.key: row for row in rows}
    slots: dict[tuple[str, int], dict[str, dict[int, VariableRow]]] = {}
    state: list[VariableRow] = []
    result = Optimizers()
    for row in every.values():
        if row.kind is Kind.OPTIMIZER:
            state.append(row)
        elif row.kind is Kind.SLOT and row.slot is not None:
            owner = every.get(row.slot.variable)
            if owner is None or owner.kind not in _TRAINED:
                result.open.append(row)
                result.reasons.append(f"{row.key} belongs to no variable that is trained")
                continue
            name = row.slot.variable
            group = next((n for n, names in enumerate(trained) if name in names), -1)
            of_variable = slots.setdefault((row.slot.optimizer, group), {})
            of_variable.setdefault(row.slot.variable, {})[int(row.slot.slot)] = row
    states = {numbered(row.key.rpartition("/")[2])[0] for row in state}
    for name, group in sorted(slots):
        _take_apart(name, slots[name, group], states, result)
    _give_state(state, result, in_order=not trained)
    return result


def _take_apart(
    name: str,
    slots: dict[str, dict[int, VariableRow]],
    states: set[str],
    result: Optimizers,
) -> None:
    """The optimizers of one name; the slots of several are numbered through."""
    base = name.rpartition("/")[2]
    rows = [row for of_variable in slots.values() for row in of_variable.values()]
    sizes = [
        size
        for size in slot_counts(base) or (len(_MOMENTS),)
        if slot_names(base, size, states) and all(_is_complete(n, size) for n in slots.values())
    ]
    if len(sizes) != 1:
        result.open += rows
        what = "more than one kind of slots fits" if sizes else "the names of its slots are unknown"
        result.reasons.append(f"optimizer {name}: {what}")
        return
    size = sizes[0]
    blocks = {frozenset(number // size for number in numbers) for numbers in slots.values()}
    if len(blocks) != 1:
        result.open += rows
        result.reasons.append(
            f"optimizer {name}: there are several of this name, which train different variables"
        )
        return
    names = slot_names(base, size, states) or ()
    for position, block in enumerate(sorted(next(iter(blocks)))):
        optimizer = Optimizer(f"{name}_{position}" if position else name)
        for numbers in slots.values():
            optimizer.slots += [(numbers[block * size + i], names[i]) for i in range(size)]
        result.found.append(optimizer)


def _is_complete(numbers: dict[int, VariableRow], size: int) -> bool:
    """Whether the numbers are those of whole optimizers with `size` slots."""
    blocks = {number // size for number in numbers}
    return len(numbers) == len(blocks) * size


def _give_state(rows: Sequence[VariableRow], result: Optimizers, *, in_order: bool) -> None:
    """Give each optimizer of the Adam family its powers, if the names tell whose they are.

    Args:
      in_order: optimizers of one name are in the order of their creation.
    """
    if not rows:
        return
    groups = _groups(rows)
    takers = [optimizer for optimizer in result.found if optimizer.has_moments]
    if groups is None or len(groups) != len(takers):
        many = f"{len(takers)} optimizer{'' if len(takers) == 1 else 's'}"
        found = f"{many} of the Adam family for {len(rows)} powers of beta"
        _leave(rows, takers, result, found)
        return
    pairs = _by_scope(groups, takers, in_order)
    if pairs is None and _all_equal(groups):
        pairs = list(zip(takers, [group for _, group in groups], strict=True))
    if pairs is None:
        _leave(rows, takers, result, "powers of beta of several optimizers, which differ")
        return
    for optimizer, group in pairs:
        optimizer.state = group


def _groups(rows: Sequence[VariableRow]) -> list[tuple[str, dict[str, VariableRow]]] | None:
    """The powers that were created together, each with its scope, in the order of creation."""
    by_scope: dict[str, dict[str, list[tuple[int, VariableRow]]]] = {}
    for row in rows:
        scope, _, leaf = row.key.rpartition("/")
        base, number = numbered(leaf)
        by_scope.setdefault(scope, {}).setdefault(base, []).append((number, row))
    groups: list[tuple[str, dict[str, VariableRow]]] = []
    for scope, kinds in by_scope.items():
        columns = [sorted(column, key=lambda item: item[0]) for column in kinds.values()]
        if len({len(column) for column in columns}) != 1:
            return None
        for position in range(len(columns[0])):
            members = [column[position][1] for column in columns]
            groups.append((scope, dict(zip(kinds, members, strict=True))))
    return groups


def _by_scope(
    groups: list[tuple[str, dict[str, VariableRow]]], takers: list[Optimizer], in_order: bool
) -> list[tuple[Optimizer, dict[str, VariableRow]]] | None:
    """One each; else the scope of a name, if each scope has one; else the numbers of one name."""
    if len(groups) == 1:
        return [(takers[0], groups[0][1])]
    scopes = dict(groups)
    if len(scopes) == len(groups) and {taker.scope for taker in takers} == scopes.keys():
        if len({taker.scope for taker in takers}) == len(takers):
            return [(taker, scopes[taker.scope]) for taker in takers]
    if in_order and len(scopes) == 1 and len({(taker.scope, taker.base) for taker in takers}) == 1:
        return list(zip(takers, [group for _, group in groups], strict=True))
    return None


def _all_equal(groups: list[tuple[str, dict[str, VariableRow]]]) -> bool:
    """Whether any optimizer may take any group, since all hold the same values."""
    values = {
        tuple((name, row.checksum) for name, row in sorted(group.items())) for _, group in groups
    }
    return len(values) == 1 and all(checksum is not None for _, checksum in next(iter(values)))


def _leave(
    rows: Sequence[VariableRow], takers: list[Optimizer], result: Optimizers, reason: str
) -> None:
    """Without its powers an optimizer would not go on as it did: its slots stay open, too."""
    result.open += rows
    for optimizer in takers:
        result.open += [row for row, _ in optimizer.slots]
        result.found.remove(optimizer)
    result.reasons.append(reason)
