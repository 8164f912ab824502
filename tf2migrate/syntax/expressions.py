"""Expressions of `ast` to `Expr`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from tf2migrate.model.facts import Expr


class ExpressionBuilder:
    """Builds `Expr`s; remembers every identifier that it has seen."""

    def __init__(self, line_starts: Sequence[int]) -> None:
        self.line_starts = line_starts
        self.identifiers: set[str] = set()
        self._methods: dict[type[ast.AST], Callable[[Any], Expr]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Constant: self._constant,
            ast.Call: self._call,
            ast.Tuple: self._sequence,
            ast.List: self._sequence,
            ast.Set: self._sequence,
            ast.Starred: self._starred,
            ast.Dict: self._dict,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binop,
            ast.BoolOp: self._boolop,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compare,
            ast.IfExp: self._ifexp,
            ast.Lambda: self._lambda,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.NamedExpr: self._named,
            ast.JoinedStr: self._fstring,
        }

    def offsets(self, node: Any) -> tuple[int, int]:
        starts = self.line_starts
        return (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def build(self, node: ast.expr) -> Expr:
        method = self._methods.get(type(node))
        if method is not None:
            return method(node)
        return Expr("other", *self.offsets(node), type(node).__name__, None, self.children(node))

    def children(self, node: ast.AST) -> tuple[Expr, ...]:
        """The expressions directly below a node of a kind that needs no more detail."""
        found: list[Expr] = []
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                found.append(self.build(child))
            elif not isinstance(child, ast.stmt):
                found.extend(self.children(child))
        return tuple(found)

    def _many(self, nodes: Sequence[ast.expr]) -> tuple[Expr, ...]:
        return tuple([self.build(node) for node in nodes])

    def _name(self, node: ast.Name) -> Expr:
        self.identifiers.add(node.id)
        return Expr("name", *self.offsets(node), node.id)

    def _attribute(self, node: ast.Attribute) -> Expr:
        self.identifiers.add(node.attr)
        return Expr("attr", *self.offsets(node), node.attr, None, (self.build(node.value),))

    def _constant(self, node: ast.Constant) -> Expr:
        value = node.value if node.value is not Ellipsis else "..."
        return Expr("const", *self.offsets(node), type(node.value).__name__, value)

    def _call(self, node: ast.Call) -> Expr:
        args = self._many(node.args)
        keywords = tuple([self.build(keyword.value) for keyword in node.keywords])
        names = tuple([keyword.arg for keyword in node.keywords])
        parts = (self.build(node.func), *args, *keywords)
        return Expr("call", *self.offsets(node), "", None, parts, names)

    def _sequence(self, node: ast.Tuple | ast.List | ast.Set) -> Expr:
        kind = type(node).__name__.lower()
        return Expr(kind, *self.offsets(node), "", None, self._many(node.elts))

    def _starred(self, node: ast.Starred) -> Expr:
        return Expr("star", *self.offsets(node), "", None, (self.build(node.value),))

    def _dict(self, node: ast.Dict) -> Expr:
        keys = tuple([None if key is None else self.build(key) for key in node.keys])
        values = self._many(node.values)
        return Expr("dict", *self.offsets(node), "", None, values, (), keys)

    def _subscript(self, node: ast.Subscript) -> Expr:
        parts = (self.build(node.value), self.build(node.slice))
        return Expr("subscript", *self.offsets(node), "", None, parts)

    def _binop(self, node: ast.BinOp) -> Expr:
        parts = (self.build(node.left), self.build(node.right))
        return Expr("binop", *self.offsets(node), type(node.op).__name__, None, parts)

    def _boolop(self, node: ast.BoolOp) -> Expr:
        operator = type(node.op).__name__
        return Expr("boolop", *self.offsets(node), operator, None, self._many(node.values))

    def _unary(self, node: ast.UnaryOp) -> Expr:
        parts = (self.build(node.operand),)
        return Expr("unary", *self.offsets(node), type(node.op).__name__, None, parts)

    def _compare(self, node: ast.Compare) -> Expr:
        operators = " ".join(type(operator).__name__ for operator in node.ops)
        parts = (self.build(node.left), *self._many(node.comparators))
        return Expr("compare", *self.offsets(node), operators, None, parts)

    def _ifexp(self, node: ast.IfExp) -> Expr:
        parts = self._many((node.test, node.body, node.orelse))
        return Expr("ifexp", *self.offsets(node), "", None, parts)

    def _lambda(self, node: ast.Lambda) -> Expr:
        spec = node.args
        names = [arg.arg for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
        names += [arg.arg for arg in (spec.vararg, spec.kwarg) if arg is not None]
        defaults = [node for node in (*spec.defaults, *spec.kw_defaults) if node is not None]
        parts = (self.build(node.body), *self._many(defaults))
        return Expr("lambda", *self.offsets(node), " ".join(names), None, parts)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Expr:
        elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        rows: list[tuple[str, ast.expr]] = [("element", element) for element in elements]
        for generator in node.generators:
            rows += [("target", generator.target), ("iter", generator.iter)]
            rows += [("if", condition) for condition in generator.ifs]
        names = tuple([name for name, _ in rows])
        kinds = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict"}
        kind = kinds.get(type(node), "generator")
        parts = tuple([self.build(part) for _, part in rows])
        return Expr("comp", *self.offsets(node), kind, None, parts, names)

    def _named(self, node: ast.NamedExpr) -> Expr:
        parts = (self.build(node.target), self.build(node.value))
        return Expr("named", *self.offsets(node), "", None, parts)

    def _fstring(self, node: ast.JoinedStr) -> Expr:
        return Expr("fstring", *self.offsets(node), "", None, self.children(node))
