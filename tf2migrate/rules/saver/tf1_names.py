"""The name that TensorFlow 1 gives a variable, where the program's text shows it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from tf2migrate.index.creators import Creator
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.owners import Cover, calls_of, is_straight
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Expr, Statement

_NAME_SCOPES = frozenset({"tf.name_scope", "tf.op_scope"})
_VARIABLE_SCOPES = frozenset({"tf.variable_scope", "tf.variable_op_scope"})
_DEFAULT = "Variable"
_LIKE_DEFAULT = re.compile(rf"{_DEFAULT}(_\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"_\d+$")
# What operations are called that the program gives no name, so a variable may not be first.
_OPERATIONS = frozenset(
    {
        *("add", "sub", "mul", "div", "truediv", "pow", "neg", "abs", "exp", "log", "sqrt", "sum"),
        *("mean", "max", "min", "const", "zeros", "ones", "fill", "range", "shape", "reshape"),
        *("matmul", "concat", "stack", "split", "transpose", "relu", "tanh", "sigmoid", "softmax"),
        *("placeholder", "assign", "cond", "while", "gradients", "init", "save", "random_normal"),
        *("random_uniform", "truncated_normal", "argmax", "cast", "equal", "square", "variable"),
    }
)
_DEPTH = 6


class _Scopes(NamedTuple):
    """The open scopes where a variable is made, outermost first.

    `block` is the innermost `with` statement of these in the function itself.
    """

    names: tuple[str, ...]
    block: Statement | None


class Namer:
    """Names the variables of a Cover.

    TensorFlow makes names of operations unique: a variable gets a number if its
    name, or that of a scope around it, is already used, in whatever case.
    Nothing else that the program's text calls so may be there. Names that come
    from outside of the text are taken to be others.
    """

    def __init__(self, project: Project, cover: Cover) -> None:
        self.project = project
        self.cover = cover

    @cached_property
    def words(self) -> dict[str, list[Occurrence]]:
        """Where each part between the slashes of a string of the program is, in lower case."""
        found: dict[str, list[Occurrence]] = {}
        for path in sorted(self.cover.files):
            for at in self.project.files[path].walk():
                if isinstance(at.expr.value, str):
                    for word in at.expr.value.lower().split("/"):
                        found.setdefault(word, []).append(at)
        return found

    def name_of(self, creator: Creator) -> str | None:
        """The name in a TF1 checkpoint, None where scopes or numbers leave it open."""
        is_op = creator.name == "tf.Variable"
        scopes = self._scopes(creator.at, _VARIABLE_SCOPES | (_NAME_SCOPES if is_op else set()))
        if scopes is None:
            return None
        given = _given_name(creator)
        if given is None:
            leaf = self._numbered(creator, scopes)
        elif isinstance(given.value, str):
            leaf = given.value
        else:
            leaf = None
        if creator.name.endswith("global_step"):
            leaf = "global_step"
        if leaf is None or (is_op and not self._is_first(creator, scopes, given)):
            return None
        return "/".join((*scopes.names, leaf))

    def _numbered(self, creator: Creator, scopes: _Scopes) -> str | None:
        """`Variable`, `Variable_1`, ... in the order in which a scope's are made."""
        unnamed = sorted(
            (one for item in self.cover.tracked for one in item.creators if _is_unnamed(one)),
            key=lambda one: one.at.expr.end,
        )
        file = self.cover.file
        once = all(is_straight(file, one.at.statement, False) for one in unnamed)
        if creator not in unnamed or not once or self._may_restart():
            return None
        before = [
            one for one in unnamed[: unnamed.index(creator)] if self._block(one) == scopes.block
        ]
        return f"{_DEFAULT}_{len(before)}" if before else _DEFAULT

    def _block(self, creator: Creator) -> Statement | None:
        scopes = self._scopes(creator.at, _VARIABLE_SCOPES | _NAME_SCOPES)
        return None if scopes is None else scopes.block

    def _may_restart(self) -> bool:
        """Whether numbers may start again, or something else takes some of them."""
        resets = self.project.by_name.get("tf.reset_default_graph", ())
        reset = any(reference.at.file.path in self.cover.files for reference in resets)
        return reset or any(_LIKE_DEFAULT.fullmatch(word) for word in self.words)

    def _scopes(self, at: Occurrence, kinds: frozenset[str]) -> _Scopes | None:
        """The scopes of these kinds around a call, also around the function's only call."""
        file = at.file
        found: list[str] = []
        block = None
        for outer in file.ancestors(at.statement):
            if outer.scope != at.scope or outer.kind != "with":
                continue
            for item in reversed(outer.exprs):
                scope = self._scope(file, outer.scope, item)
                if scope is None:
                    return None
                if scope[0] in kinds:
                    found.insert(0, scope[1])
                    block = block or outer
        around = self._around(file, at.scope, kinds, 0)
        return None if around is None else _Scopes((*around, *found), block)

    def _around(
        self, file: FileIndex, scope: int, kinds: frozenset[str], depth: int
    ) -> tuple[str, ...] | None:
        """The names of the scopes in which a function is called, the same for all programs."""
        record = file.scope(scope)
        if record.kind == "module":
            return ()
        if record.kind != "function" or record.decorators or depth > _DEPTH:
            return None
        calls = [at for at in calls_of(self.project, file, record) if self._runs(at)]
        if not calls:  # what calls it is not in the project's text
            return () if record.name == "main" or record.name.startswith("test") else None
        scopes = {self._scopes(at, kinds) for at in calls}
        names = {None if one is None else one.names for one in scopes}
        return names.pop() if len(names) == 1 else None

    def _runs(self, at: Occurrence) -> bool:
        return at.file.path in self.cover.files

    def _scope(self, file: FileIndex, scope: int, call: Expr) -> tuple[str, str] | None:
        """What a `with` item opens: TensorFlow's function and the name it is given."""
        if call.kind != "call":
            return None
        name = self.project.canonical(file, scope, call.parts[0])
        if name not in _NAME_SCOPES | _VARIABLE_SCOPES:
            return None if name is None else (name, "")
        first = call.args[0] if call.args else None
        return (name, first.value) if first is not None and isinstance(first.value, str) else None

    def _is_first(self, creator: Creator, scopes: _Scopes, given: Expr | None) -> bool:
        """Whether nothing else is called as the variable or as a scope around it."""
        if any(len(self.words.get(name.lower(), ())) != 1 for name in scopes.names):
            return False
        if given is None:
            return True
        leaf = str(given.value).lower()
        others = [at for at in self.words.get(leaf, ()) if at.expr is not given]
        clash = any(_may_clash(at, creator, scopes.block) for at in others)
        return not clash and _NUMBER.sub("", leaf) not in _OPERATIONS


def _may_clash(at: Occurrence, creator: Creator, block: Statement | None) -> bool:
    """Whether a word may name something in the scope of a variable.

    It does not in another `with` statement of the same function, for that is
    another scope.
    """
    file, scope = creator.at.file, creator.at.scope
    if block is None or at.file is not file or at.scope != scope:
        return True
    return at.statement is block or block in file.ancestors(at.statement)


def _given_name(creator: Creator) -> Expr | None:
    call = creator.at.expr
    position = 0 if creator.name == "tf.get_variable" else 3
    name = call.keywords.get("name")
    listed = name is None and len(call.args) > position and not _has_star(call)
    return call.args[position] if listed else name


def _has_star(call: Expr) -> bool:
    return any(part.kind == "star" for part in call.args)


def _is_unnamed(creator: Creator) -> bool:
    call = creator.at.expr
    hidden = None in call.keywords or _has_star(call)
    return creator.name == "tf.Variable" and not hidden and _given_name(creator) is None
