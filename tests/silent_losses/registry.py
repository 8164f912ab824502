"""What a scenario of a loss is, what a correct migration is, and the lists of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.silent_losses.verdicts import Check, Expected

Values = Mapping[str, tuple[Any, Any]]
"""By variable: the value that it should have afterwards, and the one that it has.

None stands for no value: no such variable in the file.
"""


@dataclass(frozen=True)
class Observation:
    """What a scenario left behind, for the checks to look at.

    Attributes:
      values: of the variables that are lost, or of all that came along.
      tensorflow: TensorFlow's own checks, by name.
      ours: ours, by name; each must say the same.
    """

    values: Values
    tensorflow: Mapping[str, Check]
    ours: Mapping[str, Check]


Situation = Callable[[Path], Observation]


@dataclass(frozen=True)
class Scenario:
    """A migration in which something gets lost.

    Attributes:
      fact: number in the project's list of measured facts.
      title: what goes wrong, in words.
      name: the function's name, in words.
      build: builds the situation in an empty directory.
      tensorflow: what TensorFlow's checks say, by their name: `passes` or
        `raises SomeError`.
      ours: what became of each lost variable, by its label.
    """

    fact: str
    title: str
    name: str
    build: Situation
    tensorflow: Mapping[str, str]
    ours: Expected


@dataclass(frozen=True)
class Migration:
    """A correct migration: the counterpart of a loss where there is one, or another one.

    Attributes:
      tensorflow: as in Scenario; TensorFlow raises false alarms, too.
    """

    fact: str
    title: str
    name: str
    build: Situation
    tensorflow: Mapping[str, str] = field(default_factory=dict)


SCENARIOS: list[Scenario] = []
MIGRATIONS: list[Migration] = []


def scenario(
    fact: str, title: str, *, tensorflow: Mapping[str, str], ours: Expected
) -> Callable[[Situation], Situation]:
    """Decorator: the function builds a situation in which variables get lost."""

    def register(build: Situation) -> Situation:
        SCENARIOS.append(Scenario(fact, title, _words(build), build, tensorflow, ours))
        return build

    return register


def migration(
    fact: str, title: str, *, tensorflow: Mapping[str, str] | None = None
) -> Callable[[Situation], Situation]:
    """Decorator: the function builds a situation in which nothing gets lost."""

    def register(build: Situation) -> Situation:
        MIGRATIONS.append(Migration(fact, title, _words(build), build, tensorflow or {}))
        return build

    return register


def _words(build: Situation) -> str:
    return build.__name__.replace("_", " ")
