"""Filters by a variable's name that can never match.

What:
  Comparisons of `v.name`, where `v` is drawn from a list of variables, with names that
  lack the `:0` at its end: `v.name == "w"`, `v.name in ["w", "b"]`,
  `v.name.endswith("bias")`, `v.name.split("/")[-1] == "bias"`.

Why:
  `v.name` is `layer/bias:0`, in TensorFlow 2 as in TensorFlow 1. Such a test is false
  for every variable (or true for every one, if negated): weight decay that should
  leave biases out decays them too. That is what the program does, and what it keeps
  doing; its results were obtained that way.

Example:
  ```python
  decayed = [v for v in tf.trainable_variables() if v.name not in ["bias", "gamma"]]
  ```
  To mean what it seems to mean, which changes the results:
  ```python
  kept_out = ["bias", "gamma"]
  decayed = [v for v in tf.trainable_variables() if v.op.name.split("/")[-1] not in kept_out]
  ```

Safety:
  Never edited.

Limits:
  Only where the list of variables and the names are visible in the function or the
  module.

Recipe: dead-filter
  Decide what is wanted. To keep the results, drop the filter, which says more than it
  does. To filter as intended compare `v.op.name` (no `:0`), or its last part
  `v.op.name.split("/")[-1]`; expect other results, and other sets of trained or saved
  variables.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import Occurrence
from tf2migrate.index.project import Project
from tf2migrate.index.scopes import single_value
from tf2migrate.model.facts import Expr
from tf2migrate.model.finding import Finding, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.variables import is_variable

CODES = {"TFM204": "A filter by name that never matches"}
_TESTS = {"Eq": "false", "In": "false", "NotEq": "true", "NotIn": "true"}


def find(project: Project) -> Iterator[Finding]:
    """Every test of a variable's name that has one outcome only."""
    for file in project.files.values():
        for at in file.occurrences("name"):
            if at.expr.kind != "attr" or not is_variable(project, at, at.expr.parts[0]):
                continue
            dead = _ending(at) or _comparison(at)
            if dead is not None:
                test, outcome = dead
                code = " ".join(file.facts.code(test).split())
                message = f"`{code}` is {outcome} for every variable: names end in ':0'"
                where = place_of(file, test)
                yield Finding("TFM204", where, message, Safety.MANUAL, recipe="dead-filter")


def _comparison(at: Occurrence) -> tuple[Expr, str] | None:
    """`v.name` or its last part, compared with names."""
    name = _last_part(at) or at
    test = name.parent
    if test is None or test.kind != "compare" or len(test.parts) != 2 or test.text not in _TESTS:
        return None
    other = test.parts[1] if test.parts[0] is name.expr else test.parts[0]
    if "In" in test.text and other is test.parts[0]:
        return None  # a word in the name
    words = _words(at, other, listed="In" in test.text)
    dead = bool(words) and all(not word.endswith(":0") for word in words)
    return (test, _TESTS[test.text]) if dead else None


def _last_part(at: Occurrence) -> Occurrence | None:
    """`v.name.split("/")[-1]`."""
    if len(at.path) < 4:
        return None
    method, call, index = at.path[-2], at.path[-3], at.path[-4]
    if method.kind != "attr" or method.text not in ("split", "rsplit") or call.kind != "call":
        return None
    if [arg.value for arg in call.args[:1]] != ["/"] or index.kind != "subscript":
        return None
    number = index.parts[1]
    last = number.kind == "unary" and number.text == "USub" and number.parts[0].value == 1
    return at.up(3) if last and index.parts[0] is call else None


def _ending(at: Occurrence) -> tuple[Expr, str] | None:
    """`v.name.endswith("bias")`."""
    if len(at.path) < 3:
        return None
    method, call = at.path[-2], at.path[-3]
    if method.kind != "attr" or method.text != "endswith" or call.kind != "call" or not call.args:
        return None
    words = _words(at, call.args[0], listed=call.args[0].kind == "tuple")
    dead = bool(words) and all(not (w.endswith(":0") or w in ("", "0")) for w in words)
    return (call, "false") if dead else None


def _words(at: Occurrence, expr: Expr, *, listed: bool) -> list[str]:
    """The constant strings that an expression is; none if it is anything else."""
    expr = single_value(at.file, at.scope, expr) or expr
    if listed and expr.kind not in ("list", "tuple", "set"):
        return []
    parts = expr.parts if listed else (expr,)
    words = [part.value for part in parts if isinstance(part.value, str)]
    return words if len(words) == len(parts) else []


RULE = Rule(codes=CODES, doc=__doc__, find=find)
