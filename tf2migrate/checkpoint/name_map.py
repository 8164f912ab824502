"""The rows of a name map that belong to one checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import UNKNOWN, NameRow
from tf2migrate.model.names_json import NamesError, parse_names


def load_names(path: str | Path) -> tuple[NameRow, ...]:
    """The rows of a name map file.

    Raises:
      CheckpointError: it cannot be read or is no name map; names the file.
    """
    try:
        return parse_names(Path(path).read_bytes())
    except OSError as error:
        raise CheckpointError(path, f"cannot be read: {error.strerror}") from None
    except NamesError as error:
        raise CheckpointError(path, str(error), "`tf2migrate fix` writes such a file") from None


def select(
    rows: Sequence[NameRow], tf1_names: Collection[str], checkpoint: str | None = None
) -> tuple[NameRow, ...]:
    """The rows of one Checkpoint of the program, the one that wrote or reads these variables.

    Checkpoints whose rows say the same count as one. Among others, those fit
    whose exact names are all among `tf1_names`; of these the ones that say most.

    Args:
      checkpoint: `NameRow.checkpoint` of the one to take.

    Raises:
      CheckpointError: there is no such Checkpoint, or more than one fits.
    """
    groups: dict[str, list[NameRow]] = {}
    for row in rows:
        groups.setdefault(row.checkpoint, []).append(row)
    if checkpoint is not None:
        if checkpoint not in groups:
            raise CheckpointError(
                checkpoint,
                "the name map has no Checkpoint of that place",
                f"it has: {', '.join(groups) or 'none'}",
            )
        return tuple(groups[checkpoint])
    distinct = {_said(group): group for group in reversed(groups.values())}
    if len(distinct) <= 1:
        return tuple(next(iter(distinct.values()), ()))
    fits = {place: group for place, group in distinct.items() if _fits(group, tf1_names)}
    best = max((_exact(group) for group in fits.values()), default=0)
    chosen = [group for group in fits.values() if _exact(group) == best]
    if len(chosen) == 1:
        return tuple(chosen[0])
    places = ", ".join(sorted(group[0].checkpoint for group in (chosen or distinct.values())))
    problem = "no Checkpoint of the name map fits" if not chosen else "more than one fits"
    raise CheckpointError(
        "name map", f"{problem}: {places}", "say which one is meant with --checkpoint PLACE"
    )


def filled(rows: Iterable[NameRow], origins: Mapping[str, str]) -> tuple[NameRow, ...]:
    """The rows, those whose TF1 name is open filled in from where a recorded program made it.

    Args:
      origins: the line, `path:line`, that made each variable, by TF1 name
        (`recording.origins`). A line that made several (in a loop) tells nothing.
    """
    made: dict[str, list[tuple[str, str]]] = {}
    for name, place in origins.items():
        made.setdefault(_line_of_file(place), []).append((place, name))
    result = []
    for row in rows:
        names = [
            name for place, name in made.get(_line_of_file(row.at), ()) if _same(place, row.at)
        ]
        is_open = row.tf1 == UNKNOWN and len(names) == 1
        result.append(replace(row, tf1=names[0]) if is_open else row)
    return tuple(result)


def _line_of_file(place: str) -> str:
    return place.rpartition("/")[2]


def _same(place: str, other: str) -> bool:
    """Whether two places are the same, seen from directories of which one may hold the other."""
    one, two = f"/{place}", f"/{other}"
    return one.endswith(two) or two.endswith(one)


def _said(rows: Iterable[NameRow]) -> frozenset[NameRow]:
    return frozenset(replace(row, checkpoint="", evidence="", at="") for row in rows)


def _names(rows: Iterable[NameRow]) -> list[str]:
    return [row.tf1 for row in rows if row.tf1 != UNKNOWN and "*" not in row.tf1]


def _exact(rows: Iterable[NameRow]) -> int:
    return len(_names(rows))


def _fits(rows: Iterable[NameRow], tf1_names: Collection[str]) -> bool:
    return all(name in tf1_names for name in _names(rows))
