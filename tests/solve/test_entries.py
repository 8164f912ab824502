"""What a line of a report calls the variables."""

from __future__ import annotations

import pytest

from tf2migrate.model.comparison import Entry, Outcome
from tf2migrate.model.inventory import VariableRow

NAMED = VariableRow("w", (), "float32", name="w")
AT_PATH = VariableRow("model/w", (), "float32", name="w", path="model/w")
UNNAMED = VariableRow("model/w", (), "float32", path="model/w")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ((NAMED,), (), "w"),
        ((NAMED,), (AT_PATH,), "w -> model/w"),
        ((), (AT_PATH,), "w at model/w"),
        ((), (UNNAMED,), "model/w"),
        ((), (NAMED,), "w"),
    ],
    ids=["before", "pair", "after, named otherwise", "after, without a name", "after, by name"],
)
def test_names_and_places(
    before: tuple[VariableRow, ...], after: tuple[VariableRow, ...], text: str
) -> None:
    assert str(Entry(Outcome.VALUE, before, after)) == f"value: {text}"
