"""Correct migrations: nothing is lost, and ours raises no alarm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.silent_losses.registry import Migration
from tests.silent_losses.running import MIGRATIONS, SCENARIOS, run
from tests.silent_losses.situations import tf1_checkpoint, tf1_fixture
from tf2migrate.checkpoint.files.opening import open_checkpoint

pytestmark = pytest.mark.tensorflow

each = pytest.mark.parametrize(
    "migration", MIGRATIONS, ids=lambda migration: f"{migration.fact} {migration.name}"
)


@each
def test_nothing_is_lost(migration: Migration) -> None:
    outcomes = run(migration)
    assert outcomes.values
    assert outcomes.differing() == set()


@each
def test_tensorflow_says_what_it_said(migration: Migration) -> None:
    found = {name: verdict.text for name, verdict in run(migration).tensorflow.items()}
    assert found == migration.tensorflow


@each
def test_ours_has_compared_everything_and_raises_no_alarm(migration: Migration) -> None:
    outcomes = run(migration)
    assert outcomes.ours
    for check, said in outcomes.ours.items():
        assert said.alarms == ()
        if check != "watch":
            assert said.compared >= len(outcomes.values)


def test_there_are_as_many_as_there_are_losses() -> None:
    assert len(MIGRATIONS) >= len(SCENARIOS)
    names = [*(case.name for case in MIGRATIONS), *(case.name for case in SCENARIOS)]
    assert len(set(names)) == len(names)


def test_a_saver_of_today_writes_what_that_of_tensorflow_1_wrote(tmp_path: Path) -> None:
    """So scenarios may write their name-based checkpoints themselves."""
    old = tf1_fixture("optimizer_adam")
    values = {name: tf.train.load_variable(old, name) for name, _ in tf.train.list_variables(old)}
    new = tf1_checkpoint(tmp_path, values)
    assert open_checkpoint(new).tensors == open_checkpoint(old).tensors
    assert all(
        np.array_equal(value, tf.train.load_variable(new, name)) for name, value in values.items()
    )
