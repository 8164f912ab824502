"""`tf2migrate verify`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from tf2migrate.checkpoint.directions import by_objects, compare_either_way, runs_backwards
from tf2migrate.cli.documents import (
    stdout_paint,
    stdout_width,
    without_collector,
    write_document,
    write_lines,
)
from tf2migrate.cli.group import FINDINGS, OK
from tf2migrate.cli.name_maps import NameMap, names_options, read_names, rows_for
from tf2migrate.cli.sides import enriched, inventory_of, is_factory, recorded
from tf2migrate.model.comparison import Depth, Report
from tf2migrate.model.inventory import Inventory, Source
from tf2migrate.report.plain import counted, size


class Request(NamedTuple):
    """What the command line asks for."""

    old: Inventory
    new: Inventory
    names: NameMap | None
    checkpoint: str | None
    depth: Depth
    atol: float
    rtol: float


@click.command()
@click.option("--old", required=True, metavar="PREFIX", help="The checkpoint as it was.")
@click.option("--new", required=True, metavar="PREFIX", help="The one that must hold the same.")
@names_options
@click.option(
    "--recording",
    metavar="FILE",
    help="What `tf2migrate recorder` recorded of the TF1 program: knows more of the old side.",
)
@click.option("--values", is_flag=True, help="Read and compare every byte, not only checksums.")
@click.option(
    "--atol", type=click.FloatRange(min=0), default=0.0, help="With --values: absolute tolerance."
)
@click.option(
    "--rtol", type=click.FloatRange(min=0), default=0.0, help="With --values: relative tolerance."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How to report; all but text print the document alone on stdout.",
)
@click.option("-v", "--all", "everything", is_flag=True, help="List also what is equal.")
def verify(
    *,
    old: str,
    new: str,
    names: Path | None,
    no_names: bool,
    checkpoint: str | None,
    recording: str | None,
    values: bool,
    atol: float,
    rtol: float,
    format_: str,
    everything: bool,
) -> int:
    """Show that the old and the new variables are the same, both ways.

    Each variable of the old side must be in the new one with its shape, dtype and
    value, and nothing else may be there. Which belongs to which is told by the
    name map that `tf2migrate fix` writes, by equal names, by optimizers and
    averages; where two solutions fit, none is taken.

    PREFIX is a checkpoint of either kind, of TensorFlow 1 or 2. It can also be a
    recording (FILE.json; --checkpoint says by number or place which Saver, if its
    program had several graphs), or MODULE:FACTORY, which is imported and called,
    and returns the object that is saved; only this imports TensorFlow. The values
    of an object that was just built are compared only with --values.

    \b
    Examples:
      tf2migrate verify --old model.ckpt-100 --new converted/ckpt-100
      tf2migrate verify --old model.ckpt-100 --new train:make_checkpoint
      tf2migrate verify --old model.ckpt-100 --new ckpt-1 --values --rtol 1e-6
      tf2migrate verify --old recording.json --new ckpt-1 --names old-names.json
      tf2migrate verify --old model.ckpt-100 --new ckpt-1 --format github

    \b
    Exit status:
      0  the two are equal
      1  they are not
      2  wrong use, or something cannot be read
    """
    if (atol or rtol) and not values:
        raise click.UsageError("--atol and --rtol need --values")
    if not is_factory(new) and not is_factory(old):
        without_collector()
    before = inventory_of(old, saver=checkpoint, values=values)
    after = inventory_of(new, values=values)
    if recording is not None:
        before = enriched(before, recorded(recording, checkpoint))
    name_map = _name_map(before, after, names, no_names)
    if checkpoint and not name_map and not recording and before.source is not Source.RECORDING:
        raise click.UsageError("--checkpoint needs a name map (--names FILE) or a recording")
    request = Request(
        before,
        after,
        name_map,
        checkpoint,
        _depth(before, after, values),
        atol,
        rtol,
    )
    report = _compared(request)
    if format_ == "text":
        write_lines(_text(request, report, everything))
    elif format_ == "json":
        write_document(_json(request, report))
    else:
        from tf2migrate.report.comparison_github import comparison_github  # noqa: PLC0415

        write_document(comparison_github(report))
        click.echo(str(report).splitlines()[0], err=True)
    return OK if report.ok else FINDINGS


def _name_map(
    before: Inventory, after: Inventory, named: Path | None, none: bool
) -> NameMap | None:
    """A name map leads from names to objects; where both sides are of a kind none is looked for."""
    if named is None and by_objects(before) == by_objects(after):
        return None
    return read_names(named, none)


def _depth(before: Inventory, after: Inventory, values: bool) -> Depth:
    for side in (before, after):
        if side.values is None and values:
            raise click.UsageError(f"--values: {side.label} has names only, no values")
    if values:
        return Depth.VALUES
    names_only = any(
        side.values is None or side.source is Source.OBJECT for side in (before, after)
    )
    return Depth.NAMES if names_only else Depth.CHECKSUMS


def _compared(request: Request) -> Report:
    """The rows of the name map are those of the Checkpoint that the names are of."""
    named = request.new if runs_backwards(request.old, request.new) else request.old
    rows = () if request.names is None else rows_for(request.names, named, request.checkpoint)
    return compare_either_way(
        request.old, request.new, rows, request.depth, atol=request.atol, rtol=request.rtol
    )


def _json(request: Request, report: Report) -> str:
    from tf2migrate.report.comparison_json import comparison_json  # noqa: PLC0415

    names = request.names
    return comparison_json(
        report,
        sources={"before": request.old.source.value, "after": request.new.source.value},
        names=None if names is None else str(names.path),
        tolerance={"absolute": request.atol, "relative": request.rtol},
    )


def _text(request: Request, report: Report, everything: bool) -> Iterator[str]:
    from tf2migrate.report.comparison_text import View, comparison_lines  # noqa: PLC0415

    yield f"Old: {_side(request.old)}"
    yield f"New: {_side(request.new)}"
    if request.names is not None:
        yield f"Name map: {request.names}"
    shared = _shared_bytes(request.old, request.new)
    if shared:
        yield f"{size(shared)} are the same bytes on disk (hard links), read at most once"
    yield ""
    view = View(stdout_paint(), stdout_width(), everything, _explained)
    yield from comparison_lines(report, view)


def _side(inventory: Inventory) -> str:
    number = counted(len(inventory.rows), "variable")
    return f"{inventory.label} ({inventory.source.value}, {number})"


def _shared_bytes(before: Inventory, after: Inventory) -> int:
    """Bytes of data files that both checkpoints have by hard links."""
    if before.file is None or after.file is None:
        return 0
    from tf2migrate.checkpoint.hard_links import shared_bytes  # noqa: PLC0415

    return shared_bytes(before.file, after.file)


def _explained(transform: str) -> str:
    from tf2migrate.cli.transforms import explained  # noqa: PLC0415

    return explained(transform)
