"""Source to facts: one pass over the tree of `ast`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Sequence

from tf2migrate.model.facts import Expr, FileFacts, Import, Param, Scope, Statement, Suppression
from tf2migrate.model.span import Span
from tf2migrate.syntax.expressions import ExpressionBuilder
from tf2migrate.syntax.source import Source

_SUPPRESSION = re.compile(r"#\s*tf2migrate:\s*ignore(?:\[([^\]]*)\])?")
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


# The method of the collector for each kind of statement; by name, since Python 3.10 lacks some.
_METHODS = {
    "Expr": "_expr",
    "Assign": "_assign",
    "AnnAssign": "_annotated",
    "AugAssign": "_augmented",
    "Return": "_return",
    "Delete": "_delete",
    "Global": "_global",
    "Nonlocal": "_global",
    "Import": "_plain_import",
    "ImportFrom": "_import_from",
    "If": "_if",
    "While": "_if",
    "For": "_for",
    "AsyncFor": "_for",
    "With": "_with",
    "AsyncWith": "_with",
    "Try": "_try",
    "TryStar": "_try",
    "Match": "_match",
    "FunctionDef": "_function",
    "AsyncFunctionDef": "_function",
    "ClassDef": "_class",
}


def collect(source: Source) -> FileFacts:
    """The facts of one file.

    Raises:
      SyntaxError: as `ast.parse` does; also `ValueError` for null bytes and
        `RecursionError` for absurdly nested code.
    """
    text = source.text.decode("utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    collector = _Collector(source.text)
    collector.module(tree)
    return FileFacts(
        path=source.path,
        digest=source.digest,
        text=source.text,
        line_starts=collector.line_starts,
        imports=tuple(collector.imports),
        scopes=tuple(collector.scopes),
        statements=tuple(collector.statements),
        identifiers=frozenset(collector.builder.identifiers),
        suppressions=_suppressions(text, collector.line_starts),
    )


def _suppressions(text: str, line_starts: Sequence[int]) -> tuple[Suppression, ...]:
    if not _SUPPRESSION.search(text):
        return ()
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        match = _SUPPRESSION.search(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        row, column = token.start
        before = token.line[: column + match.start()]
        start = line_starts[row - 1] + len(before.encode("utf-8"))
        end = start + len(match.group().encode("utf-8"))
        codes = match.group(1)
        names = None if codes is None else tuple(re.findall(r"[A-Z]+\d*", codes))
        found.append(Suppression(row, names, Span(start, end)))
    return tuple(found)


class _Collector:
    """Walks statements in source order; expressions are the builder's."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.line_starts = (0, *(match.end() for match in _NEWLINE.finditer(text)))
        self.builder = ExpressionBuilder(self.line_starts)
        self.imports: list[Import] = []
        self.scopes: list[Scope] = []
        self.statements: list[Statement] = []

    def module(self, tree: ast.Module) -> None:
        self.scopes.append(Scope(0, "module", "", "", -1, -1))
        self.block(tree.body, 0, -1, "body")

    def block(self, body: Sequence[ast.stmt], scope: int, parent: int, block: str) -> None:
        for statement in body:
            self.statement(statement, scope, parent, block)

    def statement(self, node: ast.stmt, scope: int, parent: int, block: str) -> None:
        number = len(self.statements)
        start, end = self.builder.offsets(node)
        record = Statement(number, parent, scope, "other", start, end, end, block)
        record = record._replace(alone=self._alone(node, start, end))
        self.statements.append(record)
        method = _METHODS.get(type(node).__name__)
        changes = getattr(self, method)(node, record) if method else self._other(node)
        self.statements[number] = record._replace(**changes)

    def _alone(self, node: ast.stmt, start: int, end: int) -> bool:
        line = self.line_starts[node.lineno - 1]
        if self.text[line:start].strip(b" \t\f"):
            return isinstance(node, ast.stmt) and bool(getattr(node, "decorator_list", None))
        stop = node.end_lineno or node.lineno
        limit = self.line_starts[stop] if stop < len(self.line_starts) else len(self.text)
        rest = self.text[end:limit].strip(b" \t\f\r\n\\")
        return not rest or rest.startswith(b"#")

    def _header(self, node: ast.AST, body: Sequence[ast.stmt]) -> int:
        """The end of a compound statement's header, its colon included."""
        first = self.builder.offsets(body[0])[0]
        decorators = getattr(body[0], "decorator_list", None)
        if decorators:
            first = min(first, *(self.builder.offsets(item)[0] - 1 for item in decorators))
        start, _ = self.builder.offsets(node)
        end = self.text.rfind(b":", start, first)
        # A comment between the header and the body may hold a colon of its own.
        while True:
            line = max(self.text.rfind(b"\n", start, end), self.text.rfind(b"\r", start, end)) + 1
            line = max(line, start)
            before = self.text[line:end]
            earlier = self.text.rfind(b":", start, end)
            if b"#" not in before or earlier < 0:
                return end + 1
            end = earlier

    # Simple statements: each method gives the fields of the record that differ.

    def _expr(self, node: ast.Expr, _: Statement) -> dict[str, object]:
        return {"kind": "expr", "value": self.builder.build(node.value)}

    def _assign(self, node: ast.Assign, _: Statement) -> dict[str, object]:
        targets = tuple(map(self.builder.build, node.targets))
        return {"kind": "assign", "targets": targets, "value": self.builder.build(node.value)}

    def _annotated(self, node: ast.AnnAssign, _: Statement) -> dict[str, object]:
        value = None if node.value is None else self.builder.build(node.value)
        targets = (self.builder.build(node.target),)
        return {
            "kind": "assign",
            "targets": targets,
            "value": value,
            "exprs": (self.builder.build(node.annotation),),
        }

    def _augmented(self, node: ast.AugAssign, _: Statement) -> dict[str, object]:
        return {
            "kind": "augassign",
            "targets": (self.builder.build(node.target),),
            "value": self.builder.build(node.value),
        }

    def _return(self, node: ast.Return, _: Statement) -> dict[str, object]:
        value = None if node.value is None else self.builder.build(node.value)
        return {"kind": "return", "value": value}

    def _delete(self, node: ast.Delete, _: Statement) -> dict[str, object]:
        return {"kind": "del", "targets": tuple(map(self.builder.build, node.targets))}

    def _global(self, node: ast.Global | ast.Nonlocal, _: Statement) -> dict[str, object]:
        return {"kind": "global", "text": " ".join(node.names)}

    def _plain_import(self, node: ast.Import, record: Statement) -> dict[str, object]:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._bind_import(alias, alias.name, "", bound=bound, level=0, record=record)
        return {"kind": "import"}

    def _import_from(self, node: ast.ImportFrom, record: Statement) -> dict[str, object]:
        for alias in node.names:
            bound = alias.asname or alias.name
            self._bind_import(
                alias, node.module or "", alias.name, bound=bound, level=node.level, record=record
            )
        return {"kind": "import"}

    def _bind_import(
        self, alias: ast.alias, module: str, name: str, *, bound: str, level: int, record: Statement
    ) -> None:
        start, end = self.builder.offsets(alias)
        # `import a.b` binds `a` to the package `a`, `import a.b as c` binds `c` to `a.b`.
        self.builder.identifiers.update(module.split("."))
        self.builder.identifiers.update((name, bound))
        if not name and alias.asname is None:
            bound = module.partition(".")[0]
        self.imports.append(Import(module, name, bound, level, record.scope, record.id, start, end))

    def _other(self, node: ast.stmt) -> dict[str, object]:
        kind = {ast.Raise: "raise", ast.Assert: "assert"}.get(type(node), "other")
        return {"kind": kind, "exprs": self.builder.children(node)}

    # Compound statements.

    def _if(self, node: ast.If | ast.While, record: Statement) -> dict[str, object]:
        kind = type(node).__name__.lower()
        test = self.builder.build(node.test)
        self.block(node.body, record.scope, record.id, "body")
        self.block(node.orelse, record.scope, record.id, "orelse")
        return {"kind": kind, "exprs": (test,), "header_end": self._header(node, node.body)}

    def _for(self, node: ast.For | ast.AsyncFor, record: Statement) -> dict[str, object]:
        target, value = self.builder.build(node.target), self.builder.build(node.iter)
        self.block(node.body, record.scope, record.id, "body")
        self.block(node.orelse, record.scope, record.id, "orelse")
        end = self._header(node, node.body)
        return {"kind": "for", "targets": (target,), "value": value, "header_end": end}

    def _with(self, node: ast.With | ast.AsyncWith, record: Statement) -> dict[str, object]:
        exprs = tuple(self.builder.build(item.context_expr) for item in node.items)
        bound = [item.optional_vars for item in node.items]
        # `targets` is as long as `exprs`; an item that binds nothing repeats its expression.
        targets = tuple(
            exprs[i] if item is None else self.builder.build(item) for i, item in enumerate(bound)
        )
        self.block(node.body, record.scope, record.id, "body")
        end = self._header(node, node.body)
        return {"kind": "with", "targets": targets, "exprs": exprs, "header_end": end}

    def _try(self, node: ast.Try, record: Statement) -> dict[str, object]:
        self.block(node.body, record.scope, record.id, "body")
        for handler in node.handlers:
            self._handler(handler, record)
        self.block(node.orelse, record.scope, record.id, "orelse")
        self.block(node.finalbody, record.scope, record.id, "finalbody")
        return {"kind": "try", "header_end": self._header(node, node.body)}

    def _handler(self, node: ast.ExceptHandler, record: Statement) -> None:
        number = len(self.statements)
        start, end = self.builder.offsets(node)
        exprs = () if node.type is None else (self.builder.build(node.type),)
        head = self._header(node, node.body)
        self.statements.append(
            Statement(
                number, record.id, record.scope, "handler", start, end, head, "handlers",
                exprs=exprs, text=node.name or "",
            )
        )  # fmt: skip
        self.block(node.body, record.scope, number, "body")

    def _match(self, node: ast.Match, record: Statement) -> dict[str, object]:
        subject = self.builder.build(node.subject)
        for case in node.cases:
            self.block(case.body, record.scope, record.id, "body")
        return {"kind": "match", "exprs": (subject,)}

    def _function(self, node: _Function, record: Statement) -> dict[str, object]:
        decorators = tuple(map(self.builder.build, node.decorator_list))
        params = self._params(node.args)
        scope = self._scope("function", node, record, params=params, decorators=decorators)
        self.block(node.body, scope, record.id, "body")
        defaults = tuple(param.default for param in params if param.default is not None)
        return {
            "kind": "def",
            "exprs": (*decorators, *defaults),
            "text": str(scope),
            "header_end": self._header(node, node.body),
        }

    def _class(self, node: ast.ClassDef, record: Statement) -> dict[str, object]:
        decorators = tuple(map(self.builder.build, node.decorator_list))
        bases = tuple(map(self.builder.build, node.bases))
        others = tuple(self.builder.build(keyword.value) for keyword in node.keywords)
        scope = self._scope("class", node, record, bases=bases, decorators=decorators)
        self.block(node.body, scope, record.id, "body")
        return {
            "kind": "class",
            "exprs": (*decorators, *bases, *others),
            "text": str(scope),
            "header_end": self._header(node, node.body),
        }

    def _scope(
        self,
        kind: str,
        node: _Function | ast.ClassDef,
        record: Statement,
        *,
        params: tuple[Param, ...] = (),
        bases: tuple[Expr, ...] = (),
        decorators: tuple[Expr, ...],
    ) -> int:
        outer = self.scopes[record.scope]
        number = len(self.scopes)
        name = node.name
        qualname = f"{outer.qualname}.{name}" if outer.qualname else name
        self.builder.identifiers.add(name)
        self.scopes.append(
            Scope(number, kind, name, qualname, outer.id, record.id, params, bases, decorators)
        )
        return number

    def _params(self, args: ast.arguments) -> tuple[Param, ...]:
        positional = [*args.posonlyargs, *args.args]
        padding: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
        rows: list[tuple[ast.arg, str, ast.expr | None]] = [
            (arg, "positional", default)
            for arg, default in zip(positional, [*padding, *args.defaults], strict=True)
        ]
        if args.vararg:
            rows.append((args.vararg, "vararg", None))
        rows += [
            (arg, "keyword", default)
            for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        ]
        if args.kwarg:
            rows.append((args.kwarg, "kwarg", None))
        params = []
        for arg, kind, default in rows:
            start, end = self.builder.offsets(arg)
            value = None if default is None else self.builder.build(default)
            self.builder.identifiers.add(arg.arg)
            params.append(Param(arg.arg, kind, value, start, end))
        return tuple(params)
