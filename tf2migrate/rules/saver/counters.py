"""Which lists of variables may hold the `save_counter` of another Checkpoint."""

from __future__ import annotations

from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project
from tf2migrate.index.scopes import single_value
from tf2migrate.index.sets import ALL_VARIABLES
from tf2migrate.model.facts import Expr

_DEPTH = 5
# A counter is global, and neither trainable nor local nor averaged.
_WITHOUT = frozenset(
    {
        "tf.trainable_variables", "tf.local_variables", "tf.model_variables",
        "tf.moving_average_variables", "tf.contrib.framework.get_model_variables",
        "tf.contrib.framework.get_trainable_variables",
    }
)  # fmt: skip
_COPIES = ("list", "sorted", "set", "tuple", "reversed", "filter", "dict")


def may_hold_counter(
    project: Project, file: FileIndex, scope: int, expr: Expr, depth: int = 0
) -> bool:
    """Whether a list of variables (or a dict of them) may hold a counter, for all one can see."""
    if depth > _DEPTH:
        return True

    def again(part: Expr) -> bool:
        return may_hold_counter(project, file, scope, part, depth + 1)

    if expr.kind in ("list", "tuple", "set", "dict"):
        stars = [part for part in expr.parts if part.kind == "star"]
        return any(again(part.parts[0]) for part in stars) or None in expr.keys
    if expr.kind == "comp":
        return again(expr.parts[list(expr.names).index("iter")])
    if expr.kind in ("binop", "boolop"):
        return any(again(part) for part in expr.parts)
    if expr.kind == "ifexp":
        return any(again(part) for part in expr.parts[1:])
    if expr.kind == "subscript":
        return again(expr.parts[0])
    if expr.kind == "call":
        return _of_call(project, file, scope, expr, depth)
    value = single_value(file, scope, expr)
    return value is None or may_hold_counter(project, file, scope, value, depth + 1)


def _of_call(project: Project, file: FileIndex, scope: int, call: Expr, depth: int) -> bool:
    callee = call.parts[0]
    name = project.canonical(file, scope, callee) or ""
    if name in ALL_VARIABLES:
        return True
    if name in _WITHOUT or (name.startswith("tf.") and _is_scoped(call)):
        return False
    if callee.text in _COPIES and call.args:
        return may_hold_counter(project, file, scope, call.args[-1], depth + 1)
    if callee.text in ("items", "values") and callee.kind == "attr":
        return may_hold_counter(project, file, scope, callee.parts[0], depth + 1)
    return not (call.args and "TRAINABLE_VARIABLES" in file.facts.code(call.args[0]))


def _is_scoped(call: Expr) -> bool:
    """`get_collection(key, scope)`, `get_variables(scope)`: a counter is in no scope of a model."""
    position = 1 if call.parts[0].text in ("get_collection", "get_collection_ref") else 0
    scope = call.keywords.get("scope")
    if scope is None and len(call.args) > position:
        scope = call.args[position]
    return scope is not None and not (scope.kind == "const" and not scope.value)
