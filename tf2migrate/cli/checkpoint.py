"""`tf2migrate checkpoint`: the commands on checkpoint files."""

from __future__ import annotations

import click

from tf2migrate.cli.group import LazyGroup

_COMMANDS = {
    "show": ("tf2migrate.cli.checkpoint_show", "List the variables of a checkpoint."),
    "diff": ("tf2migrate.cli.checkpoint_diff", "Say what differs between two checkpoints."),
    "convert": (
        "tf2migrate.cli.checkpoint_convert",
        "Make an object-based checkpoint of a TF1 one, or the other way round.",
    ),
}


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    epilog="`tf2migrate checkpoint COMMAND --help` has the options, examples and exit statuses.",
)
def checkpoint() -> None:
    """Show, compare and convert checkpoint files.

    A checkpoint is named by its prefix: what was given to, or returned by,
    `Saver.save` and `Checkpoint.save` (model.ckpt-100, without .index or .data).
    TensorFlow is neither needed nor imported.

    \b
    Examples:
      tf2migrate checkpoint show model.ckpt-100
      tf2migrate checkpoint diff model.ckpt-100 model.ckpt-200
      tf2migrate checkpoint convert model.ckpt-100 converted/ckpt-100
    """
