"""Slots that hold something else besides the values that a flow follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tf2migrate.index.files import Binding, FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.index.values import Escape, Slot
from tf2migrate.model.facts import Expr, Statement

Known = Callable[[Occurrence, tuple[object, ...]], bool]


class Mixtures:
    """Judges all that is written to a slot.

    Args:
      project: where the slots are.
      known: whether an expression (with keys) is a value of the flow.
    """

    def __init__(self, project: Project, known: Known) -> None:
        self.project = project
        self.known = known

    def escapes(self, slot: Slot) -> Iterator[Escape]:
        """A reason for every write of something that the flow does not know."""
        if slot.keys:
            return
        if slot.kind == "name":
            yield from self._name(slot)
        elif slot.kind == "attr":
            yield from self._attribute(slot)
        else:
            yield from self._returns(slot)

    def _name(self, slot: Slot) -> Iterator[Escape]:
        file = self.project.files[slot.path]
        for binding in file.bindings.get((slot.scope, slot.name), ()):
            if binding.statement is None:
                continue
            if binding.kind == "assign" and binding.value is not None:
                yield from self._value(file, binding.statement, binding.value, slot.name)
            elif binding.kind == "param":
                yield from self._parameter(file, slot, binding)
            elif binding.kind == "other":
                yield from self._unpacked(file, binding.statement, slot.name)

    def _parameter(self, file: FileIndex, slot: Slot, binding: Binding) -> Iterator[Escape]:
        assert binding.param is not None
        assert binding.statement is not None
        if binding.param.default is not None:
            yield from self._value(file, binding.statement, binding.param.default, slot.name)
        for argument in self.project.arguments_for(file, slot.scope, slot.name):
            if argument.value is not None:
                # Which statement it is in does not matter for a key or a place.
                statement = argument.file.facts.statements[0]
                yield from self._value(argument.file, statement, argument.value, slot.name)

    def _unpacked(self, file: FileIndex, statement: Statement, name: str) -> Iterator[Escape]:
        """`a, name = value`; a loop or `with` gives the name what nobody knows."""
        if statement.kind in ("del", "augassign"):
            return
        for target in statement.targets:
            value = statement.value
            if statement.kind != "assign" or target.kind not in ("tuple", "list") or value is None:
                continue
            for position, part in enumerate(target.parts):
                if part.kind != "name" or part.text != name:
                    continue
                at = Occurrence(file, statement, (value,))
                if value.kind in ("tuple", "list") and position < len(value.parts):
                    yield from self._value(file, statement, value.parts[position], name)
                elif not self.known(at, (position,)):
                    yield _escape(at, name)
                return
        top = statement.value or (statement.exprs[0] if statement.exprs else None)
        if top is not None and statement.kind in ("for", "with"):
            yield _escape(Occurrence(file, statement, (top,)), name)

    def _attribute(self, slot: Slot) -> Iterator[Escape]:
        loose: bool | None = None
        for file in self.project.files.values():
            for at in file.occurrences(slot.name):
                statement = at.statement
                if at.expr.kind != "attr" or at.expr not in statement.targets:
                    continue
                if statement.kind != "assign" or statement.value is None:
                    continue
                owner = self.project.type_of(file, at.scope, at.expr.parts[0])
                if owner is None or self.project.family(owner) != slot.scope:
                    loose = self._read_of_unknown(slot.name) if loose is None else loose
                    if not loose:
                        continue
                yield from self._value(file, statement, statement.value, slot.name)

    def _read_of_unknown(self, name: str) -> bool:
        """Whether the attribute is used on an object whose class is not known."""
        for file in self.project.files.values():
            for at in file.occurrences(name):
                if at.expr.kind != "attr" or at.expr in at.statement.targets or at.is_callee:
                    continue
                base = at.expr.parts[0]
                resolved = self.project.resolve(file, at.scope, base)
                if resolved is not None and resolved.kind in ("module", "external"):
                    continue
                if self.project.type_of(file, at.scope, base) is None:
                    if not self.project.library_type(file, at.scope, base):
                        return True
        return False

    def _returns(self, slot: Slot) -> Iterator[Escape]:
        file = self.project.files[slot.path]
        for statement in file.facts.statements:
            if statement.kind == "return" and statement.scope == slot.scope:
                if statement.value is not None:
                    name = file.scope(slot.scope).name
                    yield from self._value(file, statement, statement.value, name)

    def _value(
        self, file: FileIndex, statement: Statement, value: Expr, name: str
    ) -> Iterator[Escape]:
        whole = Occurrence(file, statement, (value,))
        for part in _alternatives(value):
            if part.kind == "const" and part.value is None:
                continue
            if not self.known(Occurrence(file, statement, (part,)), ()):
                yield _escape(whole, name)


def _alternatives(value: Expr) -> Iterator[Expr]:
    if value.kind == "boolop":
        yield from value.parts
    elif value.kind == "ifexp":
        yield from value.parts[1:]
    else:
        yield value


def _escape(at: Occurrence, name: str) -> Escape:
    code = " ".join(at.file.facts.code(at.expr).split())
    short = code if len(code) <= 40 else f"{code[:37]}..."
    return Escape(at, f"'{name}' is also assigned `{short}`")
