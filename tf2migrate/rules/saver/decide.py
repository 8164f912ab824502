"""What stands in the way of turning a group of Savers into Checkpoints."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tf2migrate.index.files import Occurrence
from tf2migrate.index.programs import Programs, is_test
from tf2migrate.index.project import Project
from tf2migrate.index.savers import Construction, Member, SaverGroup
from tf2migrate.index.scopes import is_pure
from tf2migrate.index.sets import kind_of_set
from tf2migrate.model.facts import Expr
from tf2migrate.rules.saver.sessions import finalized, finalized_blocker, session_blockers
from tf2migrate.rules.support.sites import Blocker, blocker, place_of

_FRAMEWORKS = {
    "tf.train.Supervisor": ("supervisor", "TFM504"),
    "tf.train.Scaffold": ("scaffold", "TFM506"),
    "tf.train.CheckpointSaverHook": ("hooks", "TFM507"),
    "tf.estimator.EstimatorSpec": ("estimator", "TFM507"),
}
_TABLES = (
    "tf.contrib.lookup.MutableHashTable",
    "tf.lookup.experimental.MutableHashTable",
    "tf.contrib.lookup.MutableDenseHashTable",
    "tf.data.experimental.make_saveable_from_iterator",
    "tf.contrib.data.make_saveable_from_iterator",
    "tf.GraphKeys.SAVEABLE_OBJECTS",
)
_PARTITIONERS = (
    "tf.fixed_size_partitioner",
    "tf.variable_axis_size_partitioner",
    "tf.min_max_variable_partitioner",
)
# Not in this table are the arguments that a Checkpoint neither has nor needs: sharded, name,
# restore_sequentially, allow_empty, save_relative_paths.
_UNTRANSLATED = {
    "reshape": "reshape=True loads values of another shape",
    "saver_def": "it is built from a SaverDef",
    "builder": "it has a builder of its own",
    "pad_step_number": "padded step numbers in file names",
    "filename": "a file name tensor",
    "defer_build": "it is built later, by build()",
}
_HANDLED_MEMBERS = {"last_checkpoints", "recover_last_checkpoints"}


def group_blockers(project: Project, programs: Programs, group: SaverGroup) -> list[Blocker]:
    """All reasons against rewriting a group, in no particular order; empty: go ahead."""
    found: list[Blocker] = []
    for escape in group.escapes:
        recipe, _ = _FRAMEWORKS.get(escape.callee, ("escape", ""))
        found.append(blocker(escape.at, f"the Saver cannot be followed: {escape.reason}", recipe))
    found += _namespace_blockers(project, group)
    for construction in group.constructions:
        found += _construction_blockers(project, construction)
        found += _program_blockers(project, programs, group, construction)
    for member in group.saves:
        found += _save_blockers(project, group, member)
    for member in group.restores:
        found += _restore_blockers(project, group, member)
    for member in group.others:
        if member.name not in _HANDLED_MEMBERS:
            reason = f"`{member.name}` has no counterpart on a Checkpoint"
            recipe = "meta-graph" if "graph" in member.name else "saver-members"
            found.append(blocker(member.whole_at, reason, recipe))
    return found


def _namespace_blockers(project: Project, group: SaverGroup) -> Iterator[Blocker]:
    """Names that are also reached as strings: `locals()`, `globals()`, `getattr(x, "saver")`."""
    for slot in sorted(group.flow.slots, key=repr):
        if slot.kind == "name":
            word = "locals" if slot.scope else "globals"
            file = project.files[slot.path]
            for at in (*file.occurrences(word), *file.occurrences("vars")):
                here = at.scope == slot.scope or word == "globals"
                if at.expr.kind == "name" and at.is_callee and here:
                    bare = at.parent is not None and not at.parent.args
                    if at.expr.text == word or (bare and at.scope == slot.scope):
                        yield blocker(at.up(), f"`{at.expr.text}()` hands the Saver on", "escape")
        elif slot.kind == "attr":
            yield from _looked_up(project, slot.name)


def _looked_up(project: Project, name: str) -> Iterator[Blocker]:
    for file in project.files.values():
        for at in file.occurrences("getattr"):
            call = at.parent
            if at.is_callee and call is not None and len(call.args) > 1:
                if call.args[1].kind == "const" and call.args[1].value == name:
                    yield blocker(at.up(), "`getattr` looks the Saver up by a string", "escape")


def _construction_blockers(project: Project, built: Construction) -> Iterator[Blocker]:
    if built.args is None:
        yield blocker(built.at, "its arguments cannot be told apart (`*` or `**`)", "arguments")
        return
    for name, value in built.args.items():
        default = value.kind == "const" and value.value in (None, False)
        if name in _UNTRANSLATED and not default:
            yield blocker(built.at, _UNTRANSLATED[name], "arguments")
        if name == "write_version" and not built.at.file.facts.code(value).endswith("V2"):
            if not default:
                yield blocker(built.at, "it writes the old V1 file format", "arguments")
    kind = kind_of_set(project, built.at.file, built.at.scope, built.args.get("var_list"))
    if kind is None:
        reason = "whether its variables come as a list or as a dict cannot be told"
        yield blocker(built.at, reason, "variable-set")


def _program_blockers(
    project: Project, programs: Programs, group: SaverGroup, built: Construction
) -> Iterator[Blocker]:
    files = programs.together(built.at.file.path)

    def first(names: tuple[str, ...]) -> Occurrence | None:
        for name in names:
            for reference in project.by_name.get(name, ()):
                if reference.at.file.path in files:
                    return reference.at
        return None

    partitioner = first(_PARTITIONERS)
    if partitioner is not None:
        where = place_of(partitioner.file, partitioner.expr)
        reason = f"the program partitions variables ({where}); a Checkpoint would save the parts"
        yield blocker(built.at, reason, "partitioned")
    if built.args is not None:
        table = first(_TABLES) if _saves_everything(built) else _table_in_list(project, built)
        if table is not None:
            where = place_of(table.file, table.expr)
            yield blocker(built.at, f"it also saves the table or iterator of {where}", "tables")
    frozen = finalized(project, group, files)
    if frozen is not None:
        yield finalized_blocker(built.at, frozen)
    importer = _reader_of_meta_graph(project, files, built)
    if importer is not None and _writes_meta_graph(group):
        where = place_of(importer.file, importer.expr)
        reason = f"{where} reads the .meta file that only a Saver writes"
        yield blocker(built.at, reason, "meta-graph")


def _reader_of_meta_graph(
    project: Project, files: frozenset[str], built: Construction
) -> Occurrence | None:
    """An import of a `.meta` file in the program, or in a script beside it."""
    folder = posixpath.dirname(built.at.file.path)
    for reference in project.by_name.get("tf.train.import_meta_graph", ()):
        path = reference.at.file.path
        if path in files or (posixpath.dirname(path) == folder and not is_test(path)):
            return reference.at
    return None


def _saves_everything(built: Construction) -> bool:
    assert built.args is not None
    value = built.args.get("var_list")
    return value is None or (value.kind == "const" and value.value is None)


def _table_in_list(project: Project, built: Construction) -> Occurrence | None:
    assert built.args is not None
    for part in built.args["var_list"].walk():
        if part.kind in ("name", "attr"):
            if project.canonical(built.at.file, built.at.scope, part) in _TABLES:
                return built.at.down(part)
    return None


def _writes_meta_graph(group: SaverGroup) -> bool:
    for member in group.saves:
        value = (member.args or {}).get("write_meta_graph")
        if value is None or value.value is not False:
            return True
    return False


def _save_blockers(project: Project, group: SaverGroup, member: Member) -> Iterator[Blocker]:
    at = member.whole_at
    if member.args is None or not {"sess", "save_path"} <= member.args.keys():
        yield blocker(at, "the arguments of save cannot be told apart", "arguments")
        return
    latest = member.args.get("latest_filename")
    if latest is not None and not (latest.kind == "const" and latest.value is None):
        yield blocker(at, "latest_filename: a CheckpointManager has one state file", "arguments")
    yield from session_blockers(project, group, at, member.args["sess"])
    state = member.args.get("write_state")
    if state is not None and state.kind != "const":
        yield blocker(at, "write_state is computed", "arguments")
    if not is_pure(project, at.file, at.scope, member.args["sess"]):
        callee = member.args["sess"].parts[:1]
        getter = project.canonical(at.file, at.scope, callee[0]) if callee else None
        if getter != "tf.get_default_session":
            yield blocker(at, "the session argument has effects of its own", "arguments")


def _restore_blockers(project: Project, group: SaverGroup, member: Member) -> Iterator[Blocker]:
    at = member.whole_at
    if member.args is None or not {"sess", "save_path"} <= member.args.keys():
        yield blocker(at, "the arguments of restore cannot be told apart", "arguments")
        return
    yield from session_blockers(project, group, at, member.args["sess"])
    for outer in at.file.ancestors(at.statement):
        if outer.kind != "try" or outer.scope != at.scope:
            continue
        if at.statement.block == "handlers":
            continue
        for handler in at.file.children(outer):
            if handler.kind == "handler" and handler.exprs and not _broad(handler.exprs[0]):
                code = at.file.facts.code(handler.exprs[0])
                reason = (
                    f"`except {code}` expects the errors of a Saver, a Checkpoint raises others"
                )
                yield blocker(at, reason, "errors")


def _broad(handler: Expr) -> bool:
    return handler.text in ("Exception", "BaseException", "KeyboardInterrupt", "SystemExit")
