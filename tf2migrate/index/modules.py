"""Which file an import means."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence


class ModuleMap:
    """Finds the project's file for a dotted module name.

    Python would need `sys.path`; a repository's scripts are run from their own
    folder, from the root or from an installed package. So a module is looked for
    beside the importing file, then below each source root and, if exactly one
    file's path ends in the module's path, there.
    """

    def __init__(self, paths: Iterable[str], source_roots: Sequence[str] = ("",)) -> None:
        self._paths = frozenset(paths)
        self._roots = tuple(source_roots)
        self._found: dict[tuple[str, str, int], str | None] = {}
        self._by_tail: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            self._by_tail.setdefault(posixpath.basename(path), []).append(path)
            if path.endswith("/__init__.py"):
                package = posixpath.dirname(path)
                self._by_tail.setdefault(posixpath.basename(package), []).append(path)

    def find(self, importer: str, module: str, level: int = 0) -> str | None:
        """The path of `module` as imported (with `level` leading dots) by `importer`."""
        key = (importer, module, level)
        if key not in self._found:
            self._found[key] = self._find(importer, module, level)
        return self._found[key]

    def _find(self, importer: str, module: str, level: int) -> str | None:
        folder = posixpath.dirname(importer)
        if level:
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            return self._at(folder, module)
        for root in (folder, *self._roots):
            found = self._at(root, module)
            if found is not None and found != importer:
                return found
        return self._unique_tail(importer, module)

    def _at(self, folder: str, module: str) -> str | None:
        relative = module.replace(".", "/")
        for candidate in (f"{relative}.py", f"{relative}/__init__.py"):
            path = posixpath.normpath(posixpath.join(folder, candidate.lstrip("/")))
            if path in self._paths:
                return path
        return None

    def _unique_tail(self, importer: str, module: str) -> str | None:
        if "." not in module:
            return None
        relative = module.replace(".", "/")
        last = posixpath.basename(relative)
        candidates = [
            path
            for path in (*self._by_tail.get(f"{last}.py", ()), *self._by_tail.get(last, ()))
            if path.endswith((f"/{relative}.py", f"/{relative}/__init__.py")) and path != importer
        ]
        return candidates[0] if len(candidates) == 1 else None
