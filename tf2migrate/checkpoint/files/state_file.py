"""The file `checkpoint` in a directory of checkpoints, which says which one is the newest.

Savers and CheckpointManagers write it as the text form of TensorFlow's
CheckpointState: `model_checkpoint_path: "model-12"`, then the kept ones.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from typing import NamedTuple

from tf2migrate.model.checkpoint_error import CheckpointError

STATE_FILE = "checkpoint"
_LINE = re.compile(r'^\s*(\w+)\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([0-9.eE+-]+))\s*$', re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)")


class State(NamedTuple):
    """What a state file says; paths as it has them, absolute or from its directory on.

    Attributes:
      newest: what `latest_checkpoint` gives.
      kept: all that a Saver or a manager still counts, oldest first.
      times: when each of `kept` was written, seconds since 1970; empty if unknown.
    """

    newest: str
    kept: tuple[str, ...] = ()
    times: tuple[float, ...] = ()


def read_state(folder: str) -> State | None:
    """The state of a directory, None if it has no state file.

    Raises:
      CheckpointError: the file cannot be read, or names no checkpoint.
    """
    path = os.path.join(folder, STATE_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise CheckpointError(path, f"cannot be read: {reason}") from None
    fields: dict[str, list[str]] = {}
    for name, quoted, number in _LINE.findall(text):
        fields.setdefault(name, []).append(number or _ESCAPE.sub(r"\1", quoted))
    newest = fields.get("model_checkpoint_path")
    if not newest:
        raise CheckpointError(path, "it names no checkpoint", "remove it, or name the checkpoints")
    kept = tuple(fields.get("all_model_checkpoint_paths", ()))
    times = tuple(map(float, fields.get("all_model_checkpoint_timestamps", ())))
    return State(newest[-1], kept, times if len(times) == len(kept) else ())


def write_state(folder: str, state: State) -> None:
    """Replace the state file whole, so that whoever looks sees the old state or the new one.

    Raises:
      CheckpointError: it is as it was.
    """
    lines = [f"model_checkpoint_path: {_quoted(state.newest)}"]
    lines += [f"all_model_checkpoint_paths: {_quoted(path)}" for path in state.kept]
    lines += [f"all_model_checkpoint_timestamps: {time!r}" for time in state.times]
    path = os.path.join(folder, STATE_FILE)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(".tmp", f".{STATE_FILE}.", folder or os.curdir)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise CheckpointError(path, f"cannot be written: {error.strerror}") from None


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
