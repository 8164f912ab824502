"""Whether a class of the project can become a `tf.Module` without changing what it does."""

from __future__ import annotations

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Scope

# `tf.Module` defines these without a setter, or relies on them (facts A1.7).
RESERVED = frozenset(
    {
        "name", "variables", "trainable_variables", "non_trainable_variables", "submodules",
        "name_scope", "with_name_scope", "_name", "_name_scope", "_flatten", "_scope_name",
        "_variables", "_setattr_tracking", "_tf_api_names",
    }
)  # fmt: skip
_SPECIAL = frozenset(
    {
        "__setattr__", "__getattr__", "__getattribute__", "__delattr__", "__slots__",
        "__reduce__", "__getstate__", "__new__", "__metaclass__", "__eq__", "__hash__",
    }
)  # fmt: skip
MUTATORS = frozenset(
    {
        "append", "extend", "insert", "pop", "remove", "sort", "reverse", "clear", "update",
        "setdefault", "popitem",
    }
)  # fmt: skip


def can_be_module(project: Project, file: FileIndex, record: Scope) -> bool:
    """No other base, nothing that `tf.Module` claims, no container that it would wrap badly.

    A list or dict that is an attribute of a `tf.Module` is wrapped; one that the
    program changes later could no longer be saved (facts A1.8).
    """
    plain = all(base.kind == "name" and base.text == "object" for base in record.bases)
    if not plain or record.decorators or _inherited(project, record):
        return False
    names = {name for scope, name in file.bindings if scope == record.id}
    if names & (RESERVED | _SPECIAL):
        return False
    for other in project.files.values():
        for at in other.walk() if other is file else ():
            if at.expr.kind == "attr" and not _harmless(project, file, record, at):
                return False
    return True


def _inherited(project: Project, record: Scope) -> bool:
    """Whether another class of the project derives from it."""
    return any(
        base.kind in ("name", "attr") and base.text == record.name
        for file in project.files.values()
        for scope in file.facts.scopes
        for base in scope.bases
    )


def _harmless(project: Project, file: FileIndex, record: Scope, at: Occurrence) -> bool:
    if not project.is_self_attribute(at):
        return True
    inside = file.method_class(at.scope)
    if inside is None or inside.id != record.id:
        return True
    stored = at.expr in at.statement.targets
    if stored and at.expr.text in RESERVED:
        return False
    if not stored or at.statement.value is None:
        return True
    value = at.statement.value
    container = value.kind in ("list", "dict", "set", "comp") or (
        value.kind == "call"
        and value.parts[0].text in ("list", "dict", "set", "OrderedDict", "defaultdict", "deque")
    )
    return not container or not _is_changed(project, at.expr.text)


def _is_changed(project: Project, attribute: str) -> bool:
    for file in project.files.values():
        for at in file.occurrences(attribute):
            parent = at.parent
            if at.expr.kind != "attr":
                continue
            if at.statement.kind == "augassign" and at.expr in at.statement.targets:
                return True
            if parent is None:
                continue
            if parent.kind == "attr" and parent.text in MUTATORS:
                return True
            if parent.kind == "subscript" and parent in at.statement.targets:
                return True
    return False
