"""The `CheckpointManager` of numbered files, with the Saver's directory, prefix and retention."""

from __future__ import annotations

from tf2migrate.index.files import Occurrence
from tf2migrate.index.paths import PathParts, split_path
from tf2migrate.index.savers import Construction, Member
from tf2migrate.index.scopes import is_pure, roots, single_value, stable_at
from tf2migrate.model.edit import Edit
from tf2migrate.model.facts import Expr
from tf2migrate.rules.saver.context import Context, header_for
from tf2migrate.rules.support.sites import Blocker, blocker
from tf2migrate.rules.support.spelling import Spelling, call, free_name

_DEFAULT_MAX_TO_KEEP = "5"
# A Saver that keeps so many files is not there to delete any.
_KEEPS_ALL = 1000


def manager_code(context: Context, member: Member, spelling: Spelling) -> str | Blocker:
    """The construction of a manager at a save (it finds its earlier files in the state file)."""
    at = member.whole_at
    assert member.args is not None
    parts = split_path(context.project, at.file, at.scope, member.args["save_path"])
    if parts is None:
        return blocker(at, "the path has effects of its own; assign it to a name first", "path")
    retention = _retention(context, at)
    if isinstance(retention, Blocker):
        return retention
    if parts.needs_os:
        spelling.os_path()
    func = spelling.tf("tf.train.CheckpointManager")
    args = [
        context.receiver(member),
        parts.directory,
        *retention,
        f"checkpoint_name={parts.prefix}",
    ]
    deeper = 4 if header_for(context, at, member.args["sess"], needs_session=True) else 0
    after = ".save(checkpoint_number=0000)"
    return call(at.file, at.statement.start, func, args, after=after, deeper=deeper)


def keeps_every_file(built: Construction) -> bool:
    """Whether the Saver deletes no file."""
    keep = (built.args or {}).get("max_to_keep")
    if keep is not None and keep.kind == "unary" and keep.text == "USub":
        return True
    if keep is None or keep.kind != "const":
        return False
    return not keep.value or (isinstance(keep.value, int) and keep.value >= _KEEPS_ALL)


def saves_once(context: Context) -> bool:
    """Whether no Saver of the group saves more often than it may keep files, so deletes none.

    True where every save is in the scope that builds the Saver and in no loop that does
    not build it anew: each runs once at most in a Saver's life.
    """
    group = context.group
    if len(group.constructions) != 1 or any("last" in member.name for member in group.others):
        return False
    built = group.constructions[0]
    keep = (built.args or {}).get("max_to_keep")
    if keep is not None and not (keep.kind == "const" and isinstance(keep.value, int)):
        return False
    limit = int(_DEFAULT_MAX_TO_KEEP) if keep is None else keep.value
    assert isinstance(limit, int)
    return len(group.saves) <= limit and all(
        _once_for(built.at, member.whole_at) for member in group.saves
    )


def _once_for(built: Occurrence, save: Occurrence) -> bool:
    file, scope = save.file, save.scope
    if built.file is not file or built.scope != scope:
        return False
    if any(part.kind in ("lambda", "comp") for part in save.path):
        return False
    around = {outer.id for outer in file.ancestors(built.statement)}
    return all(
        outer.id in around or outer.kind not in ("for", "while")
        for outer in file.ancestors(save.statement)
        if outer.scope == scope
    )


def _retention(context: Context, at: Occurrence) -> list[str] | Blocker:
    """`max_to_keep=` and `keep_checkpoint_every_n_hours=` with a Saver's defaults."""
    if saves_once(context):
        # A manager would delete the files of earlier runs, which the Saver did not know.
        return ["max_to_keep=None"]
    found = {_retention_of(built, at) for built in context.group.constructions}
    if len(found) != 1:
        return blocker(at, "Savers with different retention are saved here", "retention")
    retention = found.pop()
    if retention is None:
        return blocker(at, "max_to_keep cannot be evaluated at this save", "retention")
    return list(retention)


def _retention_of(built: Construction, at: Occurrence) -> tuple[str, ...] | None:
    assert built.args is not None
    code = []
    keep = _spelled(built, at, built.args.get("max_to_keep"), _DEFAULT_MAX_TO_KEEP)
    if keep is None:
        return None
    code.append(f"max_to_keep={keep}")
    hours_value = built.args.get("keep_checkpoint_every_n_hours")
    hours = _spelled(built, at, hours_value, "", number_of_hours=True)
    if hours is None:
        return None
    if hours:
        code.append(f"keep_checkpoint_every_n_hours={hours}")
    return tuple(code)


