"""Object paths that stayed while the names of their variables changed places."""

from __future__ import annotations

from tf2migrate.checkpoint.compare import compare
from tf2migrate.model.comparison import Outcome, Report
from tf2migrate.model.names import NameRow

from .rows import name_row, tf2_inventory, tf2_row


def report(
    before: dict[str, str], after: dict[str, str], names: tuple[NameRow, ...] = ()
) -> Report:
    """Compare two files of vectors, each given by the names at the paths."""
    one, other = (
        tf2_inventory(*(tf2_row(path, (2,), name) for path, name in side.items()))
        for side in (before, after)
    )
    return compare(one, other, names)


def test_two_layers_of_a_list_that_changed_places() -> None:
    found = report(
        {"layers/0": "encoder/w", "layers/1": "decoder/w", "b": "b"},
        {"layers/0": "decoder/w", "layers/1": "encoder/w", "b": "b"},
    )
    assert found.counts() == {Outcome.MATCHED: 1, Outcome.AMBIGUOUS: 1}
    assert {row.name for row in found.failures[0].before} == {"encoder/w", "decoder/w"}
    assert "each other's names" in str(found)


def test_three_that_went_round() -> None:
    found = report({"0": "a", "1": "b", "2": "c"}, {"0": "b", "1": "c", "2": "a"})
    assert [len(entry.before) for entry in found.failures] == [3]


def test_numbers_of_a_users_own_series_that_changed_places() -> None:
    found = report({"0": "layer_0/w", "1": "layer_1/w"}, {"0": "layer_1/w", "1": "layer_0/w"})
    assert found.counts() == {Outcome.AMBIGUOUS: 1}


def test_numbers_that_keras_or_tf1_gives_do_not_count() -> None:
    found = report(
        {"g": "dense/kernel", "d": "dense_1/kernel"}, {"g": "dense_1/kernel", "d": "dense/kernel"}
    )
    assert found.ok


def test_new_names_do_not_count() -> None:
    found = report({"0": "a", "1": "b"}, {"0": "b", "1": "c"})
    assert found.ok


def test_the_name_map_settles_it() -> None:
    names = (name_row("a", "0"), name_row("b", "1"))
    assert report({"0": "a", "1": "b"}, {"0": "b", "1": "a"}, names).ok
