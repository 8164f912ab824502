"""The uses: `save` and `restore` of a Saver become calls of a Checkpoint and its manager."""

from __future__ import annotations

from dataclasses import dataclass, field

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.paths import PathParts, split_path
from tf2migrate.index.project import Project
from tf2migrate.index.savers import Construction, Member, SaverGroup
from tf2migrate.index.scopes import (
    graph_is_default,
    is_pure,
    name_bindings,
    roots,
    session_is_default,
    single_value,
    stable_at,
    varies,
)
from tf2migrate.model.edit import Edit, Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.model.facts import Expr
from tf2migrate.rules.support.sites import Blocker, blocker
from tf2migrate.rules.support.spelling import Spelling, call, free_name, width

_DEFAULT_MAX_TO_KEEP = "5"


@dataclass
class Context:
    """What the rewriting of all sites of a group shares.

    Attributes:
      receivers: new code for occurrences of the Saver that were renamed, by span start.
      manager: name and construction of the one manager that all saves share.
      many_graphs: the program builds `tf.Graph`s, so the default graph at a call
        need not be the session's.
      many_sessions: a second session may save before it restored anything.
      state_readers: something in the project reads the `checkpoint` state file.
    """

    project: Project
    group: SaverGroup
    many_graphs: bool = False
    many_sessions: bool = False
    state_readers: bool = True
    consumed: bool = False
    receivers: dict[tuple[str, int], str] = field(default_factory=dict)
    manager: tuple[str, PathParts] | None = None

    def receiver(self, member: Member) -> str:
        key = (member.at.file.path, member.at.expr.start)
        return self.receivers.get(key, member.at.expr.hole)


@dataclass(frozen=True, slots=True)
class Rewritten:
    edits: tuple[Edit, ...] = ()
    blockers: tuple[Blocker, ...] = ()


def restore_edits(context: Context, member: Member) -> Rewritten:
    """`saver.restore(sess, path)`: restore, check that every variable got its value, run it."""
    at = member.whole_at
    assert member.args is not None
    session, path = member.args["sess"], member.args["save_path"]
    check = "assert_consumed" if context.consumed else "assert_existing_objects_matched"
    start = f"{context.receiver(member)}.restore({path.hole})"
    run = f"{check}().run_restore_ops({_session_argument(context, at, session)})"
    code = f"{start}.{run}"
    header = _header(context, at, session, needs_session=False)
    statement = at.statement
    alone = statement.kind == "expr" and statement.value is member.whole and statement.alone
    long = width(at.file, code) + at.file.facts.place(statement.span).column > 100
    if header is not None and not alone:
        return Rewritten(blockers=(blocker(at, "the call is part of a larger statement", "arguments"),))
    if alone and long:
        status = free_name(at.file, ("status", "restore_status"))
        if status is not None:
            code = f"{status} = {start}\n{status}.{run}"
    if "\n" in code or header is not None:
        code = _under(header, code)
        return Rewritten((ReplaceStatement(at.file.path, statement.span, code),))
    return Rewritten((Replace(at.file.path, member.whole.span, code),))


def _session_argument(context: Context, at: Occurrence, session: Expr) -> str:
    if session.kind == "call":
        name = context.project.canonical(at.file, at.scope, session.parts[0])
        if name == "tf.get_default_session":
            return ""
    return session.hole


def _under(header: str | None, code: str) -> str:
    if header is None:
        return code
    lines = code.split("\n")
    return "\n".join((header, *(f"    {line}" if line else line for line in lines)))


def _header(context: Context, at: Occurrence, session: Expr, needs_session: bool) -> str | None:
    """The `with` statement under which graph and session are the right defaults, if one is needed."""
    default = session_is_default(context.project, at, session)
    if default and not _is_getter(context, at, session):
        return None
    items = []
    if context.many_graphs and not graph_is_default(context.project, at):
        items.append(f"{session.hole}.graph.as_default()")
    if needs_session and not default:
        items.append(f"{session.hole}.as_default()")
    return f"with {', '.join(items)}:" if items else None


def _is_getter(context: Context, at: Occurrence, session: Expr) -> bool:
    return session.kind == "call" and context.many_graphs


def save_edits(context: Context, member: Member) -> Rewritten:
    """`saver.save(sess, path, ...)`: a numbered file of a manager, or exactly the file named."""
    at = member.whole_at
    assert member.args is not None
    step = member.args.get("global_step")
    numbered = step is not None and not (step.kind == "const" and step.value is None)
    state = member.args.get("write_state")
    plain_file = not numbered or (state is not None and state.value is False)
    if plain_file:
        return _write(context, member, step if numbered else None)
    assert step is not None
    if _may_be_none(context, at, step):
        reason = "global_step may be None here, which changes the file's name"
        return Rewritten(blockers=(blocker(at, reason, "arguments"),))
    return _managed(context, member, step)


