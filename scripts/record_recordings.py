"""Record programs with the recorder under TensorFlow 1.15.5, as fixtures/recordings has them.

    python scripts/record_recordings.py --python TF1_PYTHON [--check] [NAME...]

TF1_PYTHON is a Python 3.7 that has TensorFlow 1.15.5; without --python the environment variable
TF2MIGRATE_TF1_PYTHON names it. The programs run in temporary directories. With --check nothing is
written; the status is 1 if a recording differs from the committed one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.recorder import recordings


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python",
        default=os.environ.get("TF2MIGRATE_TF1_PYTHON"),
        help="interpreter with TensorFlow 1.15.5 (default: $TF2MIGRATE_TF1_PYTHON)",
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings (default: all)")
    arguments = parser.parse_args()
    if not arguments.python:
        parser.error("--python or TF2MIGRATE_TF1_PYTHON is needed")
    unknown = set(arguments.names) - set(recordings.RUNS)
    if unknown:
        parser.error(f"no such recording: {', '.join(sorted(unknown))}")
    failed = False
    for name in arguments.names or recordings.RUNS:
        wrong = process(name, arguments.python, arguments.check)
        print(f"{name}: {wrong or 'ok'}", flush=True)
        failed = failed or bool(wrong)
    return int(failed)


def process(name: str, python: str, check: bool) -> str:
    """Record one program; returns what is wrong."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as scratch:
        text = recordings.record(recordings.RUNS[name], python, Path(scratch))
    target = recordings.FOLDER / f"{name}.json"
    wrong = recordings.fault(text)
    if not wrong and check:
        same = target.is_file() and target.read_text(encoding="utf-8") == text
        wrong = "" if same else f"differs from {target.relative_to(recordings.ROOT)}"
    elif not wrong:
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
