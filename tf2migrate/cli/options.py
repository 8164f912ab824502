"""The options that commands share, gathered into one `Request`."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from tf2migrate.config import TARGETS

STDIN = "-"
STATUSES = """
\b
Exit status:
  0  nothing is left to do
  1  {one}
  2  tf2migrate was used wrongly, or failed
"""

Function = Callable[..., Any]


@dataclass(frozen=True)
class Request:
    """What the command line asks for, wherever commands agree about it."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    target: str | None = None
    unsafe: bool = False
    jobs: int = 1
    force_exclude: bool = False
    cache: bool = True
    stdin_filename: Path | None = None

    @property
    def stdin(self) -> bool:
        return STDIN in self.paths


def request_options(*, stdin: bool = True) -> Callable[[Function], Function]:
    """The shared options of a command; it gets them as `request`."""

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def command(**values: Any) -> Any:
            names = {field.name for field in fields(Request)} & set(values)
            request = Request(**{name: values.pop(name) for name in names})
            if stdin:
                _check_stdin(request)
            return function(request=request, **values)

        decorated: Function = command
        for option in reversed(_options(stdin)):
            decorated = option(decorated)
        return decorated

    return decorate


def _options(stdin: bool) -> list[Callable[[Function], Function]]:
    options: list[Callable[[Function], Function]] = [
        click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=stdin)),
        _codes("--select", "Report only these codes or prefixes (TFM1 is all of TFM1xx)."),
        _codes("--ignore", "Do not report these codes or prefixes."),
        click.option(
            "--target",
            type=click.Choice(TARGETS),
            help="What to migrate to; auto is graph: sessions stay.",
        ),
        click.option("--unsafe", is_flag=True, help="Also make rewrites marked [!]."),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(min=0),
            default=0,
            callback=_usable_cores,
            metavar="N",
            help="Parse in N processes; 0, the default, is one for each core.",
        ),
        click.option(
            "--force-exclude",
            is_flag=True,
            help="Leave out excluded and ignored files even if they are named.",
        ),
        click.option(
            "--cache/--no-cache", default=True, help="Keep parsed files for the next run (default)."
        ),
    ]
    if stdin:
        options.append(_stdin_option())
    return options


def _stdin_option() -> Callable[[Function], Function]:
    return click.option(
        "--stdin-filename",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="With the path -: the name of the file that comes on stdin.",
    )


def exit_zero_option(function: Function) -> Function:
    """The option that makes findings no failure."""
    help_ = "Exit with 0 even if there are findings (2 stays 2)."
    return click.option("--exit-zero", is_flag=True, help=help_)(function)


def _codes(name: str, help_: str) -> Callable[[Function], Function]:
    return click.option(name, multiple=True, callback=_split, metavar="CODES", help=help_)


def _split(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> Any:
    codes = (code.strip() for value in values for code in value.split(","))
    return tuple(code for code in codes if code)


def _usable_cores(_ctx: click.Context, _option: click.Parameter, jobs: int) -> int:
    if jobs:
        return jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_stdin(request: Request) -> None:
    if request.stdin and len(request.paths) > 1:
        raise click.UsageError("the path - (stdin) must be the only one")
    if request.stdin and request.stdin_filename is None:
        raise click.UsageError("the path - (stdin) needs --stdin-filename FILE")
    if request.stdin_filename is not None and not request.stdin:
        raise click.UsageError("--stdin-filename needs the path - (stdin)")
