"""Lists of all global variables that would gain a Checkpoint's counter.

What:
  `tf.global_variables()` (or its collection) after a save or restore in the same
  function, where one variable more matters: its length, and the difference to a list
  that was taken before.

Why:
  A `tf.train.Checkpoint` creates a variable `save_counter` when it first saves or
  restores, in the collection of the global variables. A Saver created none. A list of
  "what is new since then" would contain the counter, and initialise it again, save it
  as part of the model, or count it.

Example:
  ```python
  before = set(tf.global_variables())
  saver.restore(sess, path)
  train = build_head()
  new = [v for v in tf.global_variables() if v not in before]
  ```
  ```python
  before = set(tf.global_variables())
  saver.restore(sess, path)
  train = build_head()
  new = [
      v for v in tf.global_variables()
      if v not in before and not v.op.name.startswith("save_counter")
  ]
  ```

Safety:
  A TensorFlow 1 program has no variable of this name unless it made one itself, so
  that the list is the one it was; with a Saver that stays a Saver nothing changes.

Limits:
  Within one function, in the order of its lines. Other uses of such a list (printing
  it, running it, asking what is uninitialised) only see one initialised variable more.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project, Reference
from tf2migrate.index.scopes import single_value
from tf2migrate.model.edit import Replace
from tf2migrate.model.facts import Expr
from tf2migrate.model.finding import Finding, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.references import place
from tf2migrate.rules.support.restores import calls_of_savers
from tf2migrate.rules.support.variables import GLOBAL_LISTS, key_argument, key_of

CODES = {"TFM205": "A list of all variables gains a Checkpoint's counter"}
_COUNTER = 'op.name.startswith("save_counter")'


def find(project: Project) -> Iterator[Finding]:
    """Every list of all variables that must leave the counter out."""
    used: dict[tuple[str, int], int] = {}
    for at in calls_of_savers(project, ("save", "restore")):
        key = (at.file.path, at.scope)
        used[key] = min(used.get(key, at.expr.start), at.expr.start)
    for reference in project.calls((*GLOBAL_LISTS, "tf.get_collection")):
        at = reference.at.up()
        first = used.get((at.file.path, at.scope))
        if first is None or first > at.expr.start or not _is_all(project, reference):
            continue
        if "save_counter" in at.file.facts.code(at.statement):
            continue
        edit = _counted(at) or _difference(at, first)
        if edit is not None:
            message = "a Checkpoint's save_counter is a global variable by now: leave it out"
            yield Finding("TFM205", place(reference), message, Safety.SAFE, (edit,))


def _is_all(project: Project, reference: Reference) -> bool:
    call, at = reference.call, reference.at
    assert call is not None
    if reference.name in GLOBAL_LISTS:
        return not call.args and not call.names
    key = key_argument(call)
    return len(call.args) + len(call.names) == 1 and (
        key is not None and key_of(project, at.file, at.scope, key) == "variables"
    )


def _filtered(at: Occurrence) -> Replace:
    code = f"[v for v in {at.expr.hole} if not v.{_COUNTER}]"
    return Replace(at.file.path, at.expr.span, code)


def _counted(at: Occurrence) -> Replace | None:
    """`len(tf.global_variables())`."""
    call = at.parent
    plain = call is not None and call.kind == "call" and call.parts[0].kind == "name"
    return _filtered(at) if plain and call is not None and call.parts[0].text == "len" else None


def _difference(at: Occurrence, first: int) -> Replace | None:
    """`set(all) - before`, and `[v for v in all if v not in before]`."""
    value = at
    while value.parent is not None and value.parent.kind == "call":
        if value.parent.parts[0].text not in ("set", "list"):
            return None
        value = value.up()
    outer = value.parent
    if outer is None:
        return None
    if outer.kind == "binop" and outer.text == "Sub" and outer.parts[0] is value.expr:
        return _filtered(at) if _was_before(at.file, at.scope, outer.parts[1], first) else None
    if outer.kind != "comp" or list(outer.names).count("iter") != 1:
        return None
    target = outer.parts[list(outer.names).index("target")]
    tests = [p for p, role in zip(outer.parts, outer.names, strict=True) if role == "if"]
    for test in tests:
        absent = test.kind == "compare" and test.text == "NotIn" and target.kind == "name"
        same = absent and test.parts[0].kind == "name" and test.parts[0].text == target.text
        if same and _was_before(at.file, at.scope, test.parts[1], first):
            code = f"{test.hole} and not {target.text}.{_COUNTER}"
            return Replace(at.file.path, test.span, code)
    return None


def _was_before(file: FileIndex, scope: int, expr: Expr, first: int) -> bool:
    """Whether a list may have been taken before the first save or restore."""
    names = [part for part in expr.walk() if part.kind == "name"]
    values = [single_value(file, scope, name) for name in names]
    return not any(value is not None and value.start > first for value in values)


RULE = Rule(codes=CODES, doc=__doc__, find=find)
