"""Files that the installed TensorFlow writes are read as it reads them, and ours by it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf2migrate.checkpoint.files.bundle import BundleFile
from tf2migrate.checkpoint.files.dtypes import dtype_name, dtype_number
from tf2migrate.checkpoint.files.graph import OBJECT_GRAPH_KEY, VALUE_SUFFIX
from tf2migrate.checkpoint.files.opening import CheckpointFile, open_checkpoint
from tf2migrate.checkpoint.files.table import BLOCK_SIZE, encode_table, read_table
from tf2migrate.model.checkpoint_error import CheckpointError

from .writing import Value, strings, value, write_bundle

tf = pytest.importorskip("tensorflow")
from tensorflow.core.framework import types_pb2  # noqa: E402
from tensorflow.core.protobuf import trackable_object_graph_pb2  # noqa: E402

pytestmark = pytest.mark.tensorflow
v1 = tf.compat.v1

WORDS = np.array([[b"one", b"nul\0inside"], [b"", b"\xff" * 200]], dtype=object)
NUMBERS = sorted(number for number in types_pb2.DataType.values() if 0 < number < 100)
NOT_NUMERIC = ("string", "resource", "variant", "float8", "float4")
NUMERIC = [name for name in map(dtype_name, NUMBERS) if not name.startswith(NOT_NUMERIC)]


def assert_equal_to_tensorflow(prefix: str) -> CheckpointFile:
    """See that names, types, shapes and values are those that TensorFlow reads."""
    file = open_checkpoint(prefix)
    reader = tf.train.load_checkpoint(prefix)
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    assert list(file.tensors) == sorted(shapes, key=str.encode)
    for key, tensor in file.tensors.items():
        assert (tensor.dtype, list(tensor.shape)) == (dtypes[key].name, shapes[key])
        file.check(key)
        if tensor.dtype == "variant":
            continue
        theirs, ours = reader.get_tensor(key), file.read(key)
        if tensor.dtype == "string":
            assert ours.shape == np.shape(theirs)
            assert ours.tolist() == np.asarray(theirs, dtype=object).tolist()
        else:
            assert ours.shape == theirs.shape
            assert ours.tobytes() == np.asarray(theirs).astype(ours.dtype).tobytes()
    return file


def save(prefix: Path, tensors: dict[str, Any], slices: dict[str, str] | None = None) -> str:
    """What a Saver's operation writes."""
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(tensors),
        shape_and_slices=[(slices or {}).get(name, "") for name in tensors],
        tensors=list(tensors.values()),
    )
    return str(prefix)


def of_type(name: str, shape: list[int]) -> Any:
    """Small numbers of that type, as it is stored."""
    dtype = tf.as_dtype(dtype_number(name))
    numbers = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape) % 2
    if name.startswith(("q", "quint")):
        plain = tf.as_dtype(name.removeprefix("q"))
        return tf.bitcast(tf.constant(numbers, plain), dtype)
    return tf.constant(numbers.astype(dtype.as_numpy_dtype), dtype)


def test_names_of_types() -> None:
    known = {number: tf.as_dtype(number).name for number in NUMBERS if number not in (20, 21)}
    assert {number: dtype_name(number) for number in known} == known
    assert {number: dtype_name(number + 100) for number in known} == known
    assert all(dtype_number(name) == number for number, name in known.items())
    assert (dtype_name(20), dtype_name(21)) == ("resource", "variant")


@pytest.mark.parametrize("name", NUMERIC)
def test_each_type(name: str, tmp_path: Path) -> None:
    shapes: dict[str, list[int]] = {"scalar": [], "matrix": [2, 3], "empty": [0, 3]}
    tensors = {key: of_type(name, shape) for key, shape in shapes.items()}
    file = assert_equal_to_tensorflow(save(tmp_path / name, tensors))
    assert {tensor.dtype for tensor in file.tensors.values()} == {name}


@pytest.mark.parametrize("name", ["int4", "int2"])
def test_negative_numbers_of_less_than_a_byte(name: str, tmp_path: Path) -> None:
    dtype = tf.as_dtype(name)
    numbers = np.array([-1, -2, 1, 0], np.int8)
    prefix = save(tmp_path / name, {"w": tf.constant(numbers.astype(dtype.as_numpy_dtype))})
    assert open_checkpoint(prefix).read("w").tolist() == numbers.tolist()


@pytest.mark.parametrize("name", ["float8_e5m2", "float8_e4m3fn", "float4_e2m1fn"])
def test_types_that_numpy_has_not_are_listed(name: str, tmp_path: Path) -> None:
    prefix = save(tmp_path / name, {"w": of_type(name, [2]), "b": tf.constant(1.0)})
    file = open_checkpoint(prefix)
    file.check("w")
    with pytest.raises(CheckpointError, match=f"type {name} cannot be read"):
        file.read("w")


