"""The name map that a command uses: the one that is named, else the nearest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from tf2migrate.checkpoint.name_map import load_names, select
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.inventory import Inventory
from tf2migrate.model.names import FILE_NAME, NameRow
from tf2migrate.report.plain import counted


class NameMap(NamedTuple):
    """A name map file.

    Attributes:
      found: whether it was found, not named.
    """

    path: Path
    rows: tuple[NameRow, ...]
    found: bool

    def __str__(self) -> str:
        """For people."""
        return f"{self.path} ({counted(len(self.rows), 'row')}{', found' if self.found else ''})"


def names_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--names`, `--no-names` and `--checkpoint`."""
    for option in (
        click.option(
            "--checkpoint",
            metavar="PLACE",
            help="Which Checkpoint of the name map it is, if several fit: its `checkpoint`.",
        ),
        click.option("--no-names", is_flag=True, help="Use no name map, even if there is one."),
        click.option(
            "--names",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help=f"The name map; default: {FILE_NAME} in this folder or one above, if there is.",
        ),
    ):
        function = option(function)
    return function


def read_names(named: Path | None, none: bool) -> NameMap | None:
    """The name map that was named, else the nearest one, None if there is none.

    Raises:
      CheckpointError: it is no name map.
      UsageError: one is named and none is wanted.
    """
    if none and named is not None:
        raise click.UsageError("--names and --no-names exclude each other")
    if none:
        return None
    path = named or _nearest()
    return None if path is None else NameMap(path, load_names(path), named is None)


def rows_for(names: NameMap, side: Inventory, checkpoint: str | None) -> Sequence[NameRow]:
    """The rows of the Checkpoint that the side with TF1 names belongs to.

    Raises:
      CheckpointError: more than one fits and none is named, or there is none such.
    """
    try:
        return select(names.rows, {row.label for row in side.rows}, checkpoint)
    except CheckpointError as error:  # it does not know which file the rows came from
        raise CheckpointError(names.path, error.problem, error.remedy) from None


def _nearest() -> Path | None:
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / FILE_NAME
        if path.is_file():
            return path
    return None
