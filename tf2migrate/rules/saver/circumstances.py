"""What the program around a group of Savers decides: graphs, sessions, state files."""

from __future__ import annotations

from tf2migrate.index.files import Occurrence
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project
from tf2migrate.index.savers import Member, SaverGroup
from tf2migrate.index.scopes import single_value
from tf2migrate.model.facts import Expr
from tf2migrate.rules.saver.context import Context

_READERS = (
    "tf.train.latest_checkpoint", "tf.train.get_checkpoint_state", "tf.train.Supervisor",
    "tf.train.MonitoredTrainingSession", "tf.train.checkpoints_iterator",
    "tf.estimator.Estimator", "tf.contrib.training.wait_for_new_checkpoint",
    "tf.contrib.training.checkpoints_iterator", "tf.contrib.slim.evaluation.evaluation_loop",
    "tf.contrib.tensorboard.plugins.projector.visualize_embeddings",
)  # fmt: skip


def make_context(project: Project, programs: Programs, group: SaverGroup) -> Context:
    """Everything around a group that its rewriting depends on."""
    files = {
        path for built in group.constructions for path in programs.together(built.at.file.path)
    }
    files |= {path for member in group.members for path in programs.together(member.at.file.path)}

    def used(name: str) -> list[Occurrence]:
        return [r.at for r in project.by_name.get(name, ()) if r.at.file.path in files]

    graphs = [at for at in used("tf.Graph") if at.is_callee]
    sessions = [at for name in ("tf.Session", "tf.InteractiveSession") for at in used(name)]
    context = Context(
        project,
        group,
        many_graphs=bool(graphs),
        many_sessions=_many_sessions(group, sessions),
        state_readers=any(project.by_name.get(name) for name in _READERS),
    )
    context.consumed = _same_scope(group) and all(
        _reads_own_file(project, group, member) for member in group.restores
    )
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


def _reads_own_file(project: Project, group: SaverGroup, member: Member) -> bool:
    """Whether a restore reads the path of a save, its value, or the newest file of a directory."""
    at = member.whole_at
    path = (member.args or {}).get("save_path")
    if path is None:
        return False
    code = at.file.facts.code(path)
    for save in group.saves:
        written = (save.args or {}).get("save_path")
        if written is not None and save.at.file.facts.code(written) == code:
            return True
    return _is_newest(project, at, path, 0)


def _is_newest(project: Project, at: Occurrence, path: Expr, depth: int) -> bool:
    if path.kind == "attr":
        return path.text == "model_checkpoint_path"
    if path.kind == "call":
        name = project.canonical(at.file, at.scope, path.parts[0])
        return name == "tf.train.latest_checkpoint" or path.parts[0].text == "save"
    value = single_value(at.file, at.scope, path) if path.kind == "name" else None
    return value is not None and depth < 4 and _is_newest(project, at, value, depth + 1)
