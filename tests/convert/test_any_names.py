"""Whatever variables are called: each has a place, no two the same, and all come back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bundles import write_bundle
from tests.convert.files import row, values
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.opening import open_checkpoint

PARTS = st.sampled_from(
    [
        *("a", "b", "w", "a.b", "", "part_0", "optimizer", "ExponentialMovingAverage"),
        *("Adam", "Adam_1", "Adam_2", "Adam_3", "Momentum", "Momentum_1", "RMSProp", "RMSProp_1"),
        *("RMSProp_2", "Ftrl", "Ftrl_1", "mine", "mine_1", "ExponentialMovingAverage_1"),
        *("beta1_power", "beta2_power", "beta1_power_1", "t-keys", "t-values", "biased"),
        *("local_step", "moving_mean", "global_step", ".S", "S", "w_²", "Adam_²", "Adam_٢", "é"),
    ]
)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join).filter(bool)
SHAPES = st.sampled_from([(), (2,), (2, 3)])
TYPES = st.sampled_from(["float32", "int64"])


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, st.tuples(SHAPES, TYPES), min_size=1, max_size=12), st.booleans())
def test_there_and_back(forms: dict[str, tuple[tuple[int, ...], str]], in_a_set: bool) -> None:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        arrays = {
            name: np.full(shape, number, dtype)
            for number, (name, (shape, dtype)) in enumerate(forms.items())
        }
        old = write_bundle(folder / "old", arrays)
        rows = [row("*", "{name}", "set")] if in_a_set else []
        new = convert(old, folder / "new", names=rows)
        graph = open_checkpoint(new.prefix).graph()
        assert graph is not None
        assert not [node for node in graph.nodes if node.children and node.attributes]
        assert new.report is not None
        assert new.report.ok
        back = convert(new.prefix, folder / "back", to="tf1")
        assert values(back.prefix) == values(old)
