"""Layouts without a name map: object keys are the TF1 names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bundles import strings
from tests.convert.files import ADAM, SLOT, keys, places, write
from tf2migrate.checkpoint.convert import convert
from tf2migrate.checkpoint.files.graph import ObjectGraph
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.model.checkpoint_error import CheckpointError


def converted(folder: Path, *names: str) -> dict[str, str]:
    return places(convert(write(folder, names), folder / "new-7").prefix)


def graph(prefix: str | Path) -> ObjectGraph:
    found = open_checkpoint(prefix).graph()
    assert found is not None
    return found


def test_each_scope_is_an_object(tmp_path: Path) -> None:
    new = converted(tmp_path, "generator/g_h0/w", "generator/g_h0/b", "global_step")
    assert new == {name: name for name in new}
    nodes = graph(tmp_path / "new-7").nodes
    generator = nodes[nodes[0].children["generator"]]
    assert set(nodes[generator.children["g_h0"]].children) == {"w", "b"}


def test_dots_of_names_are_escaped(tmp_path: Path) -> None:
    assert converted(tmp_path, "a.b/c..d")["a.b/c..d"] == "a..b/c....d"


def test_a_name_below_a_variable_is_a_child_of_the_variables_scope(tmp_path: Path) -> None:
    """`w` has no children that TensorFlow would restore."""
    new = converted(tmp_path, "s/w", "s/w/moving/x", "s/w/moving", "s/w_1")
    assert new == {
        "s/w": "s/w",
        "s/w/moving": "s/w.Smoving",
        "s/w/moving/x": "s/w.Smoving.Sx",
        "s/w_1": "s/w_1",
    }


@pytest.mark.parametrize("name", ["a//b", "/a", "a/"])
def test_a_name_with_an_empty_part_is_one_child_of_the_root(tmp_path: Path, name: str) -> None:
    assert converted(tmp_path, name)[name] == name.replace("/", ".S")


def test_no_child_is_below_a_variable(tmp_path: Path) -> None:
    converted(tmp_path, "a", "a/b", "a/b/c", "a/Momentum", "a/b/c/Momentum")
    for node in graph(tmp_path / "new-7").nodes:
        assert not (node.children and node.attributes)


def test_slots_belong_to_one_optimizer(tmp_path: Path) -> None:
    slots = [f"{name}/Adam{number}" for name in ("m/w", "m/b") for number in ("", "_1")]
    new = converted(tmp_path, "m/w", "m/b", *slots, *ADAM)
    assert new == {
        "m/w": "m/w",
        "m/b": "m/b",
        "m/w/Adam": f"m/w{SLOT}optimizer/m",
        "m/w/Adam_1": f"m/w{SLOT}optimizer/v",
        "m/b/Adam": f"m/b{SLOT}optimizer/m",
        "m/b/Adam_1": f"m/b{SLOT}optimizer/v",
        "beta1_power": "optimizer/beta1_power",
        "beta2_power": "optimizer/beta2_power",
    }


def test_slot_references_name_the_variable_and_the_slot(tmp_path: Path) -> None:
    converted(tmp_path, "m/w", "u", "m/w/Momentum", "u/Momentum")
    found = graph(tmp_path / "new-7")
    (owner,) = [node for node in found.nodes if node.slots]
    assert owner is found.nodes[found.nodes[0].children["optimizer"]]
    named = {
        found.nodes[slot.original].attributes[0].full_name: (
            slot.name,
            found.nodes[slot.slot].attributes[0].full_name,
        )
        for slot in owner.slots
    }
    assert named == {
        "m/w": ("momentum", "m/w/Momentum"),
        "u": ("momentum", "u/Momentum"),
    }


def test_several_optimizers_are_called_as_in_tensorflow_1(tmp_path: Path) -> None:
    new = converted(tmp_path, "w", "w/Momentum", "w/Momentum_1", "w/Adagrad")
    assert new["w/Momentum"] == f"w{SLOT}Momentum/momentum"
    assert new["w/Momentum_1"] == f"w{SLOT}Momentum_1/momentum"
    assert new["w/Adagrad"] == f"w{SLOT}Adagrad/accumulator"


@pytest.mark.parametrize(
    ("taken", "path"),
    [("optimizer", "Momentum"), ("optimizer/x", "Momentum"), ("other", "optimizer")],
)
def test_the_optimizer_takes_no_name_of_a_variable_or_scope(
    tmp_path: Path, taken: str, path: str
) -> None:
    assert converted(tmp_path, "w", "w/Momentum", taken)["w/Momentum"] == f"w{SLOT}{path}/momentum"


def test_a_shadow_variable_belongs_to_its_average(tmp_path: Path) -> None:
    new = converted(
        tmp_path, "s/w", "s/w/ExponentialMovingAverage", "s/w/ExponentialMovingAverage_1"
    )
    assert new == {
        "s/w": "s/w",
        "s/w/ExponentialMovingAverage": "ExponentialMovingAverage/s/w",
        "s/w/ExponentialMovingAverage_1": "ExponentialMovingAverage_1/s/w",
    }


def test_the_average_of_a_tensor_and_what_zero_debias_adds(tmp_path: Path) -> None:
    shadow = "loss/ExponentialMovingAverage"
    new = converted(tmp_path, shadow, f"{shadow}/biased", f"{shadow}/local_step")
    assert new == {
        shadow: shadow,
        f"{shadow}/biased": f"{shadow}.Sbiased",
        f"{shadow}/local_step": f"{shadow}.Slocal_step",
    }


def test_an_average_and_an_optimizer_in_a_scope_called_as_a_variable(tmp_path: Path) -> None:
    average = "a/w/ExponentialMovingAverage"
    slots = ["a/w/Momentum", "a/w/Adagrad"]
    new = converted(tmp_path, "a", "w", average, *slots)
    assert new[average] == "a.SExponentialMovingAverage/w"
    assert new["a/w/Momentum"] == f"w{SLOT}a.SMomentum/momentum"
    assert new["a/w/Adagrad"] == f"w{SLOT}a.SAdagrad/accumulator"


def test_a_table_is_one_object(tmp_path: Path) -> None:
    old = write(
        tmp_path,
        {
            "words/mht-keys": strings([b"a", b"b"]),
            "words/mht-values": np.arange(2),
            "words/mht/w": np.zeros(2, np.float32),
        },
    )
    new = convert(old, tmp_path / "new-7").prefix
    assert keys(new)["words/mht/.ATTRIBUTES/table"] == "words/mht"
    assert places(new)["words/mht/w"] == "words/mht.Sw"
    tensors = open_checkpoint(new).tensors
    assert tensors["words/mht/.ATTRIBUTES/table-keys"].dtype == "string"
    assert tensors["words/mht/.ATTRIBUTES/table-values"].shape == (2,)


def test_what_the_names_leave_open_stays_at_its_name_and_is_reported(tmp_path: Path) -> None:
    """Two Adams train different variables: whose slots are whose is not in the file."""
    names = ["d", "g", "d/Adam", "d/Adam_1", "g/Adam", "g/Adam_1"]
    powers = [*ADAM, "beta1_power_1", "beta2_power_1"]
    done = convert(write(tmp_path, [*names, *powers]), tmp_path / "new-7")
    new = places(done.prefix)
    assert new == {name: name.replace("/", ".S") for name in (*names, *powers)}
    (note,) = done.notes
    assert "d/Adam" in note
    assert "like" in note


def test_an_optimizer_with_slots_of_unknown_names_is_reported(tmp_path: Path) -> None:
    done = convert(write(tmp_path, ["w", "w/mine"]), tmp_path / "new-7")
    assert places(done.prefix) == {"w": "w", "w/mine": "w.Smine"}
    assert any("w/mine" in note and "mine: the names of its slots" in note for note in done.notes)


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("model.ckpt-123", "new", 123),
        ("model.ckpt-123", "ckpt-5", 5),
        ("model.ckpt", "new", 0),
        ("model-1/x", "new", 0),
        ("model-12345678901234567890", "new", 0),
    ],
)
def test_the_counter_goes_on_from_the_number_in_the_name(
    tmp_path: Path, old: str, new: str, value: int
) -> None:
    (tmp_path / old).parent.mkdir(exist_ok=True)
    done = convert(write(tmp_path, ["w"], old), tmp_path / new)
    counter = open_checkpoint(done.prefix).read("save_counter/.ATTRIBUTES/VARIABLE_VALUE")
    assert (counter.dtype, counter.shape, counter.item()) == (np.dtype(np.int64), (), value)


def test_a_counter_that_is_there_is_kept(tmp_path: Path) -> None:
    old = write(tmp_path, {"w": np.zeros(2, np.float32), "save_counter": np.array(3)})
    done = convert(old, tmp_path / "new-9")
    key = "save_counter/.ATTRIBUTES/VARIABLE_VALUE"
    assert open_checkpoint(done.prefix).read(key).item() == 3


def test_a_variable_that_is_called_as_the_counter_is_refused(tmp_path: Path) -> None:
    old = write(tmp_path, {"save_counter": np.zeros(2, np.float32)})
    with pytest.raises(CheckpointError, match="no counter of saved files"):
        convert(old, tmp_path / "new")


def test_an_object_based_checkpoint_is_refused(tmp_path: Path) -> None:
    new = convert(write(tmp_path, ["w"]), tmp_path / "new").prefix
    with pytest.raises(CheckpointError, match="object-based already"):
        convert(new, tmp_path / "other")


def test_positions_of_keras_take_a_layout(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="like"):
        convert(write(tmp_path, ["w"]), tmp_path / "new", optimizer_format="keras")
