"""The construction: `tf.train.Saver(...)` becomes `tf.train.Checkpoint(...)`."""

from __future__ import annotations

from dataclasses import dataclass

from tf2migrate.index.project import Project
from tf2migrate.index.savers import Construction
from tf2migrate.index.sets import ALL_VARIABLES, kind_of_set
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.facts import Expr
from tf2migrate.model.names import NameRow
from tf2migrate.rules.support.sites import qualified
from tf2migrate.rules.support.spelling import Spelling, call

_FOREIGN = "save_counter"


@dataclass(frozen=True, slots=True)
class Built:
    """The edits of one construction, the rows of its name map, and who owns the variables."""

    edits: tuple[Edit, ...]
    names: tuple[NameRow, ...]
    owner: str = "of the same variables, by name"


def build(project: Project, built: Construction, alone: bool) -> Built:
    """A Checkpoint of exactly the variables that the Saver would hold.

    The set is evaluated where the Saver stood, so that it is the same set; each
    variable is a child under its TF1 name. `alone` says that no other
    Checkpoint of the program can have put its `save_counter` among the
    variables before.
    """
    at = built.at
    assert built.args is not None
    spelling = Spelling(project, at.file)
    value = built.args.get("var_list")
    kind = kind_of_set(project, at.file, at.scope, value)
    arguments = _arguments(project, built, spelling, kind, value, alone)
    saver = at.expr.parts[0]
    func = spelling.tf("tf.train.Checkpoint", at.down(saver))
    before = at.file.facts.code(at.statement)[: at.expr.start - at.statement.start]
    code = call(at.file, at.statement.start, func, [arguments], before.rpartition("\n")[2])
    row = NameRow(qualified(at), "*", "{name}", "set", _evidence(kind))
    return Built((Replace(at.file.path, at.expr.span, code), *spelling.edits), (row,))


def _evidence(kind: str | None) -> str:
    if kind == "dict":
        return "the keys of the Saver's dict are the names of the Checkpoint's children"
    return "each child is named by its variable's op name, as the Saver's keys were"


def _arguments(
    project: Project,
    built: Construction,
    spelling: Spelling,
    kind: str | None,
    value: Expr | None,
    alone: bool,
) -> str:
    at = built.at
    # A Checkpoint has a counter of its own; that of another one is no variable of the model.
    other = "" if alone else f' if "{_FOREIGN}" not in v.op.name'
    if kind == "dict":
        assert value is not None
        if alone or not _from_averages(value):
            return f"**{value.hole}"
        return f"**{{k: v for k, v in {value.hole}.items(){other.replace('v.op.name', 'k')}}}"
    everything = spelling.tf("tf.global_variables", at.down(at.expr.parts[0])) + "()"
    if kind == "all":
        source = everything
    else:
        assert value is not None
        source = value.hole
        is_all = (
            value.kind == "call"
            and project.canonical(at.file, at.scope, value.parts[0]) in ALL_VARIABLES
            and not value.args
        )
        if value.kind in ("ifexp", "boolop", "lambda"):
            source = f"({source})"
        if not is_all:
            return f"**{{v.op.name: v for v in {source}}}"
    return f"**{{v.op.name: v for v in {source}{other}}}"


def _from_averages(value: Expr) -> bool:
    """`ema.variables_to_restore()` takes in every other global variable, also a `save_counter`."""
    callee = value.parts[0] if value.kind == "call" else value
    return callee.text == "variables_to_restore"
