"""From a `Request` to the outcome of the analysis."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from tf2migrate import config as settings
from tf2migrate.cli.catalogue import catalogue
from tf2migrate.cli.group import FAILURE, FINDINGS, OK, Failure
from tf2migrate.cli.options import Request
from tf2migrate.cli.progress import progress_bar
from tf2migrate.config import Config, ConfigError
from tf2migrate.model.finding import Finding
from tf2migrate.model.plan import Plan
from tf2migrate.model.problem import TOOL_FAILED
from tf2migrate.pipeline import Outcome, analyse, find_project_root

NO_EAGER = (
    "the eager target does not exist yet; use --target graph (or auto, which is graph): "
    "it keeps sessions and makes object-based checkpoints"
)


@dataclass(frozen=True)
class Session:
    """One analysed project.

    Attributes:
      root: the project root.
      outcome: what `analyse` came to.
      stdin: path and bytes of the file that came on stdin, if one did.
    """

    root: Path
    outcome: Outcome
    stdin: tuple[str, bytes] | None = None

    @property
    def plan(self) -> Plan:
        return self.outcome.plan


def analysed(request: Request) -> Session:
    """Find the project, read its config, analyse it."""
    named = [request.stdin_filename] if request.stdin_filename else request.paths or ["."]
    paths = [Path(os.path.abspath(path)) for path in named]
    root = find_project_root(paths)
    config = configured(root, request)
    stdin = _stdin(root, paths[0]) if request.stdin else None
    with progress_bar() as progress:
        outcome = analyse(
            root,
            [] if stdin else paths,
            config,
            overrides=dict([stdin] if stdin else []),
            jobs=request.jobs,
            unsafe=request.unsafe,
            force_exclude=request.force_exclude,
            cache=request.cache,
            progress=progress,
        )
    return Session(root, outcome, stdin)


def configured(root: Path, request: Request) -> Config:
    """The config of the project at `root` with what the command line says instead."""
    known = catalogue().codes
    try:
        config = settings.load(root, known)
    except ConfigError as error:
        raise Failure(str(error)) from None
    for option, codes in (("--select", request.select), ("--ignore", request.ignore)):
        try:
            settings.check_codes(codes, known)
        except ConfigError as error:
            raise click.UsageError(f"{option}: {error}") from None
    config = config.overridden(select=request.select, ignore=request.ignore, target=request.target)
    if config.target == "eager":
        where = "" if request.target else f"{root / settings.FILE_NAME}: tool.tf2migrate.target: "
        raise Failure(f"{where}{NO_EAGER}")
    return config


def _stdin(root: Path, path: Path) -> tuple[str, bytes]:
    real = Path(os.path.realpath(path))
    try:
        name = real.relative_to(os.path.realpath(root)).as_posix()
    except ValueError:
        raise Failure(f"{path}: leads outside the project root {root}") from None
    return name, sys.stdin.buffer.read()


def exit_status(
    left: Sequence[Finding], *, failed: bool = False, exit_zero: bool = False, changed: bool = False
) -> int:
    """The status of a command that leaves the findings `left` to a person."""
    if failed:
        return FAILURE
    return FINDINGS if (left or changed) and not exit_zero else OK


def tell_failures(plan: Plan) -> None:
    """Say on stderr where the tool itself failed."""
    for finding in plan.findings:
        if finding.code == TOOL_FAILED:
            click.echo(f"tf2migrate: error: {finding.place}: {finding.message}", err=True)
