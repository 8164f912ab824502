"""What happens after a restore in the same straight line of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.index.scopes import name_bindings, roots, session_is_default, single_value
from tf2migrate.model.facts import Expr, Statement

_TRANSPARENT = ("if", "try", "handler")


def calls_of_savers(project: Project, names: Iterable[str]) -> Iterator[Occurrence]:
    """Calls `x.restore(sess, path)` and `x.save(sess, path)`, by their looks."""
    for file in project.files.values():
        for name in names:
            for at in file.occurrences(name):
                call = at.parent
                if at.expr.kind != "attr" or not at.is_callee or call is None:
                    continue
                if len(call.args) + len(call.names) < 2 or session_of(file, call) is None:
                    continue
                if project.callee(file, at.scope, call) is None:
                    yield at.up()


def session_of(file: FileIndex, call: Expr) -> Expr | None:
    """The session that a Saver's method is given."""
    session = call.args[0] if call.args else call.keywords.get("sess")
    return session if session and "sess" in file.facts.code(session).lower() else None


def init_runs_after_restore(
    project: Project, initializers: frozenset[str]
) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Runs of one of the initialisers that surely follow a restore in the same session."""
    restores = list(calls_of_savers(project, ("restore",)))
    for file in {at.file.path: at.file for at in restores}.values():
        own = [at for at in restores if at.file is file]
        for run, session in _runs(project, file, initializers):
            for restore in own:
                given = session_of(file, restore.expr)
                if given is None or not _same(project, run, session, given):
                    continue
                if surely_follows(file, restore.statement, run.statement, given):
                    yield run, restore
                    break


def _same(project: Project, run: Occurrence, session: Expr | None, given: Expr) -> bool:
    """Whether an op is run in the session `given`; no `session` means the default one."""
    if session is None:
        return session_is_default(project, run, given)
    return run.file.facts.code(session) == run.file.facts.code(given)


def _runs(
    project: Project, file: FileIndex, initializers: frozenset[str]
) -> Iterator[tuple[Occurrence, Expr | None]]:
    """Calls `sess.run(init)` and `init.run()` of an initialiser, with the session."""
    for at in file.occurrences("run"):
        call = at.parent
        if at.expr.kind != "attr" or not at.is_callee or call is None:
            continue
        fetches = call.args[0] if call.args else call.keywords.get("fetches")
        owner = at.expr.parts[0]
        if _initializes(project, file, at.scope, owner, initializers):
            yield at.up(), call.args[-1] if call.args else call.keywords.get("session")
        elif fetches and _initializes(project, file, at.scope, fetches, initializers):
            yield at.up(), owner


def _initializes(
    project: Project, file: FileIndex, scope: int, expr: Expr, names: frozenset[str]
) -> bool:
    if expr.kind in ("list", "tuple"):
        return any(_initializes(project, file, scope, part, names) for part in expr.parts)
    if expr.kind == "name":
        value = single_value(file, scope, expr)
        return value is not None and _initializes(project, file, scope, value, names)
    if expr.kind != "call":
        return False
    name = project.canonical(file, scope, expr.parts[0])
    if name == "tf.group":
        return any(_initializes(project, file, scope, part, names) for part in expr.args)
    return name in names


def surely_follows(file: FileIndex, first: Statement, then: Statement, session: Expr) -> bool:
    """Whether `then` is run whenever its block is, after `first`, with the same session."""
    if first.scope != then.scope or first.end > then.start:
        return False
    for outer in file.ancestors(first):
        if outer.id == then.parent:
            break
        if outer.kind not in _TRANSPARENT or outer.scope != first.scope:
            return False
    else:
        if then.parent != -1:
            return False
    if _exclusive(file, first, then) or _leaves(file, first, then):
        return False
    for root in roots(session):
        for binding in name_bindings(file, then.scope, root.text):
            statement = binding.statement
            if statement is not None and first.end <= statement.start < then.start:
                return False
    return True


def _leaves(file: FileIndex, first: Statement, then: Statement) -> bool:
    """Whether the block of `first` returns (or raises) before `then` is reached."""
    return any(
        other.kind in ("return", "raise")
        or (other.kind == "other" and file.facts.code(other) in ("break", "continue"))
        for other in file.facts.statements
        if first.end <= other.start < then.start and other.scope == first.scope
    )


def _exclusive(file: FileIndex, first: Statement, then: Statement) -> bool:
    """Whether the two stand in different branches of one statement."""
    for outer in file.ancestors(first):
        if outer.id == then.parent:
            child = _child_towards(file, outer, first)
            return child.block != then.block
    return False


def _child_towards(file: FileIndex, outer: Statement, inner: Statement) -> Statement:
    child = inner
    for item in file.ancestors(inner):
        if item.id == outer.id:
            break
        child = item
    return child
