"""One file's facts with the look-ups that the index needs: scopes, bindings, occurrences."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple, Optional

from tf2migrate.model.facts import Expr, FileFacts, Import, Param, Scope, Statement

# An expression and the link to the one around it.
_Link = tuple[Expr, Optional["_Link"]]


class Binding(NamedTuple):
    """One way in which a name gets its value in a scope.

    `kind` is `import`, `def`, `class`, `param`, `assign` (a plain `name = value`),
    or `other` (loops, `with`, unpacking, `except`, `del`, augmented assignment).
    """

    kind: str
    statement: Statement | None
    value: Expr | None = None
    imported: Import | None = None
    scope: int = -1
    param: Param | None = None


class Occurrence(NamedTuple):
    """An expression with its ancestors: `path[0]` is the statement's, `path[-1]` itself."""

    file: FileIndex
    statement: Statement
    path: tuple[Expr, ...]

    @property
    def expr(self) -> Expr:
        return self.path[-1]

    @property
    def parent(self) -> Expr | None:
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def scope(self) -> int:
        return self.statement.scope

    def up(self, levels: int = 1) -> Occurrence:
        return Occurrence(self.file, self.statement, self.path[: len(self.path) - levels])

    def down(self, *exprs: Expr) -> Occurrence:
        return Occurrence(self.file, self.statement, (*self.path, *exprs))

    @property
    def is_callee(self) -> bool:
        parent = self.parent
        return parent is not None and parent.kind == "call" and parent.parts[0] is self.expr


