"""`tf2migrate diff` and `tf2migrate fix`."""

from __future__ import annotations

import os
import sys

import click
from rich.console import Console

from tf2migrate.cli.catalogue import catalogue
from tf2migrate.cli.group import Failure
from tf2migrate.cli.names import names_kept
from tf2migrate.cli.options import STATUSES, Request, exit_zero_option, request_options
from tf2migrate.cli.output import human_console, stderr_console, write_document
from tf2migrate.cli.session import Session, analysed, exit_status, tell_failures
from tf2migrate.model.names_json import FILE_NAME
from tf2migrate.model.plan import Plan
from tf2migrate.model.problem import REWRITE_FAILED, TOOL_FAILED
from tf2migrate.pipeline import Rendered, WriteError, apply, render
from tf2migrate.report.diff import coloured, file_diff
from tf2migrate.report.statistics import count, summarise
from tf2migrate.report.text import print_findings, print_statistics, print_summary

_LEFT = "findings are left that need a person (--exit-zero: 0 all the same)"


@click.command(epilog=STATUSES.format(one=_LEFT))
@request_options()
@exit_zero_option
def diff(*, request: Request, exit_zero: bool) -> int:
    """Show as a unified diff what `fix` would write in PATHS (default: here).

    The diff alone is on stdout; `git apply` takes it, from the project root.

    \b
    Examples:
      tf2migrate diff
      tf2migrate diff models/ > tf2migrate.patch
      tf2migrate diff - --stdin-filename models/net.py < models/net.py
    """
    session = analysed(request)
    rendered = render(session.outcome)
    parts = [
        file_diff(path, session.outcome.sources[path].raw, new)
        for path, new in sorted(rendered.files.items())
    ]
    document = b"".join(parts)
    write_document(coloured(document) if _colours() else document)
    plan = rendered.plan
    print_summary(stderr_console(), plan, summarise(plan, rendered.files), written=False)
    tell_failures(plan)
    return exit_status(plan.remaining(), failed=tool_failed(plan), exit_zero=exit_zero)


@click.command(epilog=STATUSES.format(one=_LEFT))
@request_options()
@click.option("--statistics", is_flag=True, help="Also count sites by code and by what was done.")
@click.option(
    "--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 also if a file was changed."
)
@exit_zero_option
def fix(*, request: Request, statistics: bool, exit_non_zero_on_fix: bool, exit_zero: bool) -> int:
    """Rewrite PATHS (default: here), then list what is left to a person.

    A rewrite is made whole or not at all: one that needs a file outside PATHS
    is not made. Files are replaced one at a time and never half-written. What
    became of each variable's name is kept in tf2migrate-names.json at the
    project root: commit it.

    \b
    Examples:
      tf2migrate fix
      tf2migrate fix --unsafe models/ train.py
      tf2migrate fix --select TFM3
      tf2migrate fix - --stdin-filename models/net.py < models/net.py
    """
    session = analysed(request)
    rendered = render(session.outcome)
    if session.stdin is None:
        write(session, rendered)
        with human_console() as console:
            _report(console, rendered, statistics)
    else:
        path, raw = session.stdin
        write_document(rendered.files.get(path, raw))
        _report(stderr_console(), rendered, statistics)
        _tell_of_names(rendered.plan)
    tell_failures(rendered.plan)
    return exit_status(
        rendered.plan.remaining(),
        failed=tool_failed(rendered.plan),
        exit_zero=exit_zero,
        changed=exit_non_zero_on_fix and bool(rendered.files),
    )


def write(session: Session, rendered: Rendered) -> None:
    """Write the files and the name map: all of them or none."""
    try:
        with names_kept(session.root, rendered.plan.names):
            apply(session.root, rendered.files, rendered.plan.files)
    except WriteError as error:
        raise Failure(str(error)) from None


def tool_failed(plan: Plan) -> bool:
    """Whether tf2migrate itself failed in analysing or in rewriting."""
    return any(finding.code in (TOOL_FAILED, REWRITE_FAILED) for finding in plan.findings)


def _report(console: Console, rendered: Rendered, statistics: bool) -> None:
    plan = rendered.plan
    print_findings(console, plan.remaining(), plan)
    if statistics:
        print_statistics(console, count(plan, catalogue()), written=True)
    print_summary(console, plan, summarise(plan, rendered.files), written=True)


def _tell_of_names(plan: Plan) -> None:
    if plan.names:
        click.echo(f"With stdin {FILE_NAME} is not written; `tf2migrate fix` writes it.", err=True)


def _colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
