"""Recordings of programs under the TensorFlow of this interpreter, each made once."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from . import harness

PROGRAMS = harness.load_programs()
PORTABLE = [program for program in PROGRAMS if program.runtime == "both"]
MIGRATED = [program for program in PROGRAMS if program.after_graph.is_dir()]
IMPORT = re.compile(rb"^import tensorflow as tf$", re.MULTILINE)
COMPATIBILITY = b"import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()"


def program_name(program: harness.Program) -> str:
    """Words of a parametrized test."""
    return program.name.replace("_", " ")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test the programs that its argument names."""
    for argument, programs, indirect in (
        ("program", PROGRAMS, False),
        ("migrated", MIGRATED, False),
        ("portable", [one for one in PORTABLE if one.after_graph.is_dir()], False),
        ("original_run", PORTABLE, True),
        ("migrated_run", [one for one in MIGRATED if one.runtime == "both"], True),
    ):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(
                argument,
                programs,
                ids=program_name,
                indirect=[argument] if indirect else False,
                scope="module" if indirect else None,
            )


def compatible_source(program: harness.Program, folder: Path) -> None:
    """Write the unmigrated program to a folder, with its import of TensorFlow changed."""
    for name, data in harness.files_of(program.before).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(IMPORT.sub(COMPATIBILITY, data))


@pytest.fixture(scope="module")
def original_run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[harness.Program, harness.Recording]:
    """The unmigrated program, through tf.compat.v1."""
    program: harness.Program = request.param
    scratch = tmp_path_factory.mktemp(program.name)
    source = scratch / "source"
    compatible_source(program, source)
    return program, run_here(program, source, scratch)


@pytest.fixture(scope="module")
def migrated_run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[harness.Program, harness.Recording]:
    """The migrated program."""
    program: harness.Program = request.param
    return program, run_here(program, program.after_graph, tmp_path_factory.mktemp(program.name))


def run_here(program: harness.Program, source: Path, scratch: Path) -> harness.Recording:
    """Record with the interpreter that runs the tests."""
    return harness.execute(program, source, sys.executable, scratch)
