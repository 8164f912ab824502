"""The plugin that every pytest run of the user's environment imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)
MODULE = "tf2migrate.runtime.pytest_plugin"

TESTS = """
import tensorflow as tf
import pytest

def model(value):
    made = tf.Module()
    made.w = tf.Variable([value], name="w")
    return made

def test_equal(assert_variables_match):
    assert assert_variables_match(model(1.0), model(1.0), values=True).ok

def test_different(assert_variables_match):
    assert_variables_match(model(1.0), model(2.0), values=True)

def test_watched(watch_variables):
    made = model(1.0)
    watch_variables.raise_for_untracked(made)
    assert len(watch_variables.inventory.rows) == 1

def test_untracked(watch_variables):
    made, lost = model(1.0), tf.Variable(1.0, name="lost")
    watch_variables.raise_for_untracked(made)
"""


# The entry point of an installed package is left out, so that the source is what is tested.
PLUGIN = ("-p", "no:tf2migrate", "-p", MODULE)


@pytest.mark.tensorflow
def test_the_fixtures_are_there_and_their_failures_are_readable(pytester: pytest.Pytester) -> None:
    pytest.importorskip("tensorflow")
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "*VariablesMismatch: Module 'module' and Module 'module': NOT equal in*",
            "*value: w -> w: *",
            "*UntrackedVariables: a checkpoint of Module 'module' would not save 1 variable*",
            "*lost, created at *test_the_fixtures*.py:2*",
        ]
    )


def test_the_fixtures_are_listed_with_their_documentation(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(*PLUGIN, "--fixtures")
    result.stdout.fnmatch_lines_random(["assert_variables_match*", "watch_variables*"])


def test_importing_it_imports_neither_tensorflow_nor_numpy_and_is_quick() -> None:
    code = (
        "import sys, time, typing, pytest\n"
        "before = set(sys.modules)\n"
        "start = time.perf_counter()\n"
        f"import {MODULE}\n"
        "print(time.perf_counter() - start)\n"
        "print(' '.join(sorted(set(sys.modules) - before)))\n"
    )
    seconds = []
    for _ in range(3):
        result = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        )
        taken, modules = result.stdout.splitlines()
        seconds.append(float(taken))
        assert set(modules.split()) == {"tf2migrate", "tf2migrate.runtime", MODULE}
    assert min(seconds) < 0.02


def test_a_name_that_is_not_public_is_an_error() -> None:
    from tf2migrate import runtime  # noqa: PLC0415

    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = runtime.nothing
    assert {"restore", "watch", "inventory"} <= set(dir(runtime))


def test_the_entry_point_is_declared() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'[project.entry-points.pytest11]\ntf2migrate = "{MODULE}"\n' in text
