"""Writes a page of the documentation that is made by a script, or says whether it is current."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path


def write_or_check(
    arguments: list[str] | None,
    description: str,
    document: Path,
    script: str,
    text: Callable[[], str],
) -> int:
    """Do what the command line says, with `--check` or without; returns the exit status.

    Args:
      script: its file name, to say what to run.
      text: gives the page.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    check = parser.parse_args(arguments).check
    wanted = text()
    current = document.read_text("utf-8") if document.exists() else None
    if check and current != wanted:
        print(f"{document.name} is stale; run: python scripts/{script}", file=sys.stderr)
        return 1
    if not check:
        document.parent.mkdir(exist_ok=True)
        document.write_text(wanted, "utf-8")
    return 0
