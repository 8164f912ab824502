"""Record programs with the recorder under TensorFlow 1.15.5, as fixtures/recordings has them.

    python scripts/record_recordings.py --python TF1_PYTHON [--check] [NAME...]

TF1_PYTHON is a Python 3.7 that has TensorFlow 1.15.5; without --python the environment variable
TF2MIGRATE_TF1_PYTHON names it. The programs run in temporary directories. With --check nothing is
written; the status is 1 if a recording differs from the committed one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.recording_options import parsed, recording_parser
from tests.recorder import recordings


def main() -> int:
    parser = recording_parser(__doc__, "recordings")
    arguments = parsed(parser)
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
