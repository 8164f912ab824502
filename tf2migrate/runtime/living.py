"""The variables that live in this process, whoever made them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import tensorflow as tf


def living_variables() -> Iterator[Any]:
    """Every tf.Variable that Python's garbage collector knows.

    Asks for types, not for `isinstance`: that would wake the lazy modules among
    the objects of the process.
    """
    kinds = set(_subclasses(tf.Variable))
    for obj in gc.get_objects():
        if type(obj) in kinds:
            yield obj


def _subclasses(kind: type) -> Iterator[type]:
    """The class and those below it, without helpers that stand for a variable for a moment."""
    if not kind.__name__.startswith("_"):
        yield kind
    subclasses: list[type] = kind.__subclasses__()
    for below in subclasses:
        yield from _subclasses(below)


class WeakVariables:
    """Some variables, held weakly; they cannot be in a set, since they have no hash."""

    def __init__(self) -> None:
        self._held: dict[int, weakref.ref[Any]] = {}

    def add(self, variable: Any) -> None:
        number = id(variable)
        self._held[number] = weakref.ref(variable)

    def __contains__(self, variable: Any) -> bool:
        found = self._held.get(id(variable))
        return found is not None and found() is variable  # an id may be taken again

    def __iter__(self) -> Iterator[Any]:
        """Those that are alive, in the order in which they were added."""
        for reference in list(self._held.values()):
            variable = reference()
            if variable is not None:
                yield variable
