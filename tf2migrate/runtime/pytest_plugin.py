"""Fixtures for the tests of a migrated program.

pytest imports this module in each run in an environment that has the package, so
TensorFlow is imported by the fixtures and not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tf2migrate.model.comparison import Report
    from tf2migrate.runtime.watching import Watch


@pytest.fixture
def assert_variables_match() -> Callable[..., Report]:
    """`tf2migrate.runtime.assert_variables_match`: two sets of variables are equal.

    `assert_variables_match("golden/model-100", model, "tf2migrate-names.json", values=True)`
    """
    from tf2migrate.runtime import assert_variables_match as function  # noqa: PLC0415

    return function


@pytest.fixture
def watch_variables() -> Iterator[Watch]:
    """A `tf2migrate.runtime.watch` over the whole test.

    `watch_variables.raise_for_untracked(model)` at the end of the test fails for
    variables that the test has created and that a checkpoint of `model` would not save.
    """
    from tf2migrate.runtime import watch  # noqa: PLC0415

    with watch() as watching:
        yield watching
