"""The whole project: names resolved across files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from tf2migrate.index import api
from tf2migrate.index.files import Binding, FileIndex, Occurrence
from tf2migrate.index.modules import ModuleMap
from tf2migrate.index.refs import Argument, Ref, Reference, dotted, longest, with_item
from tf2migrate.model.facts import Expr, FileFacts, Import, Scope

_DEPTH = 12


__all__ = ["Argument", "Project", "Ref", "Reference"]


class Project:
    """All files of a project and what their names mean.

    Args:
      files: facts by path (relative to the project root, with `/`).
      source_roots: folders below which absolute imports are looked up.
    """

    def __init__(self, files: Mapping[str, FileFacts], source_roots: Sequence[str] = ("",)) -> None:
        self.files = {path: FileIndex(files[path]) for path in sorted(files)}
        self.modules = ModuleMap(self.files, source_roots)
        self._name_cache: dict[tuple[str, int, str], Ref | None] = {}
        self._busy: set[tuple[str, int, str]] = set()
        self.memo: dict[str, object] = {}  # what rules work out of the project once

    # Names

    def resolve(self, file: FileIndex, scope: int, expr: Expr) -> Ref | None:
        """What an expression of names and attributes stands for, as far as that is static."""
        if expr.kind == "name":
            return self.resolve_name(file, scope, expr.text)
        if expr.kind == "attr":
            base = self.resolve(file, scope, expr.parts[0])
            return None if base is None else self.member(base, expr.text)
        return None

    def canonical(self, file: FileIndex, scope: int, expr: Expr) -> str | None:
        """The canonical dotted name of a library's symbol (`tf.train.Saver`, `os.path.join`)."""
        ref = self.resolve(file, scope, expr)
        return api.canonical(ref.name) if ref is not None and ref.kind == "external" else None

    def resolve_name(self, file: FileIndex, scope: int, name: str) -> Ref | None:
        owner = file.scope_of_name(scope, name)
        key = (file.path, -1 if owner is None else owner, name)
        if key in self._name_cache:
            return self._name_cache[key]
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            found = self._star(file, name) if owner is None else self._bound(file, owner, name)
        finally:
            self._busy.discard(key)
        self._name_cache[key] = found
        return found

    def _bound(self, file: FileIndex, scope: int, name: str) -> Ref | None:
        """The meaning of a name all of whose bindings agree (alternatives of imports may not)."""
        refs = [self._binding(file, scope, item) for item in file.bindings[scope, name]]
        found = [ref for ref in refs if ref is not None]
        if not found or len(found) < len(refs):
            return None
        first = found[0]
        if all(ref == first for ref in found):
            return first
        # try: import x / except ImportError: import y as x. Prefer what is TensorFlow.
        imports = all(item.kind == "import" for item in file.bindings[scope, name])
        tensorflow = [ref for ref in found if api.canonical(ref.name).startswith("tf.")]
        return (tensorflow or [first])[0] if imports else None

    def _binding(self, file: FileIndex, scope: int, binding: Binding) -> Ref | None:
        if binding.kind == "import":
            assert binding.imported is not None
            return self._import(file, binding.imported)
        if binding.kind in ("def", "class"):
            kind = "class" if binding.kind == "class" else "function"
            return Ref(kind, file.scope(binding.scope).qualname, file.path, binding.scope)
        if binding.kind == "assign" and binding.value is not None:
            if binding.value.kind in ("name", "attr"):
                return self.resolve(file, scope, binding.value)
            if binding.value.kind == "ifexp":
                return self.resolve(file, scope, binding.value.parts[1])
        return None

    def _import(self, file: FileIndex, item: Import) -> Ref | None:
        """What an import binds; a module of the project wins, except over TensorFlow."""
        if not item.name:
            return self._imported_module(file, item)
        if item.module.partition(".")[0] == "tensorflow" and not item.level:
            return Ref("external", f"{item.module}.{item.name}")
        package = self.modules.find(file.path, item.module, item.level)
        if package is not None:
            found = self.member(Ref("module", item.module, package), item.name)
            if found is not None:
                return found
        dotted_name = f"{item.module}.{item.name}" if item.module else item.name
        submodule = self.modules.find(file.path, dotted_name, item.level)
        if submodule is not None:
            return Ref("module", item.name, submodule)
        own = package is not None or item.level
        return None if own else Ref("external", dotted_name)

    def _imported_module(self, file: FileIndex, item: Import) -> Ref:
        """`import a.b` binds `a`, `import a.b as c` binds `c` to `a.b`."""
        top = item.module.partition(".")[0]
        module = top if item.bound == top else item.module
        path = None if top == "tensorflow" else self.modules.find(file.path, module)
        return Ref("external", module) if path is None else Ref("module", module, path)

    def _star(self, file: FileIndex, name: str) -> Ref | None:
        """A name that the file binds nowhere: look into `from module import *`."""
        for item in file.facts.imports:
            if item.name != "*":
                continue
            path = self.modules.find(file.path, item.module, item.level)
            if path is None:
                if item.module.partition(".")[0] == "tensorflow":
                    return Ref("external", f"{item.module}.{name}")
                continue
            found = self.member(Ref("module", item.module, path), name)
            if found is not None:
                return found
        return None

    def member(self, base: Ref, name: str) -> Ref | None:
        """What `base.name` stands for."""
        if base.kind == "external":
            return Ref("external", f"{base.name}.{name}")
        file = self.files.get(base.path)
        if file is None:
            return None
        if base.kind == "module":
            found = self.resolve_name(file, 0, name)
            if found is None and base.path.endswith("__init__.py"):
                path = self.modules.find(base.path, name, 1)
                return None if path is None else Ref("module", name, path)
            return found
        if base.kind == "class":
            return self.method(base, name)
        return None

    # Classes

    def bases(self, ref: Ref) -> list[Ref | None]:
        file = self.files[ref.path]
        record = file.scope(ref.scope)
        return [self.resolve(file, record.parent, base) for base in record.bases]

    def method(self, ref: Ref, name: str) -> Ref | None:
        """The function that defines a method, in the class or a base class of the project."""
        for owner in self.lineage(ref):
            file = self.files[owner.path]
            for binding in file.bindings.get((owner.scope, name), ()):
                if binding.kind == "def":
                    return Ref(
                        "function", file.scope(binding.scope).qualname, file.path, binding.scope
                    )
        return None

    def lineage(self, ref: Ref) -> Iterator[Ref]:
        """A class of the project and its base classes in the project."""
        seen: set[Ref] = set()
        queue = [ref]
        while queue:
            owner = queue.pop(0)
            if owner in seen or owner.kind != "class":
                continue
            seen.add(owner)
            yield owner
            queue.extend(base for base in self.bases(owner) if base is not None)

    @cached_property
    def _family_of(self) -> dict[tuple[str, int], int]:
        """Classes related by inheritance get one number."""
        parent: dict[tuple[str, int], tuple[str, int]] = {}

        def find(key: tuple[str, int]) -> tuple[str, int]:
            while parent.get(key, key) != key:
                key = parent[key]
            return key

        for file in self.files.values():
            for record in file.facts.scopes:
                if record.kind == "class":
                    for owner in self.lineage(Ref("class", record.qualname, file.path, record.id)):
                        parent[find((owner.path, owner.scope))] = find((file.path, record.id))
        roots: dict[tuple[str, int], int] = {}
        keys = [
            (f.path, r.id) for f in self.files.values() for r in f.facts.scopes if r.kind == "class"
        ]
        return {key: roots.setdefault(find(key), len(roots)) for key in keys}

    def family(self, ref: Ref) -> int:
        return self._family_of[ref.path, ref.scope]

    def type_of(self, file: FileIndex, scope: int, expr: Expr, depth: int = 0) -> Ref | None:
        """The project's class of a value, where assignments tell."""
        if depth > _DEPTH:
            return None
        if expr.kind == "call":
            target = self.resolve(file, scope, expr.parts[0])
            if target is not None and target.kind == "class":
                return target
            if expr.parts[0].kind == "name" and expr.parts[0].text == "super":
                record = file.method_class(scope)
                return None if record is None else self._super(file, record)
            return None
        if expr.kind == "name":
            return self._type_of_name(file, scope, expr.text, depth)
        if expr.kind == "attr":
            owner = self.type_of(file, scope, expr.parts[0], depth + 1)
            return None if owner is None else self._type_of_attribute(owner, expr.text, depth)
        return None

    def _super(self, file: FileIndex, record: Scope) -> Ref | None:
        bases = self.bases(Ref("class", record.qualname, file.path, record.id))
        return bases[0] if bases and bases[0] is not None and bases[0].kind == "class" else None

    def _type_of_name(self, file: FileIndex, scope: int, name: str, depth: int) -> Ref | None:
        if name == file.self_name(scope):
            record = file.method_class(scope)
            if record is not None:
                return Ref("class", record.qualname, file.path, record.id)
        owner = file.scope_of_name(scope, name)
        if owner is None:
            return None
        types: set[Ref | None] = set()
        for binding in file.bindings[owner, name]:
            if binding.kind == "assign" and binding.value is not None:
                types.add(self.type_of(file, owner, binding.value, depth + 1))
            elif binding.kind == "other" and binding.statement is not None:
                types.add(self._type_of_with(file, owner, name, binding, depth))
            else:
                types.add(None)
        return types.pop() if len(types) == 1 else None

    def _type_of_with(
        self, file: FileIndex, scope: int, name: str, binding: Binding, depth: int
    ) -> Ref | None:
        assert binding.statement is not None
        item = with_item(binding.statement, name)
        return None if item is None else self.type_of(file, scope, item, depth + 1)

    def _type_of_attribute(self, owner: Ref, name: str, depth: int) -> Ref | None:
        types: set[Ref | None] = set()
        for ref in self.lineage(owner):
            file = self.files[ref.path]
            for at in file.occurrences(name):
                if self.is_self_attribute(at) and at.expr in at.statement.targets:
                    inside = file.method_class(at.scope)
                    if (
                        inside is not None
                        and inside.id == ref.scope
                        and at.statement.value is not None
                    ):
                        types.add(self.type_of(file, at.scope, at.statement.value, depth + 1))
        types.discard(None)
        return types.pop() if len(types) == 1 else None

    @staticmethod
    def is_self_attribute(at: Occurrence) -> bool:
        """Whether an occurrence is `self.<name>` inside a method."""
        expr = at.expr
        if expr.kind != "attr" or expr.parts[0].kind != "name":
            return False
        return expr.parts[0].text == at.file.self_name(at.scope)

    def library_type(self, file: FileIndex, scope: int, expr: Expr) -> str | None:
        """The TensorFlow call that made a variable's value, if all of its values come from one."""
        call = self.made_by(file, scope, expr)
        if call is None:
            return None
        owner = file.scope_of_name(scope, expr.text)
        name = self.canonical(file, scope if owner is None else owner, call.parts[0])
        return name if name is not None and name.startswith("tf.") else None

    def made_by(self, file: FileIndex, scope: int, expr: Expr) -> Expr | None:
        """The call that made a variable's value, if all of its values come from the same callee."""
        if expr.kind != "name":
            return None
        owner = file.scope_of_name(scope, expr.text)
        bindings = [] if owner is None else file.bindings[owner, expr.text]
        calls: dict[str, Expr] = {}
        for binding in bindings:
            value = binding.value
            if binding.kind == "other" and binding.statement is not None:
                value = with_item(binding.statement, expr.text)
            if value is None or value.kind != "call":
                return None
            calls[file.facts.code(value.parts[0])] = value
        return calls.popitem()[1] if len(calls) == 1 else None

    # Calls

    def callee(self, file: FileIndex, scope: int, call: Expr) -> Ref | None:
        """The project's function (or class) that a call calls."""
        func = call.parts[0]
        ref = self.resolve(file, scope, func)
        if ref is not None:
            return ref if ref.kind in ("function", "class") else None
        if func.kind == "attr":
            owner = self.type_of(file, scope, func.parts[0])
            return None if owner is None else self.method(owner, func.text)
        return None

    def arguments_for(self, file: FileIndex, scope: int, name: str) -> list[Argument]:
        """What the project passes for a parameter, one for each call; None: it is left out."""
        record = file.scope(scope)
        position = next(i for i, param in enumerate(record.params) if param.name == name)
        if file.scope(record.parent).kind == "class":
            position -= 1
        found = []
        for other in self.files.values():
            for at in other.occurrences(record.name):
                call = at.parent
                if not at.is_callee or call is None:
                    continue
                ref = self.callee(other, at.scope, call)
                if ref is None or (ref.path, ref.scope) != (file.path, scope):
                    continue
                value = call.keywords.get(name)
                if value is None and 0 <= position < len(call.args):
                    value = call.args[position]
                found.append(Argument(other, at.scope, value))
        return found

    # Library references

    @cached_property
    def references(self) -> list[Reference]:
        """Every occurrence of a TensorFlow name (the longest attribute chain), in order."""
        return list(self._references())

    def _references(self) -> Iterator[Reference]:
        for file in self.files.values():
            yield from self._file_references(file)

    def _file_references(self, file: FileIndex) -> list[Reference]:
        found = []
        for name in self._library_names(file):
            for root in file.occurrences(name):
                bound = len(root.path) == 1 and root.expr in root.statement.targets
                if root.expr.kind != "name" or bound:
                    continue
                ref = self.resolve_name(file, root.scope, name)
                if ref is None or ref.kind not in ("external", "module"):
                    continue
                at = longest(root)
                if ref.kind == "module":
                    ref = self.resolve(file, root.scope, at.expr)
                    name_path = ref.name if ref is not None and ref.kind == "external" else ""
                else:
                    name_path = dotted(ref.name, at.expr)
                canonical = api.canonical(name_path)
                if canonical == "tf" or canonical.startswith("tf."):
                    found.append(Reference(canonical, at))
        return sorted(found, key=lambda reference: reference.at.expr.start)

    def _library_names(self, file: FileIndex) -> list[str]:
        """The names of a file that may stand for a library: imported ones and aliases of others."""
        names = {
            name
            for (_, name), bindings in file.bindings.items()
            for item in bindings
            if item.kind == "import"
            or (item.value is not None and item.value.kind in ("name", "attr", "ifexp"))
        }
        if any(item.name == "*" for item in file.facts.imports):
            bound = {name for _, name in file.bindings}
            names |= file.facts.identifiers - bound
        return sorted(names)

    @cached_property
    def by_name(self) -> dict[str, list[Reference]]:
        """References by canonical name."""
        table: dict[str, list[Reference]] = {}
        for reference in self.references:
            table.setdefault(reference.name, []).append(reference)
        return table

    def calls(self, names: Iterable[str]) -> list[Reference]:
        """References to any of the names that are called, in order of file and position."""
        found = [
            ref for name in names for ref in self.by_name.get(name, ()) if ref.call is not None
        ]
        return sorted(found, key=lambda ref: (ref.at.file.path, ref.at.expr.start))
