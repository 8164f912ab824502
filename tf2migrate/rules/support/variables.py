"""Which expressions are variables, and which are lists of variables."""

from __future__ import annotations

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Expr, Statement

_DEPTH = 6
GLOBAL_LISTS = frozenset({"tf.global_variables", "tf.all_variables"})
LISTS = GLOBAL_LISTS | {
    "tf.trainable_variables", "tf.local_variables", "tf.model_variables",
    "tf.moving_average_variables", "tf.contrib.framework.get_variables",
    "tf.contrib.framework.get_model_variables", "tf.contrib.framework.get_local_variables",
    "tf.contrib.framework.get_trainable_variables",
    "tf.contrib.framework.get_variables_to_restore",
    "tf.contrib.framework.get_variables_by_suffix", "tf.contrib.framework.get_variables_by_name",
}  # fmt: skip
MAKERS = frozenset({
    "tf.Variable", "tf.get_variable", "tf.get_local_variable", "tf.train.create_global_step",
    "tf.train.get_or_create_global_step", "tf.contrib.framework.variable",
    "tf.contrib.framework.model_variable", "tf.contrib.framework.local_variable",
})  # fmt: skip
_VARIABLE_KEYS = frozenset({
    "variables", "trainable_variables", "local_variables", "model_variables",
    "moving_average_variables",
})  # fmt: skip
_KEY_NAMES = {
    "GLOBAL_VARIABLES": "variables",
    "VARIABLES": "variables",
    "MODEL_VARIABLES": "model_variables",
    "CONCATENATED_VARIABLES": "concatenated_variables",
}
_COPIES = ("list", "sorted", "set", "tuple", "reversed")
_GET = frozenset({"tf.get_collection", "tf.get_collection_ref"})


def key_of(project: Project, file: FileIndex, scope: int, expr: Expr, depth: int = 0) -> str | None:
    """The collection that a key expression names, None if it is computed."""
    if expr.kind == "const":
        return expr.value if isinstance(expr.value, str) else None
    name = project.canonical(file, scope, expr)
    if name is not None and name.startswith("tf.GraphKeys."):
        word = name.removeprefix("tf.GraphKeys.")
        return _KEY_NAMES.get(word, word.lower())
    if expr.kind == "name" and depth < _DEPTH:
        owner = file.scope_of_name(scope, expr.text)
        bindings = [] if owner is None else file.bindings[owner, expr.text]
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            assert owner is not None
            return key_of(project, file, owner, bindings[0].value, depth + 1)
    return None


def key_argument(call: Expr, keyword: str = "key") -> Expr | None:
    """The key of a call of `get_collection` and its like."""
    return call.args[0] if call.args else call.keywords.get(keyword)


def is_variables(project: Project, file: FileIndex, scope: int, expr: Expr, depth: int = 0) -> bool:
    """Whether the expression is certainly a list of variables."""
    if expr.kind == "call" and _lists(project, file, scope, expr):
        return True
    if expr.kind == "name":
        return depth < _DEPTH and _named_variables(project, file, scope, expr.text, depth)
    source = _source(expr)
    return (
        source is not None
        and depth < _DEPTH
        and is_variables(project, file, scope, source, depth + 1)
    )


def _lists(project: Project, file: FileIndex, scope: int, call: Expr) -> bool:
    """Whether the call is of a function that lists variables."""
    name = project.canonical(file, scope, call.parts[0])
    key = key_argument(call) if name in _GET else None
    listed = key is not None and key_of(project, file, scope, key) in _VARIABLE_KEYS
    return listed or name in LISTS


def _source(expr: Expr) -> Expr | None:
    """The list that an expression takes elements from, and nothing else."""
    if expr.kind == "call":
        plain = expr.parts[0].kind == "name" and expr.parts[0].text in _COPIES
        return expr.args[0] if plain and expr.args else None
    if expr.kind == "comp" and expr.text in ("list", "generator", "set"):
        first, target, source = expr.parts[:3]
        plain = first.kind == "name" and target.kind == "name" and first.text == target.text
        return source if plain else None
    added = expr.kind == "binop" and expr.text in ("Add", "Sub")
    sliced = expr.kind == "subscript" and expr.parts[1].text == "Slice"
    return expr.parts[0] if added or sliced else None


def _named_variables(project: Project, file: FileIndex, scope: int, name: str, depth: int) -> bool:
    owner = file.scope_of_name(scope, name)
    bindings = [] if owner is None else file.bindings[owner, name]
    values = [binding.value for binding in bindings if binding.kind == "assign"]
    return (
        owner is not None
        and len(values) == len(bindings) > 0
        and all(v is not None and is_variables(project, file, owner, v, depth + 1) for v in values)
    )


def is_variable(project: Project, at: Occurrence, expr: Expr) -> bool:
    """Whether an expression inside of `at` is certainly a variable."""
    if expr.kind == "call":
        return project.canonical(at.file, at.scope, expr.parts[0]) in MAKERS
    if expr.kind == "subscript":
        whole = is_variables(project, at.file, at.scope, expr.parts[0])
        return whole and expr.parts[1].text != "Slice"
    if expr.kind != "name":
        return False
    source = loop_source(at, expr.text)
    if source is not None:
        return is_variables(project, at.file, at.scope, source)
    return project.library_type(at.file, at.scope, expr) in MAKERS


def loop_source(at: Occurrence, name: str) -> Expr | None:
    """What a loop (a comprehension or `for`) around `at` draws `name` from."""
    for outer in reversed(at.path):
        if outer.kind != "comp":
            continue
        for position, role in enumerate(outer.names):
            target = outer.parts[position]
            if role == "target" and target.kind == "name" and target.text == name:
                return outer.parts[position + 1]
    owner = at.file.scope_of_name(at.scope, name)
    bindings = [] if owner is None else at.file.bindings[owner, name]
    sources = [_for_source(binding.statement, name) for binding in bindings]
    return sources[0] if len(sources) == 1 else None


def _for_source(statement: Statement | None, name: str) -> Expr | None:
    if statement is None or statement.kind != "for" or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    return statement.value if target.kind == "name" and target.text == name else None
