"""Record what the programs of fixtures/programs do under TensorFlow 1.15.5.

    python scripts/record_golden.py --python TF1_PYTHON [NAME...]
    python scripts/record_golden.py --python TF1_PYTHON --after graph [NAME...]

TF1_PYTHON is a Python 3.7 that has TensorFlow 1.15.5; without --python the environment variable
TF2MIGRATE_TF1_PYTHON names it. The programs run in temporary directories, so nothing but the
golden file is written:

golden/tf1.json              before/: printed lines per run, checkpoints with all their variables,
                             SHA-256 of the files
golden/after_graph_tf1.json  after/graph/ (with --after graph): the same; evidence that the
                             migrated program still runs under TensorFlow 1.15.5. It is written
                             only if it agrees with golden/tf1.json.

With --check nothing is written; the status is 1 if a recording differs from the committed one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.recording_options import parsed, recording_parser
from tests.programs import harness

LARGEST = 60_000


def render(recording: harness.Recording) -> str:
    """JSON with a line for each file, printed line and variable."""

    def mapping(entries: dict[str, str] | dict[str, harness.VariableValue], margin: str) -> str:
        rows = [
            f"{margin} {json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}"
            for name, value in entries.items()
        ]
        return "{\n" + ",\n".join(rows) + f"\n{margin}}}"

    runs = [
        f'  {{"argv": {json.dumps(run["argv"])}, "lines": '
        + json.dumps(run["lines"], indent=1).replace("\n", "\n  ")
        + "}"
        for run in recording["runs"]
    ]
    checkpoints = [
        f'  {{"run": {checkpoint["run"]}, "prefix": {json.dumps(checkpoint["prefix"])},'
        f' "format": {json.dumps(checkpoint["format"])}, "variables": '
        + mapping(checkpoint["variables"], "  ")
        + "}"
        for checkpoint in recording["checkpoints"]
    ]
    return (
        "{\n"
        f' "tensorflow": {json.dumps(recording["tensorflow"])},\n'
        f' "files": {mapping(recording["files"], " ")},\n'
        ' "runs": [\n' + ",\n".join(runs) + "\n ],\n"
        ' "checkpoints": [\n' + ",\n".join(checkpoints) + "\n ]\n"
        "}\n"
    )


def record(program: harness.Program, source: Path, python: str) -> harness.Recording:
    """Run `source` as `program` in a temporary directory."""
    with tempfile.TemporaryDirectory(prefix=f"{program.name}-") as scratch:
        return harness.execute(program, source, python, Path(scratch))


def disagreements(program: harness.Program, recording: harness.Recording) -> list[str]:
    """Where the recording of a migrated program differs from that of the original."""
    golden = harness.load_recording(program.golden)
    return [
        *harness.output_differences(golden, recording, program.rtol),
        *harness.checkpoint_differences(program, golden, recording, program.rtol, 1e-6),
    ]


def faults(
    program: harness.Program, recording: harness.Recording, text: str, migrated: bool
) -> list[str]:
    """Why a recording must not be written."""
    if not recording["tensorflow"].startswith("1.15."):
        return [f"recorded under TensorFlow {recording['tensorflow']}, not 1.15"]
    wrong = disagreements(program, recording) if migrated else []
    if json.loads(text) != recording:
        wrong.append("the JSON does not give the recording back")
    if len(text) > LARGEST:
        wrong.append(f"{len(text)} bytes; at most {LARGEST} are allowed")
    return wrong


def process(program: harness.Program, arguments: argparse.Namespace) -> list[str]:
    """Record one program; returns what is wrong."""
    migrated = arguments.after is not None
    source = program.after_graph if migrated else program.before
    target = program.evidence if migrated else program.golden
    try:
        recording = record(program, source, arguments.python)
    except harness.ProgramFailedError as error:
        return [str(error)]
    text = render(recording)
    wrong = faults(program, recording, text, migrated)
    if arguments.check:
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            wrong.append(f"differs from {target.relative_to(harness.ROOT)}")
    elif not wrong:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return wrong


def main() -> int:
    parser = recording_parser(__doc__, "programs")
    parser.add_argument("--after", choices=["graph"], help="record after/TARGET, not before")
    arguments = parsed(parser)
    programs = {program.name: program for program in harness.load_programs()}
    unknown = [name for name in arguments.names if name not in programs]
    if unknown:
        parser.error(f"no such program: {', '.join(unknown)}")
    failed = False
    for name in arguments.names or programs:
        program = programs[name]
        if arguments.after and not program.after_graph.is_dir():
            continue
        wrong = process(program, arguments)
        print(f"{name}: {'ok' if not wrong else ''}", flush=True)
        for message in wrong:
            print(f"  {message}", flush=True)
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
