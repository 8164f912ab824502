"""The line of the user's program that created a variable."""

from __future__ import annotations

import os
import sys
import sysconfig
import weakref
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import tensorflow as tf

from tf2migrate.runtime import keras
from tf2migrate.runtime.values import is_eager

_PACKAGES = ("tensorflow", "keras", "tf_keras", "tf2migrate")
_GENERATED = "__autograph_generated_file"  # TensorFlow's translation of a tf.function
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")

_known: dict[int, tuple[weakref.ref[Any], str]] = {}
"""What `watch` saw, by the id of the variable; a dead one's id may be taken again."""


def remember(variable: Any, line: str) -> None:
    """Note where a variable was created, as long as it lives."""
    number = id(variable)
    _known[number] = (weakref.ref(variable, lambda _: _known.pop(number, None)), line)


def origin_of(variable: Any) -> str | None:
    """`path:line` that created the variable, if a watch saw it or its graph knows it."""
    built = keras.unwrapped(variable)
    found = _known.get(id(built))
    if found is not None and found[0]() is built:
        return found[1]
    return _origin_in_graph(built)


def _origin_in_graph(variable: Any) -> str | None:
    """Operations of a graph remember who made them; eager variables have none."""
    if not isinstance(variable, tf.Variable) or is_eager(variable):
        return None
    return _line_of_operation(variable.op)


def _line_of_operation(operation: Any) -> str | None:
    return line_of((frame.filename, frame.lineno) for frame in reversed(operation.traceback))


def current_line() -> str | None:
    """The line of the user's program that is being executed, None if there is none.

    Inside a tf.function, Python runs TensorFlow's translation of the user's code.
    Operations know the original lines, so a throw-away one is asked there.
    """
    frames: list[tuple[str, int]] = []
    frame = sys._getframe(1)
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    if any(Path(name).name.startswith(_GENERATED) for name, _ in frames):
        with tf.Graph().as_default():
            return _line_of_operation(tf.no_op())
    return line_of(frames)


def line_of(frames: Iterable[tuple[str, int]]) -> str | None:
    """`path:line` of the innermost frame in the user's own code.

    That is code outside of TensorFlow, Keras and the standard library; code of
    other installed packages counts only where there is no other.
    """
    fallback = None
    for name, number in frames:
        if _is_machinery(name):
            continue
        line = f"{_relative(name)}:{number}"
        if not _is_installed(name):
            return line
        fallback = fallback or line
    return fallback


@cache
def _is_machinery(name: str) -> bool:
    """Whether a source file belongs to TensorFlow, Keras, this package or the standard library."""
    if Path(name).name.startswith(_GENERATED) or name.startswith(("<frozen", *_directories())):
        return True
    return name.startswith(_standard_library()) and not _is_installed(name)


def _is_installed(name: str) -> bool:
    return any(part in name for part in _INSTALLED)


def _directories() -> list[str]:
    modules = [sys.modules.get(package) for package in _PACKAGES]
    files = [getattr(module, "__file__", None) for module in modules]
    return [os.path.dirname(file) + os.sep for file in files if file]


@cache
def _standard_library() -> str:
    return sysconfig.get_path("stdlib") + os.sep


def _relative(name: str) -> str:
    """Relative to the working directory if the file is below it."""
    try:
        return Path(name).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return name
