"""Runs under TensorFlow 1.15.5: trains the programs and writes their checkpoints and goldens.

    PYTHON3.7 -m scripts.checkpoint_programs.recorder DIRECTORY [NAME...]

in the repository's root. Writes DIRECTORY/NAME/model-10* and DIRECTORY/NAME/golden.json. Use
scripts/record_checkpoints.py, which starts it.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from scripts.checkpoint_programs import truth
from scripts.checkpoint_programs.registry import SCENARIOS, Program, Scenario

MODULES = [
    "optimizers",
    "optimizer_names",
    "layers",
    "contrib_layers",
    "cells",
    "averages",
    "storage",
]
BEFORE, AFTER = 10, 10
PREFIX = f"model-{BEFORE}"


def configuration() -> tf.ConfigProto:
    """One thread, so that sums always run in the same order; two devices for shards."""
    return tf.ConfigProto(
        intra_op_parallelism_threads=1,
        inter_op_parallelism_threads=1,
        device_count={"CPU": 2},
    )


def plain(array: Any) -> Any:
    """Nested lists for JSON; the shortest decimals that give the same float of its type."""
    array = np.asarray(array)
    if array.ndim:
        return [plain(item) for item in array]
    item = array.item()
    if isinstance(item, bytes):
        return item.decode("latin-1")
    if isinstance(item, complex):
        return [item.real, item.imag]
    if array.dtype.kind in "biu":
        return item
    if array.dtype in (np.float32, np.float16):
        return float(str(array))
    return float(item)


class Training:
    """A session of a program."""

    def __init__(self, program: Program, session: tf.Session) -> None:
        self.program, self.session, self.step = program, session, 0

    def feed(self, step: int) -> dict[str, np.ndarray]:
        feeds = self.program.feeds.items()
        return {name + ":0": values[step % len(values)] for name, values in feeds}

    def advance(self, steps: int) -> list[float]:
        """Train; returns the loss before each step."""
        losses = []
        for _ in range(steps):
            fetches = [self.program.loss, self.program.train]
            losses.append(plain(self.session.run(fetches, self.feed(self.step))[0]))
            self.step += 1
        return losses

    def outputs(self) -> dict[str, Any]:
        """One after the other, as some of them update statistics (updates_collections=None)."""
        outputs = sorted(self.program.outputs.items())
        return {name: plain(self.session.run(tensor, self.feed(0))) for name, tensor in outputs}


def evaluate(program: Program, prefix: str) -> dict[str, Any]:
    """Outputs of the evaluation program, if there is one."""
    if program.evaluation is None:
        return {}
    with tf.Graph().as_default(), tf.Session(config=configuration()) as session:
        variables, outputs = program.evaluation()
        tf.train.Saver(variables).restore(session, prefix)
        feed = {name + ":0": values[0] for name, values in program.feeds.items()}
        return {name: plain(value) for name, value in session.run(outputs, feed).items()}


def inspect(prefix: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What TensorFlow's reader says of the file: keys, and those whose value it cannot read."""
    reader = tf.train.load_checkpoint(prefix)
    types = reader.get_variable_to_dtype_map()
    keys: dict[str, Any] = OrderedDict()
    unreadable: dict[str, str] = OrderedDict()
    for key, shape in sorted(reader.get_variable_to_shape_map().items()):
        keys[key] = [types[key].name, shape]
        try:
            reader.get_tensor(key)
        except (ValueError, tf.errors.OpError) as error:
            unreadable[key] = str(error).split(":")[0]
    return keys, unreadable


def record(scenario: Scenario, directory: Path) -> dict[str, Any]:
    """Train, save, train on; returns what golden.json holds."""
    golden: dict[str, Any] = OrderedDict()
    with tf.Graph().as_default(), tf.Session(config=configuration()) as session:
        tf.set_random_seed(1)
        program = scenario.build()
        saver = tf.train.Saver(**program.saver)
        rows, variables = truth.rows(program), truth.saved(program)
        session.run(tf.global_variables_initializer())
        if program.setup is not None:
            session.run(program.setup)
        training = Training(program, session)
        training.advance(BEFORE)
        prefix = saver.save(
            session, str(directory / PREFIX), write_meta_graph=False, write_state=False
        )
        keys, unreadable = inspect(prefix)
        before = {**training.outputs(), **evaluate(program, prefix)}
        saver.restore(session, prefix)
        losses = training.advance(AFTER)
        for row in rows:
            parts = variables[row["key"]]
            row["final"] = plain(truth.value(session, parts, row["shape"]))
        golden["scenario"], golden["about"] = scenario.name, scenario.about
        golden["tensorflow"] = tf.__version__
        golden["prefix"] = Path(prefix).name
        golden["format"] = "V1" if program.saver.get("write_version") == 1 else "V2"
        golden["steps"] = [BEFORE, AFTER]
        golden["feeds"] = OrderedDict(
            (name, {"dtype": values.dtype.name, "values": plain(values)})
            for name, values in sorted(program.feeds.items())
        )
        golden["losses"] = losses
        golden["outputs"] = {"before": before, "after": training.outputs()}
        golden["keys"], golden["unreadable"] = keys, unreadable
        golden["variables"] = rows + truth.table_rows(keys)
    return golden


def render(golden: dict[str, Any]) -> str:
    """JSON with a line for each variable."""

    def compact(item: Any) -> str:
        return json.dumps(item, separators=(",", ":"), sort_keys=isinstance(item, dict))

    lines = []
    for name, item in golden.items():
        if name == "variables":
            rows = ",\n  ".join(json.dumps(row, separators=(",", ":")) for row in item)
            lines.append(' "variables": [\n  ' + rows + "\n ]")
        else:
            lines.append(" " + json.dumps(name) + ": " + compact(item))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    for module in MODULES:
        import_module("scripts.checkpoint_programs." + module)
    root, names = Path(sys.argv[1]), sys.argv[2:]
    for name in names or SCENARIOS:
        directory = root / name
        directory.mkdir(parents=True)
        golden = record(SCENARIOS[name], directory)
        (directory / "golden.json").write_text(render(golden), encoding="utf-8")
        print(name, flush=True)


if __name__ == "__main__":
    main()
