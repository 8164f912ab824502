"""Where a new import goes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tf2migrate.model.span import Span
from tf2migrate.syntax.edit_errors import RewriteError
from tf2migrate.syntax.edit_text import leading
from tf2migrate.syntax.statements import Statement, Statements, locator, parse

_Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class Spot:
    """Before or after a statement; without one, at the offset `at`."""

    statement: Statement | None
    after: bool = False
    at: int = 0
    blank_above: bool = False
    blank_below: bool = False


def is_standard(code: str) -> bool:
    """Whether the import takes a module of the standard library."""
    names = [module.split(".")[0] for module, *_ in _bindings(_parsed(code))]
    return all(name in sys.stdlib_module_names for name in names)


def spot(doc: Statements, code: str, gone: Collection[Span]) -> Spot | None:
    """Where to put the import `code`; `None` if the module has it.

    `gone` are the spans that other edits change: imports there do not count.
    """
    wanted = set(_bindings(_parsed(code)))
    if wanted <= set(_present(doc, gone)):
        return None
    imports = [item for item in doc.top if isinstance(item.node, _Import)]
    first = next((item for item in imports if not _is_future(item)), None)
    if first is not None:
        return _beside_imports(doc, first, code)
    if imports:
        return Spot(imports[-1], after=True)
    return _without_imports(doc)


def _beside_imports(doc: Statements, first: Statement, code: str) -> Spot:
    if not is_standard(code):
        return Spot(_last_of_block(doc, first), after=True)
    plain = _leading_plain(doc, first)
    names = [item.node.names[0].name for item in plain]
    tree = _parsed(code)
    if len(names) > 1 and names == sorted(names) and isinstance(tree, ast.Import):
        later = [item for item in plain if item.node.names[0].name > tree.names[0].name]
        return Spot(later[0]) if later else Spot(plain[-1], after=True)
    return Spot(first)


def _last_of_block(doc: Statements, first: Statement) -> Statement:
    """The last plain import of the block of imports at the top, else its last import."""
    block = []
    for item in doc.top[doc.top.index(first) :]:
        if not isinstance(item.node, _Import):
            break
        block.append(item)
    return next((item for item in reversed(block) if isinstance(item.node, ast.Import)), block[-1])


def _leading_plain(doc: Statements, first: Statement) -> list[Statement]:
    """The `import x` lines from the first import on, without a gap."""
    found: list[Statement] = []
    for item in doc.top[doc.top.index(first) :]:
        gap = found and doc.line_start(item.start) != doc.line_end(found[-1].end)
        if gap or not isinstance(item.node, ast.Import):
            break
        found.append(item)
    return found


def _without_imports(doc: Statements) -> Spot:
    if not doc.top:
        return Spot(None, at=len(doc.text))
    first = doc.top[0]
    if ast.get_docstring(doc.tree, clean=False) is not None:
        return Spot(first, after=True, blank_above=True)
    at = start = doc.line_start(first.outer)
    while at > 0:
        above = doc.line_start(at - 1)
        if not doc.text[above:at].lstrip(leading(doc.text[above:at])).startswith(b"#"):
            # These comments are about the statement, not about the file.
            return Spot(None, at=at, blank_below=True) if at < start else Spot(first)
        at = above
    return Spot(first)


def _parsed(code: str) -> _Import:
    try:
        body = parse(code.encode("utf-8")).body
    except SyntaxError:
        body = []
    if len(body) != 1 or not isinstance(body[0], _Import):
        raise RewriteError(f"tf2migrate: not an import statement: {code!r}")
    return body[0]


def _is_future(item: Statement) -> bool:
    return isinstance(item.node, ast.ImportFrom) and item.node.module == "__future__"


def _present(doc: Statements, gone: Collection[Span]) -> Iterator[tuple[str, str, str]]:
    locate = locator(doc.text)
    for item in doc.top:
        if isinstance(item.node, _Import):
            for alias, binding in zip(item.node.names, _bindings(item.node), strict=True):
                if not any(span.overlaps(locate(alias)) for span in gone):
                    yield binding


def _bindings(node: _Import) -> Iterator[tuple[str, str, str]]:
    """Module, name in it, and the bound name, for each alias."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module, alias.name, alias.asname or alias.name
        elif alias.asname:
            yield alias.name, "", alias.asname
        else:
            # `import os.path` binds `os`, as `import os` does.
            top = alias.name.split(".")[0]
            yield top, "", top
