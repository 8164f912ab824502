"""`tf2migrate checkpoint diff`."""

from __future__ import annotations

import click

from tf2migrate.checkpoint.file_diff import file_diff, object_diff
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.cli.documents import stdout_paint, without_collector, write_document, write_lines
from tf2migrate.cli.group import FINDINGS, OK


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--checksums",
    is_flag=True,
    help="Tell values apart by their checksums alone, not how far they are apart.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to report.",
)
def diff(*, first: str, second: str, checksums: bool, format_: str) -> int:
    """Say what differs between the checkpoints A and B, key by key.

    Values are told apart by the checksums of the index; those that differ are
    read, to say by how much. A variable under another name is another variable:
    `tf2migrate verify` is the command that follows a migration.

    \b
    Marks in the text report:
      -  only in A
      +  only in B
      ~  in both, with another shape, dtype or value

    \b
    Examples:
      tf2migrate checkpoint diff model.ckpt-100 model.ckpt-200
      tf2migrate checkpoint diff --checksums old/ckpt-1 new/ckpt-1
      tf2migrate checkpoint diff --format json old/ckpt-1 new/ckpt-1

    \b
    Exit status:
      0  nothing differs
      1  something does
      2  wrong use, or a checkpoint cannot be read
    """
    without_collector()
    before, after = open_checkpoint(first), open_checkpoint(second)
    report = file_diff(before, after, read=not checksums)
    facts = object_diff(before, after)
    if format_ == "json":
        from tf2migrate.report.comparison_json import comparison_json  # noqa: PLC0415

        objects = [fact._asdict() for fact in facts]
        write_document(comparison_json(report, objects=objects))
    else:
        from tf2migrate.report.file_diff_text import diff_lines  # noqa: PLC0415

        write_lines(diff_lines(report, facts, stdout_paint()))
    return OK if report.ok and not facts else FINDINGS
