"""Where a name of TensorFlow comes from, and what happens to an import whose uses are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit, Remove, ReplaceStatement
from tf2migrate.model.facts import Expr, Import, Statement

_DEPTH = 8


class Origin(NamedTuple):
    """The import of TensorFlow that a name goes back to, maybe in another file."""

    file: FileIndex
    item: Import


def is_tensorflow(item: Import) -> bool:
    """Whether an import takes something of TensorFlow itself (not `tensorflow_probability`)."""
    return not item.level and item.module.partition(".")[0] == "tensorflow"


def spelled(project: Project, at: Occurrence) -> str:
    """The Python path as the program reaches it: `tensorflow.compat.v1.train.Saver`."""
    ref = project.resolve(at.file, at.scope, at.expr)
    return ref.name if ref is not None and ref.kind == "external" else ""


def root_of(expr: Expr) -> Expr:
    """The name that a chain of attributes starts with."""
    while expr.kind == "attr":
        expr = expr.parts[0]
    return expr


def origin(
    project: Project, file: FileIndex, scope: int, name: str, depth: int = 0
) -> Origin | None:
    """The import of TensorFlow that `name` comes from, through aliases and star imports."""
    if depth > _DEPTH:
        return None
    owner = file.scope_of_name(scope, name)
    if owner is None:
        return _star_origin(project, file, name, depth)
    for binding in file.bindings[owner, name]:
        item, value = binding.imported, binding.value
        found = None
        if item is not None and is_tensorflow(item):
            return Origin(file, item)
        if item is not None and item.name and item.name != "*":
            path = project.modules.find(file.path, item.module, item.level)
            if path is not None:
                found = origin(project, project.files[path], 0, item.name, depth + 1)
        elif binding.kind == "assign" and value is not None and value.kind in ("name", "attr"):
            root = root_of(value)
            if root.kind == "name" and root.text != name:
                found = origin(project, file, owner, root.text, depth + 1)
        if found is not None:
            return found
    return None


def _star_origin(project: Project, file: FileIndex, name: str, depth: int) -> Origin | None:
    for item in file.facts.imports:
        if item.name != "*":
            continue
        if is_tensorflow(item):
            return Origin(file, item)
        path = project.modules.find(file.path, item.module, item.level)
        if path is not None:
            found = origin(project, project.files[path], 0, name, depth + 1)
            if found is not None:
                return found
    return None


def uses_of(file: FileIndex, scope: int, name: str) -> Iterator[Occurrence]:
    """Every occurrence in a file of the name that `scope` binds, targets included."""
    for at in file.occurrences(name):
        if at.expr.kind == "name" and file.scope_of_name(at.scope, name) == scope:
            yield at


def used_elsewhere(project: Project, file: FileIndex, name: str) -> bool:
    """Whether another file takes the name from this module, or may do so."""
    for other in project.files.values():
        if other is file:
            continue
        for item in other.facts.imports:
            if is_tensorflow(item) or not (item.module or item.level):
                continue
            if project.modules.find(other.path, item.module, item.level) != file.path:
                continue
            if item.name == name or (item.name == "*" and name in other.facts.identifiers):
                return True
        if any(_is_member(project, at, file.path) for at in other.occurrences(name)):
            return True
    return "__all__" in file.facts.identifiers or file.path.endswith("__init__.py")


def _is_member(project: Project, at: Occurrence, path: str) -> bool:
    if at.expr.kind != "attr":
        return False
    base = project.resolve(at.file, at.scope, at.expr.parts[0])
    return base is not None and base.kind == "module" and base.path == path


def in_try(file: FileIndex, statement: Statement) -> bool:
    """Whether a statement is in a `try`, where its failing may be what is meant."""
    return any(outer.kind in ("try", "handler") for outer in file.ancestors(statement))


def remove_names(file: FileIndex, gone: Collection[Import]) -> Iterator[Edit]:
    """The edits that take names out of their import statements."""
    for number in sorted({item.statement for item in gone}):
        statement = file.facts.statements[number]
        left = [i for i in file.facts.imports if i.statement == number and i not in gone]
        if left:
            yield ReplaceStatement(file.path, statement.span, import_code(file, left))
        else:
            yield Remove(file.path, statement.span)


def import_code(file: FileIndex, items: Collection[Import], module: str | None = None) -> str:
    """One import statement for names that were imported by one."""
    first = next(iter(items))
    names = ", ".join(file.facts.text[item.start : item.end].decode() for item in items)
    if not first.name:
        return f"import {names}"
    return f"from {'.' * first.level}{first.module if module is None else module} import {names}"
