"""Whatever the layout of two checkpoints: byte-wise comparison says what numpy says."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.bundles import BundleWriter, array
from tf2migrate.checkpoint.bytewise import runs, scan
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.values import Pair, Stored, compare_values

Layout = list[tuple[int, int, int]]
"""Of each tensor in the order of writing: its number, its data file, its parts (0: whole)."""


@pytest.fixture(scope="module", autouse=True)
def _tiny_chunks() -> Any:
    """So that tensors of a few numbers are cut in all ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "CHUNK", 32)
        patch.setattr(scan, "CHUNK", 32)
        patch.setattr(runs, "SEGMENT", 72)
        yield


def layouts(number: int) -> st.SearchStrategy[Layout]:
    order = st.permutations(range(number))
    places = st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0, 0, 1, 2, 3])),
        min_size=number,
        max_size=number,
    )
    pairs = st.tuples(order, places)
    return pairs.map(lambda both: [(n, *both[1][n]) for n in both[0]])


def written(prefix: Path, values: list[NDArray[Any]], layout: Layout) -> str:
    writer = BundleWriter(prefix, shards=2)
    for number, shard, wanted in layout:
        parts = min(wanted, len(values[number]))
        if parts:
            writer.add_parts(f"v{number}", values[number], parts)
        else:
            writer.add(f"v{number}", array(values[number]), shard)
    writer.close()
    return writer.prefix


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[int], Layout, Layout, list[tuple[int, int]], int]:
    rows = draw(st.lists(st.integers(0, 40), min_size=1, max_size=8))
    one, other = draw(layouts(len(rows))), draw(layouts(len(rows)))
    change = st.tuples(st.integers(0, len(rows) - 1), st.integers(0, 79))
    return rows, one, other, draw(st.lists(change, max_size=4)), draw(st.integers(1, 4))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_as_numpy_says(
    case: tuple[list[int], Layout, Layout, list[tuple[int, int]], int],
) -> None:
    rows, one, other, changes, workers = case
    start = np.cumsum([0, *rows])
    before = [
        np.arange(2 * start[n], 2 * start[n + 1], dtype="i2").reshape(count, 2)
        for n, count in enumerate(rows)
    ]
    after = [value.copy() for value in before]
    for number, position in changes:
        if position < after[number].size:
            after[number].reshape(-1)[position] += 1
    with tempfile.TemporaryDirectory() as folder:
        old = open_checkpoint(written(Path(folder, "old"), before, one))
        new = open_checkpoint(written(Path(folder, "new"), after, other))
        keys = [f"v{number}" for number in range(len(rows))]
        pairs = [Pair(Stored(old, key), Stored(new, key)) for key in keys]
        found = compare_values(pairs, workers=workers)
    for number, compared in enumerate(found):
        distance = np.abs(after[number].astype(int) - before[number])
        assert compared.difference.unequal == np.count_nonzero(distance)
        assert compared.difference.largest == distance.max(initial=0)
