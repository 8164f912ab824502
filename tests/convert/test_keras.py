"""Checkpoints of TensorFlow 1.15.5 go on under Keras 3 optimizers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from tests.convert.files import GOLDENS, row, write  # noqa: E402
from tf2migrate.checkpoint.convert import convert  # noqa: E402
from tf2migrate.checkpoint.files.opening import open_checkpoint  # noqa: E402
from tf2migrate.model.checkpoint_error import CheckpointError  # noqa: E402

pytestmark = pytest.mark.tensorflow
SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"


class Network(tf.Module):  # type: ignore[misc,name-defined]
    """The variables of `optimizer_*` recordings, and a Keras optimizer built in another order."""

    def __init__(self, golden: dict[str, Any], optimizer: Any) -> None:
        super().__init__()
        shapes = {
            each["key"]: each["shape"] for each in golden["variables"] if each["kind"] == "weight"
        }
        self.variables_by_name = {
            name: tf.Variable(tf.zeros(shape), name=name) for name, shape in shapes.items()
        }
        self.optimizer = optimizer
        optimizer.build([self.variables_by_name[name] for name in sorted(shapes, reverse=True)])
        if any(each["kind"] == "step" for each in golden["variables"]):
            self.step = tf.Variable(0, dtype=tf.int64, name="global_step")

    def checkpoint(self) -> Any:
        return tf.train.Checkpoint(model=self)


CASES: dict[str, tuple[str, Callable[[], Any]]] = {
    "Adam": ("optimizer_adam", lambda: keras.optimizers.Adam(0.1, epsilon=1e-8)),
    "Adam of another name": ("optimizer_custom_name", lambda: keras.optimizers.Adam(0.1)),
    "AdaMax": ("optimizer_adamax", lambda: keras.optimizers.Adamax(0.1)),
    "Momentum": ("optimizer_momentum", lambda: keras.optimizers.SGD(0.125, momentum=0.9)),
    "RMSProp": ("optimizer_rmsprop", lambda: keras.optimizers.RMSprop(0.1)),
    "centered RMSProp": (
        "optimizer_rmsprop_centered",
        lambda: keras.optimizers.RMSprop(0.1, centered=True, momentum=0.5),
    ),
    "Adagrad": ("optimizer_adagrad", lambda: keras.optimizers.Adagrad(0.1)),
    "Adadelta": ("optimizer_adadelta", lambda: keras.optimizers.Adadelta(0.1)),
    "Ftrl": ("optimizer_ftrl", lambda: keras.optimizers.Ftrl(0.1)),
}
SLOTS = {
    "m": "momentum",
    "v": "velocity",
    "rms": "velocity",
    "mg": "average_gradient",
    "momentum": "momentum",
    "accumulator": "accumulator",
    "accum": "accumulated_grad",
    "accum_update": "accumulated_delta_var",
    "linear": "linear",
}
OTHERS = {
    "Ftrl": {"accum": "accumulator"},
    "AdaMax": {"m": "momentum", "v": "norm"},
}
"""What Keras calls the slots in its variables' names."""


@pytest.mark.parametrize("case", CASES)
def test_slots_are_those_of_tensorflow_1_by_variable(case: str, tmp_path: Path) -> None:
    name, make = CASES[case]
    golden = json.loads((GOLDENS / name / "golden.json").read_text())
    old = GOLDENS / name / "model-10"
    network = Network(golden, make())
    like = network.checkpoint().save(tmp_path / "like")
    done = convert(old, tmp_path / "new-10", like=like, optimizer_format="keras")
    assert done.report is not None
    assert done.report.ok
    network.checkpoint().restore(done.prefix).assert_consumed()
    before = open_checkpoint(old)
    slots = {variable.path.partition("/")[2]: variable for variable in network.optimizer.variables}
    factor = -0.125 if case == "Momentum" else 1
    compared = 0
    for each in golden["variables"]:
        if each["kind"] != "slot variable":
            continue
        slot = OTHERS.get(case, {}).get(each["slot"], SLOTS[each["slot"]])
        variable = slots.get(f"{each['variable'].replace('/', '_')}_0_{slot}")
        if variable is None:
            assert (case, each["slot"]) == ("RMSProp", "momentum")
            continue
        expected = before.read(each["key"]) * np.float32(factor)
        assert np.array_equal(variable.numpy(), expected), each["key"]
        compared += 1
    assert compared >= 3
    if case.startswith(("Adam", "AdaMax")):
        assert int(network.optimizer.iterations) == 10
    assert float(network.optimizer.learning_rate) == pytest.approx(float(make().learning_rate))


def test_an_optimizer_of_keras_that_is_not_the_old_one_is_refused(tmp_path: Path) -> None:
    golden = json.loads((GOLDENS / "optimizer_adam" / "golden.json").read_text())
    for number, optimizer in enumerate(
        [
            keras.optimizers.Nadam(0.1),
            keras.optimizers.Adam(0.1, amsgrad=True),
            keras.optimizers.SGD(0.1, momentum=0.9),
        ]
    ):
        like = Network(golden, optimizer).checkpoint().save(tmp_path / f"like{number}")
        with pytest.raises(CheckpointError, match="none of the old optimizers fit"):
            convert(
                GOLDENS / "optimizer_adam" / "model-10",
                tmp_path / "new",
                like=like,
                optimizer_format="keras",
            )
    assert not list(tmp_path.glob("new*"))


