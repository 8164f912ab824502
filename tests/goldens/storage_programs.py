"""TensorFlow 2 counterparts of scripts/checkpoint_programs/storage.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from tests.goldens.networks import Embedding, InThreeParts, Regression
from tests.goldens.optimizer_programs import row
from tests.goldens.program import Feed, Program
from tests.goldens.recordings import Golden
from tests.goldens.scopes import Scope

v1 = tf.compat.v1.train


def descent() -> Any:
    return v1.GradientDescentOptimizer(0.1)


def adam() -> Any:
    return v1.AdamOptimizer(0.02)


class Columns(Program):
    """A matrix that was in two parts of columns."""

    def build(self, root: Scope) -> None:
        self.w = root.variable("w", [3, 4])
        self.optimizer = adam()

    def predict(self, feed: Feed) -> Any:
        return tf.matmul(feed["x"], self.w)


class Tables(Program):
    """Two hash tables beside a weight."""

    missing = frozenset({"counts-keys", "counts-values", "words-keys", "words-values"})

    def build(self, root: Scope) -> None:
        make = tf.lookup.experimental.MutableHashTable
        root.counts = self.counts = make(tf.int64, tf.float32, 0.0)
        root.words = self.words = make(tf.string, tf.int64, -1)
        self.w = root.variable("w", [2, 1])
        self.optimizer = descent()

    def predict(self, feed: Feed) -> Any:
        count = self.counts.lookup(feed["keys"])
        return tf.matmul(tf.stack([tf.math.log1p(count), tf.ones_like(count)], 1), self.w)

    def train(self, feed: Feed) -> Any:
        counts = self.counts.lookup(feed["keys"])
        loss = super().train(feed)
        self.counts.insert(feed["keys"], counts + 1.0)
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        return {
            "prediction": self.predict(feed),
            "counts": self.counts.lookup(tf.range(7, dtype=tf.int64)),
            "words": self.words.lookup(tf.constant(["", "b\0c", "z"])),
        }


class Types(Regression):
    """Variables of all types that nothing changes, and a counter."""

    shapes: dict[str, tuple[int, ...]] = {  # noqa: RUF012
        "bool": (2,),
        "int8": (2,),
        "int16": (2,),
        "int32": (2, 1),
        "int64": (),
        "uint8": (1,),
        "uint16": (1,),
        "half": (2,),
        "double": (2,),
        "complex64": (1,),
        "complex128": (1,),
        "bfloat16": (2,),
    }

    def __init__(self) -> None:
        super().__init__(descent)

    def build(self, root: Scope) -> None:
        super().build(root)
        scope = root.scope("types")
        for name, shape in self.shapes.items():
            scope.variable(name, shape, tf.dtypes.as_dtype(name), trainable=False)
        scope.variable("empty", [0, 3], trainable=False)
        initial = tf.constant(["lost"] * 3)
        scope.string = tf.Variable(initial, trainable=False, name="types/string")
        self.counter = scope.variable("resource", [1], tf.int32, trainable=False)

    def train(self, feed: Feed) -> Any:
        loss = super().train(feed)
        self.counter.assign_add([1])
        return loss

    def outputs(self, feed: Feed) -> dict[str, Any]:
        return {**super().outputs(feed), "resource": self.counter}

    def values(self, golden: Golden) -> dict[str, Any]:
        """As the recording spells them: complex numbers as pairs, strings in Latin-1."""
        found = super().values(golden)
        for name in ("types/complex64", "types/complex128"):
            found[name] = np.stack([found[name].real, found[name].imag], -1)
        found["types/string"] = [text.decode("latin-1") for text in found["types/string"]]
        found["types/bfloat16"] = found["types/bfloat16"].astype(np.float32)
        return found


class RenamedKeys(Regression):
    """The Saver had keys of its own; the objects are called as the variables were."""

    names = (
        row("first layer/w", "net/w"),
        row("first layer/b:0", "net/b"),
        row("out", "net/out"),
    )

    def __init__(self) -> None:
        super().__init__(descent)

    def values(self, golden: Golden) -> dict[str, Any]:
        found = super().values(golden)
        return {name.tf1: found[name.key] for name in self.names}


class Vectors(Program):
    """A sum over vectors, trained with Momentum.

    Args:
      called: names of the vectors in TensorFlow 1.
    """

    def __init__(self, called: Sequence[str]) -> None:
        self.called = called
        super().__init__()

    def build(self, root: Scope) -> None:
        self.vectors = [self.vector(root, name) for name in self.called]
        self.optimizer = v1.MomentumOptimizer(0.05, 0.9)

    def vector(self, root: Scope, name: str) -> Any:
        return root.variable(name, [2])

    def trained(self) -> Sequence[Any]:
        return self.vectors

    def predict(self, feed: Feed) -> Any:
        return tf.add_n([tf.reduce_sum(tf.tanh(feed["x"] * v), 1) for v in self.vectors])


class InAList(Vectors):
    """Names that objects keep for themselves: the vectors are elements of a list."""

    def __init__(self, called: Sequence[str]) -> None:
        super().__init__(called)
        rows = (row(name, f"vectors/{i}") for i, name in enumerate(called))
        self.names = (*rows, row("*/Momentum*", "optimizer", "optimizer"))

    def build(self, root: Scope) -> None:
        super().build(root)
        root.vectors = self.vectors

    def vector(self, root: Scope, name: str) -> Any:
        del root
        return tf.Variable([77.0, 77.0], name=name)


class LikeSlots(Vectors):
    """`w` has no children, so `w/Ftrl_1` is an attribute of the root."""

    def vector(self, root: Scope, name: str) -> Any:
        if name != "w/Ftrl_1":
            return super().vector(root, name)
        variable = tf.Variable([77.0, 77.0], name=name)
        setattr(root, name, variable)
        return variable


ODD = ("a.b", "a.S/b", ".hidden", "net-1/w", "..", "a.Sb", ".OPTIMIZER_SLOT/w")
RESERVED = ("name", "variables/w", "save_counter", "submodules/name", "read", "self", "root/root")
LIKE_SLOTS = (
    *("head/Adam", "Adam/w", "w", "w/Ftrl_1", "moving_mean_of/w"),
    "b/ExponentialMovingAverage/w",
)

PROGRAMS: dict[str, Callable[[], Program]] = {
    "storage_partitioned_rows": partial(InThreeParts, descent, "p/emb"),
    "storage_partitioned_columns": Columns,
    "storage_v1_format": partial(Regression, adam),
    "storage_v1_partitioned": partial(InThreeParts, lambda: v1.MomentumOptimizer(0.05, 0.9)),
    "storage_sharded": partial(Embedding, adam),
    "storage_v1_sharded": partial(Embedding, adam),
    "storage_tables": Tables,
    "storage_types": Types,
    "storage_renamed_keys": RenamedKeys,
    "names_uniquified": partial(Vectors, ("w", "w_1", "w_2", "Variable", "Variable_1")),
    "names_odd": partial(Vectors, ODD),
    "names_reserved": partial(InAList, RESERVED),
    "names_like_slots": partial(LikeSlots, LIKE_SLOTS),
}
