"""Who belongs to whom: the variables before and after a migration.

Evidence is asked in the order of its strength, and what it settles stays
settled: the name map, equal paths and names, the structure of optimizers and
averages, documented renames. Nothing is settled where two solutions fit.
"""

from __future__ import annotations

from collections.abc import Sequence

from tf2migrate.checkpoint.solve.by_identity import leave_conflicts, match_identical, match_kind
from tf2migrate.checkpoint.solve.by_map import match_by_map, match_unknown, optimizer_paths
from tf2migrate.checkpoint.solve.cells import hold_cells, match_cells
from tf2migrate.checkpoint.solve.crossed import leave_crossed
from tf2migrate.checkpoint.solve.eager_names import leave_unnumbered
from tf2migrate.checkpoint.solve.kept_names import match_kept_names
from tf2migrate.checkpoint.solve.keras_optimizers import KerasOptimizers
from tf2migrate.checkpoint.solve.matching import Matching, is_slot
from tf2migrate.checkpoint.solve.optimizer_state import match_averages, match_optimizer_state
from tf2migrate.checkpoint.solve.parts import match_parts
from tf2migrate.checkpoint.solve.renames import match_numbers, match_synonyms
from tf2migrate.checkpoint.solve.scopes import match_scopes
from tf2migrate.checkpoint.solve.slot_groups import is_in_graph
from tf2migrate.checkpoint.solve.slots import match_slots
from tf2migrate.checkpoint.solve.tables import match_tables
from tf2migrate.model.inventory import Inventory, Kind
from tf2migrate.model.names import NameRow

__all__ = ["solve"]


def solve(before: Inventory, after: Inventory, names: Sequence[NameRow] = ()) -> Matching:
    """Match the variables of two inventories; what stays open has no partner.

    Args:
      names: the rows of one Checkpoint (`checkpoint.name_map.select`). What they
        say is final: a variable that they name is matched so or not at all.
    """
    matching = Matching.of(before, after)
    _set_counters_aside(matching)
    optimizers = optimizer_paths(names)
    match_by_map(matching, names)
    match_tables(matching, names)
    leave_crossed(matching)
    keras = KerasOptimizers(matching, before, after)
    hold_cells(matching)
    match_identical(matching, lambda row: not is_slot(row) and row.kind is not Kind.TABLE)
    match_slots(matching, optimizers)  # most slots go early, and the steps below see few rows
    match_unknown(matching, names)
    leave_conflicts(matching)
    match_kind(matching, Kind.STEP, "the only step")
    match_synonyms(matching)
    match_scopes(matching)
    match_numbers(matching)
    match_parts(matching)
    match_cells(matching)
    match_scopes(matching, equal_forms=False)
    keras.match()
    match_slots(matching, optimizers)
    match_averages(matching)
    match_optimizer_state(matching)
    match_identical(matching, lambda row: row.kind is not Kind.TABLE and not is_in_graph(row))
    match_kept_names(matching, matching.open_before(), matching.open_after())
    leave_unnumbered(matching)
    keras.release()
    return matching


def _set_counters_aside(matching: Matching) -> None:
    """A Checkpoint's `save_counter` numbers its files; it is no variable of the program."""
    match_kind(matching, Kind.SAVE_COUNTER, "bookkeeping of tf.train.Checkpoint")
    for side in (matching.before, matching.after):
        for key in [key for key, row in side.items() if row.kind is Kind.SAVE_COUNTER]:
            del side[key]