def test_momentum_under_a_schedule_is_refused(tmp_path: Path) -> None:
    golden = json.loads((GOLDENS / "optimizer_momentum" / "golden.json").read_text())
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    network = Network(golden, keras.optimizers.SGD(rate, momentum=0.9))
    like = network.checkpoint().save(tmp_path / "like")
    with pytest.raises(CheckpointError, match="a schedule sets"):
        convert(
            GOLDENS / "optimizer_momentum" / "model-10",
            tmp_path / "new",
            like=like,
            optimizer_format="keras",
        )


def test_the_format_has_to_be_asked_for(tmp_path: Path) -> None:
    golden = json.loads((GOLDENS / "optimizer_adam" / "golden.json").read_text())
    like = Network(golden, keras.optimizers.Adam(0.1)).checkpoint().save(tmp_path / "like")
    with pytest.raises(CheckpointError, match="optimizer_format=keras"):
        convert(GOLDENS / "optimizer_adam" / "model-10", tmp_path / "new", like=like)


def test_a_keras_layer_whose_layout_differs_takes_its_slots_along(tmp_path: Path) -> None:
    """A GRU's gates lie in other variables, and so do the slots of its variables."""
    old = GOLDENS / "cell_gru" / "model-10"
    tensors = open_checkpoint(old).tensors
    kernel = next(name for name in tensors if name.endswith("gates/kernel"))
    scope = kernel.removesuffix("/gates/kernel")
    units = tensors[kernel].shape[1] // 2
    inputs = tensors[kernel].shape[0] - units
    cell = keras.layers.GRUCell(units, reset_after=False)
    cell.build((None, inputs))
    others = {
        name: tf.Variable(np.zeros(tensor.shape, tensor.dtype), name=name)
        for name, tensor in tensors.items()
        if not name.startswith(scope)
        and not any(word in name for word in ("/Adam", "beta", "Momentum", "/RMSProp"))
    }
    slots = [name.rpartition("/")[2] for name in tensors if name.startswith(f"{kernel}/")]
    optimizer: Any = (
        keras.optimizers.Adam(0.1)
        if slots == ["Adam", "Adam_1"]
        else keras.optimizers.SGD(0.1, momentum=0.9)
    )
    trained = [variable for variable in others.values() if variable.dtype == tf.float32]
    optimizer.build([*trained, *cell.trainable_weights])
    checkpoint = tf.train.Checkpoint(cell=cell, others=others, optimizer=optimizer)
    like = checkpoint.save(tmp_path / "like")
    rows = [row(name, f"others/{name.replace('/', '.S')}") for name in others]
    done = convert(old, tmp_path / "new-10", like=like, names=rows, optimizer_format="keras")
    checkpoint.restore(done.prefix).assert_consumed()
    read = open_checkpoint(old).read
    gates, candidate = read(f"{kernel}/{slots[0]}"), read(f"{scope}/candidate/kernel/{slots[0]}")
    r, u = np.split(gates, 2, 1)
    expected = np.concatenate([u, r, candidate], 1)
    if len(slots) == 1:
        expected = expected * np.float32(-0.1)
    found = [
        variable.numpy()
        for variable in optimizer.variables
        if variable.path.endswith("momentum") and variable.shape == (inputs, 3 * units)
    ]
    assert any(np.array_equal(each, expected[:inputs]) for each in found)


def adversaries(folder: Path, **powers: float) -> str:
    """A GAN: two Adams of one name, each of which trains variables of its own."""
    arrays: dict[str, Any] = {}
    for number, name in enumerate(("d/w", "g/w")):
        for step, slot in enumerate(("", "/Adam", "/Adam_1")):
            arrays[name + slot] = np.full(2, 10 * number + step, np.float32)
    for name, value in powers.items():
        arrays[name] = np.array(value, np.float32)
    return write(folder, arrays)


def test_the_layout_tells_which_optimizer_trains_what(tmp_path: Path) -> None:
    first, second = 0.9**11, 0.999**11
    names = {"beta1_power": first, "beta2_power": second}
    old = adversaries(tmp_path, **names, beta1_power_1=first, beta2_power_1=second)
    weights = {name: tf.Variable(tf.zeros(2), name=f"{name}/w") for name in "gd"}
    optimizers = {name: keras.optimizers.Adam(0.1) for name in "gd"}
    for name, optimizer in optimizers.items():
        optimizer.build([weights[name]])
    nets = {name: {"w": weight} for name, weight in weights.items()}
    checkpoint = tf.train.Checkpoint(
        **nets, g_optimizer=optimizers["g"], d_optimizer=optimizers["d"]
    )
    like = checkpoint.save(tmp_path / "like")
    done = convert(old, tmp_path / "new-1", like=like, optimizer_format="keras")
    checkpoint.restore(done.prefix).assert_consumed()
    for name, base in (("d", 0), ("g", 10)):
        found = {each.path.rpartition("_")[2]: each.numpy() for each in optimizers[name].variables}
        assert weights[name].numpy().tolist() == [base, base]
        assert found["momentum"].tolist() == [base + 1, base + 1]
        assert found["velocity"].tolist() == [base + 2, base + 2]
        assert int(optimizers[name].iterations) == 10
    third, fourth = 0.9**21, 0.999**21
    (tmp_path / "other").mkdir()
    old = adversaries(tmp_path / "other", **names, beta1_power_1=third, beta2_power_1=fourth)
    with pytest.raises(CheckpointError, match="which differ"):
        convert(old, tmp_path / "no", like=like, optimizer_format="keras")
