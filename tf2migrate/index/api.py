"""What the names of TensorFlow 1 are, and what TensorFlow 2 made of them.

The table is `data/api.json`, made of an installed TensorFlow 1.15.5 and 2.21 with
Keras 3 by `scripts/api_tables.py`. It is read when the first question is asked.

A *canonical name* is the same for every way to reach an object:

- `tf.train.Saver` for a public name, below `tensorflow` or `tensorflow.compat.v1`.
  Two public names of one object stay two (`tf.log`, `tf.math.log`: TensorFlow 2 has
  only the second); `primary` joins them.
- `tf.compat.v2.train.Checkpoint` for a name that was asked for in `compat.v2`.
- For contrib the name in the family whose code defines the object: `get_variables`
  is `tf.contrib.framework.get_variables`, `conv2d` is `tf.contrib.layers.conv2d`, also
  when reached through `tf.contrib.slim`, the package `tf_slim` or a private module;
  what slim itself defines is `tf.contrib.slim.learning.train`. Synonyms become one
  name: `convolution2d` is `conv2d`.
- For a private module the public name of the same object, one that TensorFlow 2 has
  too if there is one, so that it never proves more than the program said; if only
  `compat.v2` has the object, that name. Other private names: `tf.python...`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("data") / "api.json"

# Roots that mean `tf.`, the longest first.
_ROOTS = (
    ("tensorflow._api.v2.compat.v1", "tf"),
    ("tensorflow._api.v2.compat.v2", "tf.compat.v2"),
    ("tensorflow._api.v2.v2", "tf.compat.v2"),
    ("tensorflow._api.v2", "tf"),
    ("tensorflow._api.v1", "tf"),
    ("tensorflow_core", "tf"),
    ("tensorflow_estimator.estimator", "tf.estimator"),
    ("tensorflow", "tf"),
    # tf_slim is contrib.slim, contrib.layers and the part of contrib.framework they use.
    ("tf_slim.layers.utils", "tf.contrib.layers.python.layers.utils"),
    *((f"tf_slim.layers.{name}", "tf.contrib.layers") for name in
      ("initializers", "layers", "normalization", "optimizers", "regularizers", "summaries")),
    ("tf_slim.layers", "tf.contrib.layers"),
    ("tf_slim.ops.arg_scope", "tf.contrib.framework"),
    ("tf_slim.ops.variables", "tf.contrib.framework"),
    ("tf_slim.training.training", "tf.contrib.training"),
    ("tf_slim.training", "tf.contrib.training"),
    ("tf_slim.data", "tf.contrib.slim.python.slim.data"),
    ("tf_slim.metrics", "tf.contrib.metrics"),
    ("tf_slim", "tf.contrib.slim"),
)  # fmt: skip


class Status(Enum):
    """What became of a name of TensorFlow 1.15 in TensorFlow 2 with Keras 3."""

    SAME_IN_V2 = "the same object under the same name in v2"
    V1_ONLY = "in compat.v1 only, or with another meaning in v2"
    NEEDS_KERAS2 = "in compat.v1, but raises unless Keras 2 is used"
    CONTRIB_WITH_HOME = "contrib, and the same object as a name outside of it"
    CONTRIB = "contrib, and nowhere else"
    GONE = "in TensorFlow 1.15, not in compat.v1"
    UNKNOWN = "not a name of TensorFlow 1.15"


_STATUS = {
    "same": Status.SAME_IN_V2,
    "differs": Status.V1_ONLY,
    "v1": Status.V1_ONLY,
    "keras2": Status.NEEDS_KERAS2,
    "gone": Status.GONE,
}


@cache
def canonical(dotted: str) -> str:
    """The canonical name for a full Python path; what is not TensorFlow is kept.

    `tensorflow.compat.v1.train.Saver` is `tf.train.Saver`. Attributes of a known
    name follow it: `tensorflow.Variable.initializer` is `tf.Variable.initializer`.
    """
    name = _public(dotted)
    if not name.startswith(("tf.contrib.", "tf.python.")):
        return name
    # An alias may lead to the alias of a module: few steps, and never in a circle.
    for _ in range(4):
        found = _renamed("aliases", name)
        if found is None:
            break
        name = found
    return name


def status(name: str) -> Status:
    """What became of a name; an attribute of a class has the status of the class.

    `UNKNOWN` also for names that only older releases had (`tf.train.SummaryWriter`)
    or only newer ones have; any name below `tf.contrib` is at least `CONTRIB`.
    """
    name = canonical(name)
    if name == "tf" or name.startswith("tf.compat.v2."):
        return Status.SAME_IN_V2
    if name.startswith("tf.contrib"):
        return Status.CONTRIB if home(name) is None else Status.CONTRIB_WITH_HOME
    group = _group(name)
    return Status.UNKNOWN if group is None else _STATUS[group.rstrip("+")]


@cache
def home(name: str) -> str | None:
    """The name outside contrib that is the same object in TensorFlow 1.15, if any.

    It may be one that needs Keras 2: `tf.nn.rnn_cell.LSTMCell`. The status tells.
    """
    name = canonical(name)
    return _renamed("homes", name) if name.startswith("tf.contrib.") else None


@cache
def primary(name: str) -> str:
    """The shortest name outside contrib of the same object, or the canonical name.

    `tf.initializers.global_variables` is `tf.global_variables_initializer`. The
    names differ in what TensorFlow 2 makes of them: not for `is_tf1_only`.
    """
    name = home(name) or canonical(name)
    return _renamed("primary", name) or name


def is_tf1_only(name: str) -> bool:
    """Whether a use of this name proves that a file is TensorFlow 1 code.

    True if no v2 namespace ever had it, neither that of TensorFlow 2 now nor that of
    1.15, so `tf.estimator.Estimator` proves nothing. A name that was written with
    `compat.v1` in it is a TensorFlow 1 name, but the caller may think otherwise of
    the file.
    """
    name = canonical(name)
    if name.startswith("tf.contrib"):
        return True
    return _group(name) in {"v1", "keras2", "gone"}


def _public(dotted: str) -> str:
    """The path below `tf`, with the layers that mean nothing taken off."""
    if dotted.partition(".")[0] in {"tensorflow", "tensorflow_core", "tensorflow_estimator",
                                    "tf_slim"}:  # fmt: skip
        for root, short in _ROOTS:
            if dotted == root or dotted.startswith(root + "."):
                dotted = short + dotted[len(root) :]
                break
    while dotted == "tf.compat.v1" or dotted.startswith("tf.compat.v1."):
        dotted = "tf" + dotted[len("tf.compat.v1") :]
    return dotted


def _group(name: str) -> str | None:
    """The group of the longest known part of a name; none if a module lacks the rest."""
    head, rest = name, False
    while "." in head:
        module, _, last = head.rpartition(".")
        group = _words("names", module).get(last)
        if group is not None:
            return None if rest and head in _table()["names"] else group
        head, rest = module, True
    return None


def _renamed(kind: str, name: str) -> str | None:
    """A name with its longest part replaced that the table renames; none if there is none."""
    head, tail = name, ""
    while "." in head:
        module, _, last = head.rpartition(".")
        target = _words(kind, module).get(last)
        if target is not None:
            return target + tail
        head, tail = module, f".{last}{tail}"
    return None


@cache
def _words(kind: str, module: str) -> Mapping[str, str]:
    """One line of the table: name -> group, or name -> the full name it stands for."""
    found = {}
    for group, words in _table()[kind].get(module, {}).items():
        for word in words.split():
            old, _, new = word.partition("=")
            found[old] = group if kind == "names" else f"{group}.{new or old}"
    return found


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_DATA.read_bytes())
    return table
