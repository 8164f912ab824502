"""The inventory of a program that was recorded under TensorFlow 1.

Unlike a checkpoint, a recording knows for certain which variable is a slot or a
shadow of which other one, and which line of the program made it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from tf2migrate.checkpoint.recorded import Collections, Pairs, Recording, Saver, load_recording
from tf2migrate.checkpoint.recorded_rows import rows_of
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory, Source

_GLOBAL, _SAVEABLE = "variables", "saveable_objects"


def recording_inventory(
    path: str | os.PathLike[str], *, saver: str | int | None = None, graph: int | None = None
) -> Inventory:
    """All global variables of a recorded program, or what one of its Savers saves.

    Args:
      saver: index in the recording's `savers` (a number or its digits), or the
        place where the program makes it, as `file:line`, as `file:function`, or
        `file` outside of functions (`NameRow.checkpoint` is such a place). Keys and
        names are then those in its checkpoints.
      graph: index in the recording's `graphs`; the only one with global
        variables if None.

    Raises:
      CheckpointError: the file cannot be read or is malformed, there is no such
        Saver or graph, or more than one fits.
    """
    recording = load_recording(path)
    label = os.fspath(path)
    if saver is not None:
        chosen = _saver(recording, saver, graph)
        rows = rows_of(recording, chosen.graph, chosen.collections, chosen.variables or [])
        return Inventory(Source.RECORDING, f"{label} (Saver of {chosen.place})", rows)
    number = _graph(recording, graph)
    collections = recording.graphs[number] or {}
    pairs = _global(recording, number, collections)
    rows = rows_of(recording, number, collections, pairs)
    return Inventory(Source.RECORDING, label, rows)


def origins(path: str | os.PathLike[str], *, graph: int | None = None) -> dict[str, str]:
    """The place `file:line` that made each variable, by its TF1 name.

    Names that several graphs have are left out where their places differ.

    Raises:
      CheckpointError: the file cannot be read or is malformed.
    """
    found: dict[str, set[str]] = {}
    for one in load_recording(path).variables:
        if one.origin is not None and graph in (None, one.graph):
            name = one.name if one.whole is None else one.whole[0]
            found.setdefault(name, set()).add(str(one.origin))
    return {name: places.pop() for name, places in found.items() if len(places) == 1}


def _graph(recording: Recording, graph: int | None) -> int:
    counts = {
        number: len(_global(recording, number, collections or {}))
        for number, collections in enumerate(recording.graphs)
    }
    if graph is not None:
        if graph not in counts:
            raise CheckpointError(recording.path, f"it has no graph {graph}", _listed(counts))
        return graph
    used = [number for number, count in counts.items() if count]
    if len(used) != 1:
        problem = "several graphs have" if used else "no graph has"
        remedy = _choice(recording, counts) if used else ""
        raise CheckpointError(recording.path, f"{problem} global variables", remedy)
    return used[0]


def _choice(recording: Recording, counts: Mapping[int, int]) -> str:
    savers = ", ".join(
        f"{number} ({one.place}, {len(one.variables)} variables)"
        for number, one in enumerate(recording.savers)
        if one.variables is not None
    )
    if not savers:
        return f"say which graph is meant; {_listed(counts)}"
    return f"say which Saver is meant, by number or place (--checkpoint): {savers}"


def _listed(counts: Mapping[int, int]) -> str:
    graphs = (f"graph {number} with {count} variables" for number, count in counts.items())
    return f"it has {', '.join(graphs) or 'none'}"


def _global(recording: Recording, graph: int, collections: Collections) -> Pairs:
    """Key and name of all that a Saver of everything would save."""
    tables = [
        (f"{one.name}-{part}", one.op)
        for one in recording.tables
        if one.graph == graph and one.name in collections.get(_SAVEABLE, ())
        for part in ("keys", "values")
    ]
    whole = {
        one.name: one.whole[0]
        for one in recording.variables
        if one.graph == graph and one.whole is not None
    }
    names = collections.get(_GLOBAL, [])
    if graph in recording.eager:
        names = [one.name for one in recording.variables if one.graph == graph]
    return [(whole.get(name, name), name) for name in names] + tables


def _saver(recording: Recording, saver: str | int, graph: int | None) -> Saver:
    numbered = [
        (number, one)
        for number, one in enumerate(recording.savers)
        if graph is None or one.graph == graph
    ]
    fits = [one for number, one in numbered if saver in (number, str(number), *_places(one))]
    known = ", ".join(f"{number} ({one.place})" for number, one in numbered) or "none"
    if not fits:
        raise CheckpointError(recording.path, f"it has no Saver {saver}", f"it has: {known}")
    if len({str(one.variables) for one in fits}) > 1:
        problem = f"it has several Savers of {saver}, which differ"
        raise CheckpointError(recording.path, problem, f"give the number of one: {known}")
    if fits[0].variables is None:
        raise CheckpointError(recording.path, f"the Saver of {fits[0].place} was never built")
    return fits[0]


def _places(saver: Saver) -> tuple[str, ...]:
    file, line, function = saver.place
    return (f"{file}:{line}", file if function == "<module>" else f"{file}:{function}")
