"""The programs under the TensorFlow 2 of this interpreter do what they did under 1.15.5."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from . import harness

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
]

RTOL = 1e-5
ATOL = 1e-6
Run = tuple[harness.Program, harness.Recording]


def test_original_prints_the_same_through_compat_v1(original_run: Run) -> None:
    """If this fails, the program itself depends on the version of TensorFlow."""
    program, recording = original_run
    golden = harness.load_recording(program.golden)
    assert list(harness.output_differences(golden, recording, RTOL)) == []


def test_original_saves_the_same_through_compat_v1(original_run: Run) -> None:
    program, recording = original_run
    golden = harness.load_recording(program.golden)
    assert list(harness.checkpoint_differences(program, golden, recording, RTOL, ATOL)) == []


def test_migrated_program_prints_the_same(migrated_run: Run) -> None:
    program, recording = migrated_run
    golden = harness.load_recording(program.golden)
    assert list(harness.output_differences(golden, recording, RTOL)) == []


def test_migrated_program_saves_the_same(migrated_run: Run) -> None:
    program, recording = migrated_run
    golden = harness.load_recording(program.golden)
    assert {checkpoint["format"] for checkpoint in recording["checkpoints"]} == {"object"}
    assert list(harness.checkpoint_differences(program, golden, recording, RTOL, ATOL)) == []
