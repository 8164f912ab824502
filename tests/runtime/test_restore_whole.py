"""What does not fit is not half loaded; errors leave the object as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.runtime.restoring import (
    expected,
    is_untouched,
    migrated,
    module,
    name_based,
    weights,
    zeros,
)
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.comparison import Outcome, VariablesMismatch
from tf2migrate.model.names import VARIABLE, NameRow
from tf2migrate.runtime import inventory, restore

pytestmark = pytest.mark.tensorflow


MISFITS: dict[str, tuple[Callable[[], Any], Outcome]] = {
    "missing": (
        lambda: module(first=zeros([2, 3], "w"), step=zeros([], "global_step", tf.int64)),
        Outcome.MISSING,
    ),
    "unexpected": (lambda: module(model=migrated(), more=zeros([7], "more")), Outcome.UNEXPECTED),
    "shape": (
        lambda: module(
            first=zeros([2, 4], "w"),
            b=zeros([3], "scope/b"),
            step=zeros([], "global_step", tf.int64),
        ),
        Outcome.SHAPE,
    ),
    "dtype": (
        lambda: module(
            first=zeros([2, 3], "w"),
            b=zeros([3], "scope/b"),
            step=zeros([], "global_step", tf.int32),
        ),
        Outcome.DTYPE,
    ),
    "untracked": (lambda: hidden(), Outcome.UNTRACKED),  # noqa: PLW0108
}


class Plain:
    """TensorFlow does not look into it."""

    def __init__(self, value: Any) -> None:
        self.value = value


def hidden() -> Any:
    return module(
        first=zeros([2, 3], "w"),
        step=zeros([], "global_step", tf.int64),
        plain=Plain(zeros([3], "scope/b")),
    )


@pytest.mark.parametrize(("make", "outcome"), MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_is_not_half_loaded(
    make: Callable[[], Any], outcome: Outcome, tmp_path: Path
) -> None:
    path = name_based(tmp_path, weights)
    model = make()
    with pytest.raises(VariablesMismatch) as error:
        restore(model, path)
    assert outcome in error.value.report.counts()
    assert is_untouched(model)


@pytest.mark.parametrize(("make", "outcome"), MISFITS.values(), ids=MISFITS.keys())
def test_what_fits_is_loaded_if_asked(
    make: Callable[[], Any], outcome: Outcome, tmp_path: Path
) -> None:
    path = name_based(tmp_path, weights)
    model = make()
    report = restore(model, path, partial=True)
    assert not report.ok
    assert outcome in report.counts()
    fitting = [entry for entry in report.entries if entry.ok]
    assert len(fitting) >= 2
    found = inventory(model)
    rows = found.by_key()
    assert found.values is not None
    for entry in fitting:
        [old], [new] = entry.before, entry.after
        np.testing.assert_array_equal(found.values(rows[new.key]), expected(path)(old.key))


def test_object_based_misfits_load_nothing(tmp_path: Path) -> None:
    old = module(a=tf.Variable([1.0]), b=tf.Variable([2.0]))
    path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    new = module(a=zeros([1], "a"))
    with pytest.raises(VariablesMismatch, match="missing: "):
        restore(new, path)
    assert is_untouched(new)
    assert not restore(new, path, partial=True).ok
    assert new.a.numpy().tolist() == [1.0]


def test_what_tensorflow_cannot_restore_is_an_error(tmp_path: Path) -> None:
    """It saves a child called `.ATTRIBUTES`, and looks for it under another key."""
    path = tf.train.Checkpoint(d={".ATTRIBUTES": tf.Variable([1.0])}).write(str(tmp_path / "x"))
    with pytest.raises(CheckpointError, match="TensorFlow cannot restore it"):
        restore(tf.train.Checkpoint(d={".ATTRIBUTES": zeros([1], "w")}), path)


def test_wrong_paths_are_errors(tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = migrated()
    with pytest.raises(CheckpointError, match="the path is None"):
        restore(model, None)
    for wrong in (f"{path}-1", str(tmp_path)):
        with pytest.raises(CheckpointError):
            restore(model, wrong)
    assert is_untouched(model)


@pytest.mark.parametrize("form", ["name-based", "object-based"])
def test_a_damaged_file_loads_nothing(form: str, tmp_path: Path) -> None:
    if form == "name-based":
        path = name_based(tmp_path, weights)
    else:
        old = migrated()
        for variable in (old.first, old.second.b, old.step):
            variable.assign(tf.ones_like(variable))
        path = tf.train.Checkpoint(old).write(str(tmp_path / "x"))
    [shard] = Path(path).parent.glob(f"{Path(path).name}.data-*")
    data = bytearray(shard.read_bytes())
    data[-1 if form == "name-based" else 20] ^= 1
    shard.write_bytes(bytes(data))
    model = migrated()
    with pytest.raises(CheckpointError):
        restore(model, path)
    assert is_untouched(model)


def test_a_transform_that_does_not_fit_loads_nothing(tmp_path: Path) -> None:
    path = name_based(tmp_path, weights)
    model = migrated()
    rows = [
        NameRow("x", "w", "first", VARIABLE, "", transform="reshape(6)"),
        NameRow("x", "scope/b", "second/b", VARIABLE, ""),
        NameRow("x", "global_step", "step", VARIABLE, ""),
    ]
    with pytest.raises((CheckpointError, VariablesMismatch)):
        restore(model, path, rows)
    assert is_untouched(model)
