"""Joins the parts of tf2migrate/tf1_recorder to one file, tf2migrate/record_tf1.py.

    python scripts/bundle_recorder.py [--check]

With --check nothing is written; the status is 1 if the file is not what the parts give.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "tf2migrate" / "tf1_recorder"
FILE = ROOT / "tf2migrate" / "record_tf1.py"
PACKAGE = "tf2migrate.tf1_recorder"
ORDER = (
    *("places", "tally", "looking", "operations", "graphs", "state"),
    *("variables", "savers", "training", "sessions", "hooks", "recording", "program"),
)
NOTICE = "# Made by scripts/bundle_recorder.py of the parts in tf2migrate/tf1_recorder: edit those."


def bundle() -> str:
    """The text of the file: the last part's docstring, all imports, then the parts."""
    imports: set[str] = set()
    names: set[str] = set()
    bodies = []
    for part in ORDER:
        source = (PARTS / f"{part}.py").read_text(encoding="utf-8")
        bodies.append(_body(source, imports, names))
    last = (PARTS / f"{ORDER[-1]}.py").read_text(encoding="utf-8")
    docstring = ast.get_source_segment(last, ast.parse(last).body[0])
    lines = sorted(imports)
    if names:
        lines.append(f"from typing import {', '.join(sorted(names))}")
    head = f"#!/usr/bin/env python3\n{docstring}\n\n{NOTICE}\n\n" + "\n".join(lines)
    return head + "\n\n" + "\n\n\n".join(bodies) + "\n"


def _body(source: str, imports: set[str], names: set[str]) -> str:
    """A part without its docstring and its imports, which are added to the sets."""
    lines = source.splitlines()
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "typing":
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            imports.update(f"import {alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").startswith(PACKAGE), ast.unparse(node)
        elif node is not tree.body[0]:
            continue
        for number in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[number] = ""
    return "\n".join(lines).strip("\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    text = bundle()
    if parser.parse_args().check:
        current = FILE.is_file() and FILE.read_text(encoding="utf-8") == text
        print(f"{FILE.relative_to(ROOT)} is {'current' if current else 'stale'}")
        return 0 if current else 1
    FILE.write_text(text, encoding="utf-8", newline="\n")
    FILE.chmod(0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main())
