"""The name that TensorFlow 1 gives a variable, where the text shows it."""

from __future__ import annotations

from tf2migrate.index.creators import Creator
from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project

_NAME_SCOPES = frozenset({"tf.name_scope", "tf.op_scope"})
_VARIABLE_SCOPES = frozenset({"tf.variable_scope", "tf.variable_op_scope"})


def tf1_name(project: Project, file: FileIndex, creator: Creator) -> str | None:
    """The name in a TF1 checkpoint, None where scopes or uniquifying leave it open."""
    call = creator.at.expr
    if creator.name.endswith("global_step"):
        return "global_step"
    position = 0 if creator.name == "tf.get_variable" else 3
    name = call.keywords.get("name")
    if name is None and len(call.args) > position:
        name = call.args[position]
    if name is None or not isinstance(name.value, str):
        return None
    kinds = _VARIABLE_SCOPES | (_NAME_SCOPES if creator.name == "tf.Variable" else frozenset())
    prefix: list[str] = []
    for outer in file.ancestors(creator.at.statement):
        if outer.scope != creator.at.scope or outer.kind != "with":
            continue
        for item in reversed(outer.exprs):
            scope = _scope(project, file, outer.scope, item)
            if scope is None:
                return None
            if scope[0] in kinds:
                prefix.insert(0, scope[1])
    full = "/".join((*prefix, name.value))
    return full if _is_unique(file, creator, prefix, full) else None


def _scope(project: Project, file: FileIndex, scope: int, item: object) -> tuple[str, str] | None:
    call = item
    if getattr(call, "kind", "") != "call":
        return None
    name = project.canonical(file, scope, call.parts[0])  # type: ignore[attr-defined]
    if name not in _NAME_SCOPES | _VARIABLE_SCOPES:
        return (name or "", "") if name is not None else None
    args = call.args  # type: ignore[attr-defined]
    first = args[0] if args else None
    return (name, first.value) if first is not None and isinstance(first.value, str) else None


def _is_unique(file: FileIndex, creator: Creator, prefix: list[str], full: str) -> bool:
    """Whether no other scope or variable of the file has the name, so that none is numbered."""
    if creator.name == "tf.get_variable":
        return True
    leaf = full.rpartition("/")[2]
    scopes = prefix[-1:] or [leaf]
    count = sum(
        at.kind == "const" and at.value == scopes[0]
        for statement in file.facts.statements
        for top in statement.expressions()
        for at in top.walk()
    )
    return count == 1
