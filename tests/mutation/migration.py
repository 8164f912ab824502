"""A correct migration: both checkpoints, and the name map that goes with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import strategies as st

from tf2migrate.model.names import NameRow

from .programs import Program
from .saved import Item, Side, Value

KEPT, EAGER, ANONYMOUS = "kept", "eager", "anonymous"
"""What variables are called after: as before (graph mode); as eager mode calls them,
without the numbers that make names unique, slots numbered through the process; or all
the same, as in a program that gives no names."""


Accepted = Callable[[Value], Sequence[Value]]


@dataclass(frozen=True, eq=False)
class Migration:
    """Two checkpoints that hold the same variables.

    Attributes:
      form: how it was migrated, in words.
      names: the rows of the name map.
      unnamed: TF1 names that the evidence leaves open, so that they may be any.
      accepted: by TF1 name, the values after that are right for one before; that
        very value where there is no transform. What an LSTM's forget bias was, only
        its program knows, so two are right.
      directed: whether what leads from one side to the other (a map, transforms)
        leads from TensorFlow 1 to 2 only.
    """

    form: str
    before: Side
    after: Side
    names: tuple[NameRow, ...] = ()
    unnamed: frozenset[str] = frozenset()
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    directed: bool = False


def swapped(migration: Migration) -> Migration:
    """The same, from TensorFlow 2 to 1."""
    return replace(migration, before=migration.after, after=migration.before)


def full_names(draw: st.DrawFn, program: Program, mode: str) -> dict[str, str]:
    """What each variable is called after, by its TF1 name."""
    if mode == KEPT:
        return {variable.name: variable.name for variable in program.variables}
    earlier = draw(st.integers(0, 2))  # optimizers that the process had before
    counts: Counter[str] = Counter()
    names = {}
    for variable in program.variables:
        plain = variable.plain if mode == EAGER else "Variable"
        if variable.owner:
            leaf = variable.plain.rpartition("/")[2]
            plain = variable.plain if mode == EAGER else f"Variable/{leaf}"
            number = counts[plain] + earlier
            counts[plain] += 1
            plain = f"{plain}_{number}" if number else plain
        elif variable.attached:
            plain = variable.plain.rpartition("/")[2]
        names[variable.name] = plain
    return names


COUNTER = "save_counter"


def counter_item() -> Item:
    """What `tf.train.Checkpoint.save` adds."""
    return Item(COUNTER, Value("int64", np.array(3)), COUNTER, (COUNTER,))
