"""What a comparison says of each pair of variables, and of those without a partner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.model.comparison import Depth, Outcome, Report, VariablesMismatch
from tf2migrate.model.inventory import Inventory, Kind, Source, VariableRow
from tf2migrate.model.names import NameRow

from .rows import name_row, slot_row, tf1_inventory, tf2_inventory, tf2_row

Values = Mapping[str, NDArray[Any]]
MATRIX = np.arange(6, dtype=np.float32).reshape(2, 3)


def outcomes(report: Report) -> dict[str, str]:
    return {entry.label: entry.outcome.value for entry in report.entries}


def with_values(inventory: Inventory, values: Values, *, sums: bool = True) -> Inventory:
    """The inventory with values, and with their checksums if `sums`."""
    rows = tuple(
        replace(row, checksum=crc32c(values[row.key].tobytes()) if sums else None)
        for row in inventory.rows
    )
    return replace(inventory, rows=rows, values=lambda row: values[row.key])


def test_the_same_name_is_matched_and_another_is_renamed() -> None:
    before = tf1_inventory({"a": (2,), "s/b": (3,)})
    after = tf2_inventory(tf2_row("a", (2,)), tf2_row("model/x", (3,), "s/b"))
    report = compare(before, after, [name_row("s/b", "model/x")])
    assert report.ok
    assert outcomes(report) == {"a": "matched", "s/b": "matched"}
    other = tf2_inventory(tf2_row("a", (2,)), tf2_row("model/x", (3,), "Variable"))
    assert outcomes(compare(before, other, [name_row("s/b", "model/x")])) == {
        "a": "matched",
        "s/b": "renamed",
    }


def test_what_one_side_lacks_is_missing_or_unexpected_with_its_nearest() -> None:
    before = tf1_inventory({"encoder/kernel": (2, 3), "decoder/kernel": (2, 3), "step": ()})
    after = tf2_inventory(
        tf2_row("encoder/kernel", (2, 3)), tf2_row("decoder/matrix", (2, 3)), tf2_row("step", ())
    )
    report = compare(before, after)
    missing, unexpected = report.failures
    assert (missing.outcome, missing.label) == (Outcome.MISSING, "decoder/kernel")
    assert missing.candidates == ("decoder/matrix",)
    assert (unexpected.outcome, unexpected.label) == (Outcome.UNEXPECTED, "decoder/matrix")
    assert unexpected.candidates == ("decoder/kernel",)


def test_candidates_have_equal_values_first_then_like_names() -> None:
    before = tf1_inventory({"old/name": (4,)}, **{"old/name": 7})
    rows = [tf2_row(path, (4,)) for path in ("old/names", "x/y", "z", "old/nome")]
    rows[1] = replace(rows[1], checksum=7)
    (missing, *_) = compare(before, tf2_inventory(*rows)).failures
    assert missing.candidates == ("x/y", "old/names", "old/nome")


def test_a_message_names_each_variable_and_what_it_may_be() -> None:
    before = tf1_inventory({"decoder/kernel": (2, 3)})
    report = compare(before, tf2_inventory(tf2_row("decoder/matrix", (2, 3))))
    with pytest.raises(VariablesMismatch) as raised:
        report.raise_for_mismatch()
    assert raised.value.report is report
    assert str(raised.value) == (
        "old and new: NOT equal in names, shapes and dtypes\n"
        "  1 missing, 1 unexpected\n"
        "  missing: decoder/kernel (nearest: decoder/matrix)\n"
        "  unexpected: decoder/matrix (nearest: decoder/kernel)"
    )
    compare(before, before).raise_for_mismatch()


def test_shapes_and_dtypes() -> None:
    before = tf1_inventory({"a": (2, 3), "b": (4,), "c": (5,)})
    after = tf2_inventory(
        tf2_row("a", (3, 2)), tf2_row("b", (4,), dtype="float64"), tf2_row("c", (5,))
    )
    report = compare(before, after)
    assert outcomes(report) == {"a": "shape", "b": "dtype", "c": "matched"}
    assert [entry.detail for entry in report.failures] == [
        "[2, 3] before, [3, 2] after",
        "float32 before, float64 after",
    ]


def test_an_unknown_size_is_no_difference_and_an_unknown_rank_neither() -> None:
    before = tf1_inventory({"a": (2, 3), "b": (2,)})
    rows = [replace(tf2_row("a", ()), shape=(None, 3)), replace(tf2_row("b", ()), shape=None)]
    assert compare(before, tf2_inventory(*rows)).ok
    wrong = [replace(rows[0], shape=(None, 4)), rows[1]]
    assert outcomes(compare(before, tf2_inventory(*wrong))) == {"a": "shape", "b": "matched"}


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (True, False, "trainable"),
        (False, True, "trainable"),
        (True, True, "matched"),
        (None, False, "matched"),
        (True, None, "matched"),
    ],
)
def test_trained_on_one_side_only(before: bool | None, after: bool | None, outcome: str) -> None:
    one, other = (
        Inventory(Source.GRAPH, "g", (VariableRow("w", (), "float32", name="w", trainable=told),))
        for told in (before, after)
    )
    assert outcomes(compare(one, other)) == {"w": outcome}


@pytest.mark.parametrize("depth", [Depth.CHECKSUMS, Depth.VALUES])
@pytest.mark.parametrize("sums", [True, False], ids=["checksums", "no checksums"])
def test_values(depth: Depth, sums: bool) -> None:
    names: dict[str, tuple[int, ...]] = {"same": (2, 3), "other": (2, 3)}
    values = {"same": MATRIX, "other": MATRIX}
    before = with_values(tf1_inventory(names), values, sums=sums)
    changed = MATRIX.copy()
    changed[1, 2] += 0.5
    rows = tf2_inventory(*(tf2_row(name, (2, 3)) for name in names))
    after = with_values(rows, {"same": MATRIX, "other": changed}, sums=sums)
    report = compare(before, after, depth=depth)
    assert outcomes(report) == {"same": "matched", "other": "value"}
    (failure,) = report.failures
    assert failure.difference == 0.5
    assert failure.detail == "1 of 6 elements differ, by 0.5 at most"
    assert compare(before, after).ok  # names do not show it
    assert compare(before, after, depth=Depth.VALUES, atol=0.5).ok


def test_checksums_without_values_are_enough() -> None:
    before = tf1_inventory({"a": (2,), "b": (2,)}, a=1, b=2)
    rows = [replace(tf2_row(name, (2,)), checksum=crc) for name, crc in (("a", 1), ("b", 3))]
    report = compare(before, tf2_inventory(*rows), depth=Depth.CHECKSUMS)
    assert outcomes(report)["a"] == "matched"


def transform(text: str) -> list[NameRow]:
    return [replace(name_row("w", "w"), transform=text)]


@pytest.mark.parametrize(
    ("text", "shape", "dtype", "outcome", "detail"),
    [
        ("transpose(1,0)", (3, 2), "float32", Outcome.TRANSFORMED, ""),
        ("transpose(1,0)", (2, 3), "float32", Outcome.SHAPE, "[3, 2] expected, [2, 3] after"),
        ("cast(float64)", (2, 3), "float64", Outcome.TRANSFORMED, ""),
        ("cast(float64)", (2, 3), "float32", Outcome.DTYPE, "float64 expected, float32 after"),
        ("transpose(2,1,0)", (3, 2), "float32", Outcome.SHAPE, ""),
    ],
    ids=["axes", "axes that are not changed", "type", "type that is not changed", "no such axes"],
)
def test_what_a_transform_makes_of_it(
    text: str, shape: tuple[int, ...], dtype: str, outcome: Outcome, detail: str
) -> None:
    after = tf2_inventory(tf2_row("w", shape, dtype=dtype))
    (entry,) = compare(tf1_inventory({"w": (2, 3)}), after, transform(text)).entries
    assert entry.outcome is outcome
    assert entry.transform == text
    assert entry.detail == detail or not detail


def test_values_are_compared_after_the_transform() -> None:
    before = with_values(tf1_inventory({"w": (2, 3)}), {"w": MATRIX})
    right = np.ascontiguousarray(MATRIX.T)
    after = tf2_inventory(tf2_row("w", (3, 2)))
    names = transform("transpose(1,0)")
    for value, outcome in ((right, Outcome.TRANSFORMED), (right + 1, Outcome.VALUE)):
        report = compare(before, with_values(after, {"w": value}), names, depth=Depth.VALUES)
        assert [entry.outcome for entry in report.entries] == [outcome]


def test_two_solutions_are_ambiguous_and_both_are_named() -> None:
    before = tf1_inventory({"Variable": (4, 4), "Variable_1": (4, 4)})
    after = tf2_inventory(tf2_row("m/u", (4, 4)), tf2_row("m/v", (4, 4)))
    report = compare(before, after, [name_row("?", "m/u"), name_row("?", "m/v")])
    (entry,) = report.entries
    assert entry.outcome is Outcome.AMBIGUOUS
    assert entry.label == "Variable, Variable_1"
    assert entry.candidates == ("m/u", "m/v")


@pytest.mark.parametrize("mapped", [True, False], ids=["by the map", "by the name"])
def test_a_variable_that_another_one_has_swallowed(mapped: bool) -> None:
    before = tf1_inventory({"a": (2,), "b": (2,)})
    places = ("m/a", "m/b") if mapped else ("a", "b")
    after = tf2_inventory(tf2_row(places[0], (2,), "a", aliases=(places[1],)))
    names = [name_row("a", "m/a"), name_row("b", "m/b")] if mapped else []
    report = compare(before, after, names)
    (entry,) = report.failures
    assert (entry.outcome, entry.label) == (Outcome.ALIASED, "b")
    assert places[0] in entry.detail


def test_a_second_path_to_a_variable_is_no_second_variable() -> None:
    after = tf2_inventory(tf2_row("shared", (2,), aliases=("model/w",)))
    assert compare(tf1_inventory({"w": (2,)}), after, [name_row("w", "model/w")]).ok


def test_a_variable_that_no_checkpoint_would_hold() -> None:
    before = tf1_inventory({"w": (2,), "s/b": (3,)})
    text = "s/b, reached as model.plain.b, created at train.py:7"
    after = tf2_inventory(tf2_row("w", (2,)), unsaved=(text, "extra"))
    report = compare(before, after)
    assert outcomes(report) == {"w": "matched", "s/b": "untracked", "extra": "untracked"}
    assert text in str(report)


def test_a_counter_of_saved_files_is_in_no_entry() -> None:
    counter = tf2_row("save_counter", (), dtype="int64", kind=Kind.SAVE_COUNTER)
    report = compare(tf1_inventory({"w": (2,)}), tf2_inventory(tf2_row("w", (2,)), counter))
    assert outcomes(report) == {"w": "matched"}


def test_lines_are_in_the_order_of_the_inventories() -> None:
    before = tf1_inventory({"z": (2,), "a": (2,), "m": (9,)})
    after = tf2_inventory(tf2_row("new", (1,)), tf2_row("a", (2,)), tf2_row("z", (2,)))
    labels = [entry.label for entry in compare(before, after).entries]
    assert labels == ["z", "a", "m", "new"]


def test_slots_are_told_apart_by_their_optimizers_not_by_their_values() -> None:
    """Both moments hold the other's value: each is compared with its own."""
    first, second = np.zeros(2, np.float32), np.ones(2, np.float32)
    before = with_values(
        tf1_inventory({"w": (2,), "w/Adam": (2,), "w/Adam_1": (2,)}),
        {"w": first, "w/Adam": first, "w/Adam_1": second},
    )
    rows = [slot_row("w", "o", slot, (2,)) for slot in ("m", "v")]
    values = {"w": first, rows[0].key: second, rows[1].key: first}
    after = with_values(tf2_inventory(tf2_row("w", (2,), "w"), *rows), values)
    report = compare(before, after, depth=Depth.CHECKSUMS)
    assert outcomes(report) == {"w": "matched", "w/Adam": "value", "w/Adam_1": "value"}


def test_two_models_that_have_nothing_in_common_are_compared_in_no_time() -> None:
    """Hints are for people: with thousands of lost variables, not each needs some."""
    before = tf1_inventory({f"net/block_{n}/w": (n % 7, 3) for n in range(3000)})
    after = tf2_inventory(*(tf2_row(f"model/layers/{n}/q", (n % 5, 3)) for n in range(3000)))
    report = compare(before, after)
    assert report.counts() == {Outcome.MISSING: 3000, Outcome.UNEXPECTED: 3000}
    assert report.entries[0].candidates
    assert not report.entries[2999].candidates
