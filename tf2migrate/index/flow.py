"""Where values of interest go: through names, attributes, dicts, arguments and returns.

A value starts at its origins (say, calls of `tf.train.Saver`) and is followed
forward through the project, field by field. All origins that can meet in one
place form one `Group`: what is done to one must be done to all. A value that
goes where it cannot be followed is an `Escape`; a place that also receives
something unknown is a `Mixture`. Either means that nothing may be rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable

from tf2migrate.index.files import Occurrence
from tf2migrate.index.mixtures import Mixtures
from tf2migrate.index.project import Project
from tf2migrate.index.refs import Ref
from tf2migrate.index.slots import Slots
from tf2migrate.index.values import Escape, Group, Slot, Use
from tf2migrate.model.facts import Expr

_Key = tuple[str, int, int, tuple[object, ...]]


class Flow:
    """Follows the values of some origins; `groups` is the result."""

    def __init__(self, project: Project, origins: Iterable[Occurrence]) -> None:
        self.project = project
        self.slots = Slots(project)
        self._leader: dict[_Key, _Key] = {}
        self._visited: set[tuple[_Key, _Key]] = set()
        self._slot_leader: dict[Slot, _Key] = {}
        self._groups: dict[_Key, Group] = {}
        self._work: list[tuple[Occurrence, tuple[object, ...], _Key]] = []
        self._loaded: set[_Key] = set()
        self._stores: list[tuple[Occurrence, _Key]] = []
        self._uses: dict[_Key, tuple[_Key, Use]] = {}
        self._slot_values: dict[_Key, _Key] = {}
        for origin in origins:
            key = _key(origin, ())
            self._leader[key] = key
            self._groups[key] = Group(origins=[origin])
            self._work.append((origin, (), key))
        self._run()
        self._check_writes()

    @property
    def groups(self) -> list[Group]:
        groups = [group for key, group in self._groups.items() if self._find(key) == key]
        for group in groups:
            for items in (group.origins, group.tests):
                items.sort(key=_position)
            group.uses.sort(key=lambda use: _position(use.at))
            group.escapes.sort(key=lambda escape: _position(escape.at))
        return sorted(groups, key=lambda group: _position(group.origins[0]))

    # Union of groups

    def _find(self, key: _Key) -> _Key:
        while self._leader[key] != key:
            key = self._leader[key]
        return key

    def _union(self, one: _Key, other: _Key) -> None:
        one, other = self._find(one), self._find(other)
        if one == other:
            return
        self._leader[other] = one
        into, away = self._groups[one], self._groups[other]
        into.origins += away.origins
        into.uses += away.uses
        into.escapes += away.escapes
        into.tests += away.tests
        into.slots |= away.slots

    def _run(self) -> None:
        while self._work:
            at, keys, group = self._work.pop()
            here = _key(at, keys)
            if here in self._slot_values:
                self._union(self._slot_values[here], group)
                continue
            self._slot_values[here] = group
            self._consume(at, keys, self._find(group))

    # What happens to a value at one occurrence

    def _consume(self, at: Occurrence, keys: tuple[object, ...], key: _Key) -> None:
        parent = at.parent
        if parent is None:
            self._consume_in_statement(at, keys, key)
            return
        handler = getattr(self, f"_in_{parent.kind}", None)
        if handler is None:
            self._escape(at, key, f"it is used in an expression of kind '{parent.kind}'")
        else:
            handler(at, parent, keys, key)

    def _consume_in_statement(self, at: Occurrence, keys: tuple[object, ...], key: _Key) -> None:
        statement = at.statement
        if statement.kind == "assign" and any(at.expr is item for item in statement.targets):
            self._stores.append((at, key))
        elif statement.kind == "assign" and at.expr is statement.value:
            for target in statement.targets:
                self._store(at, target, keys, key)
        elif statement.kind == "return":
            self._slot(Slot("return", at.file.path, at.scope, "", keys), key)
        elif statement.kind == "for" and at.expr is statement.value:
            self._escape(at, key, "it is iterated over")
        elif statement.kind in ("if", "while", "assert"):
            self._group(key).tests.append(at)
        elif statement.kind not in ("expr", "del"):
            self._escape(at, key, f"it is used in a statement of kind '{statement.kind}'")

    def _store(self, at: Occurrence, target: Expr, keys: tuple[object, ...], key: _Key) -> None:
        slot = self.slots.slot_of(at.file, at.scope, target)
        if slot is not None:
            self._slot(slot._replace(keys=(*slot.keys, *keys)), key)
        elif target.kind in ("tuple", "list") and keys and isinstance(keys[0], int):
            if keys[0] < len(target.parts):
                self._store(at, target.parts[keys[0]], keys[1:], key)
        else:
            self._escape(at, key, "it is stored where it cannot be followed")

    # Parents, by kind

    def _in_attr(self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key) -> None:
        if keys:
            self._escape(at, key, f"its container's '{parent.text}' is used")
            return
        above = at.path[-3] if len(at.path) > 2 else None
        call = (
            above
            if above is not None and above.kind == "call" and above.parts[0] is parent
            else None
        )
        self._group(key).uses.append(Use(parent.text, at, call))

    def _in_call(self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key) -> None:
        if parent.parts[0] is at.expr:
            self._escape(at, key, "it is called")
            return
        file, scope = at.file, at.scope
        target = self.project.callee(file, scope, parent)
        if target is not None:
            ref = self.project.method(target, "__init__") if target.kind == "class" else target
            bound = target.kind == "class" or parent.parts[0].kind == "attr"
            param = None if ref is None else self._param(ref, parent, at.expr, bound)
            if ref is not None and param is not None:
                self._slot(Slot("name", ref.path, ref.scope, param, keys), key)
                return
        name = self.project.canonical(file, scope, parent.parts[0]) or file.facts.code(
            parent.parts[0]
        )
        if name in ("print", "id", "repr", "str", "bool"):
            self._group(key).tests.append(at)
            return
        self._escape(at, key, f"it is passed to {name}", name)

    def _param(self, ref: Ref, call: Expr, argument: Expr, bound: bool) -> str | None:
        """The parameter of the function `ref` that receives `argument`."""
        record = self.project.files[ref.path].scope(ref.scope)
        params = list(record.params)
        inside_class = self.project.files[ref.path].scope(record.parent).kind == "class"
        static = any(d.kind == "name" and d.text == "staticmethod" for d in record.decorators)
        if inside_class and bound and not static:
            params = params[1:]
        for name, value in call.keywords.items():
            if value is argument:
                return name if name and any(p.name == name for p in params) else None
        positional = [param for param in params if param.kind == "positional"]
        for position, value in enumerate(call.args):
            if value.kind == "star":
                return None
            if value is argument:
                return positional[position].name if position < len(positional) else None
        return None

    def _in_ifexp(self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key) -> None:
        if at.expr is parent.parts[0]:
            self._group(key).tests.append(at)
        else:
            self._follow(at.up(), keys, key)

    def _in_boolop(self, at: Occurrence, _: Expr, keys: tuple[object, ...], key: _Key) -> None:
        self._follow(at.up(), keys, key)

    def _in_named(self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key) -> None:
        self._store(at, parent.parts[0], keys, key)
        self._follow(at.up(), keys, key)

    def _in_compare(self, at: Occurrence, _: Expr, __: tuple[object, ...], key: _Key) -> None:
        self._group(key).tests.append(at)

    _in_unary = _in_compare

    def _in_tuple(self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key) -> None:
        position = next(i for i, part in enumerate(parent.parts) if part is at.expr)
        self._follow(at.up(), (position, *keys), key)

    _in_list = _in_tuple

    def _in_dict(self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key) -> None:
        for name, value in zip(parent.keys, parent.parts, strict=True):
            if value is at.expr and name is not None and name.kind == "const":
                self._follow(at.up(), (name.value, *keys), key)
                return
        self._escape(at, key, "it is stored under a computed key")

    def _in_subscript(
        self, at: Occurrence, parent: Expr, keys: tuple[object, ...], key: _Key
    ) -> None:
        index = parent.parts[1]
        if keys and at.expr is parent.parts[0] and index.kind == "const":
            if index.value == keys[0]:
                self._follow(at.up(), keys[1:], key)
            return
        self._escape(at, key, "it is looked up by a computed key")

    # Slots

    def _follow(self, at: Occurrence, keys: tuple[object, ...], key: _Key) -> None:
        self._work.append((at, keys, key))

    def _escape(self, at: Occurrence, key: _Key, reason: str, callee: str = "") -> None:
        self._group(key).escapes.append(Escape(at, reason, callee))

    def _group(self, key: _Key) -> Group:
        return self._groups[self._find(key)]

    def _slot(self, slot: Slot, key: _Key) -> None:
        """The value reaches a slot: it goes wherever the slot is read."""
        self._group(key).slots.add(slot)
        known = self._slot_leader.setdefault(slot, key)
        if known != key:
            self._union(known, key)
        if (slot_key := _slot_key(slot)) in self._loaded:
            return
        self._loaded.add(slot_key)
        for load in self.slots.loads(slot):
            self._follow(load, slot.keys, key)

    # Writes: a slot of a group must hold nothing else

    def _check_writes(self) -> None:
        def known(at: Occurrence, keys: tuple[object, ...]) -> bool:
            return _key(at, keys) in self._slot_values

        mixtures = Mixtures(self.project, known)
        for key, group in list(self._groups.items()):
            if self._find(key) == key:
                for slot in sorted(group.slots, key=repr):
                    group.escapes += mixtures.escapes(slot)
        for at, key in self._stores:
            value = at.statement.value
            if value is None or (value.kind == "const" and value.value is None):
                continue
            stored = Occurrence(at.file, at.statement, (value,))
            if not known(stored, ()):
                self._escape(stored, key, "something else is stored in its place")


def _key(at: Occurrence, keys: tuple[object, ...]) -> _Key:
    return (at.file.path, at.expr.start, at.expr.end, keys)


def _slot_key(slot: Slot) -> _Key:
    return (f"{slot.kind} {slot.path} {slot.name}", slot.scope, -1, slot.keys)


def _position(at: Occurrence) -> tuple[str, int, int]:
    return (at.file.path, at.expr.start, at.expr.end)
