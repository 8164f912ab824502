"""`tf2migrate checkpoint convert`."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from tf2migrate.checkpoint.convert import Conversion
from tf2migrate.checkpoint.convert import convert as converted
from tf2migrate.checkpoint.convert.directory import convert_folder, folder_of, name_newest
from tf2migrate.checkpoint.convert.plan import listed
from tf2migrate.checkpoint.files.wrong_prefix import is_checkpoint
from tf2migrate.checkpoint.name_map import filled
from tf2migrate.cli.conversion import CONVERSION_FORMAT, conversion_document, conversion_lines
from tf2migrate.cli.documents import stdout_paint, without_collector, write_document, write_lines
from tf2migrate.cli.group import OK
from tf2migrate.cli.name_maps import names_options, read_names
from tf2migrate.report.inventory_json import dump


@click.command()
@click.argument("old")
@click.argument("new")
@names_options
@click.option(
    "--recording",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What `record_tf1.py` recorded of the TF1 program: fills in names that the map leaves"
    " open.",
)
@click.option(
    "--to",
    type=click.Choice(["tf2", "tf1"]),
    default="tf2",
    help="tf2: object-based (default); tf1: name-based, as a Saver writes.",
)
@click.option(
    "--like",
    metavar="PREFIX",
    help="A checkpoint that the migrated program wrote, just initialised maybe: its objects are"
    " the layout.",
)
@click.option(
    "--optimizer",
    type=click.Choice(["v1", "keras"]),
    default="v1",
    help="Whose slot variables: of tf.compat.v1.train optimizers (default), or of the Keras 3"
    " optimizer in --like.",
)
@click.option(
    "--keep-rest",
    is_flag=True,
    help="Keep variables that the name map does not name, at their TF1 names.",
)
@click.option("--copy", is_flag=True, help="Copy the data files instead of linking them.")
@click.option("--force", is_flag=True, help="Replace the checkpoint NEW if there is one.")
@click.option("--dry-run", is_flag=True, help="Say what would become what; write nothing.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to report.",
)
@click.option("-v", "--all", "everything", is_flag=True, help="List every variable.")
def convert(
    *,
    old: str,
    new: str,
    names: Path | None,
    no_names: bool,
    checkpoint: str | None,
    recording: Path | None,
    to: Literal["tf2", "tf1"],
    like: str | None,
    optimizer: Literal["v1", "keras"],
    keep_rest: bool,
    copy: bool,
    force: bool,
    dry_run: bool,
    format_: str,
    everything: bool,
) -> int:
    """Make the object-based checkpoint NEW of the TF1 checkpoint OLD, or back.

    OLD may be a directory: then all checkpoints that its state file keeps are
    converted into the directory NEW, and the state file with them. For a single
    checkpoint a state file is written if NEW's directory has none, so that
    `latest_checkpoint` finds it.

    The name map says which variable becomes which object; without one, objects
    are called as the variables are. Slot variables become those of their
    optimizer. Data files are hard-linked, so it takes no time and no room
    whatever their size; only values that need a transform are written. What was
    written is read back and compared before it gets its name, and nothing is
    overwritten without --force.

    \b
    Examples:
      tf2migrate checkpoint convert train_dir converted_dir
      tf2migrate checkpoint convert model.ckpt-100 converted/ckpt-100
      tf2migrate checkpoint convert --dry-run model.ckpt-100 converted/ckpt-100
      tf2migrate checkpoint convert --like training/ckpt-1 model.ckpt-100 new/ckpt-100
      tf2migrate checkpoint convert --to tf1 training/ckpt-9 for-tf1/model.ckpt-9

    \b
    Exit status:
      0  converted, and found equal
      2  wrong use, or it cannot be done; of that checkpoint nothing was written
    """
    without_collector()
    name_map = read_names(names, no_names)
    if checkpoint is not None and name_map is None:
        raise click.UsageError("--checkpoint needs a name map: --names FILE")
    if recording is not None and name_map is None:
        raise click.UsageError(
            "--recording fills in names that a name map leaves open, and there is no map here;"
            " leave it out"
        )
    rows = () if name_map is None else name_map.rows
    if recording is not None:
        from tf2migrate.checkpoint.recording import origins  # noqa: PLC0415  (few need it)

        rows = filled(rows, origins(recording))

    def one(source: str, target: str) -> Conversion:
        return converted(
            source,
            target,
            names=rows,
            to=to,
            like=like,
            checkpoint=checkpoint,
            optimizer_format=optimizer,
            keep_rest=keep_rest,
            force=force,
            copy=copy,
            dry_run=dry_run,
        )

    results = _all(old, new, one, force=force, dry_run=dry_run)
    if format_ == "json":
        documents = [conversion_document(source, each, name_map) for source, each in results]
        several = {"format": CONVERSION_FORMAT, "conversions": documents}
        write_document(dump(several if _is_folder(old) else documents[0]))
    else:
        everything = everything or dry_run
        for number, (source, result) in enumerate(results):
            write_lines([""] if number else [])
            write_lines(conversion_lines(source, result, name_map, stdout_paint(), everything))
    return OK


def _is_folder(old: str) -> bool:
    return os.path.isdir(old) and not is_checkpoint(old)


def _all(
    old: str, new: str, one: Callable[[str, str], Conversion], *, force: bool, dry_run: bool
) -> list[tuple[str, Conversion]]:
    """Each old prefix with what became of it."""
    if not _is_folder(old):
        result = one(old, new)
        note = None if dry_run else name_newest(new)
        return [(old, replace(result, notes=(*result.notes, *filter(None, [note]))))]
    folder = folder_of(old)
    sources = [os.path.join(old, name) for name in folder.names]
    if dry_run:
        done = [one(source, os.path.join(new, os.path.basename(source))) for source in sources]
    else:
        done = list(convert_folder(old, new, one, force=force))
    if folder.others:
        note = (
            f"not converted, as the state file of {old} does not keep them:"
            f" {listed(folder.others)}; each can be, by its prefix"
        )
        done[-1] = replace(done[-1], notes=(*done[-1].notes, note))
    return list(zip(sources, done, strict=True))
