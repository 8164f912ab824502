"""An assertion for tests: two sets of variables are equal."""

from __future__ import annotations

from typing import Any

from tf2migrate.model.comparison import Depth, Report
from tf2migrate.runtime.sides import Names, compared, name_rows, side


def assert_variables_match(
    before: Any,
    after: Any,
    names: Names = (),
    *,
    values: bool = False,
    atol: float = 0.0,
    rtol: float = 0.0,
    place: str | None = None,
) -> Report:
    """See that nothing was lost between `before` and `after`, and that nothing crept in.

    Args:
      before, after: each an Inventory, the prefix of a checkpoint (TF1's or
        TF2's), the path of a recording, a graph or a session, or an object that
        could be saved: a tf.Module, a tf.train.Checkpoint, a model.
      names: a name map: the path of `tf2migrate-names.json`, or its rows.
      values: compare values too, not only names, shapes and dtypes.
      atol, rtol: how far values may differ, as in `numpy.allclose`.
      place: which Checkpoint of the name map is meant, where several fit.

    Returns:
      The report of the comparison.

    Raises:
      VariablesMismatch: the sets are not equal; its message and its `report` name
        each variable that differs.
      CheckpointError: one of them cannot be read.
    """
    old, new = side(before), side(after)
    depth = Depth.VALUES if values else Depth.NAMES
    rows = name_rows(names, old, new, place)
    report = compared(old, new, rows, depth, atol=atol, rtol=rtol)
    report.raise_for_mismatch()
    return report
