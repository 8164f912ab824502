"""What names stand for, and occurrences of library names."""

from __future__ import annotations

from typing import NamedTuple

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.model.facts import Expr, Statement


class Ref(NamedTuple):
    """What a name stands for.

    `kind` is `external` (`name` is the dotted Python path), `module` (of the
    project), `function` or `class` (`scope` in the file at `path`).
    """

    kind: str
    name: str = ""
    path: str = ""
    scope: int = -1


class Reference(NamedTuple):
    """An occurrence of a library's name: `name` is canonical, such as `tf.train.Saver`."""

    name: str
    at: Occurrence

    @property
    def call(self) -> Expr | None:
        """The call whose callee this is."""
        return self.at.parent if self.at.is_callee else None


class Argument(NamedTuple):
    """An argument of a call in `scope` of `file`; `value` is None where it is left out."""

    file: FileIndex
    scope: int
    value: Expr | None


def with_item(statement: Statement, name: str) -> Expr | None:
    """The expression that `with ... as name` enters."""
    if statement.kind != "with":
        return None
    for item, target in zip(statement.exprs, statement.targets, strict=True):
        if target.kind == "name" and target.text == name:
            return item
    return None


def longest(root: Occurrence) -> Occurrence:
    """The attribute chain that begins with a name."""
    levels = 1
    while levels < len(root.path):
        outer, inner = root.path[-levels - 1], root.path[-levels]
        if outer.kind != "attr" or outer.parts[0] is not inner:
            break
        levels += 1
    return root.up(levels - 1)


def dotted(root: str, expr: Expr) -> str:
    names: list[str] = []
    while expr.kind == "attr":
        names.append(expr.text)
        expr = expr.parts[0]
    return ".".join((root, *reversed(names)))
