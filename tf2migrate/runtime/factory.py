"""Build the user's object from `package.module:factory`."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory

_FORM = "write package.module:factory, a function that builds the object to be saved"


def factory_inventory(text: str, *, values: bool = False) -> Inventory:
    """The inventory of the object that a factory builds.

    Raises:
      CheckpointError: it cannot be built, or TensorFlow could not save it.
    """
    from tf2migrate.runtime.object_inventory import inventory  # noqa: PLC0415  (TensorFlow)

    return inventory(load_factory(text), values=values)


def load_factory(text: str) -> Any:
    """What the function at `package.module:factory` returns, called without arguments.

    The module is imported as Python would from the working directory. What it
    prints goes to the standard error output, so that a report stays readable.

    Raises:
      CheckpointError: there is no such module or name; importing or calling it
        raises; it wants arguments; or it returns nothing that TensorFlow tracks.
    """
    module_name, colon, path = text.partition(":")
    if not (colon and path and all(part.isidentifier() for part in module_name.split("."))):
        raise CheckpointError(text, "is no place of a factory", _FORM)
    with _user_code():
        factory = _attribute(_module(module_name, text), path, text)
        made = _called(factory, text) if callable(factory) and not _is_tracked(factory) else factory
    if not _is_tracked(made):
        raise CheckpointError(
            text,
            f"what it gives is of type {type(made).__name__}, which TensorFlow does not track",
            "return a tf.train.Checkpoint, a tf.Module, or a dict of such objects",
        )
    return made


@contextlib.contextmanager
def _user_code() -> Iterator[None]:
    """As `python -m` has it: the working directory comes first on the path."""
    sys.path.insert(0, os.getcwd())
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        with contextlib.suppress(ValueError):  # the user's code may have taken it away
            sys.path.remove(os.getcwd())


def _module(name: str, text: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise CheckpointError(
                text,
                f"there is no module {error.name!r}",
                f"run this in the directory from which {name} can be imported, or set PYTHONPATH",
            ) from None
        raise _raised(text, f"importing {name}", error) from error
    except SystemExit as error:
        raise CheckpointError(
            text,
            f"importing {name} ends the process",
            'put what it does as a program below `if __name__ == "__main__":`',
        ) from error
    except Exception as error:
        raise _raised(text, f"importing {name}", error) from error


def _attribute(module: ModuleType, path: str, text: str) -> Any:
    found: Any = module
    for name in path.split("."):
        if not hasattr(found, name):
            near = difflib.get_close_matches(name, dir(found), n=3)
            remedy = f"is it {' or '.join(near)}?" if near else _FORM
            raise CheckpointError(text, f"{_label(found)} has no {name!r}", remedy)
        found = getattr(found, name)
    return found


def _label(obj: Any) -> str:
    if isinstance(obj, ModuleType):
        return f"module {obj.__name__!r} ({obj.__file__})"
    return str(getattr(obj, "__qualname__", type(obj).__name__))


def _called(factory: Any, text: str) -> Any:
    try:
        inspect.signature(factory).bind()
    except TypeError as error:
        raise CheckpointError(
            text, f"it cannot be called without arguments: {error}", "give it defaults"
        ) from None
    except ValueError:  # a builtin without a signature: the call itself tells
        pass
    try:
        return factory()
    except SystemExit as error:
        raise CheckpointError(text, "calling it ends the process") from error
    except Exception as error:
        raise _raised(text, "calling it", error) from error


def _raised(text: str, doing: str, error: Exception) -> CheckpointError:
    """Names the user's line, which is the innermost one that is not of a library."""
    from tf2migrate.runtime.origins import line_of  # noqa: PLC0415  (TensorFlow)

    frames = traceback.extract_tb(error.__traceback__)
    line = line_of((frame.filename, frame.lineno or 0) for frame in reversed(frames))
    place = f" at {line}" if line is not None else ""
    first = str(error).partition("\n")[0]
    return CheckpointError(text, f"{doing} raises {type(error).__name__}{place}: {first}")


def _is_tracked(obj: Any) -> bool:
    from tf2migrate.runtime.roots import root_of  # noqa: PLC0415  (TensorFlow)

    try:
        root_of(obj)
    except CheckpointError:
        return False
    return True
