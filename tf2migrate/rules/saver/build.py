"""The construction: `tf.train.Saver(...)` becomes `tf.train.Checkpoint(...)`."""

from __future__ import annotations

from dataclasses import dataclass

from tf2migrate.index.project import Project
from tf2migrate.index.savers import Construction
from tf2migrate.index.sets import kind_of_set
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.facts import Expr
from tf2migrate.model.names import NameRow
from tf2migrate.rules.saver.counters import may_hold_counter
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
    if value is None or kind == "all":
        source = spelling.tf("tf.global_variables", at.down(at.expr.parts[0])) + "()"
        counted = not alone
    else:
        source = value.hole
        counted = not alone and may_hold_counter(project, at.file, at.scope, value)
    if kind == "dict":
        assert value is not None
        if not counted or not (_from_averages(value) or value.kind == "comp"):
            return f"**{source}"
        return f'**{{k: v for k, v in {source}.items() if "{_FOREIGN}" not in k}}'
    if value is not None and kind != "all":
        loop = _loop(value)
        if loop is not None:
            name = loop.partition(".")[0]
            return f"**{{{loop}{_unless_counter(name, counted)}}}"
        if value.kind in ("ifexp", "boolop", "lambda"):
            source = f"({source})"
    return f"**{{v.op.name: v for v in {source}{_unless_counter('v', counted)}}}"


def _unless_counter(name: str, counted: bool) -> str:
    return f' if "{_FOREIGN}" not in {name}.op.name' if counted else ""


def _loop(value: Expr) -> str | None:
    """`v.op.name: v for v in source if test`, of a comprehension that only filters."""
    if value.kind != "comp" or value.text not in ("list", "generator"):
        return None
    if value.names[:3] != ("element", "target", "iter") or set(value.names[3:]) - {"if"}:
        return None
    element, target, source, *tests = value.parts
    if element.kind != "name" or target.kind != "name" or element.text != target.text:
        return None
    conditions = "".join(f" if {test.hole}" for test in tests)
    return f"{element.text}.op.name: {element.text} for {target.text} in {source.hole}{conditions}"


def _from_averages(value: Expr) -> bool:
    """`ema.variables_to_restore()` takes in every other global variable, also a `save_counter`."""
    callee = value.parts[0] if value.kind == "call" else value
    return callee.text == "variables_to_restore"
