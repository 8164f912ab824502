"""The file `checkpoint` in a directory of checkpoints, which says which one is the newest.

Savers and CheckpointManagers write it as the text form of TensorFlow's
CheckpointState: `model_checkpoint_path: "model-12"`, then the kept ones. In quotes, protobuf
writes each byte of UTF-8 that is not ASCII as a backslash and three octal digits.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import NamedTuple

from tf2migrate.model.checkpoint_error import CheckpointError

STATE_FILE = "checkpoint"
"""The file in which a Saver or a CheckpointManager names the newest checkpoint."""

_LINE = re.compile(r'^\s*(\w+)\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([0-9.eE+-]+))\s*$', re.MULTILINE)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_LETTERS = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))


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
      CheckpointError: the file cannot be read, names no checkpoint, or has a time that is none.
    """
    path = os.path.join(folder, STATE_FILE)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CheckpointError(path, f"cannot be read: {error.strerror}") from None
    fields: dict[str, list[str]] = {}
    for name, quoted, number in _LINE.findall(text):
        fields.setdefault(name, []).append(number or _unquoted(quoted))
    newest = fields.get("model_checkpoint_path")
    if not newest:
        raise CheckpointError(path, "it names no checkpoint", "remove it, or name the checkpoints")
    kept = tuple(fields.get("all_model_checkpoint_paths", ()))
    try:
        times = tuple(map(float, fields.get("all_model_checkpoint_timestamps", ())))
    except ValueError as error:
        raise CheckpointError(path, f"a time in it is none: {error}", "remove that line") from None
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
    temporary = os.path.join(folder, f".{STATE_FILE}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "x", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(temporary)
        raise CheckpointError(path, f"cannot be written: {error.strerror}") from None


def _quoted(path: str) -> str:
    data = path.encode("utf-8", "surrogateescape")
    return '"' + "".join(map(_escaped, data)) + '"'


def _escaped(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


def _unquoted(text: str) -> str:
    data = _ESCAPE.sub(_byte, text.encode("utf-8", "surrogateescape"))
    return data.decode("utf-8", "surrogateescape")


def _byte(escape: re.Match[bytes]) -> bytes:
    octal, hexadecimal, letter = escape.groups()
    if letter is not None:
        return bytes((_LETTERS.get(letter[0], letter[0]),))
    return bytes((int(octal, 8) & 255 if octal else int(hexadecimal, 16),))
