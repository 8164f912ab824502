"""The command line; one module a group of commands, imported when it is used."""

from tf2migrate.cli.group import main

__all__ = ["main"]
