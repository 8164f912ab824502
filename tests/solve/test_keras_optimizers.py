"""Keras optimizers after TensorFlow 1's: slots by structure, steps from powers, nothing guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.solve.rows import tf1_inventory
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.files.checksum import crc32c
from tf2migrate.model.comparison import Depth, Entry, Outcome, Report
from tf2migrate.model.inventory import Inventory, Kind, SlotOf, Source, VariableRow

Arrays = dict[str, Any]
VALUES = Depth.VALUES


def powers(steps: int, beta1: float = 0.9, number: str = "") -> Arrays:
    return {
        f"beta1_power{number}": np.float32(beta1 ** (steps + 1)),
        f"beta2_power{number}": np.float32(0.999 ** (steps + 1)),
    }


def tf1(arrays: Arrays) -> Inventory:
    values = {name: np.asarray(array) for name, array in arrays.items()}
    found = tf1_inventory({name: value.shape for name, value in values.items()})
    return _with_values(found, values)


def keras(weights: Arrays, slots: dict[str, Arrays], path: str = "o", **state: Any) -> Inventory:
    """Weights and an optimizer with slots (by their name, by the weights' paths) and state."""
    rows = [
        VariableRow(name, np.shape(value), "float32", path=name) for name, value in weights.items()
    ]
    values = {name: np.asarray(value) for name, value in weights.items()}
    for name, value in state.items():
        dtype = "int64" if name == "_iterations" else "float32"
        key = f"{path}/{name}"
        rows.append(VariableRow(key, (), dtype, Kind.OPTIMIZER, name, key))
        values[key] = np.asarray(value, dtype)
    for slot, of_variables in slots.items():
        for variable, value in of_variables.items():
            key = f"{path}/_variables/{len(rows)}"
            owner = SlotOf(variable, slot, path)
            rows.append(
                VariableRow(key, np.shape(value), "float32", Kind.SLOT, path=key, slot=owner)
            )
            values[key] = np.asarray(value)
    return _with_values(Inventory(Source.TF2_CHECKPOINT, "new", tuple(rows)), values)


def _with_values(inventory: Inventory, values: Arrays) -> Inventory:
    return replace(inventory, values=lambda row: values[row.key])


def both(one: Inventory, other: Inventory) -> Inventory:
    assert one.values is not None
    assert other.values is not None
    first, second, keys = one.values, other.values, {row.key for row in one.rows}
    return replace(
        one,
        rows=(*one.rows, *other.rows),
        values=lambda row: first(row) if row.key in keys else second(row),
    )


def ramp(start: float) -> Any:
    return np.arange(start, start + 3, dtype=np.float32)


def entry(report: Report, label: str) -> Entry:
    (found,) = [
        each
        for each in report.entries
        if label in {text for row in (*each.before, *each.after) for text in (row.name, row.key)}
    ]
    return found


WEIGHTS = {"a": ramp(1), "b": ramp(5)}
ADAM = {
    **WEIGHTS,
    "a/Adam": ramp(10),
    "a/Adam_1": ramp(20),
    "b/Adam": ramp(30),
    "b/Adam_1": ramp(40),
}
MOMENTS = {
    "momentum": {"b": ramp(30), "a": ramp(10)},
    "velocity": {"b": ramp(40), "a": ramp(20)},
}


@pytest.mark.parametrize("depth", list(Depth))
def test_adam_is_settled_whole(depth: Depth) -> None:
    after = keras(WEIGHTS, MOMENTS, _iterations=10, _learning_rate=0.1)
    report = compare(tf1({**ADAM, **powers(10)}), after, depth=depth)
    report.raise_for_mismatch()
    assert entry(report, "beta1_power") is entry(report, "o/_iterations")
    assert entry(report, "beta1_power").transform == "iterations(0.9,0.999)"
    assert entry(report, "o/_learning_rate").outcome is Outcome.ONE_SIDED


@pytest.mark.parametrize("depth", [Depth.CHECKSUMS, Depth.VALUES])
def test_swapped_slots_are_seen(depth: Depth) -> None:
    swapped = {**MOMENTS, "momentum": {"a": ramp(30), "b": ramp(10)}}
    after = keras(WEIGHTS, swapped, _iterations=10, _learning_rate=0.1)
    report = compare(tf1({**ADAM, **powers(10)}), after, depth=depth)
    assert {each.label for each in report.failures} == {"a/Adam", "b/Adam"}


def test_other_steps_than_the_powers_tell_are_seen() -> None:
    after = keras(WEIGHTS, MOMENTS, _iterations=0, _learning_rate=0.1)
    report = compare(tf1({**ADAM, **powers(10)}), after, depth=VALUES)
    assert [each.label for each in report.failures] == ["beta1_power, beta2_power"]
    assert report.failures[0].outcome is Outcome.VALUE


def test_powers_that_have_vanished_leave_the_steps_to_the_global_step() -> None:
    before = tf1({**ADAM, **powers(20_000), "global_step": np.int64(20_000)})
    for steps, ok in ((20_000, True), (19_999, False)):
        after = keras(WEIGHTS, MOMENTS, _iterations=steps, _learning_rate=0.1)
        step = VariableRow("step", (), "int64", Kind.STEP, path="step")
        other = _with_values(replace(after, rows=(step,)), {"step": np.int64(20_000)})
        report = compare(before, both(after, other), depth=VALUES)
        assert report.ok is ok, report
        assert entry(report, "o/_iterations").transform == "constant(20000)"


def test_powers_that_tell_no_number_of_steps_are_no_match() -> None:
    after = keras(WEIGHTS, MOMENTS, _iterations=10, _learning_rate=0.1)
    before = tf1({**ADAM, **powers(10), "beta1_power": np.float32(0.5)})
    report = compare(before, after)
    assert [each.outcome for each in report.failures] == [Outcome.AMBIGUOUS]
    assert "do not tell how many steps" in report.failures[0].detail


def test_momentum_holds_the_learning_rate() -> None:
    before = tf1({"a": ramp(1), "a/Momentum": ramp(3)})
    wanted = ramp(3) * np.float32(-0.125)
    after = keras({"a": ramp(1)}, {"momentum": {"a": wanted}}, _iterations=0, _learning_rate=0.125)
    report = compare(before, after, depth=VALUES)
    report.raise_for_mismatch()
    assert entry(report, "a/Momentum").transform == "scale(-0.125)"
    raw = keras({"a": ramp(1)}, {"momentum": {"a": ramp(3)}}, _iterations=0, _learning_rate=0.125)
    assert [each.label for each in compare(before, raw, depth=VALUES).failures] == ["a/Momentum"]


@pytest.mark.parametrize("state", [{}, {"_learning_rate": 0.0}], ids=["schedule", "rate of 0"])
def test_momentum_without_a_learning_rate_is_left_open(state: Arrays) -> None:
    before = tf1({"a": ramp(1), "a/Momentum": ramp(3)})
    after = keras({"a": ramp(1)}, {"momentum": {"a": ramp(3)}}, _iterations=0, **state)
    report = compare(before, after)
    assert [each.outcome for each in report.failures] == [Outcome.AMBIGUOUS]


def rmsprop(momentum: Any) -> Inventory:
    return tf1({"a": ramp(1), "a/RMSProp": ramp(2), "a/RMSProp_1": momentum})


PLAIN = keras({"a": ramp(1)}, {"velocity": {"a": ramp(2)}}, _iterations=0, _learning_rate=0.1)


@pytest.mark.parametrize("depth", list(Depth))
def test_a_momentum_of_zeros_may_go(depth: Depth) -> None:
    report = compare(rmsprop(np.zeros(3, np.float32)), PLAIN, depth=depth)
    report.raise_for_mismatch()
    found = entry(report, "a/RMSProp_1")
    assert found.outcome is Outcome.ONE_SIDED
    assert ("was not read" in found.detail) is (depth is Depth.NAMES)


@pytest.mark.parametrize("depth", [Depth.CHECKSUMS, Depth.VALUES])
def test_a_momentum_of_other_numbers_is_lost(depth: Depth) -> None:
    report = compare(rmsprop(ramp(0)), PLAIN, depth=depth)
    assert [(each.label, each.outcome) for each in report.failures] == [
        ("a/RMSProp_1", Outcome.MISSING)
    ]
    assert "not all zeros" in report.failures[0].detail


def test_a_checksum_tells_zeros_without_reading() -> None:
    for value, ok in ((np.zeros(3, np.float32), True), (ramp(0), False)):
        before = rmsprop(value)
        rows = tuple(
            replace(row, checksum=crc32c(value.tobytes())) if row.key == "a/RMSProp_1" else row
            for row in before.rows
        )
        report = compare(replace(before, rows=rows, values=None), PLAIN)
        assert report.ok is ok
        assert "was not read" not in entry(report, "a/RMSProp_1").detail


def test_a_schedule_goes_by_the_global_step() -> None:
    before = tf1({"a": ramp(1), "global_step": np.int64(7)})
    for steps, ok in ((7, True), (0, False)):
        after = keras({"a": ramp(1), "global_step": np.int64(7)}, {}, _iterations=steps)
        rows = tuple(
            replace(row, kind=Kind.STEP, dtype="int64") if row.key == "global_step" else row
            for row in after.rows
        )
        report = compare(before, replace(after, rows=rows), depth=VALUES)
        assert report.ok is ok, report


def test_a_lost_slot_is_named() -> None:
    before = tf1({**ADAM, **powers(10)})
    after = keras(
        WEIGHTS, {**MOMENTS, "velocity": {"a": ramp(20)}}, _iterations=10, _learning_rate=0.1
    )
    report = compare(before, after, depth=VALUES)
    assert [(each.label, each.outcome) for each in report.failures] == [
        ("b/Adam_1", Outcome.MISSING)
    ]


@pytest.mark.parametrize("old", ["ProximalAdagrad", "Momentum"])
def test_another_optimizer_is_no_match(old: str) -> None:
    before = tf1({"a": ramp(1), f"a/{old}": ramp(3)})
    slots = {"accumulator": {"a": ramp(3)}}
    after = keras({"a": ramp(1)}, slots, _iterations=0, _learning_rate=0.1)
    outcomes = [each.outcome for each in compare(before, after, depth=VALUES).failures]
    assert outcomes.count(Outcome.MISSING) == 1
    assert outcomes.count(Outcome.UNEXPECTED) == 3


def adversaries(second: int) -> Inventory:
    """Two Adams of one name; the checksums of their powers are known, as those of a file are."""
    slots = {f"{name}/{slot}": ramp(1) for name in "ab" for slot in ("Adam", "Adam_1")}
    arrays = {**WEIGHTS, **slots, **powers(10), **powers(second, number="_1")}
    found = tf1(arrays)
    rows = tuple(
        replace(row, checksum=crc32c(arrays[row.key].tobytes()))
        if row.kind is Kind.OPTIMIZER
        else row
        for row in found.rows
    )
    return replace(found, rows=rows)


@pytest.mark.parametrize(("second", "settled"), [(10, True), (20, False)])
def test_two_optimizers_are_told_apart_by_what_they_train(second: int, settled: bool) -> None:
    """Which powers are whose is not told, and does not matter if they are equal."""

    def one(name: str) -> Inventory:
        slots = {"momentum": {name: ramp(1)}, "velocity": {name: ramp(1)}}
        return keras({name: WEIGHTS[name]}, slots, f"o{name}", _iterations=10, _learning_rate=0.1)

    report = compare(adversaries(second), both(one("b"), one("a")), depth=VALUES)
    assert report.ok is settled
    if not settled:
        assert {each.outcome for each in report.failures} == {Outcome.AMBIGUOUS}
        assert any("which differ" in each.detail for each in report.failures)


def test_the_state_of_keras_is_no_addition_among_objects_only() -> None:
    """Between two object-based checkpoints a learning rate that crept in is one."""
    weights = VariableRow("a", (3,), "float32", path="a")
    before = Inventory(Source.TF2_CHECKPOINT, "old", (weights,))
    after = keras({"a": ramp(1)}, {}, _iterations=0, _learning_rate=0.1)
    outcomes = [each.outcome for each in compare(before, after).failures]
    assert outcomes == [Outcome.UNEXPECTED] * 2
