"""Names of `tensorflow.python` and the public names of the same objects."""

from __future__ import annotations

from tf2migrate.index import api
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.facts import Import, Statement
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rules.support.dialect import Dialect, Verdict
from tf2migrate.rules.support.origins import (
    in_try,
    remove_names,
    spelled,
    used_elsewhere,
    uses_of,
)
from tf2migrate.rules.support.spelling import Spelling

_PUBLIC = (api.Status.SAME_IN_V2, api.Status.V1_ONLY)


def private_import(
    known: Dialect, file: FileIndex, statement: Statement, items: list[Import]
) -> Finding | Kept:
    """The finding for one import of private names."""
    project = known.project
    place = file.facts.place(statement.span)
    if not _is_tf1(known, file):
        return Kept("TFM503", place, "the file is not TensorFlow 1 code that is migrated")
    names = ", ".join(f"{item.module}.{item.name}".removesuffix(".") for item in items)
    edits: list[Edit] = []
    spelling = Spelling(project, file)
    homes: dict[str, str] = {}
    reasons: list[str] = []
    for item in items:
        uses = _uses(file, item)
        for at in uses:
            home = _home(project, at)
            if home is None:
                reasons.append(f"{_code(at)} has no public name in compat.v1")
            elif isinstance(home, str):
                homes[_code(at)] = home
                edits.append(Replace(file.path, at.expr.span, spelling.tf(home)))
        if item.scope == 0 and used_elsewhere(project, file, item.bound):
            reasons.append(f"other files may take {item.bound} from here")
    if in_try(file, statement):
        reasons.append("it is tried")
    if any(not item.name for item in items):
        reasons.append("it binds the name tensorflow, or a module")
    if not reasons:
        edits += [*spelling.edits, *remove_names(file, items)]
        what = "the public names stand for those of" if homes else "nothing here uses"
        message = f"{what} {names}, which is private"
        return Finding("TFM503", place, message, Safety.SAFE, tuple(edits))
    known_homes = "".join(f"; {old} is {new}" for old, new in list(homes.items())[:3])
    message = f"{names} is private, it may still work on 2.21: {reasons[0]}{known_homes}"
    return Finding("TFM503", place, message, Safety.MANUAL, recipe="private")


def _is_tf1(known: Dialect, file: FileIndex) -> bool:
    """Whether the file is turned, or a part of a program in which files are."""
    verdict = known.judge(file.path).verdict
    if verdict is not Verdict.BOTH:
        return verdict in (Verdict.TURN, Verdict.PLAIN)
    return file.path in known.proofs


def _uses(file: FileIndex, item: Import) -> list[Occurrence]:
    """The longest attribute chains that start with the imported name."""
    found = []
    for at in uses_of(file, item.scope, item.bound):
        path = at.path
        levels = 0
        while len(path) > levels + 1 and path[-levels - 2].kind == "attr":
            levels += 1
        found.append(at.up(levels))
    return found


def _home(project: Project, at: Occurrence) -> str | None:
    """The public name of what a chain stands for, None if there is none."""
    stored = at.statement.kind != "with" and at.path[0] in at.statement.targets
    name = api.canonical(spelled(project, at))
    private = name.startswith(("tf.python.", "tf.compat.", "tf.contrib."))
    if stored or private or not name.startswith("tf."):
        return None
    return name if api.status(name) in _PUBLIC else None


def _code(at: Occurrence) -> str:
    return "".join(at.file.facts.code(at.expr).split())
