"""What the rows of optimizers say, read backwards: the TF1 names of their slot variables."""

from __future__ import annotations

from collections.abc import Sequence

from tf2migrate.checkpoint.map_rows import ANY, shown
from tf2migrate.checkpoint.slots import default_name, family_of, slot_counts, slot_names
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, VariableRow
from tf2migrate.model.names import OPTIMIZER, SLOT_OF, UNKNOWN, NameRow, join_path, split_path


def base_of(row: NameRow) -> str:
    """The optimizer's name in TensorFlow 1 that a row such as `*/Adam*` means."""
    return default_name(row.tf1.rpartition("/")[2].strip(ANY)) or UNKNOWN


class OptimizerRows:
    """The optimizers of an object-based checkpoint that a name map calls by a TF1 name.

    What such a program calls its slot variables depends on what else its process has
    made: eager mode numbers their names through. TensorFlow 1 numbers those of one
    variable, in the order in which the optimizer creates them.
    """

    def __init__(self, old: Inventory, rows: Sequence[NameRow]) -> None:
        self._rows = {
            join_path(split_path(row.key)): row
            for row in rows
            if row.kind == OPTIMIZER and base_of(row) != UNKNOWN
        }
        self._slots: dict[str, set[str]] = {}
        self._shared: dict[tuple[str, str], set[str]] = {}
        if self._rows:
            for row in old.rows:
                self._add(row)

    def _add(self, row: VariableRow) -> None:
        said = self._said(row)
        if said is None or row.slot is None:
            return
        self._slots.setdefault(row.slot.optimizer, set()).add(row.slot.slot)
        users = self._shared.setdefault((row.slot.variable, base_of(said)), set())
        users.add(row.slot.optimizer)

    def _said(self, row: VariableRow) -> NameRow | None:
        for path in (row.path or "", *row.aliases):
            optimizer = path.partition(SLOT_OF)[2].rpartition("/")[0]
            if optimizer in self._rows:
                return self._rows[optimizer]
        return None

    def end(self, row: VariableRow) -> str | None:
        """What stands behind its variable's name, `Adam_1`; None where no row says it.

        Raises:
          CheckpointError: a row says the optimizer's name, but not the slot's number.
        """
        said = self._said(row)
        if said is None or row.slot is None:
            return None
        base = base_of(said)
        users = self._shared[row.slot.variable, base]
        if len(users) > 1:
            raise _open(row, said, f"{', '.join(sorted(users))} are both {base} for its variable")
        order = _order(base, self._slots[row.slot.optimizer])
        if order is None:
            raise _open(row, said, f"in what order {base} creates its slots is unknown")
        number = order.index(row.slot.slot)
        return f"{base}_{number}" if number else base


def _order(base: str, slots: set[str]) -> tuple[str, ...] | None:
    """All slots that an optimizer with these ones creates, in order."""
    if len(slots) == 1 and not slot_counts(base):
        return (*slots,)
    known = [slot_names(base, count) or () for count in slot_counts(base)]
    return next((names for names in known if slots <= set(names)), None) or family_of(slots)


def _open(row: VariableRow, said: NameRow, why: str) -> CheckpointError:
    return CheckpointError(
        "name map",
        f"the row {shown(said)} leaves the TF1 name of {row.path} open: {why}",
        "add a row for each slot variable, with a key such as"
        " model/w/.OPTIMIZER_SLOT/model/optimizer/m",
    )
