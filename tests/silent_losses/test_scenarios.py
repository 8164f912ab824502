"""Every known silent loss: it happens, TensorFlow says what it says, ours names the variables."""

from __future__ import annotations

import pytest

from tests.silent_losses.registry import Scenario
from tests.silent_losses.running import SCENARIOS, run
from tests.silent_losses.verdicts import as_expected

pytestmark = pytest.mark.tensorflow

LISTED = {
    *(f"A1.{number}" for number in (3, *range(5, 16))),
    *("A2.3", "A2.4", "A2.8", "A2.9", "A2.11", "A2.13", "A3.4", "A4.4", "A5.5", "A5.6", "A6.2"),
    *("B6", "B7", "B8", "B9", "C4.2", "C4.4", "2g"),
}
"""The facts of which the project has promised to detect each loss."""

each = pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda scenario: f"{scenario.fact} {scenario.name}"
)


@each
def test_the_loss_happens(scenario: Scenario) -> None:
    outcomes = run(scenario)
    assert outcomes.values
    assert outcomes.differing() == set(outcomes.values)


@each
def test_tensorflow_says_what_it_said(scenario: Scenario) -> None:
    """A release of TensorFlow that says more, or less, is noticed here."""
    found = {name: verdict.text for name, verdict in run(scenario).tensorflow.items()}
    assert found == scenario.tensorflow


@each
def test_ours_names_what_is_lost_and_nothing_else(scenario: Scenario) -> None:
    assert scenario.ours
    for check, said in run(scenario).ours.items():
        assert as_expected(check, scenario.ours, said.alarms), said.alarms


def test_every_listed_fact_has_a_scenario() -> None:
    covered = {fact for scenario in SCENARIOS for fact in scenario.fact.split(", ")}
    assert covered >= LISTED
