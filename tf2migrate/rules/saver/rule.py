"""Findings for the groups of Savers of a project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tf2migrate.index.files import Occurrence
from tf2migrate.index.owners import cover
from tf2migrate.index.paths import split_path
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project
from tf2migrate.index.savers import (
    Construction,
    Member,
    SaverGroup,
    saver_groups,
    unresolved_members,
)
from tf2migrate.index.scopes import roots, single_value
from tf2migrate.index.sets import ALL_VARIABLES, kind_of_set
from tf2migrate.model.edit import Edit, Insert, Remove, Replace
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.names import NameRow
from tf2migrate.model.span import Place
from tf2migrate.rules.saver.build import Built, build
from tf2migrate.rules.saver.context import Context, Rewritten
from tf2migrate.rules.saver.decide import group_blockers
from tf2migrate.rules.saver.manager import hoisted_manager
from tf2migrate.rules.saver.owned import build_owned
from tf2migrate.rules.saver.rename import rename_edits
from tf2migrate.rules.saver.restores import restore_edits
from tf2migrate.rules.saver.saves import save_edits
from tf2migrate.rules.support.sites import Blocker, blocker, place_of

CODES = {
    "TFM101": "A Saver is built",
    "TFM102": "A Saver saves",
    "TFM103": "A Saver restores",
    "TFM105": "Another member of a Saver is used",
}
_MEMBER_CODES = {"save": "TFM102", "restore": "TFM103"}
_MESSAGES = {
    "TFM101": "tf.train.Saver becomes a tf.train.Checkpoint {}",
    "TFM102": "save becomes that of a tf.train.CheckpointManager, or write",
    "TFM103": "restore checks that every variable got its value, then runs",
    "TFM105": "the list of files is the manager's",
}


class _Site(NamedTuple):
    code: str
    at: Occurrence
    edits: tuple[Edit, ...] = ()
    names: tuple[NameRow, ...] = ()
    message: str = ""
    unsafe: str = ""


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding for every construction and use of a Saver."""
    groups = saver_groups(project)
    programs = Programs(project)
    for group in groups:
        yield from _find_group(project, programs, group, groups)
    for member in unresolved_members(project, groups):
        site = _site(member)
        reason, recipe = "no Saver of the project is known to reach this call", "escape"
        maker = project.library_type(member.at.file, member.at.scope, member.at.expr)
        if maker == "tf.train.import_meta_graph":
            reason, recipe = "the Saver comes from import_meta_graph", "meta-graph"
        yield _manual(site, Blocker(_site_place(site), reason, recipe))


def _find_group(
    project: Project, programs: Programs, group: SaverGroup, groups: list[SaverGroup]
) -> Iterator[Finding]:
    sites = [_Site("TFM101", built.at) for built in group.constructions]
    sites += [_site(member) for member in group.members]
    found = group_blockers(project, programs, group)
    found += _directory_blockers(project, programs, group, groups)
    if not found:
        rewritten = _rewrite(project, programs, group, groups)
        if isinstance(rewritten, list):
            yield from _rewritten(rewritten)
            return
        found = [rewritten]
    for site in sites:
        yield _manual(site, _nearest(site, found))


def _rewritten(sites: list[_Site]) -> Iterator[Finding]:
    """The findings of one group; one unsafe site makes all of them so."""
    identity = f"saver:{_site_place(sites[0])}"
    unsafe = next((site.unsafe for site in sites if site.unsafe), "")
    safety = Safety.UNSAFE if unsafe else Safety.SAFE
    for site in sites:
        message = site.message or _MESSAGES[site.code]
        message += f"; unsafe: {unsafe}" if unsafe else ""
        place = _site_place(site)
        yield Finding(site.code, place, message, safety, site.edits, site.names, identity)


def _site(member: Member) -> _Site:
    code = _MEMBER_CODES.get(member.name, "TFM105") if member.call is not None else "TFM105"
    return _Site(code, member.whole_at)


def _site_place(site: _Site) -> Place:
    return place_of(site.at.file, site.at.expr)


def _nearest(site: _Site, blockers: list[Blocker]) -> Blocker:
    """The reason at the site itself if there is one, else the first of the group."""
    own = _site_place(site)
    return next((item for item in blockers if item.place == own), blockers[0])


def _manual(site: _Site, reason: Blocker) -> Finding:
    place = _site_place(site)
    where = "" if reason.place == place else f" (because of {reason.place})"
    message = f"kept as it is: {reason.reason}{where}"
    return Finding(site.code, place, message, Safety.MANUAL, recipe=reason.recipe)


def _rewrite(
    project: Project, programs: Programs, group: SaverGroup, groups: list[SaverGroup]
) -> list[_Site] | Blocker:
    context = _context(project, programs, group)
    renames = rename_edits(project, group, context.receivers)
    manager = hoisted_manager(context)
    sites: list[_Site] = []
    for built in group.constructions:
        result = _build(project, programs, built, groups)
        edits = [*result.edits]
        if manager is not None:
            statement = built.at.statement
            edits.append(Insert(built.at.file.path, statement.span, manager[1], after=True))
            edits += manager[2]
        message = _MESSAGES["TFM101"].format(result.owner)
        sites.append(_Site("TFM101", built.at, tuple(edits), result.names, message))
    for member in group.members:
        done = _member(context, member)
        if done.blockers:
            return done.blockers[0]
        site = _site(member)
        sites.append(site._replace(edits=done.edits, unsafe=done.unsafe))
    if renames:
        sites[0] = sites[0]._replace(edits=(*sites[0].edits, *renames))
    return sites