def test_strings(tmp_path: Path) -> None:
    tensors = {
        "words": tf.constant(WORDS),
        "scalar": tf.constant(b"a\0b"),
        "empty": tf.constant([], tf.string),
        "many": tf.constant([b"x" * (number % 300) for number in range(2000)]),
    }
    file = assert_equal_to_tensorflow(save(tmp_path / "s", tensors))
    assert file.strings("words") == WORDS.ravel().tolist()


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_slices(axis: int, size: int, tmp_path: Path) -> None:
    full = np.arange(5 * 4 * 6, dtype=np.float32).reshape(5, 4, 6)
    cuts = [0, 1, 3, full.shape[axis]]
    prefixes = []
    for number, (first, end) in enumerate(pairwise(cuts)):
        place = ["-"] * 3
        place[axis] = f"{first},{end - first}"
        part = np.take(full, range(first, end), axis)
        spec = {"w": "5 4 6 " + ":".join(place)}
        prefixes.append(save(tmp_path / f"part{number}", {"w": tf.constant(part)}, spec))
    prefix = str(tmp_path / "merged")
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=prefixes, destination_prefix=prefix)
    file = assert_equal_to_tensorflow(prefix)
    assert file.num_shards == 3
    assert len(file.tensors["w"].slices) == 3
    assert b"".join(file.chunks("w", size)) == full.tobytes() == file.stored("w")
    assert file.tensors["w"].size == full.nbytes


def test_slices_that_cut_two_axes(tmp_path: Path) -> None:
    full = np.arange(7 * 5, dtype=np.int64).reshape(7, 5)
    names, specs, parts = [], [], []
    for (top, rows), (left, columns) in product(((0, 4), (4, 3)), ((0, 2), (2, 3))):
        names.append("w")
        specs.append(f"7 5 {top},{rows}:{left},{columns}")
        parts.append(tf.constant(full[top : top + rows, left : left + columns]))
    prefix = str(tmp_path / "grid")
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=specs, tensors=parts)
    file = assert_equal_to_tensorflow(prefix)
    for size in (8, 24, 80, 1000):
        assert b"".join(file.chunks("w", size)) == full.tobytes()


def graph_program(prefix: Path, **options: Any) -> str:
    """A session with partitioned and string variables, saved by a Saver."""
    with tf.Graph().as_default(), v1.Session() as session:
        with v1.variable_scope("p", partitioner=v1.fixed_size_partitioner(3)):
            v1.get_variable("rows", [7, 2])
        with v1.variable_scope("p", partitioner=v1.fixed_size_partitioner(2, axis=1)):
            v1.get_variable("columns", [3, 7])
        v1.get_variable("words", initializer=tf.constant(WORDS), use_resource=False)
        v1.get_variable("empty", [0, 3])
        v1.train.get_or_create_global_step()
        session.run(v1.global_variables_initializer())
        path: str = v1.train.Saver(**options).save(session, str(prefix), write_meta_graph=False)
        return path


@pytest.mark.parametrize("sharded", [False, True], ids=["one file", "sharded"])
@pytest.mark.parametrize("version", [1, 2], ids=["V1", "V2"])
def test_savers(version: int, sharded: bool, tmp_path: Path) -> None:
    path = graph_program(tmp_path / "model", write_version=version, sharded=sharded)
    file = open_checkpoint(path)
    assert file.format == f"V{version}"
    reader = tf.train.load_checkpoint(path)
    assert file.tensors.keys() == reader.get_variable_to_shape_map().keys()
    assert len(file.tensors["p/rows"].slices) == 3
    sliced = {key: tensor.shape for key, tensor in file.tensors.items() if tensor.slices}
    for key in file.tensors.keys() - sliced.keys():
        assert file.read(key).tolist() == reader.get_tensor(key).tolist()
    with tf.Graph().as_default(), v1.Session() as session:  # its reader refuses slices of V1 files
        whole = [v1.get_variable(key, shape) for key, shape in sliced.items()]
        v1.train.Saver().restore(session, path)
        for key, restored in zip(sliced, session.run(whole), strict=True):
            assert file.read(key).tolist() == restored.tolist()


def test_an_index_of_several_blocks(tmp_path: Path) -> None:
    names = [f"model/layer_{number:05d}/dense/kernel/Adam" for number in range(12_000)]
    tensors = {name: tf.constant(float(number)) for number, name in enumerate(names)}
    prefix = save(tmp_path / "many", tensors)
    assert Path(f"{prefix}.index").stat().st_size > BLOCK_SIZE
    file = open_checkpoint(prefix)
    reader = tf.train.load_checkpoint(prefix)
    assert list(file.tensors) == names
    assert file.tensors.keys() == reader.get_variable_to_shape_map().keys()
    for name in names[::1500]:
        assert file.read(name) == reader.get_tensor(name)


