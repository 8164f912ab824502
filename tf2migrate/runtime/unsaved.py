"""Variables that an object can reach and that a checkpoint of it would not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tf2migrate.runtime import keras
from tf2migrate.runtime.origins import origin_of
from tf2migrate.runtime.reach import Reached, reachable
from tf2migrate.runtime.saved import Saved
from tf2migrate.runtime.values import is_eager


def unsaved_labels(dry_run: Saved) -> tuple[str, ...]:
    """A text for each: name, how the object leads to it, and the line that created it."""
    return tuple(label_of(reached.state, reached.path) for reached in unsaved(dry_run))


def unsaved(dry_run: Saved) -> Iterator[Reached]:
    """Variables and tables that the object reaches and that would not be written.

    Left out are those that a TF1 Saver would not have saved either: the counts of
    metrics, and what Keras keeps of its random numbers.
    """
    root = dry_run.root
    tables = {id(tensor.owner) for tensor in dry_run.tensors.values()}
    top = (root.obj, *root.more.values())
    for reached in reachable(top):
        if isinstance(reached.state, tf.Variable):
            if not dry_run.holds(reached.state) and not is_never_saved(reached.state):
                yield _shortened(reached)
        elif id(reached.state) not in tables:
            yield _shortened(reached)


def is_never_saved(variable: Any) -> bool:
    """Whether no TF1 program would have saved such a variable."""
    return keras.is_transient(variable) or _is_local(variable)


def _is_local(variable: Any) -> bool:
    """In a graph: in LOCAL_VARIABLES and not in GLOBAL_VARIABLES."""
    if is_eager(variable):
        return False
    keys = tf.compat.v1.GraphKeys
    graph = variable.graph
    in_local, in_global = (
        any(one is variable for one in graph.get_collection(key))
        for key in (keys.LOCAL_VARIABLES, keys.GLOBAL_VARIABLES)
    )
    return in_local and not in_global


def _shortened(reached: Reached) -> Reached:
    """Without the position in the tuple of tops that `unsaved` has made."""
    return Reached(reached.path.partition("]")[2].removeprefix("."), reached.state)


def label_of(state: Any, path: str) -> str:
    """A variable or table for people: its name, how it is reached, who created it."""
    name = getattr(state, "name", None)
    line = origin_of(state)
    parts = [name.partition(":")[0] if isinstance(name, str) else type(state).__name__]
    if path:
        parts.append(f"reached as {path}")
    if line is not None:
        parts.append(f"created at {line}")
    return ", ".join(parts)