def _build(
    project: Project, programs: Programs, built: Construction, groups: list[SaverGroup]
) -> Built:
    """Owned by objects where the text shows that they hold everything, else a set by name."""
    assert built.args is not None
    kind = kind_of_set(project, built.at.file, built.at.scope, built.args.get("var_list"))
    everything = kind == "all" or _lists_all(project, built)
    owners = cover(project, programs, built) if everything else None
    owned = None if owners is None else build_owned(project, built, owners)
    return owned or build(project, built, _is_alone(programs, built, groups))


def _lists_all(project: Project, built: Construction) -> bool:
    value = (built.args or {}).get("var_list")
    if value is None or value.kind != "call" or len(value.parts) > 1:
        return False
    return project.canonical(built.at.file, built.at.scope, value.parts[0]) in ALL_VARIABLES


def _member(context: Context, member: Member) -> Rewritten:
    if member.name == "restore" and member.call is not None:
        return restore_edits(context, member)
    if member.name == "save" and member.call is not None:
        return save_edits(context, member)
    at = member.whole_at
    if context.manager is None:
        return Rewritten(
            blockers=(blocker(at, "there is no single manager here", "saver-members"),)
        )
    if member.name == "last_checkpoints":
        code = f"{context.manager[0]}.checkpoints"
        return Rewritten((Replace(at.file.path, member.whole.span, code),))
    recovers = "all_model_checkpoint_paths" in at.file.facts.code(member.whole)
    if recovers and at.statement.kind == "expr" and at.statement.value is member.whole:
        # The manager reads the state file when it is built.
        return Rewritten((Remove(at.file.path, at.statement.span),))
    return Rewritten(
        blockers=(blocker(at, "the list of files is not the state file's", "saver-members"),)
    )


def _context(project: Project, programs: Programs, group: SaverGroup) -> Context:
    files = {
        path for built in group.constructions for path in programs.together(built.at.file.path)
    }
    files |= {path for member in group.members for path in programs.together(member.at.file.path)}

    def used(name: str) -> list[Occurrence]:
        return [r.at for r in project.by_name.get(name, ()) if r.at.file.path in files]

    graphs = [at for at in used("tf.Graph") if at.is_callee]
    sessions = [at for name in ("tf.Session", "tf.InteractiveSession") for at in used(name)]
    readers = ("tf.train.latest_checkpoint", "tf.train.get_checkpoint_state")
    context = Context(
        project,
        group,
        many_graphs=bool(graphs),
        many_sessions=_many_sessions(group, sessions),
        state_readers=any(project.by_name.get(name) for name in readers),
    )
    context.consumed = _same_scope(group)
    return context


def _many_sessions(group: SaverGroup, sessions: list[Occurrence]) -> bool:
    """Whether a Saver may save in a session that is not the first and has not restored."""
    own = {(built.at.file.path, built.at.scope) for built in group.constructions}
    near = [at for at in sessions if (at.file.path, at.scope) in own]
    relevant = near or sessions
    if len(own) == 1 and near:
        inside = {at.statement.start for at in near}
        built = group.constructions[0].at
        loops = any(at.file.in_loop(at.statement) for at in near) and not built.file.in_loop(
            built.statement
        )
        return len(inside) > 1 or loops
    files = {at.file.path for at in relevant}
    return any(sum(at.file.path == path for at in relevant) > 1 for path in files)


def _same_scope(group: SaverGroup) -> bool:
    """One Saver of everything that writes and reads in the scope (not a branch) it is built in."""
    if len(group.constructions) != 1 or not group.saves or not group.restores:
        return False
    built = group.constructions[0].at
    places = [member.at for member in (*group.saves, *group.restores)]
    return all(at.file is built.file and at.scope == built.scope for at in places)


def _is_alone(programs: Programs, built: Construction, groups: list[SaverGroup]) -> bool:
    files = programs.together(built.at.file.path)
    count = sum(other.at.file.path in files for group in groups for other in group.constructions)
    return count <= 1


def _directory_blockers(
    project: Project, programs: Programs, group: SaverGroup, groups: list[SaverGroup]
) -> list[Blocker]:
    """Managers of two Savers in one directory would delete each other's files."""
    mine = {key: at for at, key in _directories(project, group)}
    found = []
    for other in groups:
        if other is group:
            continue
        for at, key in _directories(project, other):
            if key in mine and at.file.path in programs.together(mine[key].file.path):
                where = place_of(at.file, at.expr)
                reason = f"another Saver saves into the same directory ({where})"
                found.append(blocker(mine[key], reason, "shared-directory"))
    return found


def _directories(project: Project, group: SaverGroup) -> Iterator[tuple[Occurrence, object]]:
    """The directories of numbered files: the code, and in which scopes its names are bound."""
    for member in group.saves:
        args = member.args or {}
        if "save_path" not in args or "global_step" not in args:
            continue
        at = member.whole_at
        path = args["save_path"]
        path = single_value(at.file, at.scope, path) or path
        parts = split_path(project, at.file, at.scope, path)
        if parts is not None:
            reads = parts.reads[:-1] if len(parts.reads) > 1 else parts.reads
            code = tuple(at.file.facts.code(read) for read in reads) or (parts.directory,)
            owners = {
                (root.text, at.file.path, at.file.scope_of_name(at.scope, root.text))
                for read in reads
                for root in roots(read)
            }
            yield at, (code, frozenset(owners))
