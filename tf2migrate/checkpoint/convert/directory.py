"""Convert all checkpoints of a directory, and the state file that names the newest."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from tf2migrate.checkpoint.convert.result import Conversion
from tf2migrate.checkpoint.files.state_file import STATE_FILE, State, read_state, write_state
from tf2migrate.checkpoint.files.wrong_prefix import checkpoints_in, without_pattern
from tf2migrate.model.checkpoint_error import CheckpointError

Convert = Callable[[str, str], Conversion]


class Folder(NamedTuple):
    """The checkpoints of a directory that are to be converted.

    Attributes:
      names: their names, oldest first.
      state: what the directory's state file says, in names; None without one.
      others: the names of those that the state file does not keep.
    """

    names: tuple[str, ...]
    state: State | None
    others: tuple[str, ...] = ()


def folder_of(old: str) -> Folder:
    """What there is to convert in a directory: what its state file keeps, else every checkpoint.

    Raises:
      CheckpointError: there is none.
    """
    state = read_state(old)
    there = checkpoints_in(old)
    if state is None or (os.path.basename(state.newest) == os.curdir and "" in there):
        # Of the prefix `folder/` a Saver notes `.`, which nothing finds.
        if not there:
            raise CheckpointError(old, "no checkpoint is in this directory")
        return Folder(tuple(there), None)
    kept = [without_pattern(os.path.basename(path)) for path in state.kept or (state.newest,)]
    newest = without_pattern(os.path.basename(state.newest))
    if newest not in there:
        raise CheckpointError(
            os.path.join(old, STATE_FILE),
            f"the newest checkpoint that it names is not there: {state.newest}",
            f"it has {', '.join(there)}; give one by its prefix" if there else "",
        )
    times = state.times or (0.0,) * len(kept)
    alive = [(name, time) for name, time in zip(kept, times, strict=True) if name in there]
    names = tuple(name for name, _ in alive)
    known = State(newest, names, tuple(time for _, time in alive) if state.times else ())
    names = names if newest in names else (*names, newest)
    return Folder(names, known, tuple(name for name in there if name not in names))


def convert_folder(
    old: str, new: str, convert: Convert, *, force: bool = False
) -> tuple[Conversion, ...]:
    """Convert what `folder_of(old)` gives into the directory `new`, made if it is not there.

    The state file comes last, so that a program which starts meanwhile finds the
    checkpoints that it names.

    Args:
      convert: converts one checkpoint, given its old and its new prefix.
      force: replace a state file.

    Raises:
      CheckpointError: those before the failing one have been converted; there is
        no new state file.
    """
    folder = folder_of(old)
    state = os.path.join(new, STATE_FILE)
    if folder.state is not None and not force and os.path.lexists(state):
        raise CheckpointError(state, "it exists", "give another directory, or --force")
    try:
        os.makedirs(new, exist_ok=True)
    except OSError as error:
        raise CheckpointError(new, f"cannot be made: {error.strerror}") from None
    done = tuple(convert(os.path.join(old, name), os.path.join(new, name)) for name in folder.names)
    if folder.state is not None:
        write_state(new, folder.state)
    return done


def name_newest(new: str) -> str | None:
    """Write a state file that names the checkpoint `new`, unless its directory has one.

    Returns:
      What people should know if nothing was written, else None.
    """
    directory, name = os.path.split(new)
    if not name:  # of the prefix `folder/`
        return None
    path = os.path.join(directory, STATE_FILE)
    if os.path.lexists(path):
        return f"{path} was there and is as it was: `latest_checkpoint` gives what it names"
    try:
        write_state(directory, State(name, (name,)))
    except CheckpointError as error:  # the checkpoint itself is there, whole
        return f"{error}: `latest_checkpoint` does not find the new checkpoint, its prefix does"
    return None