def _spelled(
    built: Construction,
    at: Occurrence,
    value: Expr | None,
    default: str,
    number_of_hours: bool = False,
) -> str | None:
    """An argument of the Saver, spelled at `at`; None where its names mean something else."""
    if value is None:
        return default
    source = built.at.file
    if value.kind == "const":
        if number_of_hours:
            return source.facts.code(value)
        return "None" if not value.value else source.facts.code(value)
    if value.kind == "unary" and value.text == "USub" and not number_of_hours:
        return "None"
    text = source.facts.code(value)
    same_place = source is at.file and (built.at.scope == at.scope or _portable(built, at, value))
    if not same_place:
        return None
    if number_of_hours:
        return text
    return f"({text}) or None" if value.kind in ("ifexp", "lambda", "named") else f"{text} or None"


def _portable(built: Construction, at: Occurrence, value: Expr) -> bool:
    """Whether the expression means the same in two scopes of a file: globals and `self` only."""
    file = at.file
    for root in roots(value):
        owner = file.scope_of_name(at.scope, root.text)
        is_self = root.text == file.self_name(at.scope) == file.self_name(built.at.scope)
        if not is_self and (owner != 0 or file.scope_of_name(built.at.scope, root.text) != 0):
            return False
    return True


def hoisted_manager(context: Context) -> tuple[str, str, tuple[Edit, ...]] | None:
    """One manager for all saves, built right after the Saver: its name, its code, its edits.

    Possible where one Saver with a plain target serves saves of the same scope
    (or of the same object) that share directory and prefix, and what these are
    made of has the same value already where the Saver is built.
    """
    group = context.group
    numbered = [member for member in group.saves if "global_step" in (member.args or {})]
    if len(group.constructions) != 1 or not numbered or len(numbered) != len(group.saves):
        return None
    built = group.constructions[0]
    target = built.target
    file = built.at.file
    if target is None or not built.at.statement.alone or target.kind != "name":
        return None
    parts = _shared_parts(context, built, numbered)
    if parts is None or any(_may_be_none_step(member) for member in numbered):
        return None
    retention = _retention(context, built.at)
    name = free_name(file, _manager_names(target.text))
    if isinstance(retention, Blocker) or name is None:
        return None
    spelling = Spelling(context.project, file)
    if parts.needs_os:
        spelling.os_path()
    checkpoint = context.receivers.get((file.path, target.start), file.facts.code(target))
    args = [checkpoint, parts.directory, *retention, f"checkpoint_name={parts.prefix}"]
    func = spelling.tf("tf.train.CheckpointManager", built.at.down(built.call.parts[0]))
    code = call(file, built.at.statement.start, func, args, f"{name} = ")
    context.manager = (name, parts)
    return name, f"{name} = {code}", tuple(spelling.edits)


def _manager_names(saver: str) -> tuple[str, ...]:
    """Names for the manager of a Saver, so that two Savers never share one."""
    stem = saver.strip("_")
    if stem == "saver":
        return ("manager", "checkpoint_manager")
    stem = stem.removesuffix("saver").strip("_") or stem
    return (f"{stem}_manager", f"{stem}_checkpoint_manager")


def _may_be_none_step(member: Member) -> bool:
    assert member.args is not None
    step = member.args["global_step"]
    state = member.args.get("write_state")
    unnumbered = step.kind == "const" and step.value is None
    return unnumbered or (state is not None and state.value is False)


def _shared_parts(context: Context, built: Construction, saves: list[Member]) -> PathParts | None:
    file, scope = built.at.file, built.at.scope
    found: dict[str, PathParts] = {}
    for member in saves:
        at = member.whole_at
        assert member.args is not None
        if at.file is not file or at.scope != scope:
            return None
        path = member.args["save_path"]
        path = _behind_name(built, path) or path
        parts = split_path(context.project, file, scope, path)
        if parts is None or not all(
            is_pure(context.project, file, scope, read)
            and stable_at(file, scope, read, built.at.statement)
            for read in parts.reads
        ):
            return None
        found.setdefault(file.facts.code(path), parts)
    return found.popitem()[1] if len(found) == 1 else None


def _behind_name(built: Construction, path: Expr) -> Expr | None:
    """The joined path that a name stands for, if the name is bound after the Saver is built."""
    file, scope = built.at.file, built.at.scope
    if path.kind != "name" or stable_at(file, scope, path, built.at.statement):
        value = single_value(file, scope, path)
        is_join = value is not None and value.kind == "call"
        return value if is_join else None
    return single_value(file, scope, path)
