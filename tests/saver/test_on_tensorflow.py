"""What the Saver rule writes does under TensorFlow 2 what the Saver did.

The small programs of `fixtures/saver_programs` are run as they are, under
`tensorflow.compat.v1`, and
rewritten: both must print the same, leave files of the same names, and these must hold
variables of the same names. With TF2MIGRATE_TF1_PYTHON also under TensorFlow 1.15.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.saver import harness

FOLDER = Path(__file__).parent
PROGRAMS = sorted((FOLDER.parents[1] / "fixtures" / "saver_programs").glob("*.py"))
INTERPRETERS = [sys.executable, os.environ.get("TF2MIGRATE_TF1_PYTHON")]
HEADER = "import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()"

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
]
Runs = dict[str, tuple[dict[str, Any], dict[str, Any]]]


def rewritten(path: Path) -> str:
    modules = {path.name: path.read_bytes()}
    found = harness.findings(modules)
    assert [harness.line(item) for item in found if item.safety.value != "safe"] == []
    return harness.rewritten(modules, found)[path.name].decode()


def modern(code: str) -> str:
    return code.replace("import tensorflow as tf", HEADER, 1)


@pytest.fixture(
    scope="module",
    params=[python for python in INTERPRETERS if python],
    ids=lambda python: "2" if python == sys.executable else "1.15",
)
def runs(request: pytest.FixtureRequest) -> Runs:
    codes = [modern(path.read_text(encoding="utf-8")) for path in PROGRAMS]
    codes += [modern(rewritten(path)) for path in PROGRAMS]
    done = subprocess.run(
        [request.param, str(FOLDER / "run_programs.py")],
        input=json.dumps(codes), capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    results = json.loads(done.stdout)
    count = len(PROGRAMS)
    return {path.stem: (results[i], results[i + count]) for i, path in enumerate(PROGRAMS)}


@pytest.mark.parametrize(
    "name", [path.stem for path in PROGRAMS], ids=lambda n: n.replace("_", " ")
)
def test_same_prints_files_and_names(runs: Runs, name: str) -> None:
    before, after = runs[name]
    assert before["error"] == ""
    assert after == before