class FileIndex:
    """The facts of one file, indexed on first use."""

    def __init__(self, facts: FileFacts) -> None:
        self.facts = facts
        self.path = facts.path
        self._bindings: dict[tuple[int, str], list[Binding]] | None = None
        self._global_names: set[tuple[int, str]] = set()
        self._children: dict[int, list[Statement]] | None = None
        self._occurrences: dict[str, list[Occurrence]] = {}

    # Scopes and names

    @property
    def bindings(self) -> dict[tuple[int, str], list[Binding]]:
        if self._bindings is None:
            self._bindings = {}
            self._bind_all()
        return self._bindings

    def _bind_all(self) -> None:
        for item in self.facts.imports:
            statement = self.facts.statements[item.statement]
            self._bind(item.scope, item.bound, Binding("import", statement, imported=item))
        for scope in self.facts.scopes[1:]:
            statement = self.facts.statements[scope.statement]
            kind = "class" if scope.kind == "class" else "def"
            self._bind(scope.parent, scope.name, Binding(kind, statement, scope=scope.id))
            for param in scope.params:
                self._bind(scope.id, param.name, Binding("param", statement, param=param))
        for statement in self.facts.statements:
            if statement.kind == "global":
                self._global_names.update((statement.scope, n) for n in statement.text.split())
        for statement in self.facts.statements:
            self._bind_targets(statement)

    def _bind_targets(self, statement: Statement) -> None:
        if statement.kind == "handler" and statement.text:
            self._bind(statement.scope, statement.text, Binding("other", statement))
        for position, target in enumerate(statement.targets):
            if statement.kind == "with" and target is statement.exprs[position]:
                continue
            plain = statement.kind == "assign" and target.kind == "name"
            if plain and statement.value is not None:
                self._bind(
                    statement.scope, target.text, Binding("assign", statement, statement.value)
                )
                continue
            for expr in target.walk():
                if expr.kind == "name" and _binds(target, expr):
                    self._bind(statement.scope, expr.text, Binding("other", statement))
        for value in (*statement.exprs, *(() if statement.value is None else (statement.value,))):
            for expr in value.walk():
                if expr.kind == "named":
                    binding = Binding("assign", statement, expr.parts[1])
                    self._bind(statement.scope, expr.parts[0].text, binding)

    def _bind(self, scope: int, name: str, binding: Binding) -> None:
        assert self._bindings is not None
        if (scope, name) in self._global_names:
            scope = 0
        self._bindings.setdefault((scope, name), []).append(binding)

    def scope_of_name(self, scope: int, name: str) -> int | None:
        """The scope that binds `name` as seen from `scope`, None for a builtin or star import."""
        bindings = self.bindings
        if (scope, name) in self._global_names:
            return 0
        first = True
        while scope >= 0:
            record = self.facts.scopes[scope]
            if (first or record.kind != "class") and (scope, name) in bindings:
                return scope
            first = False
            scope = record.parent
        return None

    def scope(self, number: int) -> Scope:
        return self.facts.scopes[number]

    def enclosing(self, scope: int, kind: str) -> Scope | None:
        """The innermost scope of `kind` (`class`, `function`) around, `scope` itself included."""
        while scope >= 0:
            record = self.facts.scopes[scope]
            if record.kind == kind:
                return record
            scope = record.parent
        return None

    def method_class(self, scope: int) -> Scope | None:
        """The class whose method (or a function nested in it) `scope` is."""
        while scope >= 0:
            record = self.facts.scopes[scope]
            if record.kind == "function" and record.parent >= 0:
                outer = self.facts.scopes[record.parent]
                if outer.kind == "class":
                    return outer
            scope = record.parent
        return None

    def self_name(self, scope: int) -> str | None:
        """The name of the instance (`self`) in the method around `scope`."""
        while scope >= 0:
            record = self.facts.scopes[scope]
            if record.kind == "function" and self.facts.scopes[record.parent].kind == "class":
                static = any(
                    d.kind == "name" and d.text == "staticmethod" for d in record.decorators
                )
                return record.params[0].name if record.params and not static else None
            scope = record.parent
        return None

    # Statements

    def ancestors(self, statement: Statement) -> Iterator[Statement]:
        """The compound statements around one, innermost first, across function borders."""
        number = statement.parent
        while number >= 0:
            outer = self.facts.statements[number]
            yield outer
            number = outer.parent

    def children(self, statement: Statement) -> list[Statement]:
        if self._children is None:
            self._children = {}
            for item in self.facts.statements:
                self._children.setdefault(item.parent, []).append(item)
        return self._children.get(statement.id, [])

    def in_loop(self, statement: Statement) -> bool:
        """Whether a loop of the same scope is around the statement."""
        return any(
            outer.kind in ("for", "while")
            for outer in self.ancestors(statement)
            if outer.scope == statement.scope
        )

    # Occurrences

    def occurrences(self, identifier: str) -> list[Occurrence]:
        """Every name or attribute called `identifier`, in source order."""
        if identifier not in self.facts.identifiers:
            return []
        if identifier not in self._occurrences:
            found = [
                Occurrence(self, statement, _unlinked(link))
                for statement, link in self._links.get(identifier, ())
            ]
            self._occurrences[identifier] = found
        return self._occurrences[identifier]

    @cached_property
    def _links(self) -> dict[str, list[tuple[Statement, _Link]]]:
        """Names and attributes by identifier; paths are made when they are asked for."""
        table: dict[str, list[tuple[Statement, _Link]]] = {}
        for statement in self.facts.statements:
            stack: list[_Link] = [(top, None) for top in statement.expressions()]
            stack.reverse()
            while stack:
                link = stack.pop()
                expr = link[0]
                kind = expr.kind
                if kind in ("name", "attr"):
                    table.setdefault(expr.text, []).append((statement, link))
                if expr.parts:
                    stack.extend([(part, link) for part in reversed(expr.parts)])
                for key in expr.keys:
                    if key is not None:
                        stack.append((key, link))
        return table

    def walk(self) -> Iterator[Occurrence]:
        """Every expression with its ancestors, in source order of the statements."""
        for statement in self.facts.statements:
            for top in statement.expressions():
                stack: list[tuple[Expr, ...]] = [(top,)]
                while stack:
                    path = stack.pop()
                    yield Occurrence(self, statement, path)
                    children = tuple(path[-1].children())
                    stack.extend((*path, child) for child in reversed(children))


def _unlinked(link: _Link | None) -> tuple[Expr, ...]:
    path = []
    while link is not None:
        path.append(link[0])
        link = link[1]
    return tuple(reversed(path))


def _binds(target: Expr, name: Expr) -> bool:
    """Whether `name`, somewhere in the target, is bound by it and not merely read."""
    if target is name:
        return True
    if target.kind in ("tuple", "list", "star"):
        return any(_binds(part, name) for part in target.parts)
    return False
