"""The random checkpoints on disk are checkpoints: TensorFlow reads what was meant."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tf2migrate.checkpoint.files.dtypes import STRING
from tf2migrate.checkpoint.files.opening import open_checkpoint

from .disk import keyed, write
from .every import migrations
from .migration import Migration
from .saved import Side, encoded

fixed = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@fixed
@given(migrations())
def test_our_reader_reads_what_was_written(tmp_path: Path, migration: Migration) -> None:
    for side in (migration.before, migration.after):
        for shards in (1, 3):
            items = write(side, tmp_path / "model", shards)
            file = open_checkpoint(tmp_path / "model")
            assert file.num_shards == shards
            for key, item in items.items():
                assert encoded(item.value.dtype, file.read(key)) == item.value.stored
                assert len(file.tensors[key].slices) == len(item.value.parts)


@pytest.mark.tensorflow
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs TensorFlow")
@fixed
@given(migrations())
def test_tensorflow_reads_what_was_written(tmp_path: Path, migration: Migration) -> None:
    import tensorflow as tf  # noqa: PLC0415

    for side in (migration.before, migration.after):
        items = write(side, tmp_path / "model", 2)
        reader = tf.train.load_checkpoint(str(tmp_path / "model"))
        names = {name for name in reader.get_variable_to_shape_map() if name[:1] != "_"}
        assert names == items.keys()
        for key, item in items.items():
            value = np.asarray(reader.get_tensor(key))
            assert _text(value) == _text(item.value.array), key


def _text(array: Any) -> tuple[tuple[int, ...], list[Any]]:
    """Comparable, whatever the type: bfloat16 is no type of numpy's own."""
    if array.dtype.kind in "OS":
        return array.shape, [bytes(text) for text in array.reshape(-1)]
    return array.shape, [float(number) for number in array.reshape(-1)]


def test_a_shared_object_has_the_key_of_its_shortest_path() -> None:
    from .saved import Item, Value  # noqa: PLC0415

    value = Value("float32", np.zeros(2, np.float32))
    item = Item("w", value, "w", ("model", "w"))
    side = Side((item,), objects=True, aliases=((("tied",), ("model", "w")),))
    assert [*keyed(side)] == ["tied/.ATTRIBUTES/VARIABLE_VALUE"]


def test_strings_are_stored_as_strings() -> None:
    assert encoded(STRING, np.array([b"ab", b""], dtype=object))[0][:2] == b"\x02\x00"
