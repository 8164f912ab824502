"""`tf2migrate checkpoint show`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.cli.documents import stdout_paint, without_collector, write_document, write_lines
from tf2migrate.cli.group import OK
from tf2migrate.model.inventory import Inventory
from tf2migrate.report.plain import counted

if TYPE_CHECKING:
    from tf2migrate.checkpoint.statistics import Statistics

    Values = dict[str, Statistics | None]


@click.command()
@click.argument("prefix")
@click.option(
    "--table", is_flag=True, help="A table also of an object-based checkpoint, not its objects."
)
@click.option(
    "--values", is_flag=True, help="Also the lowest, the highest and the mean value (reads all)."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to list."
)
def show(*, prefix: str, table: bool, values: bool, format_: str) -> int:
    """List the variables of a checkpoint.

    A name-based checkpoint (of a Saver) is shown as a table, an object-based one
    (of tf.train.Checkpoint) as the tree of its objects, a variable's slot
    variables below it.

    \b
    Examples:
      tf2migrate checkpoint show model.ckpt-100
      tf2migrate checkpoint show --values model.ckpt-100
      tf2migrate checkpoint show --table training/ckpt-1
      tf2migrate checkpoint show --format json training/ckpt-1

    \b
    Exit status:
      0  shown
      2  wrong use, or the checkpoint cannot be read
    """
    without_collector()
    file = open_checkpoint(prefix)
    inventory = checkpoint_inventory(file)
    found = _statistics(file, inventory) if values else None
    if format_ == "json":
        write_document(_document(file, inventory, found))
    else:
        write_lines(_lines(file, inventory, found, table))
    return OK


def _statistics(file: CheckpointFile, inventory: Inventory) -> Values:
    from tf2migrate.checkpoint.statistics import statistics  # noqa: PLC0415

    return {row.key: statistics(file, row.key) for row in inventory.rows}


def _document(file: CheckpointFile, inventory: Inventory, values: Values | None) -> str:
    from tf2migrate.cli.object_tree import objects_document  # noqa: PLC0415
    from tf2migrate.report.inventory_json import inventory_json  # noqa: PLC0415

    extra: dict[str, dict[str, Any]] = {
        row.key: {"bytes": file.tensors[row.key].size} for row in inventory.rows
    }
    for key, value in (values or {}).items():
        extra[key]["values"] = value and value.document()
    graph = file.graph()
    return inventory_json(
        inventory,
        extra,
        file_format=file.format,
        data_files=file.num_shards,
        objects=None if graph is None else objects_document(graph),
    )


def _lines(
    file: CheckpointFile, inventory: Inventory, values: Values | None, table: bool
) -> Iterator[str]:
    from tf2migrate.report.inventory_text import total_lines, variable_lines  # noqa: PLC0415

    paint, graph = stdout_paint(), file.graph()
    sizes = {row.key: file.tensors[row.key].size for row in inventory.rows}
    if graph is not None and not table and values is None:
        from tf2migrate.cli.object_tree import tree_items  # noqa: PLC0415
        from tf2migrate.report.tree import tree_lines  # noqa: PLC0415

        items = tree_items(file, graph, inventory, paint)
        yield from tree_lines(items, sys.stdout.encoding)
    elif values is None:
        yield from variable_lines(inventory, sizes, paint)
    else:
        cells = {key: value.cells() if value else ["", "", ""] for key, value in values.items()}
        more = (("Lowest", "Highest", "Mean"), cells)
        yield from variable_lines(inventory, sizes, paint, more)
    yield ""
    files = (
        f"{inventory.source.value}, {file.format} format, {counted(file.num_shards, 'data file')}"
    )
    yield f"{file.prefix}: {files}"
    yield from total_lines(inventory, sizes)
