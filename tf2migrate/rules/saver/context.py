"""What the rewriting of all sites of a group of Savers shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from tf2migrate.index.files import Occurrence
from tf2migrate.index.paths import PathParts
from tf2migrate.index.project import Project
from tf2migrate.index.savers import Member, SaverGroup
from tf2migrate.index.scopes import entered, graph_is_default, session_is_default
from tf2migrate.model.edit import Edit
from tf2migrate.model.facts import Expr
from tf2migrate.rules.support.sites import Blocker


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
    """The edits of one site, or what stands in their way; `unsafe` says what they change."""

    edits: tuple[Edit, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    unsafe: str = ""


def session_argument(context: Context, at: Occurrence, session: Expr) -> str:
    if session.kind == "call":
        name = context.project.canonical(at.file, at.scope, session.parts[0])
        if name == "tf.get_default_session":
            return ""
    return session.hole


def under(header: str | None, code: str) -> str:
    if header is None:
        return code
    lines = code.split("\n")
    return "\n".join((header, *(f"    {line}" if line else line for line in lines)))


def header_for(context: Context, at: Occurrence, session: Expr, needs_session: bool) -> str | None:
    """The `with` under which graph and session are the right defaults, if one is needed."""
    default = session_is_default(context.project, at, session)
    whole = session.kind != "call" and entered(context.project, at, session) == "whole"
    if default and (whole or not context.many_graphs):
        return None
    items = []
    if context.many_graphs and not graph_is_default(context.project, at):
        items.append(f"{session.hole}.graph.as_default()")
    if needs_session and not default:
        items.append(f"{session.hole}.as_default()")
    return f"with {', '.join(items)}:" if items else None
