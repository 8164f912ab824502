"""The table of TensorFlow 1's names, and the questions asked of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tf2migrate.index.api import Status, canonical, home, is_tf1_only, primary, status

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tf2migrate" / "index" / "data" / "api.json"
SCRIPT = ROOT / "scripts" / "api_tables.py"


def table() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DATA.read_bytes())
    return read


def names() -> dict[str, str]:
    """Every public name of TensorFlow 1 with its group."""
    return {
        f"{module}.{name}": group
        for module, groups in table()["names"].items()
        for group, words in groups.items()
        for name in words.split()
    }


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        ("tensorflow.train.Saver", "tf.train.Saver"),
        ("tensorflow.compat.v1.train.Saver", "tf.train.Saver"),
        ("tensorflow.compat.v1.compat.v1.train.Saver", "tf.train.Saver"),
        ("tensorflow._api.v1.train.Saver", "tf.train.Saver"),
        ("tensorflow._api.v2.compat.v1.train.Saver", "tf.train.Saver"),
        ("tensorflow.python.training.saver.Saver", "tf.train.Saver"),
        ("tf.train.Saver", "tf.train.Saver"),
        ("tensorflow", "tf"),
        ("tensorflow.compat.v1", "tf"),
        ("tensorflow.compat.v2.train.Checkpoint", "tf.compat.v2.train.Checkpoint"),
    ],
)
def test_every_way_to_a_public_name_gives_one_name(dotted: str, expected: str) -> None:
    assert canonical(dotted) == expected


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        ("tensorflow.contrib.slim.get_variables", "tf.contrib.framework.get_variables"),
        ("tf_slim.get_variables", "tf.contrib.framework.get_variables"),
        ("tf_slim.ops.variables.get_variables", "tf.contrib.framework.get_variables"),
        (
            "tensorflow.contrib.framework.python.ops.variables.get_variables",
            "tf.contrib.framework.get_variables",
        ),
        ("tensorflow.contrib.slim.conv2d", "tf.contrib.layers.conv2d"),
        ("tensorflow.contrib.slim.layers.convolution2d", "tf.contrib.layers.conv2d"),
        ("tf_slim.layers.layers.conv2d", "tf.contrib.layers.conv2d"),
        ("tf_slim.layers.utils.smart_cond", "tf.contrib.slim.utils.smart_cond"),
        ("tf_slim.data.dataset.Dataset", "tf.contrib.slim.dataset.Dataset"),
        ("tensorflow.contrib.slim.arg_scope", "tf.contrib.framework.arg_scope"),
        ("tf_slim.ops.arg_scope.arg_scope", "tf.contrib.framework.arg_scope"),
        ("tensorflow.contrib.slim.losses.add_loss", "tf.contrib.losses.add_loss"),
        ("tf_slim.learning.train", "tf.contrib.slim.learning.train"),
        (
            "tensorflow.contrib.slim.python.slim.nets.resnet_v1.resnet_v1_50",
            "tf.contrib.slim.nets.resnet_v1.resnet_v1_50",
        ),
    ],
)
def test_a_name_of_contrib_is_the_one_in_the_family_that_defines_it(
    dotted: str, expected: str
) -> None:
    assert canonical(dotted) == expected


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        ("framework.ops.GraphKeys", "tf.GraphKeys"),
        ("ops.variables.global_variables_initializer", "tf.global_variables_initializer"),
        ("ops.variables.VariableV1", "tf.Variable"),
        ("ops.variable_scope.get_variable", "tf.get_variable"),
        ("ops.rnn_cell.BasicLSTMCell", "tf.nn.rnn_cell.BasicLSTMCell"),
        ("ops.rnn.dynamic_rnn", "tf.nn.dynamic_rnn"),
        ("ops.init_ops.zeros_initializer", "tf.zeros_initializer"),
        ("ops.math_ops.log", "tf.math.log"),
        ("training.moving_averages.ExponentialMovingAverage", "tf.train.ExponentialMovingAverage"),
        ("training.training.AdamOptimizer", "tf.train.AdamOptimizer"),
        ("training.checkpoint_management.latest_checkpoint", "tf.train.latest_checkpoint"),
        ("training.saver.latest_checkpoint", "tf.train.latest_checkpoint"),
        ("client.session.Session", "tf.Session"),
        ("platform.flags.FLAGS", "tf.flags.FLAGS"),
        ("summary.summary.scalar", "tf.summary.scalar"),
    ],
)
def test_a_private_name_is_the_public_name_of_its_object(dotted: str, expected: str) -> None:
    assert canonical("tensorflow.python." + dotted) == expected


def test_a_private_name_never_stands_for_one_that_proves_more_than_it() -> None:
    assert not is_tf1_only("tensorflow.python.ops.math_ops.log")
    assert is_tf1_only("tensorflow.log")


def test_a_private_variable_is_what_earlier_releases_meant_by_it() -> None:
    assert canonical("tensorflow.python.ops.variables.Variable") == "tf.Variable"


def test_a_private_name_without_a_public_one_is_kept() -> None:
    name = "training.moving_averages.assign_moving_average"
    assert canonical("tensorflow.python." + name) == "tf.python." + name
    assert status("tensorflow.python." + name) is Status.UNKNOWN


@pytest.mark.parametrize("dotted", ["numpy.zeros", "tensorflow_probability.layers", "tfx", ""])
def test_what_is_not_tensorflow_is_kept_and_unknown(dotted: str) -> None:
    assert canonical(dotted) == dotted
    assert status(dotted) is Status.UNKNOWN
    assert not is_tf1_only(dotted)
    assert home(dotted) is None


def test_attributes_follow_the_name_they_belong_to() -> None:
    assert canonical("tensorflow.python.ops.variables.Variable.value") == "tf.Variable.value"
    assert status("tf.GraphKeys.GLOBAL_VARIABLES") is Status.V1_ONLY
    assert status("tf.train.Saver.save") is Status.V1_ONLY


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tf.train.ExponentialMovingAverage", Status.SAME_IN_V2),
        ("tf.math.log", Status.SAME_IN_V2),
        ("tf.train", Status.SAME_IN_V2),
        ("tf.log", Status.V1_ONLY),
        ("tf.Variable", Status.V1_ONLY),
        ("tf.train.Checkpoint", Status.V1_ONLY),
        ("tf.nn.dynamic_rnn", Status.V1_ONLY),
        ("tf.layers.dense", Status.NEEDS_KERAS2),
        ("tf.layers", Status.NEEDS_KERAS2),
        ("tf.nn.rnn_cell.GRUCell", Status.NEEDS_KERAS2),
        ("tf.estimator.Estimator", Status.GONE),
        ("tf.examples.tutorials.mnist.input_data.read_data_sets", Status.GONE),
        ("tf.contrib.rnn.GRUCell", Status.CONTRIB_WITH_HOME),
        ("tf.contrib.layers.xavier_initializer", Status.CONTRIB),
        ("tf.contrib.no.such.name", Status.CONTRIB),
        ("tf.train.SummaryWriter", Status.UNKNOWN),
        ("tf.layers.no_such_layer", Status.UNKNOWN),
    ],
)
def test_what_became_of_a_name(name: str, expected: Status) -> None:
    assert status(name) is expected


def test_the_home_of_a_contrib_name_is_the_same_object_elsewhere() -> None:
    assert home("tf.contrib.rnn.BasicLSTMCell") == "tf.nn.rnn_cell.BasicLSTMCell"
    assert home("tf.contrib.rnn.static_rnn") == "tf.nn.static_rnn"
    assert home("tf.contrib.framework.nest.flatten") == "tf.nest.flatten"
    assert home("tf.contrib.layers.conv2d") is None
    assert home("tf.train.Saver") is None


def test_synonyms_have_one_primary_name() -> None:
    assert primary("tf.initializers.global_variables") == "tf.global_variables_initializer"
    assert primary("tf.math.log") == "tf.log"
    assert primary("tf.app.flags.FLAGS") == "tf.flags.FLAGS"
    assert primary("tf.contrib.rnn.GRUCell") == "tf.nn.rnn_cell.GRUCell"
    assert primary("tensorflow.train.Saver") == "tf.train.Saver"


@pytest.mark.parametrize(
    "name",
    ["tf.train.Saver.save", "tf.get_variable", "tf.contrib.slim", "tf.layers.dense", "tf.Session"],
)
def test_a_name_that_v2_never_had_proves_tensorflow_1(name: str) -> None:
    assert is_tf1_only(name)


@pytest.mark.parametrize(
    "name",
    [
        "tf",
        "tf.Variable",
        "tf.Variable.initializer",
        "tf.keras.layers.Dense",
        "tf.estimator.Estimator",
        "tf.random.Generator",
        "tf.compat.v2.Variable",
    ],
)
def test_a_name_that_v2_has_or_had_proves_nothing(name: str) -> None:
    assert not is_tf1_only(name)


def test_a_canonical_name_is_its_own_canonical_name() -> None:
    found = table()["aliases"]
    known = [
        f"{module}.{word.partition('=')[0]}"
        for module, groups in found.items()
        for words in groups.values()
        for word in words.split()
    ]
    assert [name for name in known if canonical(canonical(name)) != canonical(name)] == []
    public = names().keys() - {"tf.compat.v1"}  # which is `tf`
    assert [name for name in public if canonical(name) != name] == []


def test_every_home_and_primary_name_is_a_name_of_tensorflow_1() -> None:
    known = names()
    for kind in ("homes", "primary"):
        for module, groups in table()[kind].items():
            for target, words in groups.items():
                for word in words.split():
                    old, _, new = word.partition("=")
                    assert f"{target}.{new or old}" in known, f"{module}.{old}"


def test_the_table_is_small() -> None:
    assert DATA.stat().st_size < 250_000


@pytest.mark.tensorflow
def test_the_table_says_what_the_installed_tensorflow_does() -> None:
    expected = {name: group.rstrip("+") for name, group in names().items()}
    modules = {name for name in expected if name in table()["names"]}
    # A module of which nothing is left can still be had; one by import only cannot be asked for.
    # What tf.keras has is a matter of the Keras that is installed beside TensorFlow.
    asked = sorted(set(expected) - modules - {"tf.examples"})
    asked = [name for name in asked if not name.startswith("tf.keras.")]
    output = subprocess.run(
        [sys.executable, str(SCRIPT), "--probe"],
        input=json.dumps(asked),
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    answer = json.loads(output.splitlines()[-1])
    found = answer["names"]
    wrong = {name: (expected[name], found[name]) for name in asked if found[name] != expected[name]}
    if answer["version"] != table()["tf2"]:  # another release may have more, not less
        order = ["gone", "keras2", "v1", "differs", "same"]
        wrong = {
            name: (old, new)
            for name, (old, new) in wrong.items()
            if order.index(new) < order.index(old)
        }
    assert wrong == {}
