"""The inventory of a TF1 checkpoint says what TensorFlow 1's own objects said of each variable."""

from __future__ import annotations

import pytest

from tests.goldens import recordings
from tf2migrate.checkpoint.files.opening import open_checkpoint
from tf2migrate.checkpoint.inventory import checkpoint_inventory
from tf2migrate.model.inventory import Inventory, Kind

NAMES = recordings.names()

WEIGHT, SLOT = Kind.WEIGHT.value, Kind.SLOT.value
UNTOLD = {
    # What TensorFlow calls `<variable>/<any name>` is a slot variable of an optimizer of that name
    # or a shadow variable of averages of that name.
    "average_in_scope": {f"ema/net/{name}/avg": SLOT for name in ("w", "b", "out")},
    # The tensor that the average follows is not in the checkpoint.
    "average_of_losses": {"loss/avg": WEIGHT},
    # Scalars with a name that any program may give to one of its own.
    "optimizer_optimize_loss": {"OptimizeLoss/learning_rate": WEIGHT},
    "optimizer_loss_scale": dict.fromkeys(("loss_scale", "good_steps", "bad_steps"), WEIGHT),
    # The keys that TensorFlow 1 spoils (facts A5.6): no variable `emb/t_0` is there.
    "optimizer_partitioned_in_scope": {
        f"emb/t_{part}/Adam{number}": WEIGHT for part in range(3) for number in ("", "_1")
    },
}
"""Kinds that names do not tell, and what is said instead."""


def inventory(name: str) -> Inventory:
    return checkpoint_inventory(open_checkpoint(recordings.load(name).prefix))


def test_there_are_recordings_of_each_group() -> None:
    groups = {name.partition("_")[0] for name in NAMES}
    assert groups == {
        *("average", "cell", "contrib", "descent", "layer", "names", "optimizer", "slim"),
        *("sparse", "storage"),
    }
    assert len(NAMES) >= 90


def test_recordings_are_small() -> None:
    sizes = [path.stat().st_size for path in recordings.DIRECTORY.rglob("*") if path.is_file()]
    assert max(sizes) < 60_000
    assert sum(sizes) < 600_000


@pytest.mark.parametrize("name", NAMES)
def test_keys_shapes_and_dtypes_are_those_of_tensorflows_reader(name: str) -> None:
    golden = recordings.load(name)
    file = open_checkpoint(golden.prefix)
    assert file.format == golden.format
    assert {k: (t.dtype, t.shape) for k, t in file.tensors.items()} == golden.keys


@pytest.mark.parametrize("name", NAMES)
def test_kinds_are_those_of_tensorflows_objects(name: str) -> None:
    expected = {row.key: row.kind for row in recordings.load(name).variables}
    untold = UNTOLD.get(name, {})
    assert not untold.items() & expected.items()
    expected |= untold
    assert {row.key: row.kind.value for row in inventory(name).rows} == expected


@pytest.mark.parametrize("name", NAMES)
def test_slots_belong_to_the_variables_that_get_slot_tells(name: str) -> None:
    untold = UNTOLD.get(name, {})
    expected = {
        row.key: (row.variable, str(row.number), row.optimizer)
        for row in recordings.load(name).variables
        if row.kind == SLOT and row.key not in untold
    }
    found = {
        row.key: (row.slot.variable, row.slot.slot, row.slot.optimizer.rpartition("/")[2])
        for row in inventory(name).rows
        if row.kind is Kind.SLOT and row.slot and row.key not in untold
    }
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_shadows_belong_to_the_variables_that_average_tells(name: str) -> None:
    expected = {
        row.key: row.variable
        for row in recordings.load(name).variables
        if row.kind == Kind.AVERAGE.value and row.variable and not row.of_tensor
    }
    rows = {row.key: row for row in inventory(name).rows}
    found = {key: row.slot.variable for key, row in rows.items() if key in expected and row.slot}
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_parts_are_counted(name: str) -> None:
    golden = recordings.load(name)
    expected = {row.key: len(row.names) for row in golden.variables if row.names}
    found = {row.key: row.partitions for row in inventory(name).rows}
    assert found == expected
