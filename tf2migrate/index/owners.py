"""Which objects own all the variables that a Saver of everything would hold.

Answers only where the program's text shows it: every variable is created by a
statement that names it, once, before the Saver is built, in the Saver's own
scope or in the `__init__` of one class that this scope instantiates once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tf2migrate.index.creators import Creator, Inventory, Updater, inventory
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.modules_of_classes import MUTATORS, RESERVED, can_be_module
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project, Ref
from tf2migrate.index.savers import Construction
from tf2migrate.model.facts import Expr, Scope, Statement

_DEPTH = 6


class Tracked(NamedTuple):
    """A statement whose value (a variable, or a dict or list of them) gets an owner.

    `attribute` is the name on the owner; `own` says that the statement assigns
    that attribute already. `creators` are the variables' calls.
    """

    statement: Statement
    attribute: str
    own: bool
    creators: tuple[Creator, ...]


class Cover(NamedTuple):
    """The owners of everything that exists when a Saver is built.

    Attributes:
      file: where the variables are created.
      owner_class: the class that becomes a `tf.Module`, None where the scope of
        the Saver gets a module of its own.
      instance: the expression of the class's instance at the Saver (`self` too).
      tracked: the statements to track, in order.
      updaters: those before the Saver whose optimizer has slot variables.
      files: paths of all files of the program.
    """

    file: FileIndex
    owner_class: Scope | None
    instance: str
    tracked: tuple[Tracked, ...]
    updaters: tuple[Updater, ...]
    files: frozenset[str]


def cover(project: Project, programs: Programs, built: Construction) -> Cover | None:
    """The owners for a Saver of all variables, None where the text does not show them."""
    path = built.at.file.path
    alone = not programs.importers[path]
    files = programs.reachable(path) if alone else programs.together(path)
    found = inventory(project, files)
    if found.opaque is not None or found.why or not found.creators:
        return None
    scopes = {(creator.at.file.path, creator.at.scope) for creator in found.creators}
    scopes |= {(u.at.file.path, u.at.scope) for u in found.updaters if u.has_slots}
    own = (path, built.at.scope)
    record = built.at.file.scope(built.at.scope)
    if scopes == {own}:
        if record.name == "__init__" and built.at.file.scope(record.parent).kind == "class":
            return _in_method(project, built, found, files)
        once = runs_once(project, built.at.file, built.at.scope)
        return _in_scope(built, found, files) if record.kind != "class" and once else None
    if len(scopes) == 1:
        return _in_class(project, built, found, files, *scopes.pop())
    return None


def runs_once(project: Project, file: FileIndex, scope: int, depth: int = 0) -> bool:
    """Whether the text shows at most one run of a scope: one call, itself in such a scope."""
    record = file.scope(scope)
    if record.kind == "module":
        return True
    if record.kind != "function" or depth > _DEPTH:
        return False
    calls = list(calls_of(project, file, record))
    if not calls:  # what calls it is not in the project's text
        known = record.name == "main" or record.name.startswith("test")
        return known or bool(record.decorators)
    return len(calls) == 1 and all(
        not at.file.in_loop(at.statement)
        and (at.file.path, at.scope) != (file.path, scope)
        and runs_once(project, at.file, at.scope, depth + 1)
        for at in calls
    )


def calls_of(project: Project, file: FileIndex, record: Scope) -> Iterator[Occurrence]:
    """The calls of a function, and all that may be calls of it as a method."""
    owner = file.scope(record.parent)
    method = owner.kind == "class"
    name = owner.name if method and record.name == "__init__" else record.name
    for other in project.files.values():
        for at in other.occurrences(name):
            if not at.is_callee or at.parent is None:
                continue
            ref = project.callee(other, at.scope, at.parent)
            if ref is None:
                if method and at.expr.kind == "attr":
                    yield at
            elif (ref.path, ref.scope) in ((file.path, record.id), (file.path, owner.id)):
                yield at


def _in_scope(built: Construction, found: Inventory, files: frozenset[str]) -> Cover | None:
    before = built.at.statement
    creators = [c for c in found.creators if c.at.statement.start < before.start]
    updaters = [u for u in found.updaters if u.has_slots]
    early = [u for u in updaters if u.at.statement.start < before.start]
    tracked = _tracked(built.at.file, creators, allow_if=False)
    if not tracked or not _simple(built.at.file, before):
        return None
    if any(_changed_later(built.at.file, item) for item in tracked):
        return None
    late = {u.made.statement.id for u in updaters if u not in early and u.made is not None}
    if any(u.made is None or u.made.statement.id in late for u in early):
        return None
    if not all(_plain_optimizer(built.at.file, u) for u in early):
        return None
    return Cover(built.at.file, None, "", tracked, tuple(early), files)


def _changed_later(file: FileIndex, item: Tracked) -> bool:
    """Whether the program changes a list or dict of variables, which could not be saved then."""
    value = item.statement.value
    if value is None or value.kind not in ("list", "dict"):
        return False
    return any(
        at.expr.kind == "name" and item.attribute == at.expr.text and _may_change(at)
        for at in file.occurrences(item.attribute)
    )


def _may_change(at: Occurrence) -> bool:
    statement, parent = at.statement, at.parent
    if parent is None:
        return statement.kind == "augassign"
    if parent.kind == "attr":
        return parent.text in MUTATORS
    stored = statement.kind in ("assign", "augassign", "del", "for", "with")
    return parent.kind == "subscript" and stored and at.path[0] in statement.targets


def _plain_optimizer(file: FileIndex, updater: Updater) -> bool:
    assert updater.made is not None
    straight = is_straight(file, updater.at.statement, False)
    return (
        straight and is_straight(file, updater.made.statement, False) and updater.at.statement.alone
    )


def _in_method(
    project: Project, built: Construction, found: Inventory, files: frozenset[str]
) -> Cover | None:
    file = built.at.file
    owner = file.method_class(built.at.scope)
    if owner is None or _instances(project, file, owner) > 1:
        return None
    before = built.at.statement.start
    creators = [c for c in found.creators if c.at.statement.start < before]
    early = [u for u in found.updaters if u.has_slots and u.at.statement.start < before]
    if len(creators) != len(found.creators):  # a later attribute would be saved as well
        return None
    if len(early) != sum(u.has_slots for u in found.updaters):
        return None
    instance = file.self_name(built.at.scope) or ""
    return _class_cover(project, file, owner, instance, creators, early, files)


def _in_class(
    project: Project,
    built: Construction,
    found: Inventory,
    files: frozenset[str],
    path: str,
    scope: int,
) -> Cover | None:
    file = project.files[path]
    record = file.scope(scope)
    owner = file.scope(record.parent) if record.parent >= 0 else None
    if record.name != "__init__" or owner is None or owner.kind != "class":
        return None
    instance = _instance(project, built, Ref("class", owner.qualname, path, owner.id))
    if instance is None:
        return None
    updaters = [u for u in found.updaters if u.has_slots]
    return _class_cover(project, file, owner, instance, found.creators, updaters, files)


def _instances(project: Project, file: FileIndex, owner: Scope) -> int:
    count = 0
    for other in project.files.values():
        here = 0
        for at in other.occurrences(owner.name):
            if at.is_callee and at.parent is not None:
                ref = project.callee(other, at.scope, at.parent)
                if ref is not None and (ref.path, ref.scope) == (file.path, owner.id):
                    here += 2 if other.in_loop(at.statement) else 1
        count = max(count, here)
    return count


def _instance(project: Project, built: Construction, owner: Ref) -> str | None:
    """The name that holds the only instance of the class where the Saver is built."""
    file, scope = built.at.file, built.at.scope
    record = project.files[owner.path].scope(owner.scope)
    if _instances(project, project.files[owner.path], record) > 1:
        return None
    for at in file.occurrences(record.name):
        call, statement = at.parent, at.statement
        if not at.is_callee or call is None or at.scope != scope:
            continue
        plain = (
            statement.kind == "assign" and statement.value is call and len(statement.targets) == 1
        )
        before = statement.start < built.at.statement.start and is_straight(file, statement, False)
        if plain and before and statement.targets[0].kind in ("name", "attr"):
            return file.facts.code(statement.targets[0])
    return None


def _class_cover(
    project: Project,
    file: FileIndex,
    owner: Scope,
    instance: str,
    creators: list[Creator],
    updaters: list[Updater],
    files: frozenset[str],
) -> Cover | None:
    tracked = _tracked(file, creators, allow_if=True)
    if not tracked or not instance or not can_be_module(project, file, owner):
        return None
    names = {item.attribute for item in tracked}
    for updater in updaters:
        assert updater.made is not None
        if not is_straight(file, updater.made.statement, True) or not updater.at.statement.alone:
            return None
        if "optimizer" in names:
            return None
    used = {
        at.expr.text
        for at in file.walk()
        if at.expr.kind == "attr"
        and project.is_self_attribute(at)
        and at.expr in at.statement.targets
    }
    if any(not item.own and item.attribute in used for item in tracked):
        return None
    return Cover(file, owner, instance, tracked, tuple(updaters), files)


def _tracked(
    file: FileIndex, creators: list[Creator], allow_if: bool
) -> tuple[Tracked, ...] | None:
    """A tracked attribute for every creator, None if one has no name of its own."""
    by_statement: dict[int, list[Creator]] = {}
    for creator in creators:
        by_statement.setdefault(creator.at.statement.id, []).append(creator)
    tracked = []
    for group in by_statement.values():
        item = _track(file, group[0].at, group)
        if (
            item is None
            or not is_straight(file, item.statement, allow_if)
            or not item.statement.alone
        ):
            return None
        tracked.append(item)
    names = [item.attribute for item in tracked]
    if len(set(names)) != len(names) or RESERVED & set(names):
        return None
    return tuple(sorted(tracked, key=lambda item: item.statement.start))


def _track(file: FileIndex, at: Occurrence, creators: list[Creator]) -> Tracked | None:
    statement = at.statement
    if statement.kind != "assign" or len(statement.targets) != 1 or statement.value is None:
        return None
    if any("collections" in c.at.expr.keywords or None in c.at.expr.keywords for c in creators):
        return None
    target = statement.targets[0]
    own = target.kind == "attr" and target.parts[0].text == file.self_name(at.scope)
    if target.kind != "name" and not own:
        return None
    if not own and len(file.bindings.get((at.scope, target.text), ())) != 1:
        return None
    if not _holds(statement.value, creators):
        return None
    return Tracked(statement, target.text, own, tuple(creators))


def _holds(value: Expr, creators: list[Creator]) -> bool:
    """Whether a value is a creator's call, or a flat list or str-keyed dict of such calls."""
    calls = {(creator.at.expr.start, creator.at.expr.end) for creator in creators}
    if (value.start, value.end) in calls:
        return len(creators) == 1
    if value.kind == "dict":
        if any(key is None or not isinstance(key.value, str) for key in value.keys):
            return False
    elif value.kind != "list":
        return False
    return {(part.start, part.end) for part in value.parts} == calls


def is_straight(file: FileIndex, statement: Statement, allow_if: bool) -> bool:
    """Whether a statement runs exactly once (or, with `allow_if`, at most once) in its scope."""
    kinds = ("with", "if") if allow_if else ("with",)
    return all(
        outer.kind in kinds for outer in file.ancestors(statement) if outer.scope == statement.scope
    )


def _simple(file: FileIndex, statement: Statement) -> bool:
    return is_straight(file, statement, True) and statement.alone
