"""A checkpoint's path taken apart: directory and file prefix, as expressions in source code."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project
from tf2migrate.index.scopes import is_pure
from tf2migrate.model.facts import Expr


class PathParts(NamedTuple):
    """Code for the directory and for the prefix of a checkpoint's path.

    `reads` are the expressions that the code evaluates; `needs_os` says that the
    code uses `os.path`, by a name that the module may not have yet.
    """

    directory: str
    prefix: str
    reads: tuple[Expr, ...]
    needs_os: bool = False


def split_path(project: Project, file: FileIndex, scope: int, path: Expr) -> PathParts | None:
    """The parts of a path expression, None if it cannot be evaluated twice."""
    if path.kind == "const" and isinstance(path.value, str):
        directory, prefix = posixpath.split(path.value)
        return PathParts(quote(directory), quote(prefix), ())
    joined = _split_join(project, file, scope, path)
    if joined is not None:
        return joined
    added = _split_addition(path)
    if added is not None and is_pure(project, file, scope, path):
        return added
    if not is_pure(project, file, scope, path):
        return None
    hole = path.hole
    return PathParts(f"os.path.dirname({hole})", f"os.path.basename({hole})", (path,), True)


def _split_join(project: Project, file: FileIndex, scope: int, path: Expr) -> PathParts | None:
    if path.kind != "call" or path.names or len(path.args) < 2:
        return None
    if project.canonical(file, scope, path.parts[0]) != "os.path.join":
        return None
    if any(arg.kind == "star" for arg in path.args):
        return None
    *folders, last = path.args
    if _may_have_folders(last):
        return None
    if last.kind == "const":
        if not isinstance(last.value, str):
            return None
        prefix = quote(last.value)
    else:
        prefix = last.hole
    reads = (*folders, last)
    if len(folders) == 1:
        return PathParts(folders[0].hole, prefix, reads)
    inner = ", ".join(folder.hole for folder in folders)
    return PathParts(f"{path.parts[0].hole}({inner})", prefix, reads)


def _may_have_folders(last: Expr) -> bool:
    """Whether the last part of a joined path may be more than a file's name."""
    if any(isinstance(part.value, str) and "/" in part.value for part in last.walk()):
        return True
    named = last.kind in ("name", "attr")
    return named and any(word in last.text.lower() for word in ("path", "dir", "folder"))


def _split_addition(path: Expr) -> PathParts | None:
    """`folder + "/prefix"`."""
    if path.kind != "binop" or path.text != "Add":
        return None
    left, right = path.parts
    if right.kind != "const" or not isinstance(right.value, str) or left.kind == "const":
        return None
    if not right.value.startswith("/") or right.value.count("/") != 1:
        return None
    if left.kind not in ("name", "attr", "call"):
        return None
    return PathParts(left.hole, quote(right.value[1:]), (left,))


def quote(text: str) -> str:
    """A string literal with double quotes where that needs no escapes."""
    return (
        f'"{text}"' if '"' not in text and "\\" not in text and text.isprintable() else repr(text)
    )
