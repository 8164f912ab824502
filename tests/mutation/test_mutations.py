"""One random mistake in a correct migration is detected, and the report names the variable."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tf2migrate.model.comparison import Depth, Outcome
from tf2migrate.model.inventory import Kind

from .checks import not_in_one_entry, reports, verdict
from .every import MUTATIONS, mutants
from .mutant import Mutant

fixed = settings(max_examples=45, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_mutation_is_detected_and_named(kind: str) -> None:
    @fixed
    @given(mutants(kind))
    def check(mutant: Mutant) -> None:
        for report in reports(mutant.migration):
            wrong = verdict(mutant, report)
            assert not wrong, wrong
            assert not not_in_one_entry(mutant, report), f"{mutant.words}\n{report}"

    check()


@pytest.mark.parametrize("kind", ["swap", "swap slots", "perturb"])
def test_values_are_no_evidence(kind: str) -> None:
    """Names alone find nothing wrong with wrong values: whoever goes by values would.

    Powers of the betas of several optimizers may take each other's place, if they
    are all equal; that is all that is asked about values.
    """

    @fixed
    @given(mutants(kind))
    def check(mutant: Mutant) -> None:
        if mutant.depth is not Depth.NAMES:
            report = next(reports(mutant.migration))
            for entry in report.failures:
                assert entry.outcome is Outcome.AMBIGUOUS, report
                assert all(row.kind is Kind.OPTIMIZER for row in entry.before), report

    check()