def _may_be_none(context: Context, at: Occurrence, step: Expr) -> bool:
    """Whether the step is a parameter that some call leaves at its default None."""
    file, scope = at.file, at.scope
    if step.kind != "name" or file.scope_of_name(scope, step.text) != scope:
        return False
    param = next((p for p in file.scope(scope).params if p.name == step.text), None)
    if param is None or param.default is None or param.default.value is not None:
        return False
    arguments = context.project.arguments_for(file, scope, step.text)
    given = [argument.value is not None for argument in arguments]
    return not given or not all(given)


def _managed(context: Context, member: Member, step: Expr) -> Rewritten:
    at = member.whole_at
    assert member.args is not None
    spelling = Spelling(context.project, at.file)
    session = member.args["sess"]
    header = _header(context, at, session, needs_session=True)
    lines = []
    if context.many_sessions:
        lines.append(_counter(context, member, session))
    if context.manager is not None:
        manager = context.manager[0]
    else:
        built = manager_code(context, member, spelling)
        if isinstance(built, Blocker):
            return Rewritten(blockers=(built,))
        manager = built
    code = f"{manager}.save(checkpoint_number={step.hole})"
    unused = _unused_path(context, member) if context.manager is not None else ()
    return _finish(context, member, header, lines, code, [], (*spelling.edits, *unused))


def _unused_path(context: Context, member: Member) -> tuple[Edit, ...]:
    """Removes the assignment of a path that only this save read."""
    at = member.whole_at
    path = (member.args or {})["save_path"]
    if path.kind != "name" or single_value(at.file, at.scope, path) is None:
        return ()
    binding = name_bindings(at.file, at.scope, path.text)[0]
    statement = binding.statement
    reads = [o for o in at.file.occurrences(path.text) if o.expr.kind == "name"]
    local = statement is not None and statement.scope == at.scope and at.scope != 0
    if statement is None or binding.value is None or not local or len(reads) != 2:
        return ()
    if len(statement.targets) != 1 or not is_pure(context.project, at.file, at.scope, binding.value):
        return ()
    return (Remove(at.file.path, statement.span),)


def _counter(context: Context, member: Member, session: Expr) -> str:
    return f"{session.hole}.run({context.receiver(member)}.save_counter.initializer)"


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
    deeper = 4 if _header(context, at, member.args["sess"], needs_session=True) else 0
    after = ".save(checkpoint_number=0000)"
    return call(at.file, at.statement.start, func, args, after=after, deeper=deeper)


def _retention(context: Context, at: Occurrence) -> list[str] | Blocker:
    """`max_to_keep=` and `keep_checkpoint_every_n_hours=` with a Saver's defaults."""
    found = {_retention_of(context, built, at) for built in context.group.constructions}
    if len(found) != 1:
        return blocker(at, "Savers with different retention are saved here", "retention")
    retention = found.pop()
    if retention is None:
        return blocker(at, "max_to_keep cannot be evaluated at this save", "retention")
    return list(retention)


def _retention_of(context: Context, built: Construction, at: Occurrence) -> tuple[str, ...] | None:
    assert built.args is not None
    code = []
    keep = _spelled(context, built, at, built.args.get("max_to_keep"), _DEFAULT_MAX_TO_KEEP)
    if keep is None:
        return None
    code.append(f"max_to_keep={keep}")
    hours_value = built.args.get("keep_checkpoint_every_n_hours")
    hours = _spelled(context, built, at, hours_value, "", number_of_hours=True)
    if hours is None:
        return None
    if hours:
        code.append(f"keep_checkpoint_every_n_hours={hours}")
    return tuple(code)


