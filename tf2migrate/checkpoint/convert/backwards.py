"""A name map read backwards: the TF1 name of an object path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tf2migrate.checkpoint.map_rows import ANY, is_exact, only, path_of, shown
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import (
    BY_NAME,
    OPTIMIZER,
    SLOT_OF,
    NameRow,
    escape,
    join_path,
    split_path,
    unescape,
)

Said = tuple[str, str]
"""A TF1 name, and the transform that made the new value of its value."""


class Backwards:
    """What the rows of one Checkpoint say of object paths; the optimizers' are not asked.

    Raises:
      CheckpointError: two exact rows say different things of one path.
    """

    def __init__(self, rows: Sequence[NameRow]) -> None:
        exact: dict[str, list[NameRow]] = {}
        for row in filter(is_exact, rows):
            exact.setdefault(path_of(row), []).append(row)
        self._exact = {path: only(said, path) for path, said in exact.items()}
        self._names = {row.tf1: path for path, row in self._exact.items() if row is not None}
        families = [row for row in rows if ANY in row.tf1 and row.kind != OPTIMIZER]
        self._slots = [row for row in families if SLOT_OF in row.key]
        others = [row for row in families if SLOT_OF not in row.key]
        # Sets come last, as they do on the way to the objects.
        others.sort(key=lambda row: row.key == BY_NAME)
        self._families = [(row, _pattern(row.tf1)) for row in others]

    def exact(self, paths: Sequence[str]) -> Said | None:
        """What an exact row says of an object: of its own path, else of its further ones."""
        own, *further = paths
        said = self._exact.get(own)
        if said is None:
            others = [row for path in further if (row := self._exact.get(path)) is not None]
            said = only(others, own)
        return (said.tf1, said.transform) if said is not None else None

    def family(self, paths: Sequence[str], own: str) -> Said | None:
        """What a family or a set says of an object.

        Args:
          paths: the object's path, and further ones.
          own: what the program calls it, which decides where several names fit.

        Raises:
          CheckpointError: several fit.
        """
        for path in paths:
            found = self._of_families(path, own)
            if found:
                if len(found) > 1:
                    raise _several(path, found)
                ((name, row),) = found.items()
                return name, row.transform
        return None

    def slot(self, paths: Iterable[str], variable: str) -> str | None:
        """What a family of slot variables says of one whose variable is called `variable`.

        Raises:
          CheckpointError: two say different names.
        """
        found: dict[str, NameRow] = {}
        for path in paths:
            owner, _, rest = path.partition(SLOT_OF)
            for row in self._slots:
                of, _, place = path_of(row).partition(SLOT_OF)
                if place == rest and of in (ANY, owner):
                    before, _, after = row.tf1.partition(ANY)
                    found.setdefault(f"{before}{variable}{after}", row)
            if len(found) > 1:
                raise _several(path, found)
        return next(iter(found), None)

    def _of_families(self, path: str, own: str) -> dict[str, NameRow]:
        """The names that lead to a path, each with its row."""
        found: dict[str, NameRow] = {}
        for row, _ in self._families:
            fit = [
                next((name for name in names if self._forwards(name) == (row, path)), None)
                for names in ((own,), *_candidates(row, path))
            ]
            if fit[0] is not None:
                return {own: row}
            if any(name is not None for name in fit):
                found.update({name: row for name in fit if name is not None})
            elif _means(row, path) and row.key.count(ANY) != row.tf1.count(ANY):
                raise CheckpointError(
                    "name map",
                    f"the row {shown(row)} leaves the TF1 name of {path} open",
                    "add a row with the name",
                )
        return found

    def _forwards(self, name: str) -> tuple[NameRow | None, str]:
        """The family that takes a TF1 name, and the path that it gets."""
        if name in self._names:
            return None, self._names[name]
        for row, pattern in self._families:
            found = pattern.fullmatch(name)
            if found is not None:
                return row, _filled(row, name, found.groups())
        return None, ""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, text.split(ANY))), re.DOTALL)


def _filled(row: NameRow, name: str, texts: Sequence[str]) -> str:
    if row.key == BY_NAME:
        return escape(name)
    pieces = row.key.split(ANY)
    fill = [*texts, ""] if len(pieces) == len(texts) + 1 else [""]
    return join_path(split_path("".join(map("".join, zip(pieces, fill, strict=False)))))


def _means(row: NameRow, path: str) -> bool:
    return _pattern(row.key).fullmatch(path) is not None


def _candidates(row: NameRow, path: str) -> Iterator[Sequence[str]]:
    """Names that may lead to the path, by each way to take the texts of its stars out of it.

    What is escaped in a path is plain in a name, unless only the escaped text leads back.
    """
    if SLOT_OF in path:
        return
    if row.key == BY_NAME:
        if "/" not in path:
            yield (unescape(path),)
        return
    pieces, key = row.tf1.split(ANY), row.key.split(ANY)
    if len(pieces) != len(key):
        return
    for between in (".*", ".*?"):  # where stars meet, the longest and the shortest text
        found = re.fullmatch(f"({between})".join(map(re.escape, key)), path, re.DOTALL)
        if found is None:
            return
        ways = [[*map(_plain, found.groups())], found.groups()]
        yield [
            pieces[0] + "".join(map("".join, zip(texts, pieces[1:], strict=True))) for texts in ways
        ]


def _plain(text: str) -> str:
    return "/".join(split_path(text))


def _several(path: str, found: dict[str, NameRow]) -> CheckpointError:
    rows = "; ".join(f"{name} by {shown(row)}" for name, row in found.items())
    return CheckpointError(
        "name map", f"its rows give {path} several TF1 names: {rows}", "add a row with the name"
    )
