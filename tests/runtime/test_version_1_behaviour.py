"""A process in which the program has switched TensorFlow 2's behaviour off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tensorflow

PROGRAM = """
import tensorflow.compat.v1 as tf
tf.SWITCH()
from tf2migrate.runtime import (
    UntrackedVariables, assert_variables_match, graph_inventory, inventory, restore, watch,
)

class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.get_variable("w", [3])

with watch() as w:
    model = Model()
    lost = tf.get_variable("lost", [2])
try:
    w.raise_for_untracked(model)
except UntrackedVariables as error:
    [text] = error.variables
    assert text.startswith("lost, created at "), text
    assert text.endswith("program.py:15"), text
else:
    raise SystemExit("nothing was found")

optimizer = tf.train.AdamOptimizer(0.1)
train = optimizer.minimize(tf.reduce_sum(model.w ** 2))
saver = tf.train.Saver([one for one in tf.global_variables() if one is not lost])
checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train)
    path = saver.save(session, "./tf1")
    written = checkpoint.write("./tf2")
    assert_variables_match(path, checkpoint, values=True)
    value = session.run(model.w)
for prefix in (path, written):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert restore(checkpoint, prefix).ok
        assert (session.run(model.w) == value).all()
assert {"w", "lost", "w/Adam"} <= set(graph_inventory().by_key())
assert len(inventory(checkpoint).rows) == 5
"""


@pytest.mark.parametrize(
    "switch", ["disable_v2_behavior", "disable_eager_execution", "disable_resource_variables"]
)
def test_everything_works_there(switch: str, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    text = PROGRAM.replace("tf.SWITCH()", f"tf.{switch}()")
    if switch == "disable_resource_variables":
        text = text.replace(f"tf.{switch}()", f"tf.{switch}(); tf.disable_eager_execution()")
    (tmp_path / "program.py").write_text(text)
    result = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
