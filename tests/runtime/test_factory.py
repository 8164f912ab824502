"""The user's object from `package.module:factory`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.runtime.factory import factory_inventory, load_factory

pytestmark = pytest.mark.tensorflow

PROGRAM = """
import tensorflow as tf
print("the program says hello")
class Holder:
    @staticmethod
    def make():
        return {"w": tf.Variable(1.0)}
class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([1.0, 2.0])
def gives_a_class():
    return Model
def build():
    print("building")
    model = tf.Module()
    model.w = tf.Variable([1.0, 2.0], name="w")
    return model
def with_default(name="x"):
    return tf.train.Checkpoint(w=tf.Variable(1.0))
def with_argument(size):
    return tf.train.Checkpoint(w=tf.Variable(1.0))
def failing():
    return build().missing
def nothing():
    build()
def leaving():
    raise SystemExit(3)
made = build()
number = 3
"""


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Programs of the user in the working directory."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "program.py").write_text(PROGRAM)
    (tmp_path / "leaves.py").write_text("import sys\nsys.exit(2)\n")
    (tmp_path / "raises.py").write_text("\n\nx = 1 / 0\n")
    (tmp_path / "lacks.py").write_text("import no_such_package\n")
    (tmp_path / "wrong.py").write_text("def f(:\n")
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"package", "leaves", "raises", "lacks", "wrong"}:
            del sys.modules[name]


@pytest.mark.parametrize("name", ["build", "with_default", "Holder.make", "made", "Model"])
def test_the_object_is_built(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = factory_inventory(f"package.program:{name}")
    assert [row.path for row in found.rows] == ["w"]
    output = capsys.readouterr()
    assert output.out == ""
    assert "the program says hello" in output.err


def test_the_path_is_as_it_was() -> None:
    before = list(sys.path)
    load_factory("package.program:build")
    assert sys.path == before


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("package.program", "is no place of a factory"),
        ("package.program:", "is no place of a factory"),
        (":build", "is no place of a factory"),
        ("a-b:c", "is no place of a factory"),
        ("nowhere:build", "there is no module 'nowhere'"),
        ("package.nowhere:build", r"there is no module 'package\.nowhere'"),
        ("package.program:biuld", r"has no 'biuld'; is it build\?"),
        ("package.program:Holder.mak", r"Holder has no 'mak'; is it make\?"),
        ("package.program:with_argument", "called without arguments: missing .* 'size'"),
        ("package.program:failing", r"raises AttributeError at package/program\.py:24: .*missing"),
        ("package.program:nothing", "gives is of type NoneType, which TensorFlow does not track"),
        ("package.program:gives_a_class", "gives is of type type, which TensorFlow does not track"),
        ("package.program:number", "gives is of type int, which TensorFlow does not track"),
        ("package.program:leaving", "calling it ends the process"),
        ("leaves:build", "importing leaves ends the process"),
        ("raises:build", r"importing raises raises ZeroDivisionError at raises\.py:3"),
        ("lacks:build", r"importing lacks raises ModuleNotFoundError.*no_such_package"),
        ("wrong:build", "importing wrong raises SyntaxError"),
    ],
)
def test_each_failure_is_named(text: str, problem: str) -> None:
    with pytest.raises(CheckpointError, match=problem) as error:
        load_factory(text)
    assert error.value.where == text
