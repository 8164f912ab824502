"""How a library's name is spelled in a file, and how a call is laid out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tf2migrate.index import api
from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project
from tf2migrate.model.edit import AddImport, Edit
from tf2migrate.model.span import Span

LINE_LENGTH = 100
_HOLE = re.compile(r"\$<(\d+):(\d+)>")


class Spelling:
    """Spells names in one file; `edits` collects the imports that this needs."""

    def __init__(self, project: Project, file: FileIndex) -> None:
        self.project = project
        self.file = file
        self.edits: list[Edit] = []

    def tf(self, name: str, near: Occurrence | None = None) -> str:
        """The code for a `tf.` name of TensorFlow 1, such as `tf.train.Checkpoint`.

        `near` is an occurrence of another TensorFlow name: its prefix is used
        (`tf.compat.v1.train.Saver` asks for `tf.compat.v1.train.Checkpoint`).
        """
        tail = name.removeprefix("tf.")
        return f"{self._prefix(near)}.{tail}"

    def _prefix(self, near: Occurrence | None) -> str:
        if near is not None:
            code = re.sub(r"\s", "", self.file.facts.code(near.expr))
            canonical = self.project.canonical(self.file, near.scope, near.expr) or ""
            tail = canonical.removeprefix("tf")
            if tail and code.endswith(tail) and code != tail:
                return code.removesuffix(tail)
        for item in self.file.facts.imports:
            if item.scope == 0 and not item.level:
                dotted = f"{item.module}.{item.name}" if item.name else item.module
                whole = item.bound == item.module.partition(".")[0] and not item.name
                if api.canonical(item.bound if whole else dotted) == "tf":
                    return self._v1(item.bound)
        for name in ("tf",):
            ref = self.project.resolve_name(self.file, 0, name)
            if ref is not None and api.canonical(ref.name) == "tf":
                return name
        self.edits.append(AddImport(self.file.path, "import tensorflow.compat.v1 as tf"))
        return "tf"

    def _v1(self, bound: str) -> str:
        """`tf` or, in a TensorFlow 2 file that spells out the old names, `tf.compat.v1`."""
        for at in self.file.occurrences("v1"):
            code = re.sub(r"\s", "", self.file.facts.code(at.expr))
            if code == f"{bound}.compat.v1":
                return code
        return bound

    def os_path(self) -> None:
        """The code uses `os.path`: import `os` if the module does not."""
        ref = self.project.resolve_name(self.file, 0, "os")
        if ref is None or ref.name != "os":
            self.edits.append(AddImport(self.file.path, "import os"))


def indentation(file: FileIndex, offset: int) -> str:
    """The white space before the statement that starts at `offset`."""
    start = file.facts.line_starts[file.facts.line_of(offset) - 1]
    line = file.facts.text[start:offset].decode("utf-8")
    return line[: len(line) - len(line.lstrip())]


def width(file: FileIndex, code: str) -> int:
    """The length of code once its holes are filled."""

    def fill(match: re.Match[str]) -> str:
        return file.facts.code(Span(int(match.group(1)), int(match.group(2))))

    return len(_HOLE.sub(fill, code))


def call(
    file: FileIndex,
    offset: int,
    func: str,
    args: Sequence[str],
    before: str = "",
    after: str = "",
    deeper: int = 0,
) -> str:
    """A call on one line or, where that is too long, its arguments on lines of their own.

    `offset` is where the statement stands, `before` what precedes the call in its
    line (`x = `), `after` what follows, `deeper` how far it will be indented more.
    """
    flat = f"{func}({', '.join(args)})"
    room = LINE_LENGTH - deeper - len(indentation(file, offset).expandtabs(4))
    if width(file, before + flat + after) <= room:
        return flat
    joined = ", ".join(args)
    if width(file, joined) <= room - 4:
        return f"{func}(\n    {joined}\n)"
    lines = "".join(f"    {arg},\n" for arg in args)
    return f"{func}(\n{lines})"


def free_name(file: FileIndex, wanted: Sequence[str]) -> str | None:
    """The first of the names that the file does not use at all."""
    return next((name for name in wanted if name not in file.facts.identifiers), None)
