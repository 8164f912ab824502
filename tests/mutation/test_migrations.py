"""Correct migrations raise no alarm, at any depth and in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .checks import reports
from .every import FORMS
from .migration import Migration, swapped

fixed = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_correct_migration_raises_no_alarm(
    form: Callable[[], st.SearchStrategy[Migration]],
) -> None:
    @fixed
    @given(form())
    def check(migration: Migration) -> None:
        for report in reports(migration):
            assert report.ok, f"{migration.form}\n{report}"
        for report in reports(swapped(migration)):
            assert report.ok, f"back: {migration.form}\n{report}"

    check()
