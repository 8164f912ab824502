"""The names that TensorFlow 1 gives variables, told from the text, and what it really gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.saver import harness

HEAD = "import tensorflow as tf\n"
TAIL = """saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    saver.save(sess, "model")
"""
INSIDE = "".join(f"    {line}\n" for line in TAIL.splitlines())
# Code and the names of its variables, in the order of their lines.
CASES = {
    "without names": (
        "w = {'a': tf.Variable(1.0), 'b': tf.Variable(2.0)}\nn = tf.Variable(0, name='n')\n"
        "rest = [\n    tf.Variable(3.0),\n    tf.Variable(4.0),\n]\n" + TAIL,
        ["Variable", "Variable_1", "n", "Variable_2", "Variable_3"],
    ),
    "without names in scopes": (
        "a = tf.Variable(1.0)\nwith tf.name_scope('one'):\n    b = tf.Variable(1.0)\n"
        "    with tf.name_scope('two'):\n        c = tf.Variable(\n            1.0)\n"
        "    d = tf.Variable(1.0)\ne = tf.Variable(1.0)\n" + TAIL,
        ["Variable", "one/Variable", "one/two/Variable", "one/Variable_1", "Variable_1"],
    ),
    "in a function that runs once": (
        "def main():\n    a = tf.Variable(1.0)\n    b = tf.Variable(1.0, name='b')\n"
        "    c = tf.Variable(2.0)\n" + INSIDE + "\n\nwith tf.name_scope('all'):\n    main()\n",
        ["all/Variable", "all/b", "all/Variable_1"],
    ),
    "in a class that is made in a scope": (
        "class Model(object):\n    def __init__(self):\n"
        "        self.a = tf.Variable(1.0)\n        self.b = tf.get_variable('b', [2])\n"
        "        with tf.variable_scope('inner'):\n"
        "            self.c = tf.Variable(1.0, name='c')\n"
        "            self.d = tf.get_variable('d', [1])\n\n\n"
        "with tf.variable_scope('net'):\n    model = Model()\n" + TAIL,
        ["net/Variable", "net/b", "net/inner/c", "net/inner/d"],
    ),
    "equal names in two scopes": (
        "with tf.name_scope('one'):\n    a = tf.Variable(1.0, name='w')\n"
        "with tf.name_scope('two'):\n    b = tf.Variable(1.0, name='w')\n" + TAIL,
        ["one/w", "two/w"],
    ),
    "a step in a scope": (
        "with tf.variable_scope('train'):\n    step = tf.train.get_or_create_global_step()\n"
        + TAIL,
        ["train/global_step"],
    ),
    "another thing is called Variable": (
        "x = tf.placeholder(tf.float32, name='variable')\na = tf.Variable(1.0)\n" + TAIL,
        ["?"],
    ),
    "a numbered name that another one takes": (
        "n = tf.Variable(0, name='Variable_1')\na = tf.Variable(1.0)\nb = tf.Variable(1.0)\n"
        + TAIL,
        ["?", "?", "?"],
    ),
    "a graph that is thrown away": (
        "a = tf.Variable(1.0)\ntf.reset_default_graph()\nb = tf.Variable(1.0)\n" + TAIL,
        ["?", "?"],
    ),
    "a scope that is entered twice": (
        "with tf.name_scope('s'):\n    x = tf.zeros([1])\n"
        "with tf.name_scope('s'):\n    with tf.name_scope('t'):\n"
        "        a = tf.Variable(1.0, name='w')\n    b = tf.Variable(1.0)\n" + TAIL,
        ["?", "?"],
    ),
    "an operation has the name": (
        "x = tf.placeholder(tf.float32, name='w')\na = tf.Variable(1.0, name='w')\n" + TAIL,
        ["?"],
    ),
    "names that differ in case": (
        "a = tf.Variable(1.0, name='w')\nb = tf.Variable(1.0, name='W')\n" + TAIL,
        ["?", "?"],
    ),
    "two of one name in a scope": (
        "with tf.name_scope('s'):\n    a = tf.Variable(1.0, name='w')\n"
        "    b = tf.Variable(1.0, name='w')\n" + TAIL,
        ["?", "?"],
    ),
    "the name of an operation's kind": (
        "a = tf.Variable(tf.zeros([2]), name='zeros')\n" + TAIL,
        ["?"],
    ),
    "one that is perhaps not made": (
        "class Model(object):\n    def __init__(self, deep):\n"
        "        if deep:\n            self.a = tf.Variable(1.0)\n"
        "        self.b = tf.Variable(1.0)\n\n\nmodel = Model(False)\n" + TAIL,
        ["?", "?"],
    ),
}
RUNNER = """
import glob, os, sys
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
sys.modules["tensorflow"] = tf
for path in sorted(glob.glob("case_*.py")):
    tf.reset_default_graph()
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), {"__name__": "__main__"})
"""
RECORDER = Path(__file__).resolve().parents[2] / "tf2migrate" / "record_tf1.py"


def rows(path: str, code: str) -> dict[str, str]:
    """The TF1 name by `NameRow.at`, in the order of lines and of the variables in them."""
    found = [
        row
        for finding in harness.findings({path: (HEAD + code).encode()})
        for row in finding.names
        if row.kind == "variable"
    ]
    ordered = sorted(found, key=lambda row: int(row.at.rpartition(":")[2]))
    return {f"{row.at} {row.key}": row.tf1 for row in ordered}


@pytest.mark.parametrize("case", CASES)
def test_names_are_told_where_the_text_shows_them(case: str) -> None:
    code, expected = CASES[case]
    assert list(rows("train.py", code).values()) == expected


def recorded(python: str, folder: Path) -> list[tuple[str, str]]:
    """Place and name of each variable that the cases create in a process."""
    for number, (code, _) in enumerate(CASES.values()):
        (folder / f"case_{number:02}.py").write_text(HEAD + code)
    (folder / "runner.py").write_text(RUNNER)
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [python, RECORDER, "runner.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    document = json.loads((folder / "recording.json").read_text())
    return [("{}:{}".format(*row["stack"][0]), row["name"]) for row in document["variables"]]


@pytest.mark.tensorflow
def test_tensorflow_gives_the_names_that_are_told(tmp_path: Path) -> None:
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    given = recorded(sys.executable, tmp_path)
    told = 0
    for number, (code, _) in enumerate(CASES.values()):
        for at, name in rows(f"case_{number:02}.py", code).items():
            told += name != "?"
            assert name == "?" or (at.split()[0], name) in given
    assert told == sum(name != "?" for _, names in CASES.values() for name in names)
