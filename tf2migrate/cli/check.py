"""`tf2migrate check`."""

from __future__ import annotations

from pathlib import Path

import click

from tf2migrate import __version__
from tf2migrate.cli.catalogue import catalogue
from tf2migrate.cli.options import STATUSES, Request, exit_zero_option, request_options
from tf2migrate.cli.output import human_console, stderr_console, write_document
from tf2migrate.cli.session import Session, analysed, exit_status, tell_failures
from tf2migrate.report.github import github
from tf2migrate.report.json import findings_json
from tf2migrate.report.sarif import sarif
from tf2migrate.report.statistics import count, summarise
from tf2migrate.report.text import print_findings, print_statistics, print_summary


@click.command(epilog=STATUSES.format(one="there are findings (--exit-zero: 0 all the same)"))
@request_options()
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="How to report; all but text print the document alone on stdout.",
)
@click.option("--statistics", is_flag=True, help="Also count sites by code and by what they need.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report to FILE.",
)
@exit_zero_option
def check(
    *, request: Request, format_: str, statistics: bool, output: Path | None, exit_zero: bool
) -> int:
    """Say what there is to do in PATHS (default: here); change nothing.

    Files without TensorFlow cost nothing. The whole project around PATHS is
    read, because what one file means depends on the others.

    \b
    Marks in the text report:
      [*]  `tf2migrate fix` rewrites it
      [!]  only `tf2migrate fix --unsafe` does
      none: a person must decide; `tf2migrate explain CODE` has the recipe

    \b
    Examples:
      tf2migrate check
      tf2migrate check --statistics models/ train.py
      tf2migrate check --select TFM1,TFM302 --ignore TFM104
      tf2migrate check --format sarif --output tf2migrate.sarif
      tf2migrate check - --stdin-filename models/net.py < models/net.py
    """
    session = analysed(request)
    if format_ == "text":
        _text(session, statistics, output)
    else:
        write_document(_document(session, format_), output)
        _aside(session, statistics)
    tell_failures(session.plan)
    failed = session.outcome.failed
    return exit_status(session.plan.findings, failed=failed, exit_zero=exit_zero)


def _text(session: Session, statistics: bool, output: Path | None) -> None:
    plan = session.plan
    with human_console(output) as console:
        print_findings(console, plan.findings, plan)
        if statistics:
            print_statistics(console, count(plan, catalogue()), written=False)
        print_summary(console, plan, summarise(plan), written=False)


def _document(session: Session, format_: str) -> str:
    plan, failed = session.plan, session.outcome.failed
    if format_ == "json":
        return findings_json(plan, catalogue(), failed=failed)
    if format_ == "sarif":
        return sarif(plan, catalogue(), __version__, failed=failed)
    return github(plan, catalogue())


def _aside(session: Session, statistics: bool) -> None:
    console, plan = stderr_console(), session.plan
    if statistics:
        print_statistics(console, count(plan, catalogue()), written=False)
    print_summary(console, plan, summarise(plan), written=False)
