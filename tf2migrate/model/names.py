"""The name map: which TensorFlow 1 variable became which object path.

The one file format that the codemod and the runtime share.
"""

from __future__ import annotations

from dataclasses import dataclass

NAMES_FORMAT = "tf2migrate-names/1"


@dataclass(frozen=True, slots=True)
class NameRow:
    """One variable, or one family of variables, of one Checkpoint.

    Attributes:
      checkpoint: place of the Checkpoint's construction, `path:qualified name`.
      tf1: the variable's name in the TF1 checkpoint (no `:0`), or a pattern
        such as `*` for a set that is only known when the program runs.
      key: the object path in the TF2 checkpoint, children joined by `/`, each
        escaped as TensorFlow does (`/` is `.S`), or the pattern `{name}`.
      kind: `variable`, `slot`, `optimizer`, `step` or `set`.
      evidence: why the two belong together, for people.
    """

    checkpoint: str
    tf1: str
    key: str
    kind: str
    evidence: str
