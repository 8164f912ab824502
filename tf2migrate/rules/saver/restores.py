"""`restore` of a Saver: read, check that every variable got its value, run."""

from __future__ import annotations

from tf2migrate.index.savers import Member
from tf2migrate.model.edit import Replace, ReplaceStatement
from tf2migrate.rules.saver.context import Context, Rewritten, header_for, session_argument, under
from tf2migrate.rules.support.sites import blocker
from tf2migrate.rules.support.spelling import call, free_name, width


def restore_edits(context: Context, member: Member) -> Rewritten:
    """`saver.restore(sess, path)`: restore, check that every variable got its value, run it."""
    at = member.whole_at
    assert member.args is not None
    session, path = member.args["sess"], member.args["save_path"]
    check = "assert_consumed" if context.consumed else "assert_existing_objects_matched"
    start = f"{context.receiver(member)}.restore({path.hole})"
    run = f"{check}().run_restore_ops({session_argument(context, at, session)})"
    code = f"{start}.{run}"
    header = header_for(context, at, session, needs_session=False)
    statement = at.statement
    alone = statement.kind == "expr" and statement.value is member.whole and statement.alone
    deeper = 0 if header is None else 4
    long = width(at.file, code) + at.file.facts.place(statement.span).column + deeper > 100
    if header is not None and not alone:
        return Rewritten(
            blockers=(blocker(at, "the call is part of a larger statement", "arguments"),)
        )
    if alone and long:
        status = free_name(at.file, ("status", "restore_status"))
        if status is not None:
            read = f"{context.receiver(member)}.restore"
            laid = call(at.file, statement.start, read, [path.hole], f"{status} = ", deeper=deeper)
            code = f"{status} = {laid}\n{status}.{run}"
    if "\n" in code or header is not None:
        code = under(header, code)
        return Rewritten((ReplaceStatement(at.file.path, statement.span, code),))
    return Rewritten((Replace(at.file.path, member.whole.span, code),))
