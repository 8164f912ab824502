"""Keras 3 and tf_keras objects inside the user's."""

# mypy: allow-subclassing-any

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import pytest
import tensorflow as tf

from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY
from tf2migrate.model.inventory import Kind, SlotOf
from tf2migrate.runtime import inventory

pytestmark = pytest.mark.tensorflow
SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"


@pytest.fixture(params=["keras", "tf_keras"])
def kr(request: pytest.FixtureRequest) -> Any:
    """Either package."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(request.param)


def built(kr: Any, layer: Any, *shape: int) -> Any:
    assert kr
    layer(tf.ones(shape))
    return layer


def network(kr: Any) -> Any:
    layers = kr.layers
    model = kr.Sequential(
        [
            layers.Dense(4, activation="relu", name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(1, name="out"),
        ]
    )
    return built(kr, model, 2, 3)


def holder(**attributes: Any) -> Any:
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def keys_of(file: Any) -> set[str]:
    return set(file.tensors) - {OBJECT_GRAPH_KEY}


def attention(kr: Any) -> Any:
    layer = kr.layers.MultiHeadAttention(2, 2, dropout=0.1)
    layer(tf.ones((1, 3, 4)), tf.ones((1, 3, 4)))
    return layer


def trained(kr: Any) -> Any:
    inputs = kr.Input((3,))
    hidden = kr.layers.Dropout(0.5)(kr.layers.Dense(2)(inputs))
    model = kr.Model(inputs, kr.layers.Dense(1)(hidden))
    model.compile(kr.optimizers.Adam(), "mse", metrics=["mae"])
    model.fit(tf.ones((4, 3)), tf.ones((4, 1)), verbose=0)
    return model


OBJECTS = {
    "a layer": lambda kr: built(kr, kr.layers.Dense(2), 1, 3),
    "a model": network,
    "layers in a module": lambda kr: holder(
        blocks=[built(kr, kr.layers.Dense(2), 1, 3), {"a": built(kr, kr.layers.Dense(1), 1, 3)}]
    ),
    "recurrent layers": lambda kr: built(
        kr, kr.Sequential([kr.layers.LSTM(3, return_sequences=True), kr.layers.GRU(2)]), 1, 4, 2
    ),
    "attention": attention,
    "a compiled model that was trained": trained,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS.keys())
def test_the_rows_are_what_tensorflow_writes_and_nothing_is_lost(
    kr: Any, make: Any, written: Any
) -> None:
    obj = make(kr)
    found = inventory(obj, values=True)
    file = written(tf.train.Checkpoint(obj))
    assert {row.key: row.checksum for row in found.rows} == {
        key: file.tensors[key].crc for key in keys_of(file)
    }
    assert found.unsaved == ()


def test_a_keras_variable_is_one(keras: Any, written: Any) -> None:
    obj = holder(k=keras.Variable([1.0, 2.0], name="own", trainable=False))
    [row] = inventory(obj, values=True).rows
    assert (row.path, row.name, row.trainable) == ("k", "own", False)
    assert row.checksum == written(tf.train.Checkpoint(obj)).tensors[row.key].crc
    assert len(inventory(obj.k).rows) == 1


def test_names_and_trainability_are_those_of_keras(keras: Any) -> None:
    model = network(keras)
    model.layers[0].trainable = False
    rows = {row.name: row for row in inventory(model).rows}
    scope = model.name
    kernel, gamma = rows[f"{scope}/hidden/kernel"], rows[f"{scope}/norm/gamma"]
    assert (kernel.trainable, gamma.trainable) == (False, True)
    assert rows[f"{scope}/norm/moving_mean"].kind is Kind.MOVING_STATISTIC
    assert rows[f"{scope}/norm/moving_mean"].trainable is False


def test_layers_in_a_list_of_a_keras_3_model_are_not_saved(keras: Any) -> None:
    """Facts A1.14; TensorFlow's own check passes."""

    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = [keras.layers.Dense(2, name="first")]
            self.named = {"x": keras.layers.Dense(2, name="second")}
            self.single = keras.layers.Dense(2, name="third")

        def call(self, x: Any) -> Any:
            return self.single(self.named["x"](self.blocks[0](x)))

    model = Model()
    model(tf.ones((1, 2)))
    found = inventory(tf.train.Checkpoint(model=model))
    assert {row.path for row in found.rows} == {"model/single/_kernel", "model/single/bias"}
    assert {text.partition("reached as ")[2] for text in found.unsaved} == {
        f"model.{layer}.{weight}"
        for layer in ("blocks[0]", "named['x']")
        for weight in ("_kernel", "bias")
    }


