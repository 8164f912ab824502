"""Where in the user's files something happens."""

import ast
import os
import sys
from typing import Any, Dict, List, Tuple

THIS = sys._getframe().f_code.co_filename
RUNTIME = ("tensorflow", "tensorflow_core", "tensorflow_estimator", "keras", "tf_keras", "tf_slim")
DEPTH = 20  # of a stack
Place = Tuple[str, int, str]


class Places:
    """Tells the user's files from those of TensorFlow, the standard library and this one.

    Args:
      root: paths below it are relative to it.
    """

    def __init__(self, root: str) -> None:
        self.start = os.getcwd()  # what a code object's relative file name is relative to
        self.root = os.path.realpath(root)
        self.kinds = {}  # type: Dict[str, str]
        self.calls = {}  # type: Dict[str, List[Tuple[int, int, str]]]

    def kind(self, filename: str) -> str:
        """Whether a code object's file is the `user`'s, of a `library` or the `runtime`."""
        kind = self.kinds.get(filename)
        if kind is None:
            kind = self.kinds[filename] = self._kind(filename)
        return kind

    def _kind(self, filename: str) -> str:
        path = os.path.join(self.start, filename).replace("\\", "/")
        installed = "-packages/" in path
        if filename == THIS or filename.startswith("<"):
            return "runtime"
        if installed:
            package = path.rpartition("-packages/")[2].split("/")[0]
            return "runtime" if package in RUNTIME else "library"
        standard = os.path.dirname(os.__file__).replace("\\", "/") + "/"
        return "runtime" if path.startswith(standard) else "user"

    def user_frame(self, frame: Any) -> Any:
        """The innermost frame of the user's at or around `frame`, which is it if there is none."""
        outer = frame
        while outer is not None and self.kind(outer.f_code.co_filename) != "user":
            outer = outer.f_back
        return outer or frame

    def stack(self, callee: str) -> List[Place]:
        """The user's places, innermost first; those in libraries if there are none.

        Args:
          callee: what the innermost one calls, where no frame of TensorFlow's tells.
        """
        found = {"user": [], "library": []}  # type: Dict[str, List[Place]]
        frame = sys._getframe(1)  # type: Any
        while frame is not None and len(found["user"]) < DEPTH:
            code = frame.f_code
            kind = self.kind(code.co_filename)
            if kind in found:
                line = self.call_line(code.co_filename, frame.f_lineno, callee)
                path = self.path(os.path.join(self.start, code.co_filename))
                found[kind].append((path, line, code.co_name))
            if code.co_filename != THIS:
                callee = code.co_name
            frame = frame.f_back
        return found["user"] or found["library"] or [("", 0, "")]

    def place(self, callee: str) -> Place:
        """The innermost place of the user's."""
        return self.stack(callee)[0]

    def path(self, path: Any) -> str:
        """A path as the recording has it."""
        text = str(os.fsdecode(path))
        if "://" in text:
            return text
        real = os.path.realpath(text)
        inside = real.startswith(os.path.join(self.root, ""))
        return (os.path.relpath(real, self.root) if inside else text).replace("\\", "/")

    def call_line(self, filename: str, line: int, callee: str) -> int:
        """The line on which a call starts.

        A frame's line is that, but up to Python 3.7 it is where the last argument starts.
        """
        if sys.version_info >= (3, 8):
            return line
        if filename not in self.calls:
            self.calls[filename] = calls_in(os.path.join(self.start, filename))
        return starting_line(self.calls[filename], line, callee)


def starting_line(calls: List[Tuple[int, int, str]], line: int, callee: str) -> int:
    """The first line of the call of `callee` whose last argument starts on `line`.

    Where no call has that name (a class's `__call__` is called), it is the outermost one.
    """
    around = [call for call in calls if call[0] <= line <= call[1]]
    named = [call for call in around if call[2] == callee]
    ending = [call for call in named or around if call[1] == line] or named
    return min(ending)[0] if ending else line


def calls_in(path: str) -> List[Tuple[int, int, str]]:
    """Each call in a file: its first line, the line of the last expression in it, the callee."""
    found = []  # type: List[Tuple[int, int, str]]

    def visit(node: Any) -> int:
        end = int(getattr(node, "lineno", 0))
        for child in ast.iter_child_nodes(node):
            end = max(end, visit(child))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found.append((node.lineno, end, name))
        return end

    try:
        with open(path, "rb") as file:
            visit(ast.parse(file.read()))
    except (OSError, SyntaxError, ValueError, RuntimeError):
        return []  # it is no source file, or nested too deeply: the frame's own line has to do
    return found
