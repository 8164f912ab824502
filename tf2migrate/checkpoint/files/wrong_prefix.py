"""What is wrong with a prefix that leads to no checkpoint, and what to give instead."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from tf2migrate.checkpoint.files.shards import unreadable
from tf2migrate.checkpoint.files.state_file import STATE_FILE
from tf2migrate.model.checkpoint_error import CheckpointError

_PART = re.compile(r"\.(?:index|meta|data(?:-\d{5}-of-\d{5})?)$")
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_DATA = re.compile(r"\.data-\d{5}-of-\d{5}$")

_TAR_MAGIC = slice(257, 262)
_SHOWN = 3


def explain(prefix: str) -> CheckpointError:
    """Why `prefix` is none, with the remedy."""
    if not prefix:
        return CheckpointError("the prefix", "it is empty", "give the path that was saved to")
    if "://" in prefix:
        return CheckpointError(prefix, "not on a disk of this machine", "copy it to one")
    part = _PART.search(prefix)
    if part:
        return _part_of_checkpoint(prefix, prefix[: part.start()])
    if os.path.isdir(prefix):
        return _directory(prefix)
    return _nothing(prefix)


def foreign_file(path: str) -> CheckpointError | None:
    """Why the file `path` is no V1 checkpoint, if it is a kind of file that is known."""
    try:
        with open(path, "rb") as file:
            head = file.read(512)
    except OSError as error:
        return unreadable(path, error)
    if _PART.search(path):
        return explain(path)
    problem, remedy = _kind_of_file(path, head)
    return CheckpointError(path, problem, remedy) if problem else None


def _kind_of_file(path: str, head: bytes) -> tuple[str, str]:
    """What the file is and what to do with it; two empty texts if that is not known."""
    if not head:
        return "the file is empty", "take an earlier checkpoint: this one was not written fully"
    if os.path.basename(path) == STATE_FILE and head.startswith(b"model_checkpoint_path"):
        newest = newest_checkpoint(os.path.dirname(path))
        remedy = f"give {newest}" if newest else "give the prefix of one that exists"
        return "this file only names the newest checkpoint", remedy
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "an HDF5 file of Keras, no TensorFlow checkpoint", _KERAS
    if path.endswith(".keras"):
        return "a Keras file, no TensorFlow checkpoint", _KERAS
    if path.endswith((".pb", ".pbtxt")):
        return (
            "a graph, not a checkpoint; if it is a frozen one, its variables are constants",
            "give the checkpoint from which it was made",
        )
    if (
        head.startswith((b"PK\3\4", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"))
        or head[_TAR_MAGIC] == b"ustar"
    ):
        return "an archive", "unpack it; if a checkpoint is in it, give that one's prefix"
    return "", ""


_KERAS = "load it with Keras and write the model with tf.train.Checkpoint(model=model)"


def _part_of_checkpoint(path: str, prefix: str) -> CheckpointError:
    """The error for the name of one of a checkpoint's files."""
    if is_checkpoint(prefix):
        return CheckpointError(path, "a file of a checkpoint, not its prefix", f"give {prefix}")
    if os.path.exists(path):
        return _nothing(prefix)
    return _nothing(path if not _leftovers(prefix) else prefix)


def _directory(path: str) -> CheckpointError:
    variables = os.path.join(path, "variables", "variables")
    saved_model = any(
        os.path.exists(os.path.join(path, name)) for name in ("saved_model.pb", "saved_model.pbtxt")
    )
    if saved_model and is_checkpoint(variables):
        return CheckpointError(path, "a SavedModel", f"give {variables}, its checkpoint")
    if saved_model:
        return CheckpointError(
            path, "a SavedModel without variables", "give the checkpoint from which it was made"
        )
    newest = newest_checkpoint(path)
    if newest:
        return CheckpointError(path, "a directory, not a checkpoint", f"give {newest}, its newest")
    return CheckpointError(path, "a directory, not a checkpoint", _choice(path, "") or _NONE_IN_IT)


_NONE_IN_IT = "no checkpoint is in it, so look for one elsewhere"