def test_variables_in_a_list_of_a_keras_3_layer_are_not_saved(keras: Any) -> None:
    """Facts A1.15."""

    class Layer(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.direct = tf.Variable(1.0, name="direct")
            self.several = [tf.Variable(1.0, name="in_list")]
            self.named = {"a": tf.Variable(1.0, name="in_dict")}

    found = inventory(Layer())
    assert {row.name for row in found.rows} == {"direct"}
    assert {text.partition(",")[0] for text in found.unsaved} == {"in_list", "in_dict"}


def test_a_plain_object_in_a_keras_model_is_looked_into(kr: Any) -> None:
    class Plain:
        def __init__(self) -> None:
            self.w = tf.Variable(1.0, name="lost")

    class Model(kr.Model):
        def __init__(self) -> None:
            super().__init__()
            self.plain = Plain()

    [text] = inventory(Model()).unsaved
    assert text.startswith("lost, reached as plain.w")


def test_a_model_that_shares_layers_with_another_does_not_own_the_other(kr: Any) -> None:
    inputs = kr.Input((3,))
    shared = kr.layers.Dense(2)
    middle = shared(inputs)
    small = kr.Model(inputs, middle)
    kr.Model(inputs, kr.layers.Dense(1)(middle))
    assert inventory(small).unsaved == ()


@pytest.mark.parametrize(
    ("make", "slots"),
    [
        (lambda k: k.optimizers.Adam(), {"momentum", "velocity"}),
        (lambda k: k.optimizers.SGD(momentum=0.9), {"momentum"}),
        (
            lambda k: k.optimizers.RMSprop(momentum=0.9, centered=True),
            {"velocity", "momentum", "average_gradient"},
        ),
        (lambda k: k.optimizers.Adagrad(), {"accumulator"}),
        (lambda k: k.optimizers.Adadelta(), {"accumulated_grad", "accumulated_delta_var"}),
        (lambda k: k.optimizers.Ftrl(), {"accumulator", "linear"}),
        (lambda k: k.optimizers.Adam(use_ema=True), {"momentum", "velocity", "average"}),
    ],
    ids=["Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Ftrl", "Adam with averages"],
)
def test_slots_of_keras_3_optimizers_are_known_by_their_variables(
    keras: Any, make: Any, slots: set[str], written: Any
) -> None:
    """Facts C4.4: the file has positions only."""
    layer = built(keras, keras.layers.Dense(2), 1, 3)
    optimizer = make(keras)
    optimizer.build(layer.trainable_variables)
    obj = holder(model=layer, optimizer=optimizer)
    rows = inventory(obj).rows
    assert {row.key for row in rows} == keys_of(written(tf.train.Checkpoint(obj)))
    for weight in ("_kernel", "bias"):
        found = {row.slot for row in rows if row.slot and f"/{weight}/" in row.slot.variable}
        assert found == {SlotOf(f"model/{weight}{SUFFIX}", slot, "optimizer") for slot in slots}
    others = {row.path for row in rows if row.kind is Kind.OPTIMIZER}
    assert others == {"optimizer/_iterations", "optimizer/_learning_rate"}


def test_slots_of_tf_keras_optimizers_are_known_by_their_variables(written: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tf_keras = pytest.importorskip("tf_keras")
    layer = built(tf_keras, tf_keras.layers.Dense(2), 1, 3)
    for optimizer in (tf_keras.optimizers.Adam(), tf_keras.optimizers.legacy.Adam()):
        grads = [(tf.ones_like(one), one) for one in layer.trainable_variables]
        optimizer.apply_gradients(grads)
        obj = holder(model=layer, optimizer=optimizer)
        found = inventory(obj)
        assert {row.key for row in found.rows} == keys_of(written(tf.train.Checkpoint(obj)))
        slots = {(row.slot.variable, row.slot.optimizer) for row in found.rows if row.slot}
        keys = (f"model/kernel{SUFFIX}", f"model/bias{SUFFIX}")
        assert slots == {(key, "optimizer") for key in keys}
        assert sum(row.kind is Kind.SLOT for row in found.rows) == 4
        assert found.unsaved == ()


def test_it_works_without_any_keras() -> None:
    code = (
        "import sys\n"
        "sys.modules['keras'] = sys.modules['tf_keras'] = None  # imports of them fail\n"
        "import tensorflow as tf\n"
        "from tf2migrate.runtime import inventory\n"
        "m = tf.Module(); m.w = tf.Variable(1.); m.s = {tf.Variable(2.).ref()}\n"
        "found = inventory(m)\n"
        "assert (len(found.rows), len(found.unsaved)) == (1, 1)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
