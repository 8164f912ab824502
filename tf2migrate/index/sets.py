"""What a Saver's `var_list` is: nothing, a list of variables, or a dict of them."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project, Ref
from tf2migrate.index.scopes import name_bindings
from tf2migrate.model.facts import Expr

_DEPTH = 6

ALL_VARIABLES = frozenset({"tf.global_variables", "tf.all_variables"})

_LISTS = ALL_VARIABLES | {
    "tf.trainable_variables", "tf.local_variables", "tf.model_variables",
    "tf.moving_average_variables", "tf.get_collection", "tf.get_collection_ref",
    "list", "sorted", "filter", "set", "tuple",
}  # fmt: skip
_LIST_SUFFIXES = (
    ".get_variables", ".get_model_variables", ".get_variables_to_restore",
    ".get_trainable_variables", ".get_variables_by_suffix", ".get_variables_by_name",
    ".get_local_variables",
)  # fmt: skip
_LIST_METHODS = frozenset(
    {"values", "trainable_variables", "global_variables", "get_collection", "get_collection_ref"}
)
_DICTS = frozenset({"dict", "collections.OrderedDict", "collections.defaultdict"})


def kind_of_set(
    project: Project, file: FileIndex, scope: int, expr: Expr | None, depth: int = 0
) -> str | None:
    """`all` for no list, `list`, `dict`, or None where it cannot be told.

    A function's result has the kind of all that it returns, a name that of all
    that it is given; a parameter that of all arguments.
    """
    if expr is None or (expr.kind == "const" and expr.value is None):
        return "all"
    if depth > _DEPTH:
        return None
    if expr.kind in ("list", "tuple", "set"):
        return "list"
    if expr.kind == "comp":
        return "dict" if expr.text == "dict" else "list"
    if expr.kind == "dict":
        return "dict"
    if expr.kind == "binop" and expr.text == "Add":
        return "list"  # dicts cannot be added
    if expr.kind == "binop" and expr.text == "Sub":
        return kind_of_set(project, file, scope, expr.parts[0], depth + 1)
    if expr.kind in ("boolop", "ifexp"):
        parts = expr.parts if expr.kind == "boolop" else expr.parts[1:]
        return _common({kind_of_set(project, file, scope, part, depth + 1) for part in parts})
    if expr.kind == "subscript" and expr.parts[1].kind == "other" and expr.parts[1].text == "Slice":
        return kind_of_set(project, file, scope, expr.parts[0], depth + 1)
    if expr.kind == "call":
        return _kind_of_call(project, file, scope, expr, depth)
    if expr.kind == "name":
        return _kind_of_name(project, file, scope, expr.text, depth)
    if expr.kind == "attr":
        return _kind_of_attribute(project, file, scope, expr, depth)
    return None


def _common(kinds: set[str | None]) -> str | None:
    return kinds.pop() if len(kinds) == 1 else None


def _kind_of_call(
    project: Project, file: FileIndex, scope: int, expr: Expr, depth: int
) -> str | None:
    callee = expr.parts[0]
    name = project.canonical(file, scope, callee) or (callee.text if callee.kind == "name" else "")
    if name in _LISTS or (name.startswith("tf.") and name.endswith(_LIST_SUFFIXES)):
        return "list"
    if name in _DICTS:
        return "dict"
    if callee.kind == "attr" and name == "":
        if callee.text == "variables_to_restore":
            return "dict"
        if callee.text in _LIST_METHODS:
            return "list"
        if callee.text == "copy":
            return kind_of_set(project, file, scope, callee.parts[0], depth + 1)
    ref = project.callee(file, scope, expr)
    if ref is not None:
        return _kind_of_returns(project, ref, depth) if ref.kind == "function" else None
    if callee.kind == "attr":
        # The receiver's class is not known: whatever the project calls by this name agrees.
        kinds = {_kind_of_returns(project, ref, depth) for ref in _methods(project, callee.text)}
        found = _common(kinds)
        return found or ("list" if callee.text == "get_variables" and not kinds else None)
    return None


def _methods(project: Project, name: str) -> Iterator[Ref]:
    for file in project.files.values():
        if name in file.facts.identifiers:
            for record in file.facts.scopes:
                if record.kind == "function" and record.name == name:
                    if file.scope(record.parent).kind == "class":
                        yield Ref("function", record.qualname, file.path, record.id)


def _kind_of_returns(project: Project, ref: Ref, depth: int) -> str | None:
    file = project.files[ref.path]
    kinds = {
        kind_of_set(project, file, ref.scope, statement.value, depth + 1)
        for statement in file.facts.statements
        if statement.kind == "return" and statement.scope == ref.scope
    }
    if not kinds:  # an abstract method
        return None
    return _common(kinds)


def _kind_of_name(
    project: Project, file: FileIndex, scope: int, name: str, depth: int
) -> str | None:
    owner = file.scope_of_name(scope, name)
    if owner is None:
        return None
    kinds: set[str | None] = set()
    for binding in name_bindings(file, scope, name):
        if binding.kind == "assign" and binding.value is not None:
            kinds.add(kind_of_set(project, file, owner, binding.value, depth + 1))
        elif binding.kind == "param" and binding.param is not None:
            kinds |= _kinds_of_arguments(project, file, owner, name, depth)
        elif binding.statement is not None and binding.statement.kind == "augassign":
            continue
        else:
            kinds.add(None)
    # `x = None` before the real assignment is a default; `Saver(None)` would be caught at run time.
    if len(kinds) == 2 and "all" in kinds:
        return None
    return _common(kinds)


def _kinds_of_arguments(
    project: Project, file: FileIndex, scope: int, name: str, depth: int
) -> set[str | None]:
    """The kinds of all arguments that the project passes for a parameter."""
    default = next(param.default for param in file.scope(scope).params if param.name == name)
    kinds: set[str | None] = set()
    for argument in project.arguments_for(file, scope, name):
        if argument.value is not None:
            where = (argument.file, argument.scope, argument.value)
            kinds.add(kind_of_set(project, *where, depth + 1))
        else:
            kinds.add(default and kind_of_set(project, file, scope, default, depth + 1))
    return kinds or {None}


def _kind_of_attribute(
    project: Project, file: FileIndex, scope: int, expr: Expr, depth: int
) -> str | None:
    owner = project.type_of(file, scope, expr.parts[0])
    if owner is None:
        return None
    kinds: set[str | None] = set()
    for ref in project.lineage(owner):
        other = project.files[ref.path]
        for at in other.occurrences(expr.text):
            if not project.is_self_attribute(at) or at.expr not in at.statement.targets:
                continue
            value = at.statement.value if at.statement.kind == "assign" else None
            if at.statement.kind != "augassign":
                kinds.add(value and kind_of_set(project, other, at.scope, value, depth + 1))
    return _common(kinds)
