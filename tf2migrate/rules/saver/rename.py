"""A local `saver` that holds a Checkpoint now is called `checkpoint`."""

from __future__ import annotations

from tf2migrate.index.project import Project
from tf2migrate.index.savers import SaverGroup
from tf2migrate.model.edit import Edit, Replace


def rename_edits(
    project: Project, group: SaverGroup, receivers: dict[tuple[str, int], str]
) -> list[Edit]:
    """Renames a Saver that lives in one local or module-level name only.

    The new code of the receivers of `save` and `restore` goes into `receivers`,
    since their calls are replaced; the other occurrences get edits of their own.
    """
    slot = next(iter(group.flow.slots), None)
    if len(group.flow.slots) != 1 or slot is None or slot.kind != "name" or slot.keys:
        return []
    file = project.files[slot.path]
    candidates = _new_names(slot.name)
    new = next((name for name in candidates if name not in file.facts.identifiers), None)
    if new is None or file.scope(slot.scope).kind == "class":
        return []
    if any(param.name == slot.name for param in file.scope(slot.scope).params):
        return []
    handled = {(at.file.path, at.expr.start) for at in (m.at for m in group.members)}
    edits: list[Edit] = []
    for at in file.occurrences(slot.name):
        is_name = at.expr.kind == "name"
        if not is_name or file.scope_of_name(at.scope, slot.name) != slot.scope:
            continue
        key = (file.path, at.expr.start)
        receivers[key] = new
        if key not in handled:
            edits.append(Replace(file.path, at.expr.span, new))
    imported = any(
        item.name == slot.name and other is not file and slot.scope == 0
        for other in project.files.values()
        for item in other.facts.imports
    )
    if imported or any(statement.kind == "global" and slot.name in statement.text.split()
                       for statement in file.facts.statements):  # fmt: skip
        receivers.clear()
        return []
    return edits


def _new_names(name: str) -> tuple[str, ...]:
    if name == "saver":
        return ("checkpoint", "model_checkpoint")
    if name.endswith("_saver"):
        return (f"{name.removesuffix('saver')}checkpoint",)
    return ()
