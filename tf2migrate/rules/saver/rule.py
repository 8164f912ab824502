"""Findings for the groups of Savers of a project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tf2migrate.index.files import Occurrence
from tf2migrate.index.owners import runs_once
from tf2migrate.index.paths import split_path
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project
from tf2migrate.index.savers import (
    SAVER,
    Construction,
    Member,
    SaverGroup,
    saver_groups,
    unresolved_members,
)
from tf2migrate.index.scopes import graph_is_default, roots, single_value
from tf2migrate.model.edit import Edit, Insert, Remove, Replace
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.names import NameRow
from tf2migrate.model.span import Place
from tf2migrate.rules.saver.build import Built, build
from tf2migrate.rules.saver.circumstances import make_context
from tf2migrate.rules.saver.context import Context, Rewritten
from tf2migrate.rules.saver.decide import group_blockers
from tf2migrate.rules.saver.exchange import Exchange
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


class _Outcome(NamedTuple):
    """What becomes of a group: its sites with edits, or why they stay."""

    group: SaverGroup
    sites: list[_Site]
    blockers: list[Blocker]

    @property
    def unsafe(self) -> str:
        return next((site.unsafe for site in self.sites if site.unsafe), "")


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding for every construction and use of a Saver."""
    groups = saver_groups(project)
    programs = Programs(project)
    exchange = Exchange(project, programs, groups)
    outcomes = [_outcome(project, exchange, group) for group in groups]
    for outcome in outcomes:
        yield from _findings(exchange, outcome, outcomes)
    yield from _derived(project)
    for member in unresolved_members(project, groups):
        site = _site(member)
        reason, recipe = "no Saver of the project is known to reach this call", "escape"
        maker = project.library_type(member.at.file, member.at.scope, member.at.expr)
        if maker == "tf.train.import_meta_graph":
            reason, recipe = "the Saver comes from import_meta_graph", "meta-graph"
        yield _manual(site, Blocker(_site_place(site), reason, recipe))


def _derived(project: Project) -> Iterator[Finding]:
    """Classes of the project that derive from `tf.train.Saver`."""
    for reference in project.by_name.get(SAVER, ()):
        if reference.at.statement.kind == "class":
            site = _Site("TFM101", reference.at)
            reason = "a class of the project derives from tf.train.Saver"
            yield _manual(site, Blocker(_site_place(site), reason, "escape"))


def _outcome(project: Project, exchange: Exchange, group: SaverGroup) -> _Outcome:
    """What becomes of a group, whatever becomes of the others."""
    sites = [_Site("TFM101", built.at) for built in group.constructions]
    sites += [_site(member) for member in group.members]
    found = group_blockers(project, exchange.programs, group)
    found += _directory_blockers(project, exchange.programs, group, exchange.groups)
    if not found:
        rewritten = _rewrite(project, exchange, group)
        if isinstance(rewritten, list):
            return _Outcome(group, rewritten, [])
        found = [rewritten]
    return _Outcome(group, sites, found)


def _findings(exchange: Exchange, outcome: _Outcome, outcomes: list[_Outcome]) -> Iterator[Finding]:
    """The findings of one group; one unsafe site makes all of them so."""
    if outcome.blockers:
        for site in outcome.sites:
            yield _manual(site, _nearest(site, outcome.blockers))
        return
    identity = f"saver:{_site_place(outcome.sites[0])}"
    unsafe = outcome.unsafe or _reads_old_files(exchange, outcome, outcomes)
    safety = Safety.UNSAFE if unsafe else Safety.SAFE
    for site in outcome.sites:
        message = site.message or _MESSAGES[site.code]
        message += f"; unsafe: {unsafe}" if unsafe else ""
        place = _site_place(site)
        yield Finding(site.code, place, message, safety, site.edits, site.names, identity)


def _reads_old_files(exchange: Exchange, outcome: _Outcome, outcomes: list[_Outcome]) -> str:
    """Says which Saver stays and writes the name-based files that this group only reads."""
    group = outcome.group
    if group.saves or not group.restores:
        return ""
    partners = {id(item) for item in exchange.partners(group)}
    writers = [item for item in outcomes if id(item.group) in partners]
    migrated = any(not item.blockers and not item.unsafe for item in writers)
    if writers and not migrated:
        place = _site_place(_Site("TFM101", writers[0].group.constructions[0].at))
        return f"its files may come from the Saver of {place}; convert them first if that stays"
    framework = exchange.foreign_writer(group, near=not migrated)
    if framework is None:
        return ""
    place = place_of(framework.at.file, framework.at.expr)
    return f"its files may come from {framework.name} ({place}): convert them first"


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


def _rewrite(project: Project, exchange: Exchange, group: SaverGroup) -> list[_Site] | Blocker:
    context = make_context(project, exchange.programs, group)
    renames = rename_edits(project, group, context.receivers)
    manager = hoisted_manager(context)
    sites: list[_Site] = []
    for built in group.constructions:
        result = _build(project, exchange, built, group)
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


def _build(project: Project, exchange: Exchange, built: Construction, group: SaverGroup) -> Built:
    """Owned by objects where the text shows that they hold everything, else a set by name."""
    owners = exchange.owners(built, group)
    owned = None if owners is None else build_owned(project, built, owners)
    return owned or build(project, built, _is_alone(exchange.programs, built, exchange.groups))


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


def _is_alone(programs: Programs, built: Construction, groups: list[SaverGroup]) -> bool:
    """Whether no other Checkpoint can have saved or restored, so made a counter, before."""
    files = programs.together(built.at.file.path)
    at = built.at
    others = [
        group
        for group in groups
        if any(other.at.file.path in files for other in group.constructions)
    ]
    single = sum(len(group.constructions) for group in others) <= 1
    if graph_is_default(programs.project, at):  # a graph of its own
        return single
    if at.file.in_loop(at.statement) or not runs_once(programs.project, at.file, at.scope):
        return False
    return single or all(_follows(at, member.at) for group in others for member in group.members)


def _follows(at: Occurrence, use: Occurrence) -> bool:
    """Whether a use cannot be before `at`, which is run once."""
    file = at.file
    if use.file is not file:
        return False
    if use.scope == at.scope:
        return use.expr.start > at.expr.start
    record = file.scope(use.scope)
    early = (
        call.scope == 0 and call.statement.start < at.statement.start
        for call in file.occurrences(record.name)
        if call.is_callee
    )
    return at.scope == 0 and record.parent == 0 and not any(early)


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
