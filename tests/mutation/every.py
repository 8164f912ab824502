"""Mutants of random correct migrations, as a strategy."""

from __future__ import annotations

from hypothesis import strategies as st

from .forms import migrations
from .migration import swapped
from .mutant import Mutant
from .mutations import (
    Make,
    Mutation,
    add,
    alias,
    change_dtype,
    drop,
    perturb,
    swap,
    swap_slots,
    transpose,
    untrack,
)
from .renaming import rename

MUTATIONS: dict[str, Mutation] = {
    "drop": drop,
    "add": add,
    "rename": rename,
    "swap": swap,
    "swap slots": swap_slots,
    "transpose": transpose,
    "dtype": change_dtype,
    "perturb": perturb,
    "alias": alias,
    "untrack": untrack,
}


@st.composite
def mutants(draw: st.DrawFn, kind: str | None = None) -> Mutant:
    """One random mutation of a random migration, mostly of the side of TensorFlow 2.

    Args:
      kind: of the mutation, if the migration has something to be mutated so (a
        matrix to transpose); any kind without it.
    """
    migration = draw(migrations())
    if not migration.names and draw(st.integers(0, 3)) == 0:
        migration = swapped(migration)
    objects = draw(st.sampled_from((True, True, False)))
    kinds = draw(st.permutations(tuple(MUTATIONS)))
    for one in kinds if kind is None else (kind, *kinds):
        choices = [*MUTATIONS[one](migration, objects)]
        if choices:
            make: Make = draw(st.sampled_from(choices))
            return make()
    raise AssertionError("every migration has a variable that can be dropped")
