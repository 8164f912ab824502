"""Where the recorder gets between a program and TensorFlow, shown with a small stand-in for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.recorder.recordings import RECORDER, execute

STAND_IN = {
    "tensorflow/__init__.py": """
        import os
        __version__ = os.environ.get("STAND_IN_VERSION", "unset")
        from tensorflow.python.client import session
        from tensorflow.python.training import saver
    """,
    "tensorflow/python/__init__.py": "",
    "tensorflow/python/client/__init__.py": "",
    "tensorflow/python/framework/__init__.py": "",
    "tensorflow/python/training/__init__.py": "",
    "tensorflow/python/framework/ops.py": """
        class Graph:
            def get_all_collection_keys(self):
                return []
            def as_graph_element(self, item):
                return item
        graph = Graph()
        def get_default_graph():
            return graph
    """,
    "tensorflow/python/client/session.py": """
        from tensorflow.python.framework import ops
        class BaseSession:
            '''Runs.'''
            def __init__(self, target="", graph=None):
                self.graph = graph or ops.graph
            def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
                '''Runs a graph.'''
                if fetches == "fails":
                    raise KeyError(fetches)
                return fetches
        class Session(BaseSession):
            pass
    """,
    "tensorflow/python/training/saver.py": """
        class Saver:
            saver_def = None
            def __init__(self, var_list=None, max_to_keep=5):
                self._var_list = var_list
            def save(self, sess, save_path, global_step=None):
                sess.run("written")
                return save_path
    """,
}


def indented(code: str) -> str:
    lines = code.splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in whose `lib/site-packages` the stand-in is."""
    for name, code in STAND_IN.items():
        path = tmp_path / "lib" / "site-packages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(indented(code))
    return tmp_path


def record(python: str, folder: Path, program: str, status: int = 0) -> tuple[str, dict[str, Any]]:
    """What a program prints on stdout and stderr, and its recording."""
    (folder / "program.py").write_text(indented(program))
    site = str(folder / "lib" / "site-packages")
    done = execute([python, str(RECORDER), "program.py"], folder, status, PYTHONPATH=site)
    document = json.loads((folder / "recording.json").read_text())
    return done.stdout + done.stderr, document


@pytest.fixture
def python() -> str:
    import sys  # noqa: PLC0415

    return sys.executable


def test_what_the_program_does_before_the_import_has_its_effect(folder: Path, python: str) -> None:
    program = """
        import os, sys
        print("tensorflow" in sys.modules)
        os.environ["STAND_IN_VERSION"] = "1.0"
        import tensorflow
        print(tensorflow.__version__)
    """
    printed, document = record(python, folder, program)
    assert printed == "False\n1.0\n"
    assert document["tensorflow"] == "1.0"


def test_every_name_of_a_method_is_the_recorded_one(folder: Path, python: str) -> None:
    program = """
        from tensorflow.python.client.session import Session as S, BaseSession
        import tensorflow as T
        class Mine(T.session.Session):
            def run(self, what):
                return super().run(what)
        S().run("a")
        Mine().run("b")
        BaseSession.run(
            S(),
            "c")
        getattr(S(), "run")(fetches="d", feed_dict={})
    """
    _, document = record(python, folder, program)
    assert [(run["place"], run["fetches"]) for run in document["runs"]] == [
        (["program.py", 6, "run"], ["<str>"]),
        (["program.py", 7, "<module>"], ["<str>"]),
        (["program.py", 9, "<module>"], ["<str>"]),
        (["program.py", 12, "<module>"], ["<str>"]),
    ]


def test_methods_look_as_they_did(folder: Path, python: str) -> None:
    program = """
        import inspect, pydoc
        from tensorflow.python.client.session import BaseSession
        print(BaseSession.run.__name__, BaseSession.run.__doc__, inspect.signature(BaseSession.run))
        print("class BaseSession" in inspect.getsource(inspect.getmodule(BaseSession)))
    """
    printed, _ = record(python, folder, program)
    assert printed.splitlines() == [
        "run Runs a graph. (self, fetches, feed_dict=None, options=None, run_metadata=None)",
        "True",
    ]


def test_a_run_that_fails_fails_as_always_and_is_recorded(folder: Path, python: str) -> None:
    program = """
        import tensorflow as tf
        def train(sess):
            sess.run("fails")
        train(tf.session.Session())
    """
    printed, document = record(python, folder, program, status=1)
    assert "record_tf1.py" not in printed
    assert [line.strip() for line in printed.splitlines() if line.startswith("  File")] == [
        f'File "{folder}/program.py", line 5, in <module>',
        f'File "{folder}/program.py", line 4, in train',
        f'File "{folder}/lib/site-packages/tensorflow/python/client/session.py", line 10, in run',
    ]
    assert (document["ended"], document["runs"][0]["count"]) == ("KeyError", 1)


def test_the_runs_of_a_saver_are_its_own_business(folder: Path, python: str) -> None:
    program = """
        import tensorflow as tf
        tf.saver.Saver._name = tf.saver.Saver._reshape = None
        tf.saver.Saver._keep_checkpoint_every_n_hours = tf.saver.Saver._write_version = 2
        tf.saver.Saver._max_to_keep = tf.saver.Saver._sharded = 5
        sess = tf.session.Session()
        saver = tf.saver.Saver()
        for step in range(3):
            saver.save(sess, "folder/model", global_step=step)
    """
    _, document = record(python, folder, program)
    assert document["problems"] == []
    assert document["runs"] == []
    assert document["savers"][0]["saves"] == [
        {
            "place": ["program.py", 9, "<module>"],
            "prefix": "folder/model",
            "global_step": "int",
            "first": "folder/model",
            "last": "folder/model",
            "count": 3,
        }
    ]


def test_what_cannot_be_recorded_is_said_and_stops_nothing(folder: Path, python: str) -> None:
    program = """
        import tensorflow as tf
        saver = tf.saver.Saver()
        print(saver.save(tf.session.Session(), "model"))
    """
    printed, document = record(python, folder, program)
    said = "on_saver: AttributeError: 'Saver' object has no attribute '_name'"
    assert said in document["problems"]
    assert printed.startswith("model\n")
    assert f"record_tf1.py: not recorded: {said}\n" in printed


def test_a_recording_is_written_while_the_program_runs(folder: Path, python: str) -> None:
    program = """
        import os
        import tensorflow as tf
        tf.saver.Saver._name = tf.saver.Saver._reshape = None
        tf.saver.Saver._keep_checkpoint_every_n_hours = tf.saver.Saver._write_version = 2
        tf.saver.Saver._max_to_keep = tf.saver.Saver._sharded = 5
        tf.saver.Saver().save(tf.session.Session(), "model")
        os._exit(9)
    """
    _, document = record(python, folder, program, status=9)
    assert document["ended"] == "running"
    assert document["savers"][0]["saves"][0]["count"] == 1


def test_threads_are_counted_exactly(folder: Path, python: str) -> None:
    program = """
        import sys, threading
        import tensorflow as tf
        sys.setswitchinterval(1e-6)
        sess = tf.session.Session()
        def work():
            for _ in range(2000):
                sess.run("x", {"y": 1})
        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    """
    _, document = record(python, folder, program)
    assert [run["count"] for run in document["runs"]] == [8000]