def _nothing(prefix: str) -> CheckpointError:
    """The error for a prefix without an index, and without a V1 file."""
    folder, base = os.path.split(prefix)
    folder = folder or os.curdir
    if not os.path.isdir(folder):
        return CheckpointError(prefix, f"there is no directory {folder}", "give a path that exists")
    left = _leftovers(prefix)
    if any(".tempstate" in name or name.startswith(f"{base}_temp") for name in left):
        return CheckpointError(
            prefix, "its writing was interrupted", _choice(folder, base) or "write it again"
        )
    if any(_DATA.search(name) for name in left):
        return CheckpointError(
            prefix, f"its index is missing ({base}.index)", "copy that file, too"
        )
    if left:
        return CheckpointError(
            prefix,
            f"only its graph is there ({base}.meta), not the values",
            f"copy {base}.index and {base}.data-*, too",
        )
    remedy = _choice(folder, base) or f"no checkpoint is in {folder}, so look for one elsewhere"
    return CheckpointError(prefix, "no checkpoint has this prefix", remedy)


def _leftovers(prefix: str) -> list[str]:
    """Names of files that belong to a checkpoint called `prefix`."""
    folder, base = os.path.split(prefix)
    starts = (f"{base}.data-", f"{base}.index", f"{base}.meta", f"{base}_temp")
    return [name for name in _listing(folder or os.curdir) if name.startswith(starts)]


def without_pattern(prefix: str) -> str:
    """The prefix, if it is given as a Saver of sharded V1 checkpoints returns it."""
    return re.sub(r"-\?{5}-of-\d{5}$", "", prefix)


def is_checkpoint(prefix: str) -> bool:
    """Whether an index, a V1 file or its first shard has this prefix."""
    return (
        os.path.isfile(f"{prefix}.index")
        or (os.path.isfile(prefix) and os.path.isfile(f"{prefix}.meta"))
        or any(_SHARD.fullmatch(name) for name in _endings(prefix))
    )


def _endings(prefix: str) -> Iterable[str]:
    folder, base = os.path.split(prefix)
    for name in _listing(folder or os.curdir):
        if name.startswith(base):
            yield name[len(base) :]


def newest_checkpoint(folder: str) -> str | None:
    """The prefix that the directory's state file names, if that checkpoint exists.

    A relative path is meant from the directory on, and an absolute one that is gone
    is looked for there, too: the directory may have been moved. None also for a
    state file that cannot be read: this only finds a better remedy for an error.
    """
    from tf2migrate.checkpoint.files.state_file import read_state  # noqa: PLC0415, tempfile

    try:
        state = read_state(folder)
    except CheckpointError:
        return None
    if state is None:
        return None
    path = state.newest
    for candidate in (os.path.join(folder, path), os.path.join(folder, os.path.basename(path))):
        if is_checkpoint(without_pattern(candidate)):
            return candidate
    return None


def _choice(folder: str, base: str) -> str:
    """A remedy that names the checkpoints of `folder`, those first that are like `base`."""
    from difflib import get_close_matches  # noqa: PLC0415

    prefixes = checkpoints_in(folder)
    near = get_close_matches(base, prefixes, n=_SHOWN, cutoff=0.5) or prefixes[-_SHOWN:]
    paths = [os.path.join(folder, name) if folder != os.curdir else name for name in near]
    more = len(prefixes) - len(near)
    rest = f" (and {more} more are there)" if more else ""
    return f"give {' or '.join(paths)}{rest}" if paths else ""


def checkpoints_in(folder: str) -> list[str]:
    """Names of the checkpoints in a directory, numbers in their order."""
    names = set(_listing(folder))
    found = {name[: -len(".index")] for name in names if name.endswith(".index")}
    found |= {name[: -len(".meta")] for name in names if name.endswith(".meta")} & names
    found |= {
        _SHARD.sub("", name) for name in names if _SHARD.search(name) and ".data-" not in name
    }
    return sorted(found, key=_natural)


def _natural(name: str) -> list[tuple[int, str]]:
    return [
        (int(text), "") if text.isdecimal() else (-1, text) for text in re.split(r"(\d+)", name)
    ]


def _listing(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
