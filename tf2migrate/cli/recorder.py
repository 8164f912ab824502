"""`tf2migrate recorder`: hand out the file that records TensorFlow 1 programs."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tf2migrate.cli.group import OK, Failure

RECORDER = Path(__file__).resolve().parents[1] / "record_tf1.py"


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there; otherwise it is printed.",
)
@click.option("--force", is_flag=True, help="With -o: replace a file that is there.")
def recorder(*, output: Path | None, force: bool) -> int:
    """Print a Python file that records a TensorFlow 1 program.

    Copy it to where the program runs: it needs Python 3.5 or later and the
    program's own TensorFlow, nothing else. The program runs under it as always,
    and its variables, collections, Savers, initialisers, optimizers, averages and
    calls of Session.run are written to a JSON file, which `tf2migrate verify`
    reads with --recording or in place of a checkpoint.

    \b
    Examples:
      tf2migrate recorder -o record_tf1.py
      python record_tf1.py -o recording.json train.py --steps 100
      python record_tf1.py -o recording.json -m project.train --steps 100

    \b
    Exit status:
      0  printed or written
      2  wrong use, or the file cannot be written
    """
    text = RECORDER.read_text(encoding="utf-8")
    if output is None:
        click.echo(text, nl=False)
        return OK
    try:
        _write(output, text.encode("utf-8"), force)
    except OSError as error:
        raise Failure(f"{output}: cannot be written: {error.strerror}") from None
    return OK


def _write(output: Path, data: bytes, force: bool) -> None:
    """Write the file whole or not at all."""
    if output.exists() and not force and output.read_bytes() != data:
        raise Failure(f"{output}: is there already; --force replaces it")
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
