"""Runs programs given as JSON, each in a folder of its own; prints what each leaves behind.

    python run_programs.py < programs.json

Needs TensorFlow only, 1.15 (Python 3.7) or 2.
"""

from __future__ import annotations

import contextlib
import glob
import importlib
import io
import json
import os
import sys
import tempfile
import traceback
from typing import Any

GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def names(tf: Any, prefix: str) -> list[str]:
    """The TF1 names of the variables in a checkpoint of either kind."""
    reader = tf.train.load_checkpoint(prefix)
    if not reader.has_tensor(GRAPH):
        return sorted(reader.get_variable_to_shape_map())
    proto = importlib.import_module("tensorflow.core.protobuf.trackable_object_graph_pb2")
    graph = proto.TrackableObjectGraph.FromString(reader.get_tensor(GRAPH))
    found = [a.full_name for node in graph.nodes for a in node.attributes]
    return sorted(name for name in found if not name.rpartition("/")[2].startswith("save_counter"))


def run(tf: Any, code: str) -> dict[str, Any]:
    """Prints, files and names of a program."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        tf.reset_default_graph()
        printed = io.StringIO()
        error = ""
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(code, "program", "exec"), {"__name__": "__main__"})
            except Exception:
                error = traceback.format_exc()[-1500:]
        files = sorted(path[2:-6] for path in glob.glob("./**/*.index", recursive=True))
        saved = {path: names(tf, os.path.join(".", path)) for path in files}
        os.chdir("/")
    return {"printed": printed.getvalue(), "error": error, "saved": saved}


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    tf = importlib.import_module("tensorflow.compat.v1")
    tf.disable_v2_behavior()
    tf.logging.set_verbosity("FATAL")
    json.dump([run(tf, code) for code in json.load(sys.stdin)], sys.stdout)


main()
