"""Run scenarios and migrations, each once in a process."""

from __future__ import annotations

import platform
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.silent_losses import migrations, scenarios
from tests.silent_losses.registry import MIGRATIONS, SCENARIOS, Migration, Scenario, Situation
from tests.silent_losses.verdicts import Said, Verdict, plain, said, verdict

for package in (scenarios, migrations):
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")

__all__ = ["MIGRATIONS", "SCENARIOS", "Outcomes", "run", "versions"]


@dataclass(frozen=True)
class Outcomes:
    """What a scenario or a migration has shown.

    Attributes:
      values: by variable the value that it should have, and the one that it has.
      tensorflow: the verdict of each check of TensorFlow's.
      ours: what each of our checks reports.
    """

    values: dict[str, tuple[Any, Any]]
    tensorflow: dict[str, Verdict]
    ours: dict[str, Said]

    def differing(self) -> set[str]:
        """The variables whose value is not what it should be."""
        return {name for name, (one, other) in self.values.items() if not _equal(one, other)}


def run(case: Scenario | Migration) -> Outcomes:
    """Build the situation in an empty directory and ask all checks."""
    return _run(case.build)


@cache
def _run(build: Situation) -> Outcomes:
    # names of slot variables and of Keras objects are numbered through the whole process
    keras.utils.clear_session(free_memory=False)
    tf.compat.v1.reset_default_graph()
    with tempfile.TemporaryDirectory() as folder:
        found = build(Path(folder))
        values = {name: (plain(one), plain(other)) for name, (one, other) in found.values.items()}
        return Outcomes(
            values,
            {name: verdict(check, folder) for name, check in found.tensorflow.items()},
            {name: said(check, folder) for name, check in found.ours.items()},
        )


def versions() -> str:
    """What the verdicts and messages are those of."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"TensorFlow {tf.__version__}, Keras {keras.__version__}, Python {python}."


def _equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(np.asarray(one), np.asarray(other)))
