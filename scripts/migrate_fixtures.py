"""Writes `after/graph/` and `names.json` of every program in fixtures/programs.

    python scripts/migrate_fixtures.py [--check] [NAME...]

The result is to be read like a colleague's change before it is committed; then
`scripts/record_golden.py --after graph` shows that it still runs under TensorFlow 1.15.5.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from tf2migrate.config import Config
from tf2migrate.model.names_json import names_json
from tf2migrate.pipeline import analyse, migrate_tree

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "fixtures" / "programs"


def migrated(program: Path) -> dict[Path, bytes]:
    """What belongs beside `before/`: the migrated files and the name map."""
    before = program / "before"
    found = {
        program / "after" / "graph" / name: data for name, data in migrate_tree(before).items()
    }
    plan = analyse(before, [before], Config()).plan
    found[program / "names.json"] = names_json(plan.names)
    return found


def main() -> int:
    """Returns 1 with `--check` if a committed file is not what the tool writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    stale = []
    for program in sorted(path.parent for path in PROGRAMS.glob("*/program.toml")):
        if arguments.names and program.name not in arguments.names:
            continue
        files = migrated(program)
        stale += [path for path, data in files.items() if not _is(path, data)]
        if not arguments.check:
            shutil.rmtree(program / "after" / "graph", ignore_errors=True)
            for path, data in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    for path in stale:
        print(path.relative_to(ROOT), "is stale" if arguments.check else "written")
    return 1 if stale and arguments.check else 0


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


if __name__ == "__main__":
    sys.exit(main())
