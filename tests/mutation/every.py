"""Mutants of random correct migrations, as a strategy."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from .forms import (
    by_open_names,
    by_owner,
    by_owner_names,
    by_pattern,
    by_scopes,
    by_set,
    by_synonyms,
)
from .forms_of_keras import by_keras_optimizer
from .forms_of_values import by_cells, by_parts, by_series, by_transforms
from .migration import Migration, swapped
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

FORMS: tuple[Callable[[], st.SearchStrategy[Migration]], ...] = (
    *(by_set, by_owner, by_owner_names, by_scopes, by_synonyms, by_pattern, by_open_names),
    *(by_transforms, by_parts, by_cells, by_series, by_keras_optimizer),
)


def migrations() -> st.SearchStrategy[Migration]:
    """Correct migrations of every form."""
    return st.one_of(*(form() for form in FORMS))


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
    if draw(st.integers(0, 3)) == 0:
        migration = swapped(migration)
    objects = draw(st.sampled_from((True, True, False)))
    kinds = draw(st.permutations(tuple(MUTATIONS)))
    for one in kinds if kind is None else (kind, *kinds):
        choices = [*MUTATIONS[one](migration, objects)]
        if choices:
            make: Make = draw(st.sampled_from(choices))
            return make()
    raise AssertionError("every migration has a variable that can be dropped")
