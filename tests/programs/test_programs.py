"""Each program of fixtures/programs is complete, and what the tool makes of it is proven."""

from __future__ import annotations

import ast
import json
import math
import re
from pathlib import Path

from . import harness
from .harness import Program

LARGEST_GOLDEN = 60_000
MACHINE_PATH = re.compile(rb"(?<![\w.])/(?:work|root|home|opt|tmp|Users)/")
KEYS = {"tensorflow", "files", "runs", "checkpoints"}


def migrate(root: Path) -> dict[str, bytes]:
    """What the tool makes of a directory with the target graph."""
    from tf2migrate.pipeline import migrate_tree  # noqa: PLC0415

    return migrate_tree(root, "graph")


def test_there_are_programs() -> None:
    directories = {path.name for path in harness.PROGRAMS.iterdir() if path.is_dir()}
    assert {program.name for program in harness.load_programs()} == directories
    assert len(directories) >= 12


def test_program_is_described(program: Program) -> None:
    assert program.description
    assert "\n" not in program.description
    assert program.runtime in {"both", "tf1"}
    assert 0 < program.rtol <= 1e-3
    assert program.runs
    assert program.checkpoints
    for spec in program.checkpoints:
        assert 0 <= spec.run < len(program.runs)
    for argv in program.runs:
        assert (program.before / argv[0]).is_file()


def test_program_parses_and_names_no_machine(program: Program) -> None:
    for name, data in harness.files_of(program.before).items():
        ast.parse(data, name)
    for name, data in harness.files_of(program.path).items():
        assert not MACHINE_PATH.search(data), name


def test_golden_is_well_formed(program: Program) -> None:
    assert program.golden.stat().st_size < LARGEST_GOLDEN
    golden = harness.load_recording(program.golden)
    assert set(golden) == KEYS
    assert golden["tensorflow"] == "1.15.5"
    assert [tuple(run["argv"]) for run in golden["runs"]] == list(program.runs)
    assert any(harness.NUMBER.search(line) for run in golden["runs"] for line in run["lines"])
    for spec, checkpoint in zip(program.checkpoints, golden["checkpoints"], strict=True):
        assert (checkpoint["run"], checkpoint["prefix"]) == (spec.run, spec.prefix)
        assert checkpoint["format"] == "name"
        assert checkpoint["variables"]
        assert set(spec.renamed) <= set(checkpoint["variables"])
        for name, value in checkpoint["variables"].items():
            assert len(value["values"]) == math.prod(value["shape"]), name
            assert all(math.isfinite(number) for number in value["values"]), name


def test_golden_was_recorded_from_this_program(program: Program) -> None:
    assert harness.load_recording(program.golden)["files"] == harness.digests(program.before)


def test_the_tool_gives_the_committed_program(migrated: Program) -> None:
    assert migrate(migrated.before) == harness.files_of(migrated.after_graph)


def test_a_second_run_changes_nothing(migrated: Program) -> None:
    assert migrate(migrated.after_graph) == harness.files_of(migrated.after_graph)


def test_evidence_is_of_the_committed_program(migrated: Program) -> None:
    evidence = harness.load_recording(migrated.evidence)
    assert set(evidence) == KEYS
    assert evidence["tensorflow"] == "1.15.5"
    assert evidence["files"] == harness.digests(migrated.after_graph)
    assert {checkpoint["format"] for checkpoint in evidence["checkpoints"]} == {"object"}


def test_evidence_prints_what_the_original_prints(migrated: Program) -> None:
    golden = harness.load_recording(migrated.golden)
    evidence = harness.load_recording(migrated.evidence)
    assert list(harness.output_differences(golden, evidence, migrated.rtol)) == []


def test_evidence_saves_what_the_original_saves(migrated: Program) -> None:
    golden = harness.load_recording(migrated.golden)
    evidence = harness.load_recording(migrated.evidence)
    assert (
        list(harness.checkpoint_differences(migrated, golden, evidence, migrated.rtol, 1e-6)) == []
    )


def test_goldens_are_json_without_extensions(program: Program) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    json.loads(program.golden.read_text(encoding="utf-8"), parse_constant=refuse)
