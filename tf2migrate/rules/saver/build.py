"""The construction: `tf.train.Saver(...)` becomes `tf.train.Checkpoint(...)`."""

from __future__ import annotations

from dataclasses import dataclass

from tf2migrate.index.files import Occurrence
from tf2migrate.index.project import Project
from tf2migrate.index.savers import Construction
from tf2migrate.index.sets import kind_of_set
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.facts import Expr
from tf2migrate.model.names import NameRow
from tf2migrate.rules.saver.counters import may_hold_counter
from tf2migrate.rules.support.sites import qualified
from tf2migrate.rules.support.spelling import LINE_LENGTH, Spelling, call, indentation, width

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
    pieces = _pieces(project, built, spelling, kind, value, alone)
    func = spelling.tf("tf.train.Checkpoint", at.down(at.expr.parts[0]))
    before = at.file.facts.code(at.statement)[: at.expr.start - at.statement.start]
    code = _laid_out(at, func, pieces, before.rpartition("\n")[2])
    row = NameRow(qualified(at), "*", "{name}", "set", _evidence(kind))
    return Built((Replace(at.file.path, at.expr.span, code), *spelling.edits), (row,))


def _evidence(kind: str | None) -> str:
    if kind == "dict":
        return "the keys of the Saver's dict are the names of the Checkpoint's children"
    return "each child is named by its variable's op name, as the Saver's keys were"


def _laid_out(at: Occurrence, func: str, pieces: list[str], before: str) -> str:
    """`func(**{...})` on one line, on three, or with each piece of the dict on its own."""
    flat = f"**{{{' '.join(pieces)}}}" if len(pieces) > 1 else f"**{pieces[0]}"
    code = call(at.file, at.statement.start, func, [flat], before)
    room = LINE_LENGTH - 4 - len(indentation(at.file, at.statement.start).expandtabs(4))
    if len(pieces) == 1 or "\n" not in code or width(at.file, flat) <= room:
        return code
    lines = "".join(f"        {piece}\n" for piece in pieces)
    return f"{func}(\n    **{{\n{lines}    }}\n)"


def _pieces(
    project: Project,
    built: Construction,
    spelling: Spelling,
    kind: str | None,
    value: Expr | None,
    alone: bool,
) -> list[str]:
    """The dict of the variables: one expression, or the parts of a comprehension."""
    at = built.at
    # A Checkpoint has a counter of its own; that of another one is no variable of the model.
    if value is None or kind == "all":
        source = spelling.tf("tf.global_variables", at.down(at.expr.parts[0])) + "()"
        return _by_name("v", source, [], not alone)
    counted = not alone and may_hold_counter(project, at.file, at.scope, value)
    if kind == "dict":
        if not counted or not (_from_averages(value) or value.kind == "comp"):
            return [value.hole]
        return ["k: v", f"for k, v in {value.hole}.items()", f'if "{_FOREIGN}" not in k']
    if _only_filters(value):
        element, _, source_of, *tests = value.parts
        conditions = [f"if {_closed(test)}" for test in tests]
        return _by_name(element.text, _closed(source_of), conditions, counted)
    return _by_name("v", _closed(value), [], counted)


def _by_name(name: str, source: str, conditions: list[str], counted: bool) -> list[str]:
    pieces = [f"{name}.op.name: {name}", f"for {name} in {source}", *conditions]
    return [*pieces, f'if "{_FOREIGN}" not in {name}.op.name'] if counted else pieces


def _closed(expr: Expr) -> str:
    """The expression, in brackets where a comprehension needs them."""
    return f"({expr.hole})" if expr.kind in ("ifexp", "boolop", "lambda", "named") else expr.hole


def _only_filters(value: Expr) -> bool:
    """Whether it is `[v for v in source if test]`."""
    if value.kind != "comp" or value.text not in ("list", "generator"):
        return False
    if value.names[:3] != ("element", "target", "iter") or set(value.names[3:]) - {"if"}:
        return False
    element, target = value.parts[:2]
    return element.kind == target.kind == "name" and element.text == target.text


def _from_averages(value: Expr) -> bool:
    """`ema.variables_to_restore()` takes in every other global variable, also a `save_counter`."""
    callee = value.parts[0] if value.kind == "call" else value
    return callee.text == "variables_to_restore"
