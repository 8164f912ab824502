"""`tf2migrate plan` and `tf2migrate apply`."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import click

from tf2migrate.cli.edit import tool_failed, write
from tf2migrate.cli.group import Failure
from tf2migrate.cli.options import STATUSES, Request, exit_zero_option, request_options
from tf2migrate.cli.output import human_console, stderr_console, write_document
from tf2migrate.cli.session import Session, analysed, exit_status, tell_failures
from tf2migrate.model.plan import Plan
from tf2migrate.model.problem import Problem
from tf2migrate.pipeline import Outcome, find_project_root, render
from tf2migrate.report.plan_json import PlanError, parse_plan, plan_json
from tf2migrate.report.statistics import summarise
from tf2migrate.report.text import print_summary
from tf2migrate.syntax.source import Source, digest_of, read_source

_LEFT = "findings are left that need a person (--exit-zero: 0 all the same)"
_NOTHING = "nothing was written"


@click.command(epilog=STATUSES.format(one=_LEFT))
@request_options(stdin=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the plan goes; stdout without it.",
)
@exit_zero_option
def plan(*, request: Request, output: Path | None, exit_zero: bool) -> int:
    """Write down as JSON everything that `fix` would do in PATHS (default: here).

    The plan holds the findings, the edits, the name map and the digest of each
    file, so it can be looked at, kept, and carried out later by `apply`.

    \b
    Examples:
      tf2migrate plan -o plan.json
      tf2migrate apply plan.json
    """
    session = analysed(request)
    made = render(session.outcome).plan
    write_document(plan_json(made), output)
    print_summary(stderr_console(), made, summarise(made), written=False)
    tell_failures(made)
    return exit_status(made.remaining(), failed=tool_failed(made), exit_zero=exit_zero)


@click.command(name="apply", epilog=STATUSES.format(one=_LEFT))
@click.argument("plan_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="The project root, if the project is no longer where the plan was made.",
)
@exit_zero_option
def apply(*, plan_file: Path, root: Path | None, exit_zero: bool) -> int:
    """Do what the plan in PLAN_FILE says.

    Refuses, and writes nothing at all, when a file that the plan was made from
    has changed since.

    \b
    Examples:
      tf2migrate apply plan.json
      tf2migrate apply plan.json --root ../other-clone
    """
    agreed = _read_plan(plan_file)
    root = Path(os.path.realpath(root or _root(agreed)))
    sources = _sources(root, agreed)
    session = Session(root, Outcome(root, agreed, sources))
    rendered = render(session.outcome)
    if rendered.plan != agreed:
        reason = rendered.plan.findings[-1].message if rendered.plan.findings else ""
        raise Failure(f"{plan_file}: an edit cannot be made: {reason}; {_NOTHING}")
    write(session, rendered)
    with human_console() as console:
        print_summary(console, agreed, summarise(agreed, rendered.files), written=True)
    return exit_status(agreed.remaining(), failed=tool_failed(agreed), exit_zero=exit_zero)


def _read_plan(path: Path) -> Plan:
    try:
        return parse_plan(path.read_bytes())
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except PlanError as error:
        raise Failure(f"{path}: not a plan of this version: {error}; {_NOTHING}") from None


def _root(agreed: Plan) -> Path:
    """Where the plan was made if that still exists, else the project around here."""
    made = Path(agreed.root)
    return made if made.is_absolute() and made.is_dir() else find_project_root([Path.cwd()])


def _sources(root: Path, agreed: Plan) -> dict[str, Source]:
    """The files that the plan changes, all of its files being what they were."""
    edited = agreed.edits()
    digests = {record.path: record.digest for record in agreed.files}
    for path in sorted({*digests, *edited}):
        _check_path(root, path)
    for path in edited:
        if path not in digests:
            raise Failure(f"{path}: the plan edits it but has no digest of it; {_NOTHING}")
    sources = {}
    for record in agreed.files:
        relevant = record.status == "analysed" or record.path in edited
        if relevant:
            raw = _unchanged(root, record.path, record.digest)
        if record.path in edited:
            sources[record.path] = _source(record.path, raw)
    return sources


def _check_path(root: Path, path: str) -> None:
    pure = PurePosixPath(path)
    escapes = pure.is_absolute() or ".." in pure.parts or not path or "\\" in path
    real = Path(os.path.realpath(root / path))
    if escapes or root not in real.parents:
        raise Failure(f"{path}: the plan names a path outside the project {root}; {_NOTHING}")


def _unchanged(root: Path, path: str, digest: str) -> bytes:
    try:
        raw = (root / path).read_bytes()
    except OSError as error:
        raise Failure(f"{root / path}: cannot be read: {error.strerror}; {_NOTHING}") from None
    if digest_of(raw) != digest:
        remedy = "make the plan again (tf2migrate plan)"
        raise Failure(f"{path}: has changed since the plan was made; {remedy}; {_NOTHING}")
    return raw


def _source(path: str, raw: bytes) -> Source:
    source = read_source(path, raw)
    if isinstance(source, Problem):
        raise Failure(f"{path}: {source.message}; {_NOTHING}")
    return source
