"""Which files run together: an entry point and every project module that it imports."""

from __future__ import annotations

from functools import cached_property

from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Statement


class Programs:
    """The import graph of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._reachable: dict[str, frozenset[str]] = {}
        self._together: dict[str, frozenset[str]] = {}

    @cached_property
    def imports(self) -> dict[str, frozenset[str]]:
        """The project files that each file imports directly."""
        return {path: frozenset(self._imported(file)) for path, file in self.project.files.items()}

    def _imported(self, file: FileIndex) -> set[str]:
        found: set[str] = set()
        modules = self.project.modules
        for item in file.facts.imports:
            if not item.level and item.module.partition(".")[0] == "tensorflow":
                continue
            names = [item.module] if item.module else []
            if item.name and item.name != "*":
                names.append(f"{item.module}.{item.name}" if item.module else item.name)
            for name in names:
                path = modules.find(file.path, name, item.level)
                if path is not None and path != file.path:
                    found.add(path)
        return found

    @cached_property
    def importers(self) -> dict[str, frozenset[str]]:
        table: dict[str, set[str]] = {path: set() for path in self.project.files}
        for path, imported in self.imports.items():
            for other in imported:
                table[other].add(path)
        return {path: frozenset(paths) for path, paths in table.items()}

    def reachable(self, path: str) -> frozenset[str]:
        """A file and all that it imports, directly or not."""
        if path not in self._reachable:
            self._reachable[path] = self._closure(path, self.imports)
        return self._reachable[path]

    @staticmethod
    def _closure(path: str, edges: dict[str, frozenset[str]]) -> frozenset[str]:
        seen = {path}
        queue = [path]
        while queue:
            for other in edges[queue.pop()]:
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        return frozenset(seen)

    def is_entry(self, path: str) -> bool:
        """Whether the file is run: it has a main guard, or nobody imports it."""
        return not self.importers[path] or main_guard(self.project.files[path]) is not None

    def together(self, path: str) -> frozenset[str]:
        """All files of all programs that the file is part of.

        A test is a program of its own: what it imports does not make what is
        only in the test part of other programs.
        """
        if path not in self._together:
            found: set[str] = set()
            for other in self._closure(path, self.importers):
                if self.is_entry(other) and (other == path or not is_test(other)):
                    found |= self.reachable(other)
            self._together[path] = frozenset(found or self.reachable(path))
        return self._together[path]


def is_test(path: str) -> bool:
    """Whether a path is that of a test, by the usual conventions."""
    folders, _, name = path.rpartition("/")
    named = name.startswith("test_") or name.endswith(("_test.py", "_tests.py"))
    return named or bool({"test", "tests", "testing"} & set(folders.split("/")))


def main_guard(file: FileIndex) -> Statement | None:
    """The statement `if __name__ == "__main__":` of a module."""
    for statement in file.facts.statements:
        if statement.kind != "if" or statement.scope != 0 or not statement.exprs:
            continue
        test = statement.exprs[0]
        if test.kind == "compare" and {part.text for part in test.parts if part.kind == "name"} == {
            "__name__"
        }:
            if any(part.value == "__main__" for part in test.parts):
                return statement
    return None
