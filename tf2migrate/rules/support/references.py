"""Sites that are one library name each: verdicts by name, and new names for old ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tf2migrate.index import api
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.edit import Edit, Replace
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.span import Place, Span
from tf2migrate.rules.support.sites import place_of


class Verdict(NamedTuple):
    """What a rule says of every use of a name: with a recipe it is for a person, else kept."""

    code: str
    reason: str
    recipe: str | None = None


def place(reference: Reference) -> Place:
    """The place of a call, or of the name where nothing is called."""
    return place_of(reference.at.file, reference.call or reference.at.expr)


def judge(reference: Reference, verdict: Verdict) -> Finding | Kept:
    where = place(reference)
    if verdict.recipe is None:
        return Kept(verdict.code, where, verdict.reason)
    message = f"{reference.name}: {verdict.reason}"
    return Finding(verdict.code, where, message, Safety.MANUAL, recipe=verdict.recipe)


def uses(project: Project, name: str) -> Iterator[Reference]:
    """The references to a name, those left out that give it to an alias (`alias = ...`)."""
    for reference in project.by_name.get(name, ()):
        at = reference.at
        if len(at.path) > 1 or at.expr not in at.statement.targets or at.statement.kind == "with":
            yield reference


def judged(project: Project, table: Mapping[str, Verdict]) -> Iterator[Finding | Kept]:
    """The verdict on every use of the names in the table."""
    for name, verdict in table.items():
        for reference in uses(project, name):
            yield judge(reference, verdict)


def respelled(project: Project, reference: Reference, new: str) -> tuple[Edit, ...] | None:
    """Edits that make an old name's last part `new`; None where an alias is used.

    An alias (`init = tf.initialize_all_variables`) is a use of its own, where it
    gets its value, so that there is nothing to edit where it is used.
    """
    at = reference.at
    old = reference.name.rpartition(".")[2]
    if at.expr.kind == "attr":
        if at.expr.text != old or project.canonical(at.file, at.scope, at.expr.parts[0]) is None:
            return None
        return (Replace(at.file.path, at.expr.span, f"{at.expr.parts[0].hole}.{new}"),)
    owner = at.file.scope_of_name(at.scope, at.expr.text)
    if owner is None:  # from tensorflow import *
        stars = [item.module for item in at.file.facts.imports if item.name == "*"]
        star = all(module.partition(".")[0] == "tensorflow" for module in stars)
        return (Replace(at.file.path, at.expr.span, new),) if star else None
    bindings = at.file.bindings[owner, at.expr.text]
    edits: list[Edit] = []
    for binding in bindings:
        item = binding.imported
        if item is None or item.level or _canonical(item.module, item.name) != reference.name:
            return None
        code = new
        if item.bound != item.name or _is_taken_elsewhere(project, reference):
            code = f"{new} as {item.bound}"
        else:
            edits.append(Replace(at.file.path, at.expr.span, new))
        edits.append(Replace(at.file.path, Span(item.start, item.end), code))
    return tuple(edits) or None


def _canonical(module: str, name: str) -> str:
    return api.canonical(f"{module}.{name}")


def _is_taken_elsewhere(project: Project, reference: Reference) -> bool:
    """Whether another file imports the name from this one."""
    name, own = reference.at.expr.text, reference.at.file.path
    return any(
        item.name == name and project.modules.find(path, item.module, item.level) == own
        for path, file in project.files.items()
        if path != own and name in file.facts.identifiers
        for item in file.facts.imports
    )


def unused_imports(
    project: Project, names: Mapping[str, str]
) -> Iterator[tuple[str, Place, tuple[Edit, ...]]]:
    """Old names that a file imports and never mentions: `(old name, place, edits)`."""
    for file in project.files.values():
        for item in file.facts.imports:
            old = "" if item.level or not item.name else _canonical(item.module, item.name)
            if old in names and not file.occurrences(item.bound):
                span = Span(item.start, item.end)
                code = f"{names[old]} as {item.bound}"
                yield old, file.facts.place(span), (Replace(file.path, span, code),)
