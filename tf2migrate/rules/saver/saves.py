"""`save` of a Saver: a numbered file of a manager, or exactly the file that is named."""

from __future__ import annotations

from dataclasses import replace

from tf2migrate.index.files import Occurrence
from tf2migrate.index.paths import split_path
from tf2migrate.index.savers import Member
from tf2migrate.index.scopes import is_pure, name_bindings, single_value, varies
from tf2migrate.model.edit import Edit, Insert, Remove, Replace, ReplaceStatement, Wrap
from tf2migrate.model.facts import Expr
from tf2migrate.rules.saver.context import Context, Rewritten, header_for, session_argument, under
from tf2migrate.rules.saver.manager import keeps_every_file, manager_code
from tf2migrate.rules.support.sites import Blocker, blocker
from tf2migrate.rules.support.spelling import Spelling, call


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
    header = header_for(context, at, session, needs_session=True)
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
    return _finish(member, header, lines, code, [], (*spelling.edits, *unused))


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
    if len(statement.targets) != 1 or not is_pure(
        context.project, at.file, at.scope, binding.value
    ):
        return ()
    return (Remove(at.file.path, statement.span),)


def _counter(context: Context, member: Member, session: Expr) -> str:
    return f"{session.hole}.run({context.receiver(member)}.save_counter.initializer)"


def _write(context: Context, member: Member, step: Expr | None) -> Rewritten:
    """Exactly the file that the Saver would have written, and the state file where it is read."""
    at = member.whole_at
    assert member.args is not None
    session, path = member.args["sess"], member.args["save_path"]
    spelling = Spelling(context.project, at.file)
    header = header_for(context, at, session, needs_session=False)
    state = member.args.get("write_state")
    with_state = context.state_readers and (state is None or state.value is not False)
    unsafe = ""
    if _loses_retention(context, member):
        unsafe = "files of changing names: the Saver deleted old ones, write keeps every file"
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
        deeper = 0 if header is None else 4
        parts = split_path(context.project, at.file, at.scope, path) if step is None else None
        if parts is None or parts.needs_os:
            spelling.os_path()
            folder = f"os.path.dirname({prefix})"
        else:
            folder = parts.directory
        places = [folder, prefix]
        after.append(call(at.file, at.statement.start, update, places, deeper=deeper))
    argument = session_argument(context, at, session)
    args = f"{prefix}, session={argument}" if argument else prefix
    code = f"{context.receiver(member)}.write({args})"
    done = _finish(member, header, before, code, after, tuple(spelling.edits))
    return replace(done, unsafe=unsafe)


def _loses_retention(context: Context, member: Member) -> bool:
    """Whether one Saver could write files of different names here, and so delete older ones."""
    at = member.whole_at
    assert member.args is not None
    if not varies(at.file, at.scope, member.args["save_path"]):
        return False
    for built in context.group.constructions:
        if keeps_every_file(built):
            continue
        once = built.at.file is at.file and built.at.scope == at.scope
        if not once or at.file.in_loop(at.statement):
            return True
    return False


def _finish(
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
        lines = under(header, "\n".join((*before, own, *after)))
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
