"""Questions about names and values within one scope that rules ask before they move code."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import Binding, FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Expr, Statement

_PURE_CALLS = frozenset(
    {
        "os.path.join", "os.path.dirname", "os.path.basename", "os.path.abspath",
        "os.path.expanduser", "os.path.normpath", "os.path.realpath", "os.path.relpath",
        "os.path.expandvars", "os.getcwd", "str", "format",
    }
)  # fmt: skip
_SESSIONS = frozenset({"tf.Session", "tf.InteractiveSession"})
_TEST_SESSIONS = frozenset({"test_session", "cached_session", "session"})


def is_pure(project: Project, file: FileIndex, scope: int, expr: Expr) -> bool:
    """Whether evaluating the expression twice, or elsewhere, has no effect of its own."""
    if expr.kind in ("name", "const"):
        return True
    if expr.kind == "call":
        name = project.canonical(file, scope, expr.parts[0])
        callee = expr.parts[0]
        method = callee.kind == "attr" and callee.text == "format" and name is None
        if name not in _PURE_CALLS and not method and callee.text not in ("str",):
            return False
        parts = (*expr.parts[1:], *(callee.parts if method else ()))
        return all(is_pure(project, file, scope, part) for part in parts)
    if expr.kind in ("attr", "binop", "tuple", "subscript", "fstring", "ifexp", "other"):
        known = expr.kind != "other" or expr.text == "FormattedValue"
        return known and all(is_pure(project, file, scope, part) for part in expr.children())
    return False


def name_bindings(file: FileIndex, scope: int, name: str) -> list[Binding]:
    """All bindings of the variable that `name` means in `scope`."""
    owner = file.scope_of_name(scope, name)
    return [] if owner is None else file.bindings[owner, name]


def single_value(file: FileIndex, scope: int, expr: Expr) -> Expr | None:
    """The only value that a name of the scope is ever given, None if there is not one."""
    if expr.kind != "name" or file.scope_of_name(scope, expr.text) not in (scope, 0):
        return None
    bindings = name_bindings(file, scope, expr.text)
    if len(bindings) != 1 or bindings[0].kind != "assign":
        return None
    return bindings[0].value


def roots(expr: Expr) -> Iterator[Expr]:
    """The names that an expression reads."""
    for part in expr.walk():
        if part.kind == "name":
            yield part


def stable_at(file: FileIndex, scope: int, expr: Expr, before: Statement) -> bool:
    """Whether the expression has, at `before`, the value it has later in the scope.

    Its names must be bound once, before that statement (or be parameters that
    are never bound again, or globals bound once), and its attributes must not
    be assigned in the file after that point.
    """
    return all(_stable_name(file, scope, root.text, before) for root in roots(expr)) and all(
        _stable_attribute(file, part, before) for part in expr.walk() if part.kind == "attr"
    )


def _stable_name(file: FileIndex, scope: int, name: str, before: Statement) -> bool:
    owner = file.scope_of_name(scope, name)
    if owner is None:
        return True
    bindings = file.bindings[owner, name]
    if any(binding.kind in ("import", "def", "class") for binding in bindings):
        return len(bindings) == 1
    if len(bindings) != 1:
        return False
    binding = bindings[0]
    if binding.kind == "param":
        return True
    statement = binding.statement
    if statement is None:
        return False
    if owner == 0 and scope != 0:
        return not file.in_loop(statement)
    around = {outer.id for outer in file.ancestors(before)}
    nested = [o for o in file.ancestors(statement) if o.scope == statement.scope]
    visible = all(outer.id in around or outer.kind == "with" for outer in nested)
    return statement.end <= before.start and visible


def _stable_attribute(file: FileIndex, attr: Expr, before: Statement) -> bool:
    for at in file.occurrences(attr.text):
        is_write = at.expr.kind == "attr" and len(at.path) == 1 and at.expr in at.statement.targets
        if not is_write:
            continue
        scope = file.scope(at.scope)
        if at.statement.start > before.start and scope.name != "__init__":
            return False
        if at.scope == before.scope and at.statement.start > before.start:
            return False
    return True


def session_is_default(project: Project, at: Occurrence, session: Expr) -> bool:
    """Whether the session expression is certainly the default session at this place."""
    if session.kind == "call":
        callee = session.parts[0]
        return project.canonical(at.file, at.scope, callee) == "tf.get_default_session"
    return entered(project, at, session) != ""


def entered(project: Project, at: Occurrence, session: Expr) -> str:
    """How a session that is named became the default one: `""` if it did not.

    `whole` where its graph is the default graph with it, `session` where it need not
    be (`with sess.as_default():`).
    """
    file, scope = at.file, at.scope
    code = file.facts.code(session)
    for outer in file.ancestors(at.statement):
        if outer.kind == "with" and outer.scope == scope:
            how = _enters(project, file, outer, code)
            if how:
                return how.removeprefix("other")
    if session.kind != "name":
        return ""
    owner = file.scope_of_name(scope, session.text)
    if owner not in (scope, 0):
        return ""
    makers = {
        project.canonical(file, owner, b.value.parts[0])
        if b.value is not None and b.value.kind == "call"
        else None
        for b in name_bindings(file, scope, session.text)
    }
    if makers == {"tf.InteractiveSession"}:
        return "whole" if _one_interactive(project, file) else ""
    return "session" if makers and makers <= {"tf.get_default_session"} else ""


def _one_interactive(project: Project, file: FileIndex) -> bool:
    made = [r for r in project.by_name.get("tf.InteractiveSession", ()) if r.at.file is file]
    return len(made) == 1 and not file.in_loop(made[0].at.statement)


def graph_is_default(project: Project, at: Occurrence) -> bool:
    """Whether a `with` statement of the scope makes a `tf.Graph` the default one here."""
    for outer in at.file.ancestors(at.statement):
        if outer.kind != "with" or outer.scope != at.scope:
            continue
        for item in outer.exprs:
            callee = item.parts[0] if item.kind == "call" else None
            if callee is None or callee.kind != "attr" or callee.text != "as_default":
                continue
            base = callee.parts[0]
            base = single_value(at.file, at.scope, base) or _assigned(at, base) or base
            if base.kind == "call":
                if project.canonical(at.file, at.scope, base.parts[0]) == "tf.Graph":
                    return True
    return False


def _assigned(at: Occurrence, attr: Expr) -> Expr | None:
    """The only value that the scope assigns to an attribute such as `self.graph`."""
    code = at.file.facts.code
    values = [
        found.statement.value
        for found in (at.file.occurrences(attr.text) if attr.kind == "attr" else ())
        if found.expr in found.statement.targets
        and found.scope == at.scope
        and code(found.expr) == code(attr)
    ]
    return values[0] if len(values) == 1 else None


def _enters(project: Project, file: FileIndex, statement: Statement, code: str) -> str:
    """`whole` or `session` for the session `code`, `other` for another session, else nothing."""
    pairs = zip(statement.exprs, statement.targets, strict=True)
    for item, target in reversed(list(pairs)):
        how = _item_enters(project, file, statement, item, target, code)
        if how:
            return how
    return ""


def _item_enters(
    project: Project, file: FileIndex, statement: Statement, item: Expr, target: Expr, code: str
) -> str:
    if item.kind != "call":
        text = file.facts.code(item)
        return "whole" if text == code else "other" if "sess" in text.lower() else ""
    callee = item.parts[0]
    name = project.canonical(file, statement.scope, callee)
    if name in _SESSIONS or callee.text in (*_TEST_SESSIONS, "managed_session"):
        return "whole" if file.facts.code(target) == code else "other"
    if callee.kind != "attr" or callee.text != "as_default":
        return ""
    base = file.facts.code(callee.parts[0])
    return "session" if base == code else "other" if "sess" in base.lower() else ""


def varies(file: FileIndex, scope: int, expr: Expr) -> bool:
    """Whether the expression can have different values in different runs of its statement."""
    for root in roots(expr):
        owner = file.scope_of_name(scope, root.text)
        if owner is None:
            continue
        bindings = file.bindings[owner, root.text]
        if root.text == file.self_name(scope):
            continue
        if any(binding.kind in ("import", "def", "class") for binding in bindings):
            continue
        if owner == 0 and scope != 0 and len(bindings) == 1:
            continue
        if any(binding.kind == "param" for binding in bindings):
            return True
        if len(bindings) != 1 or bindings[0].statement is None or bindings[0].kind != "assign":
            return True
        binding = bindings[0]
        assert binding.statement is not None
        assert binding.value is not None
        if file.in_loop(binding.statement) and varies(file, scope, binding.value):
            return True
    return any(part.kind == "call" and part.parts[0].text in ("time", "strftime", "now")
               for part in expr.walk())  # fmt: skip