@pytest.fixture
def object_based(tmp_path: Path) -> str:
    """A Checkpoint with slots, names that are escaped, a string, a table and an iterator."""
    kernel, bias = tf.Variable([[1.0, 2.0]], name="d/kernel"), tf.Variable([3.0], name="d/bias")
    optimizer = v1.train.AdamOptimizer()
    optimizer.apply_gradients([(tf.ones_like(kernel), kernel), (tf.ones_like(bias), bias)])
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    table.insert(tf.constant([b"a", b"b"]), tf.constant([1, 2], tf.int64))
    iterator = iter(tf.data.Dataset.range(9).shuffle(3))
    next(iterator)
    layer = tf.Module()
    layer.kernel, layer.bias = kernel, bias
    root = tf.train.Checkpoint(
        layer=layer,
        optimizer=optimizer,
        table=table,
        iterator=iterator,
        names={"scope/w:0": tf.Variable(1), "a.b": tf.Variable(b"text\0")},
    )
    prefix: str = root.save(str(tmp_path / "ckpt"))
    return prefix


def test_an_object_based_checkpoint(object_based: str) -> None:
    file = assert_equal_to_tensorflow(object_based)
    graph = file.graph()
    assert graph is not None
    data = file.strings(OBJECT_GRAPH_KEY)[0]
    theirs = trackable_object_graph_pb2.TrackableObjectGraph.FromString(data)
    assert graph.serialise() == data
    assert len(graph.nodes) == len(theirs.nodes)
    for ours, node in zip(graph.nodes, theirs.nodes, strict=True):
        assert ours.children == {child.local_name: child.node_id for child in node.children}
        assert [tuple(row)[:3] for row in ours.attributes] == [
            (row.name, row.full_name, row.checkpoint_key) for row in node.attributes
        ]
        assert [tuple(row) for row in ours.slots] == [
            (row.original_variable_node_id, row.slot_name, row.slot_variable_node_id)
            for row in node.slot_variables
        ]


def test_the_graph_leads_to_all_tensors_of_variables(object_based: str) -> None:
    file = open_checkpoint(object_based)
    graph = file.graph()
    assert graph is not None
    paths = graph.paths()
    keys = {row.checkpoint_key for node in graph.nodes for row in node.attributes}
    others = file.tensors.keys() - keys - {OBJECT_GRAPH_KEY}
    assert others == {
        "iterator/.ATTRIBUTES/ITERATOR_STATE",  # the graph says ITERATOR
        "table/.ATTRIBUTES/table-keys",  # the graph says table
        "table/.ATTRIBUTES/table-values",
    }
    named = {f"{path}{VALUE_SUFFIX}" for path in paths if path}
    slots = {key for key in keys if "/.OPTIMIZER_SLOT/" in key}
    variables = {key for key in keys if key.endswith(VALUE_SUFFIX)}
    assert variables - slots <= named
    references = [slot for node in graph.nodes for slot in node.slots]
    assert len(references) == len(slots) == 4
    assert {paths[slot.slot] for slot in references} == {None}
    assert f"names/scope.Sw:0{VALUE_SUFFIX}" in keys


def test_a_rewritten_index_is_restored(object_based: str) -> None:
    index = Path(f"{object_based}.index")
    original = index.read_bytes()
    file = open_checkpoint(object_based)
    assert isinstance(file, BundleFile)
    index.write_bytes(encode_table(file.raw.items()))
    assert read_table(index.read_bytes(), index) == read_table(original, index)
    layer = tf.Module()
    layer.kernel, layer.bias = tf.Variable([[0.0, 0.0]]), tf.Variable([0.0])
    status = tf.train.Checkpoint(layer=layer).restore(object_based)
    status.assert_existing_objects_matched().expect_partial()
    assert layer.kernel.numpy().tolist() == file.read(f"layer/kernel{VALUE_SUFFIX}").tolist()


OURS: list[tuple[str, Callable[[], dict[str, Value]]]] = [
    (
        "numbers",
        lambda: {"a": value("float32", (2,), b"\0\0\x80?\0\0\0@"), "b": value("bool", (), b"\1")},
    ),
    ("strings", lambda: {"s": strings((2, 2), WORDS.ravel().tolist()), "e": strings((0,), [])}),
    ("empty", lambda: {"e": value("int64", (0, 3), b""), "z": value("int8", (1, 0), b"")}),
    ("odd names", lambda: {"ä/\n:0": value("uint8", (), b"\7"), "\x7f": value("uint8", (), b"\1")}),
    (
        "many",
        lambda: {
            f"layer_{number}/{'long' * 9}/kernel": value("int16", (), number.to_bytes(2, "little"))
            for number in range(9000)
        },
    ),
]


@pytest.mark.parametrize("num_shards", [1, 3])
@pytest.mark.parametrize("build", [row[1] for row in OURS], ids=[row[0] for row in OURS])
def test_tensorflow_reads_what_we_write(
    build: Callable[[], dict[str, Value]], num_shards: int, tmp_path: Path
) -> None:
    values = build()
    prefix = str(write_bundle(tmp_path / "ours", values, num_shards))
    if len(values) < 100:
        assert_equal_to_tensorflow(prefix)
        return
    assert Path(f"{prefix}.index").stat().st_size > BLOCK_SIZE
    reader = tf.train.load_checkpoint(prefix)
    assert reader.get_variable_to_shape_map().keys() == values.keys()
    for name in [*values][::700]:
        assert reader.get_tensor(name).tobytes() == values[name].stored
