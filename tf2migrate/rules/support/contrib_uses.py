"""What a file uses of `tf.contrib`, and what of it goes when the names with a home are replaced."""

from __future__ import annotations

from typing import NamedTuple

from tf2migrate.index import api
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.facts import Import, Statement
from tf2migrate.rules.support.claims import MODES
from tf2migrate.rules.support.origins import (
    Origin,
    in_try,
    is_tensorflow,
    origin,
    root_of,
    spelled,
    used_elsewhere,
    uses_of,
)

_USABLE = (api.Status.SAME_IN_V2, api.Status.V1_ONLY, api.Status.NEEDS_KERAS2)


class ContribUses(NamedTuple):
    """The uses of contrib in one file.

    Attributes:
      replaced: with the home of each.
      stuck: uses without a home.
      aliases: statements `rnn = tf.contrib.rnn` that stay, and (`gone_aliases`) that go.
      imports: imports of contrib that stay, and (`gone_imports`) that go.
    """

    file: FileIndex
    replaced: tuple[tuple[Reference, str], ...]
    stuck: tuple[Reference, ...]
    aliases: tuple[Reference, ...]
    gone_aliases: tuple[Statement, ...]
    imports: tuple[Import, ...]
    gone_imports: tuple[Import, ...]

    @property
    def group(self) -> str | None:
        """The group of what is right only if all replacements in the file are made."""
        return f"contrib:{self.file.path}" if self.replaced else None

    def needs(self, project: Project) -> list[tuple[Origin, Reference]]:
        """The imports of plain TensorFlow that must stay for a use that stays."""
        found = []
        for ref in (*self.stuck, *self.aliases):
            root = root_of(ref.at.expr)
            source = origin(project, ref.at.file, ref.at.scope, root.text)
            if source is not None and source.item.module == "tensorflow":
                found.append((source, ref))
        return found


def contrib_uses(project: Project) -> dict[str, ContribUses]:
    """The uses of contrib by file, files without any left out."""
    references: dict[str, list[Reference]] = {}
    for name, found in project.by_name.items():
        if name == "tf.contrib" or name.startswith("tf.contrib."):
            for ref in found:
                if spelled(project, ref.at).startswith("tensorflow.contrib"):
                    references.setdefault(ref.at.file.path, []).append(ref)
    paths = set(references)
    paths |= {p for p, file in project.files.items() if any(map(is_contrib, file.facts.imports))}
    return {
        path: _uses(project, project.files[path], references.get(path, []))
        for path in sorted(paths)
    }


def is_contrib(item: Import) -> bool:
    """Whether an import takes something of contrib."""
    if not is_tensorflow(item):
        return False
    return f"{item.module}.{item.name}.".startswith("tensorflow.contrib.")


def _uses(project: Project, file: FileIndex, references: list[Reference]) -> ContribUses:
    replaced: list[tuple[Reference, str]] = []
    stuck: list[Reference] = []
    aliases: list[Reference] = []
    for ref in sorted(references, key=lambda ref: ref.at.expr.start):
        if ref.name in MODES:
            continue
        home = api.home(ref.name)
        if home is not None and api.status(home) in _USABLE and not _is_stored(ref.at):
            replaced.append((ref, home))
        elif _is_alias(project, ref.at):
            aliases.append(ref)
        elif ref.at.expr not in ref.at.statement.targets or ref.at.expr.kind == "attr":
            stuck.append(ref)
    roots = {root_of(ref.at.expr).start for ref, _ in replaced}
    gone = [ref for ref in aliases if _alias_goes(project, ref.at, roots)]
    roots |= {root_of(ref.at.expr).start for ref in gone}
    imports = [item for item in file.facts.imports if is_contrib(item)]
    going = [item for item in imports if _import_goes(project, file, item, roots)]
    return ContribUses(
        file,
        tuple(replaced),
        tuple(stuck),
        tuple(ref for ref in aliases if ref not in gone),
        tuple(ref.at.statement for ref in gone),
        tuple(item for item in imports if item not in going),
        tuple(going),
    )


def _is_stored(at: Occurrence) -> bool:
    return (
        at.statement.kind in ("assign", "augassign", "del") and at.path[0] in at.statement.targets
    )


def _is_alias(project: Project, at: Occurrence) -> bool:
    """Whether the statement is `name = tf.contrib...`, and all uses of the name mean that."""
    statement = at.statement
    if statement.kind != "assign" or len(statement.targets) != 1 or statement.value is not at.expr:
        return False
    target = statement.targets[0]
    if target.kind != "name":
        return False
    ref = project.resolve_name(at.file, at.scope, target.text)
    return ref is not None and ref.kind == "external"


def _alias_goes(project: Project, at: Occurrence, replaced: set[int]) -> bool:
    target = at.statement.targets[0]
    owner = at.file.scope_of_name(at.scope, target.text)
    if owner is None or in_try(at.file, at.statement):
        return False
    uses = [use.expr.start for use in uses_of(at.file, owner, target.text)]
    left = [start for start in uses if start != target.start]
    if not left or not replaced.issuperset(left) or len(uses) != len(left) + 1:
        return False
    return bool(at.scope) or not used_elsewhere(project, at.file, target.text)


def _import_goes(project: Project, file: FileIndex, item: Import, replaced: set[int]) -> bool:
    statement = file.facts.statements[item.statement]
    whole = not item.name and item.bound == "tensorflow"
    if whole or item.name == "*" or in_try(file, statement):
        return False
    if len(file.bindings[item.scope, item.bound]) > 1:
        return False
    uses = [use.expr.start for use in uses_of(file, item.scope, item.bound)]
    if not uses or not replaced.issuperset(uses):
        return False
    return bool(item.scope) or not used_elsewhere(project, file, item.bound)
