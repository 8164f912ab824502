"""Savers: where they are built, what is done with them, and which belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.flow import Flow
from tf2migrate.index.project import Project
from tf2migrate.index.values import Escape, Group
from tf2migrate.model.facts import Expr

SAVER = "tf.train.Saver"

_SAVER_PARAMS = (
    "var_list", "reshape", "sharded", "max_to_keep", "keep_checkpoint_every_n_hours", "name",
    "restore_sequentially", "saver_def", "builder", "defer_build", "allow_empty",
    "write_version", "pad_step_number", "save_relative_paths", "filename",
)  # fmt: skip
_SAVE_PARAMS = (
    "sess", "save_path", "global_step", "latest_filename", "meta_graph_suffix",
    "write_meta_graph", "write_state", "strip_default_attrs", "save_debug_info",
)  # fmt: skip
_RESTORE_PARAMS = ("sess", "save_path")
_OTHER_MEMBERS = frozenset(
    {
        "last_checkpoints", "set_last_checkpoints", "set_last_checkpoints_with_time",
        "recover_last_checkpoints", "as_saver_def", "to_proto", "export_meta_graph", "build",
        "from_proto",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A use of a Saver: `saver.save(...)` and the like.

    Attributes:
      name: the method or attribute.
      at: the Saver expression (its parent is the attribute).
      call: the call, None where the attribute is only read.
      args: the arguments by TF1's parameter names, None when they cannot be told.
    """

    name: str
    at: Occurrence
    call: Expr | None
    args: Mapping[str, Expr] | None

    @property
    def whole(self) -> Expr:
        """The call, or the attribute where nothing is called."""
        return self.call if self.call is not None else self.at.path[-2]

    @property
    def whole_at(self) -> Occurrence:
        return self.at.up(2 if self.call is not None else 1)


@dataclass(frozen=True, slots=True)
class Construction:
    """A call of `tf.train.Saver`; `args` as in `Member`."""

    at: Occurrence
    args: Mapping[str, Expr] | None

    @property
    def call(self) -> Expr:
        return self.at.expr

    @property
    def target(self) -> Expr | None:
        """What the Saver is assigned to, when that is one plain target."""
        statement = self.at.statement
        plain = (
            len(self.at.path) == 1 and statement.kind == "assign" and len(statement.targets) == 1
        )
        return statement.targets[0] if plain and statement.value is self.at.expr else None


@dataclass
class SaverGroup:
    """Savers that can meet in one place, with all their uses."""

    constructions: list[Construction]
    members: list[Member]
    escapes: list[Escape]
    flow: Group
    saves: list[Member] = field(default_factory=list)
    restores: list[Member] = field(default_factory=list)
    others: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        for member in self.members:
            table = {"save": self.saves, "restore": self.restores}
            table.get(member.name if member.call is not None else "", self.others).append(member)


def saver_groups(project: Project) -> list[SaverGroup]:
    """All Savers of the project, grouped (source: the data flow of `Flow`)."""
    origins = [ref.at.up() for ref in project.calls([SAVER])]
    return [_group(group) for group in Flow(project, origins).groups]


def _group(group: Group) -> SaverGroup:
    built = [Construction(at, bind_arguments(at.expr, _SAVER_PARAMS)) for at in group.origins]
    members = []
    for use in group.uses:
        params = {"save": _SAVE_PARAMS, "restore": _RESTORE_PARAMS}.get(use.name, ("arg",))
        args = None if use.call is None else bind_arguments(use.call, params)
        members.append(Member(use.name, use.at, use.call, args))
    return SaverGroup(built, members, group.escapes, group)


def bind_arguments(call: Expr, params: tuple[str, ...]) -> dict[str, Expr] | None:
    """Arguments by parameter name; None for `*args`, `**kwargs` or names unknown to `params`."""
    bound: dict[str, Expr] = {}
    if len(call.args) > len(params) or any(arg.kind == "star" for arg in call.args):
        return None
    for name, value in zip(params, call.args, strict=False):
        bound[name] = value
    for keyword, value in call.keywords.items():
        if keyword is None or keyword not in params or keyword in bound:
            return None
        bound[keyword] = value
    return bound


def unresolved_members(project: Project, groups: list[SaverGroup]) -> list[Member]:
    """Calls that look like a Saver's although no Saver is known to reach them.

    `x.restore(sess, path)` and `x.save(sess, path, ...)` on a receiver that is
    no class of the project: the Saver came in from outside or by a way that
    cannot be followed.
    """
    known = {(m.at.file.path, m.at.expr.start, m.at.expr.end) for g in groups for m in g.members}
    found = []
    for file in project.files.values():
        for name in ("save", "restore"):
            for at in file.occurrences(name):
                member = _member_like_saver(project, file, at)
                key = member and (file.path, member.at.expr.start, member.at.expr.end)
                if member is not None and key not in known:
                    found.append(member)
    return sorted(found, key=lambda member: (member.at.file.path, member.whole.start))


def _member_like_saver(project: Project, file: FileIndex, at: Occurrence) -> Member | None:
    if at.expr.kind != "attr" or not at.is_callee:
        return None
    call = at.parent
    assert call is not None
    params = _SAVE_PARAMS if at.expr.text == "save" else _RESTORE_PARAMS
    args = bind_arguments(call, params)
    if args is None or not {"sess", "save_path"} <= args.keys():
        return None
    receiver = at.expr.parts[0]
    if project.resolve(file, at.scope, receiver) is not None or project.callee(
        file, at.scope, call
    ):
        return None
    name = receiver.text.lower() if receiver.kind in ("name", "attr") else ""
    session = file.facts.code(args["sess"]).lower()
    looks_like_session = "sess" in session or args["sess"].kind == "const"
    if not looks_like_session and not any(w in name for w in ("saver", "restorer", "loader")):
        return None
    return Member(at.expr.text, at.down(receiver), call, args)
