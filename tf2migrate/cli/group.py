"""The `tf2migrate` command: finds the subcommand, turns whatever happens into an exit status.

Imports click and little else, so that `--version` and `--help` are immediate.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import click

from tf2migrate import __version__
from tf2migrate.model.checkpoint_error import CheckpointError

OK, FINDINGS, FAILURE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141
DEBUG_VARIABLE = "TF2MIGRATE_DEBUG"

_COMMANDS = {
    "check": ("tf2migrate.cli.check", "Say what there is to do; change nothing."),
    "diff": ("tf2migrate.cli.edit", "Show what `fix` would write."),
    "fix": ("tf2migrate.cli.edit", "Rewrite the files."),
    "plan": ("tf2migrate.cli.plans", "Write down what `fix` would do, for `apply`."),
    "apply": ("tf2migrate.cli.plans", "Do what a plan says, if the files are still the same."),
    "verify": (
        "tf2migrate.cli.verify",
        "Show that two checkpoints, or a program's, hold the same variables.",
    ),
    "checkpoint": (
        "tf2migrate.cli.checkpoint",
        "Show, compare and convert checkpoint files.",
    ),
    "recorder": (
        "tf2migrate.cli.recorder",
        "Print the file that records a TensorFlow 1 program.",
    ),
    "explain": ("tf2migrate.cli.rules", "Say what a code means and what to do about it."),
    "rules": ("tf2migrate.cli.rules", "List the codes."),
}


class Failure(click.ClickException):
    """The run cannot go on; the message names what is wrong and the remedy."""

    exit_code = FAILURE

    def show(self, file: Any = None) -> None:
        click.echo(f"tf2migrate: error: {self.message}", file=file or sys.stderr)


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command is called."""

    def __init__(self, *, lazy: Mapping[str, tuple[str, str]], **attributes: Any) -> None:
        """`lazy` has each command's module and one line of help, by the command's name."""
        super().__init__(**attributes)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.lazy:
            return None
        module = importlib.import_module(self.lazy[cmd_name][0])
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in self.lazy.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # click would make it status 1, which means findings
            _close_quietly()
            return BROKEN_PIPE
        return status


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`tf2migrate COMMAND --help` has the options, examples and exit statuses.",
)
@click.version_option(__version__, prog_name="tf2migrate", message="%(prog)s %(version)s")
def cli() -> None:
    """TensorFlow 1 Saver, collection and initialiser code to tf.train.Checkpoint.

    \b
    A first look at a project:
      tf2migrate check            what there is to do
      tf2migrate diff             what the tool would rewrite
      tf2migrate fix              rewrite it
      tf2migrate explain TFM101   what a code means

    \b
    Then its checkpoints:
      tf2migrate checkpoint convert OLD NEW      bring an old one along
      tf2migrate verify --old OLD --new NEW      prove that nothing was lost

    TensorFlow is neither needed nor imported, except by `verify` of a program.
    """


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line; every error is a message and a status, never a traceback."""
    _never_fail_to_print()
    try:
        status = cli.main(args, prog_name="tf2migrate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return FAILURE
    except CheckpointError as error:
        Failure(str(error)).show()
        return FAILURE
    except (click.Abort, KeyboardInterrupt):
        click.echo("tf2migrate: interrupted; every file is whole, old or new", err=True)
        return INTERRUPTED
    except Exception as error:
        return _unexpected(error)
    return status if isinstance(status, int) else OK


def _unexpected(error: Exception) -> int:
    if os.environ.get(DEBUG_VARIABLE):
        import traceback  # noqa: PLC0415  (a bug pays for it, not every start)

        traceback.print_exc()
    elif isinstance(error, OSError) and error.filename is not None:
        click.echo(f"tf2migrate: error: {error.filename}: {error.strerror}", err=True)
    else:
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        click.echo(
            f"tf2migrate: internal error: {what}\n"
            f"This is a bug of tf2migrate, please report it; {DEBUG_VARIABLE}=1 shows where it is.",
            err=True,
        )
    return FAILURE


def _never_fail_to_print() -> None:
    """A character that the terminal's encoding lacks must not end the run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def _close_quietly() -> None:
    """Nobody reads stdout any more: what is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
