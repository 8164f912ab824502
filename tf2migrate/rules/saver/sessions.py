"""Sessions whose graph is frozen when a Saver is used in them; a Checkpoint adds ops to it."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.index.savers import SaverGroup
from tf2migrate.index.scopes import roots
from tf2migrate.model.facts import Expr
from tf2migrate.rules.support.sites import Blocker, blocker, place_of

_DEPTH = 4
_MANAGED = ("managed_session", "prepare_or_wait_for_session", "wait_for_session")
_MONITORED = ("tf.train.Monitored", "tf.train.SingularMonitored")


def session_blockers(
    project: Project, group: SaverGroup, at: Occurrence, session: Expr
) -> Iterator[Blocker]:
    """Supervisors and monitored sessions freeze the graph before they hand out a session."""
    root = next(roots(session), None)
    if root is None:
        return
    if _is_lambda_parameter(at, root.text):
        reason = "a callback gets this session; its graph may be frozen by then"
        yield blocker(at, reason, "supervisor")
    elif _is_managed(project, at.file, at.scope, root, 0):
        yield blocker(at, "the graph of a managed session is frozen", "supervisor")
    elif _is_callback(project, at.file, at.scope, root) and not built_in(group, at):
        reason = "a callback gets this session; its graph may be frozen by then"
        yield blocker(at, reason, "supervisor")


def built_in(group: SaverGroup, at: Occurrence) -> bool:
    """Whether the Savers are built where one is used: building one adds ops to the graph too."""
    return all(
        built.at.file is at.file and built.at.scope == at.scope for built in group.constructions
    )


def finalized(project: Project, group: SaverGroup, paths: frozenset[str]) -> Occurrence | None:
    """A call `graph.finalize()` in the files that may come before a use of the Saver."""
    uses = [member.at for member in group.members]
    apart = not all(built_in(group, at) for at in uses)
    own = {(at.file.path, at.scope) for at in uses}
    for path in sorted(paths):
        file = project.files[path]
        for at in file.occurrences("finalize"):
            if at.expr.kind == "attr" and at.is_callee:
                named = "graph" in file.facts.code(at.expr.parts[0]).lower()
                if named and (apart or (file.path, at.scope) in own):
                    return at.up()
    return None


def finalized_blocker(at: Occurrence, frozen: Occurrence) -> Blocker:
    where = place_of(frozen.file, frozen.expr)
    return blocker(at, f"{where} freezes the graph, to which a Checkpoint adds ops", "supervisor")


def _is_managed(project: Project, file: FileIndex, scope: int, root: Expr, depth: int) -> bool:
    """Whether the session comes from a manager, also by way of parameters."""
    if root.kind == "call":
        name = project.canonical(file, scope, root.parts[0]) or ""
        return root.parts[0].text in _MANAGED or name.startswith(_MONITORED)
    maker = project.made_by(file, scope, root)
    if maker is not None:
        return _is_managed(project, file, scope, maker, depth)
    owner = _parameter_owner(file, scope, root)
    if owner is None or depth > _DEPTH:
        return False
    for argument in project.arguments_for(file, owner, root.text):
        value = None if argument.value is None else next(roots(argument.value), argument.value)
        if value is not None and _is_managed(
            project, argument.file, argument.scope, value, depth + 1
        ):
            return True
    return False


def _parameter_owner(file: FileIndex, scope: int, root: Expr) -> int | None:
    """The function that has the name as a parameter and never binds it again."""
    if root.kind != "name":
        return None
    owner = file.scope_of_name(scope, root.text)
    bindings = [] if owner is None else file.bindings[owner, root.text]
    return owner if [binding.kind for binding in bindings] == ["param"] else None


def _is_lambda_parameter(at: Occurrence, name: str) -> bool:
    return any(part.kind == "lambda" and name in part.text.split() for part in at.path)


def _is_callback(project: Project, file: FileIndex, scope: int, root: Expr) -> bool:
    """Whether the session is a parameter of a function that is handed on and never called."""
    owner = _parameter_owner(file, scope, root)
    if owner is None or root.text == file.self_name(scope):
        return False
    record = file.scope(owner)
    if record.kind != "function" or file.scope(record.parent).kind == "class":
        return False
    if project.arguments_for(file, owner, root.text):
        return False
    return any(
        at.expr.kind == "name"
        and not at.is_callee
        and file.scope_of_name(at.scope, record.name) == record.parent
        for at in file.occurrences(record.name)
    )
