"""The name map: which TensorFlow 1 variable became which object path.

The one file format that the codemod and the runtime share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NAMES_FORMAT = "tf2migrate-names/1"
FILE_NAME = "tf2migrate-names.json"

VARIABLE, SLOT, OPTIMIZER, STEP, SET = "variable", "slot", "optimizer", "step", "set"
KINDS = (VARIABLE, SLOT, OPTIMIZER, STEP, SET)
"""The kinds of rows."""

UNKNOWN = "?"
"""The `tf1` of a row whose name only the program's run tells."""

BY_NAME = "{name}"
"""The key of a row of kind `set`: each child of the root is called as the variable is."""

SLOT_OF = "/.OPTIMIZER_SLOT/"
"""Stands between the variable's path and the optimizer's in the path of a slot variable."""


@dataclass(frozen=True, slots=True)
class NameRow:
    """One variable, or one family of variables, of one Checkpoint.

    Attributes:
      checkpoint: place of the Checkpoint's construction, `path:qualified name`.
      tf1: the variable's name in the TF1 checkpoint (no `:0`); a pattern where
        only the program's run tells the names (`*` matches any text, also `/`,
        as in `*/Momentum*`); `?` where nothing is known.
      key: the object path in the TF2 checkpoint, children joined by `/`, each
        escaped as TensorFlow does (`/` is `.S`), or the pattern `{name}`. Of a
        slot variable, `model/w/.OPTIMIZER_SLOT/model/optimizer/m`: the path of its
        variable, of the optimizer, and the slot's name; `*/mine` with the key
        `*/.OPTIMIZER_SLOT/model/optimizer/m` means each variable's.
      kind: `variable`, `slot`, `optimizer`, `step` or `set`.
      evidence: why the two belong together, for people.
      at: where the original program creates the variable, `path:line`, if known.
      transform: what makes the TF1 value the TF2 value, such as `transpose(1,0)`
        or `cast(float64)`; empty for equal values (checkpoint.transforms).
    """

    checkpoint: str
    tf1: str
    key: str
    kind: str
    evidence: str
    at: str = ""
    transform: str = ""


def escape(name: str) -> str:
    """A child's name as object-based checkpoints spell it in a key.

    As TensorFlow's `tensorflow/python/checkpoint/trackable_utils.py` does:
    `.` becomes `..`, then `/` becomes `.S`.
    """
    return name.replace(".", "..").replace("/", ".S")


def unescape(name: str) -> str:
    """The inverse of `escape`."""
    if "." not in name:
        return name
    return name.replace(".S", "/") if ".." not in name else _unescape(name)


def _unescape(name: str) -> str:
    """Pairs are read from the left: `..S` is an escaped dot and an S, not a slash."""
    text, position = "", 0
    while position < len(name):
        pair = name[position : position + 2]
        if pair in (".S", ".."):
            text += "/" if pair == ".S" else "."
            position += 2
        else:
            text += name[position]
            position += 1
    return text


def join_path(children: Iterable[str]) -> str:
    """The object path of plain child names."""
    return "/".join(map(escape, children))


def split_path(path: str) -> tuple[str, ...]:
    """The plain child names of an object path; none for the root's, which is empty."""
    pieces = path.split("/") if path else ()
    return tuple(map(unescape, pieces) if "." in path else pieces)
