"""Objects of any structure: the inventory has the keys that TensorFlow writes and no others."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.runtime import inventory, restore

pytestmark = pytest.mark.tensorflow

LEAF, LIST, TUPLE, DICT, MODULE, SAME, PLAIN = range(7)
KEYS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6
) | st.sampled_from(["a/b", ".", "..", ".S", "w:0", ".OPTIMIZER_SLOT", "0", "x y"])


def tree(depth: int = 3) -> st.SearchStrategy[Any]:
    """A description of an object; objects themselves are made by the test."""
    leaf = st.sampled_from([(LEAF,), (SAME,), (PLAIN,)])
    if depth == 0:
        return leaf
    below = tree(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(st.sampled_from([LIST, TUPLE]), st.lists(below, max_size=3)),
        st.tuples(st.sampled_from([DICT, MODULE]), st.dictionaries(KEYS, below, max_size=3)),
    )


class Plain:
    """Hides a variable from TensorFlow."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Maker:
    """Makes an object of its description, and counts what it hides."""

    def __init__(self, start: float) -> None:
        self.shared = tf.Variable(start)
        self.start = start
        self.hidden = 0
        self.made = 0

    def make(self, described: Any) -> Any:
        kind, *rest = described
        if kind == SAME:
            return self.shared
        if kind == PLAIN:
            self.hidden += 1
            return Plain(tf.Variable(0.0, name="hidden"))
        if kind == LEAF:
            self.made += 1
            return tf.Variable([self.start, float(self.made)])
        if kind in (LIST, TUPLE):
            made = [self.make(one) for one in rest[0]]
            return made if kind == LIST else tuple(made)
        return self._named(kind, rest[0])

    def _named(self, kind: int, described: dict[str, Any]) -> Any:
        made = {name: self.make(one) for name, one in described.items()}
        if kind == DICT:
            return made
        module = tf.Module()
        for name, value in made.items():
            setattr(module, f"_{name}_x", value)  # never a name that tf.Module has itself
        return module


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(described=st.dictionaries(KEYS, tree(), max_size=4))
def test_any_object(described: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(1.0)
        obj = maker.make((MODULE, described))
        path = tf.train.Checkpoint(obj).write(str(Path(folder) / "x"))
        file = open_checkpoint(path)
        found = inventory(obj, values=True)
        assert {row.key: row.checksum for row in found.rows} == {
            key: file.checksum(key) for key in file.tensors if key != OBJECT_GRAPH_KEY
        }
        assert len(found.unsaved) == maker.hidden
        other = Maker(2.0).make((MODULE, described))
        report = restore(other, path, partial=True)
        assert all(entry.ok for entry in report.entries if entry.before)
        again = inventory(other, values=True)
        assert {row.key: row.checksum for row in again.rows} == {
            row.key: row.checksum for row in found.rows
        }
