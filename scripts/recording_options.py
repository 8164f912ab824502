"""The command line of the scripts that record programs under TensorFlow 1.15.5."""

from __future__ import annotations

import argparse
import os


def recording_parser(description: str | None, what: str) -> argparse.ArgumentParser:
    """`--python`, `--check` and names; a script may add its own options.

    Args:
      description: the script's docstring.
      what: what the names are names of, in the plural.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python",
        default=os.environ.get("TF2MIGRATE_TF1_PYTHON"),
        help="interpreter with TensorFlow 1.15.5 (default: $TF2MIGRATE_TF1_PYTHON)",
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{what} (default: all)")
    return parser


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments; ends the process with a message where no interpreter is given."""
    arguments = parser.parse_args()
    if not arguments.python:
        parser.error("--python or TF2MIGRATE_TF1_PYTHON is needed")
    return arguments
