"""`tf2migrate explain` and `tf2migrate rules`."""

from __future__ import annotations

import click

from tf2migrate.cli.catalogue import catalogue
from tf2migrate.cli.group import OK
from tf2migrate.cli.output import human_console, write_document
from tf2migrate.config import unknown_code
from tf2migrate.report.json import codes_json
from tf2migrate.report.text import print_codes, print_topic


@click.command()
@click.argument("code")
def explain(*, code: str) -> int:
    """Say what CODE means, why it matters, and what to do about it by hand.

    \b
    Examples:
      tf2migrate explain TFM101
      tf2migrate explain tfm902

    \b
    Exit status:
      0  explained
      2  there is no such code
    """
    code = code.upper()
    topic = catalogue().topic(code)
    if topic is None:
        raise click.UsageError(unknown_code(code, catalogue().codes))
    with human_console() as console:
        print_topic(console, topic, code)
    return OK


@click.command()
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to list."
)
def rules(*, format_: str) -> int:
    """List the codes with their titles.

    \b
    Examples:
      tf2migrate rules
      tf2migrate rules --format json
    """
    if format_ == "json":
        write_document(codes_json(catalogue()))
    else:
        with human_console() as console:
            print_codes(console, catalogue().topics)
    return OK