def _spelled(
    context: Context,
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
    text = source.facts.code(value)
    same_place = source is at.file and (built.at.scope == at.scope or _portable(source, built, at, value))
    if not same_place:
        return None
    return text if number_of_hours else f"{text} or None"


def _portable(file: FileIndex, built: Construction, at: Occurrence, value: Expr) -> bool:
    """Whether the expression means the same in two scopes of a file: globals and `self` only."""
    for root in roots(value):
        owner = file.scope_of_name(at.scope, root.text)
        is_self = root.text == file.self_name(at.scope) == file.self_name(built.at.scope)
        if not is_self and (owner != 0 or file.scope_of_name(built.at.scope, root.text) != 0):
            return False
    return True


def _write(context: Context, member: Member, step: Expr | None) -> Rewritten:
    """Exactly the file that the Saver would have written, and the state file where it is read."""
    at = member.whole_at
    assert member.args is not None
    session, path = member.args["sess"], member.args["save_path"]
    spelling = Spelling(context.project, at.file)
    header = _header(context, at, session, needs_session=False)
    state = member.args.get("write_state")
    with_state = context.state_readers and (state is None or state.value is not False)
    if _loses_retention(context, member):
        reason = "a Saver deletes old files of changing names, a Checkpoint's write does not"
        return Rewritten(blockers=(blocker(at, reason, "retention"),))
    prefix = path.hole
    before = [_counter(context, member, session)]
    if step is not None:
        if step.kind != "const":
            reason = "write_state=False with a step that may be a tensor"
            return Rewritten(blockers=(blocker(at, reason, "arguments"),))
        prefix = f'"%s-%d" % ({path.hole}, {step.hole})'
    after = []
    if with_state:
        if not is_pure(context.project, at.file, at.scope, path):
            reason = "the path has effects of its own; assign it to a name first"
            return Rewritten(blockers=(blocker(at, reason, "path"),))
        update = spelling.tf("tf.train.update_checkpoint_state")
        after.append(f"{update}(os.path.dirname({prefix}), {prefix})")
        spelling.os_path()
    argument = _session_argument(context, at, session)
    args = f"{prefix}, session={argument}" if argument else prefix
    code = f"{context.receiver(member)}.write({args})"
    return _finish(context, member, header, before, code, after, tuple(spelling.edits))


def _loses_retention(context: Context, member: Member) -> bool:
    """Whether one Saver could write files of different names here, and so delete older ones."""
    at = member.whole_at
    assert member.args is not None
    if not varies(at.file, at.scope, member.args["save_path"], at.statement):
        return False
    for built in context.group.constructions:
        keep = (built.args or {}).get("max_to_keep")
        if keep is not None and keep.kind == "const" and not keep.value:
            continue
        once = built.at.file is at.file and built.at.scope == at.scope
        if not once or at.file.in_loop(at.statement):
            return True
    return False


def _finish(
    context: Context,
    member: Member,
    header: str | None,
    before: list[str],
    code: str,
    after: list[str],
    edits: tuple[Edit, ...],
) -> Rewritten:
    """Statements around the new call; the whole statement is replaced where that is needed."""
    at = member.whole_at
    statement = at.statement
    path = at.file.path
    if header is None and not before and not after:
        return Rewritten((Replace(path, member.whole.span, code), *edits))
    own = _statement_code(at, member.whole, code)
    if own is not None:
        if statement.kind == "return" and after:
            own, after = f"save_path = {code}", [*after, "return save_path"]
        lines = _under(header, "\n".join((*before, own, *after)))
        return Rewritten((ReplaceStatement(path, statement.span, lines), *edits))
    simple = statement.kind in ("assign", "expr", "return", "augassign", "assert", "raise")
    if not simple or _conditional(at) or (header is not None and (before or after)):
        reason = "the call is part of a larger statement; give it a line of its own"
        return Rewritten(blockers=(blocker(at, reason, "arguments"),))
    around: list[Edit] = [Insert(path, statement.span, line) for line in before]
    around += [Insert(path, statement.span, line, after=True) for line in after]
    if header is not None:
        around.append(Wrap(path, statement.span, header))
    return Rewritten((Replace(path, member.whole.span, code), *around, *edits))


def _statement_code(at: Occurrence, whole: Expr, code: str) -> str | None:
    """The statement with its value replaced, where the value is the call itself."""
    statement = at.statement
    if statement.value is not whole:
        return None
    if statement.kind == "expr":
        return code
    if statement.kind == "return":
        return f"return {code}"
    if statement.kind == "assign" and len(statement.targets) == 1:
        return f"{statement.targets[0].hole} = {code}"
    return None


def _conditional(at: Occurrence) -> bool:
    return any(part.kind in ("ifexp", "boolop", "lambda", "comp") for part in at.path[:-1])


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
    file, scope = built.at.file, built.at.scope
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
    return step.value is None and step.kind == "const" or (state is not None and state.value is False)


def _shared_parts(
    context: Context, built: Construction, saves: list[Member]
) -> PathParts | None:
    file, scope = built.at.file, built.at.scope
    found: dict[str, PathParts] = {}
    for member in saves:
        at = member.whole_at
        assert member.args is not None
        if at.file is not file or at.scope != scope:
            return None
        path = member.args["save_path"]
        path = _behind_name(context, built, path) or path
        parts = split_path(context.project, file, scope, path)
        if parts is None or not all(
            is_pure(context.project, file, scope, read)
            and stable_at(file, scope, read, built.at.statement)
            for read in parts.reads
        ):
            return None
        found.setdefault(file.facts.code(path), parts)
    return found.popitem()[1] if len(found) == 1 else None


def _behind_name(context: Context, built: Construction, path: Expr) -> Expr | None:
    """The joined path that a name stands for, if the name is bound after the Saver is built."""
    file, scope = built.at.file, built.at.scope
    if path.kind != "name" or stable_at(file, scope, path, built.at.statement):
        value = single_value(file, scope, path)
        is_join = value is not None and value.kind == "call"
        return value if is_join else None
    return single_value(file, scope, path)
