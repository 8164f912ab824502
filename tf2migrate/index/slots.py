"""Slots of the project: which one an expression denotes, and where each is read."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project, Ref
from tf2migrate.index.values import Slot
from tf2migrate.model.facts import Expr


class Slots:
    """Finds slots and their loads."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def slot_of(self, file: FileIndex, scope: int, target: Expr) -> Slot | None:
        """The slot that a target expression (or a load of the same form) denotes."""
        if target.kind == "name":
            owner = file.scope_of_name(scope, target.text)
            if owner is None or _is_nonlocal(file, target.text):
                return None
            return self._name_slot(file, owner, target.text)
        if target.kind == "attr":
            ref = self.project.resolve(file, scope, target.parts[0])
            if ref is not None and ref.kind == "module":
                return Slot("name", ref.path, 0, target.text)
            owner_type = self.project.type_of(file, scope, target.parts[0])
            family = -1 if owner_type is None else self.project.family(owner_type)
            return Slot("attr", "", family, target.text)
        if target.kind == "subscript" and target.parts[1].kind == "const":
            if target.parts[0].text == "__dict__":
                return None
            inner = self.slot_of(file, scope, target.parts[0])
            return inner and inner._replace(keys=(*inner.keys, target.parts[1].value))
        return None

    @staticmethod
    def _name_slot(file: FileIndex, scope: int, name: str) -> Slot:
        kind = file.scope(scope).kind
        if kind == "class":
            return Slot("attr", "", -1, name)
        return Slot("name", file.path, scope, name)

    def loads(self, slot: Slot) -> Iterator[Occurrence]:
        """Every expression that reads a slot (before its keys are applied)."""
        if slot.kind == "return":
            yield from self._calls_of(slot)
        elif slot.kind == "attr":
            yield from self._attribute_loads(slot)
        else:
            yield from self._name_loads(slot)

    def _name_loads(self, slot: Slot) -> Iterator[Occurrence]:
        own = self.project.files[slot.path]
        for at in own.occurrences(slot.name):
            if at.expr.kind == "name" and not is_target(at):
                if own.scope_of_name(at.scope, slot.name) == slot.scope:
                    yield at
        if slot.scope != 0:
            return
        for file in self.project.files.values():
            if file is own:
                continue
            for at in file.occurrences(slot.name):
                if not is_target(at) and self._denotes_global(file, at, slot):
                    yield at

    def _denotes_global(self, file: FileIndex, at: Occurrence, slot: Slot) -> bool:
        expr = at.expr
        if expr.kind == "attr":
            base = self.project.resolve(file, at.scope, expr.parts[0])
            return base is not None and base.kind == "module" and base.path == slot.path
        owner = file.scope_of_name(at.scope, expr.text)
        bindings = [] if owner is None else file.bindings[owner, expr.text]
        for binding in bindings:
            item = binding.imported
            if item is not None and item.name == slot.name:
                found = self.project.modules.find(file.path, item.module, item.level)
                return found == slot.path
        return False

    def _attribute_loads(self, slot: Slot) -> Iterator[Occurrence]:
        for file in self.project.files.values():
            for at in file.occurrences(slot.name):
                if at.expr.kind != "attr" or is_target(at):
                    continue
                base = at.expr.parts[0]
                ref = self.project.resolve(file, at.scope, base)
                if ref is not None and ref.kind in ("module", "external"):
                    continue
                owner = self.project.type_of(file, at.scope, base)
                if owner is None:
                    # What is called, or belongs to a library's object, is not what we follow.
                    if not at.is_callee and not self.project.library_type(file, at.scope, base):
                        yield at
                elif slot.scope in (-1, self.project.family(owner)):
                    yield at

    def _calls_of(self, slot: Slot) -> Iterator[Occurrence]:
        function = self.project.files[slot.path].scope(slot.scope)
        if any(d.kind == "name" and d.text == "property" for d in function.decorators):
            own = self.project.files[slot.path].method_class(slot.scope)
            if own is not None:
                owner = Ref("class", own.qualname, slot.path, own.id)
                family = self.project.family(owner)
                yield from self._attribute_loads(Slot("attr", "", family, function.name))
            return
        for file in self.project.files.values():
            for at in file.occurrences(function.name):
                if not at.is_callee:
                    continue
                call = at.parent
                assert call is not None
                ref = self.project.callee(file, at.scope, call)
                if ref is not None and (ref.path, ref.scope) == (slot.path, slot.scope):
                    yield at.up()


def _is_nonlocal(file: FileIndex, name: str) -> bool:
    """Whether a `nonlocal` statement makes two functions share the name."""
    return any(
        statement.kind == "global"
        and name in statement.text.split()
        and file.facts.code(statement).startswith("nonlocal")
        for statement in file.facts.statements
    )


def is_target(at: Occurrence) -> bool:
    """Whether an expression is bound by its statement, not read."""
    top, statement = at.path[0], at.statement
    bound = any(top is target for target in statement.targets)
    if not bound or (statement.kind == "with" and any(top is e for e in statement.exprs)):
        return False
    return all(part.kind in ("tuple", "list", "star") for part in at.path[:-1])
