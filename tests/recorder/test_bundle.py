"""record_tf1.py is one file that old interpreters take and that needs nothing but itself."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
import tokenize
from collections import Counter
from pathlib import Path

import pytest

from scripts import bundle_recorder
from tests.recorder.recordings import RECORDER

TEXT = RECORDER.read_text(encoding="utf-8")
OLD = ["python3.5", "python3.6", "python3.7", "python3.8", "python3.9"]
NEWER = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef)


def test_it_is_what_its_parts_give() -> None:
    assert bundle_recorder.bundle() == TEXT


def test_no_two_parts_share_a_name() -> None:
    names = Counter(
        name
        for part in bundle_recorder.ORDER
        for name in _defined((bundle_recorder.PARTS / f"{part}.py").read_text(encoding="utf-8"))
    )
    assert [name for name, count in names.items() if count > 1] == []


def _defined(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return found


def test_every_part_is_in_it() -> None:
    parts = {path.stem for path in bundle_recorder.PARTS.glob("*.py")} - {"__init__"}
    assert set(bundle_recorder.ORDER) == parts


def test_it_imports_the_standard_library_only() -> None:
    for node in ast.walk(ast.parse(TEXT)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_its_syntax_is_that_of_python_3_5() -> None:
    tree = ast.parse(TEXT, feature_version=(3, 5))
    assert [node for node in ast.walk(tree) if isinstance(node, NEWER)] == []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert not node.args.posonlyargs
    assert "__future__" not in TEXT
    assert not any(_commas_after_star_parameters(TEXT))


def _commas_after_star_parameters(text: str) -> list[int]:
    """Lines with a comma between a last `*args` or `**kwargs` and the bracket: new in 3.6."""
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in (tokenize.NL, tokenize.COMMENT)
    ]
    return [
        four[0].start[0]
        for four in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)
        if four[0].string in ("*", "**")
        and four[1].type == tokenize.NAME
        and [token.string for token in four[2:]] == [",", ")"]
    ]


def test_the_search_for_commas_finds_one() -> None:
    assert _commas_after_star_parameters("def f(\n    *args,\n):\n    pass\n") == [2]


@pytest.mark.parametrize("name", OLD)
def test_an_old_interpreter_compiles_it(name: str, tmp_path: Path) -> None:
    python = _interpreter(name)
    if python is None:
        pytest.skip(f"there is no {name}")
    copy = tmp_path / "record_tf1.py"
    copy.write_text(TEXT, encoding="utf-8")
    done = subprocess.run([python, copy, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: record_tf1.py")


def _interpreter(name: str) -> str | None:
    """A Python of that version on the path or among those of pyenv."""
    version = name.removeprefix("python")
    of_pyenv = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")
    for python in [shutil.which(name), *map(str, of_pyenv)]:
        if python is not None:
            done = subprocess.run([python, "-V"], capture_output=True, check=False)
            if done.returncode == 0:
                return python
    return None
