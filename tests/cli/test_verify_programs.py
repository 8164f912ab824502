"""`tf2migrate verify` of living programs and of recordings, under TensorFlow 2."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tf2migrate.model.names import NameRow

from .checkpoints import write_names
from .conftest import Run

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
]

RECORDER = Path(__file__).resolve().parents[2] / "tf2migrate" / "record_tf1.py"
TRAIN = """\
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()


def main():
    w = tf.get_variable("net/w", [3, 2])
    b = tf.get_variable("net/b", [2], trainable=False)
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(tf.square(tf.matmul(tf.ones([1, 3]), w) + b))
    train = tf.train.AdamOptimizer(0.1).minimize(loss, step)
    saver = tf.train.Saver()
    only = tf.train.Saver({"weights": w})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(train)
        saver.save(sess, "./old", write_meta_graph=False)


main()
"""
PROGRAM = """\
import tensorflow as tf


class Net(tf.Module):
    def __init__(self, trainable=False):
        super().__init__()
        self.w = tf.Variable(tf.zeros([3, 2]))
        self.b = tf.Variable(tf.zeros([2]), trainable=trainable)


def make(trainable=False):
    print("building")
    net = Net(trainable)
    optimizer = tf.compat.v1.train.AdamOptimizer(0.1)
    optimizer.apply_gradients([(tf.zeros([3, 2]), net.w)])
    step = tf.Variable(0, dtype=tf.int64, trainable=False)
    return tf.train.Checkpoint(net=net, optimizer=optimizer, step=step)


def training():
    return make(trainable=True)


def restored():
    checkpoint = make()
    checkpoint.restore("new").assert_consumed()
    return checkpoint


def lacking():
    return tf.train.Checkpoint(net=Net())


def hiding():
    checkpoint = make()
    checkpoint.net.holder = type("Plain", (), {})()
    checkpoint.net.holder.more = tf.Variable(1.0)
    return checkpoint


def broken():
    raise RuntimeError("no data")
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a program, its checkpoint, its recording, its migration and the name map."""
    folder = tmp_path_factory.mktemp("programs")
    (folder / "train.py").write_text(TRAIN)
    (folder / "migrated_for_verify.py").write_text(PROGRAM)
    command = [sys.executable, str(RECORDER), "-o", "recording.json", "train.py"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    pairs = {"net/w": "net/w", "net/b": "net/b", "global_step": "step"}
    rows = [NameRow("train.py:main", *pair, "variable", "its name") for pair in pairs.items()]
    rows.append(NameRow("train.py:main", "*/Adam*", "optimizer", "optimizer", "the only one"))
    write_names(folder, rows)
    return folder


@pytest.fixture(autouse=True)
def _here(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(recorded)


def verify(run: Run, old: str, factory: str, *more: str) -> Any:
    new = f"migrated_for_verify:{factory}"
    result = run("verify", "--old", old, "--new", new, "--format", "json", *more)
    assert result.status in (0, 1), result.err
    return json.loads(result.out)


def outcomes(document: Any) -> dict[str, str]:
    return {
        (each["before"] or each["after"])[0]["key"]: each["outcome"]
        for each in document["entries"]
        if not each["ok"]
    }


@pytest.mark.parametrize("old", ["old", "recording.json"])
def test_an_object_that_saves_all_variables_is_equal_in_names(run: Run, old: str) -> None:
    result = run("verify", "--old", old, "--new", "migrated_for_verify:make")
    assert result.status == 0, result.err
    assert "EQUAL in both directions: names, shapes and dtypes." in result.out
    assert "New: migrated_for_verify:make (object, 7 variables)" in result.out
    assert "building" not in result.out


def test_what_an_object_lacks_is_missing(run: Run) -> None:
    found = outcomes(verify(run, "old", "lacking"))
    assert found == dict.fromkeys(
        ["beta1_power", "beta2_power", "global_step", "net/w/Adam", "net/w/Adam_1"], "missing"
    )


def test_a_variable_that_no_checkpoint_would_hold_is_not_equal(run: Run) -> None:
    found = outcomes(verify(run, "old", "hiding"))
    assert list(found.values()) == ["untracked"]
    assert "holder" in next(iter(found))


def test_a_restored_object_is_equal_in_values(run: Run) -> None:
    assert run("checkpoint", "convert", "old", "new", "--force").status == 0
    document = verify(run, "old", "restored", "--values")
    assert (document["equal"], document["depth"]) == (True, "values")
    fresh = outcomes(verify(run, "old", "make", "--values"))
    assert fresh["net/w"] == "value"


def test_a_recording_knows_what_is_trained_and_where_it_was_created(run: Run) -> None:
    assert verify(run, "old", "training")["equal"]
    for old, more in (("old", ["--recording", "recording.json"]), ("recording.json", [])):
        document = verify(run, old, "training", *more)
        assert outcomes(document) == {"net/b": "trainable"}
        assert document["entries"][0]["before"][0]["origin"] == "train.py:8"
    new = "migrated_for_verify:training"
    github = run("verify", "--old", "recording.json", "--new", new, "--format", "github")
    assert github.out.startswith("::error file=")
    assert "trainable: net/b" in github.out


def test_a_saver_of_the_recording_is_chosen_by_its_place(run: Run) -> None:
    result = run(
        *("verify", "--old", "recording.json", "--new", "old"), "--checkpoint", "train.py:13"
    )
    assert result.status == 1
    assert "recording.json (Saver of train.py:13) (recording, 1 variable)" in result.out
    wrong = run("verify", "--old", "recording.json", "--new", "old", "--checkpoint", "x.py:1")
    assert wrong.status == 2
    assert "it has no Saver x.py:1" in wrong.err


def test_a_recording_has_no_values(run: Run) -> None:
    result = run("verify", "--old", "recording.json", "--new", "old", "--values")
    assert result.status == 2
    assert "recording.json has names only, no values" in result.err
    assert run("verify", "--old", "recording.json", "--new", "old").status == 0


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("no_such_module:make", "no_such_module"),
        ("migrated_for_verify:mkae", "'mkae'"),
        ("migrated_for_verify:broken", "RuntimeError"),
        ("json:dumps", "json:dumps"),
    ],
)
def test_a_factory_that_gives_no_object_is_named(run: Run, new: str, text: str) -> None:
    result = run("verify", "--old", "old", "--new", new)
    assert (result.status, result.out) == (2, "")
    message = result.err.splitlines()[-1]
    assert message.startswith(f"tf2migrate: error: {new}: ")
    assert text in message


@pytest.mark.parametrize("content", ["", "[]", '{"format": "tf2migrate-recording/99"}'])
def test_a_malformed_recording_is_named(run: Run, recorded: Path, content: str) -> None:
    (recorded / "bad.json").write_text(content)
    for arguments in (["--old", "bad.json"], ["--old", "old", "--recording", "bad.json"]):
        result = run("verify", *arguments, "--new", "old")
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("tf2migrate: error: bad.json: ")
