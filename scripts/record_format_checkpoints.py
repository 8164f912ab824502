"""Write fixtures/checkpoints/formats with TensorFlow 1.15.5, whose files they are.

    TF1_PYTHON scripts/record_format_checkpoints.py [--check]

TF1_PYTHON is a Python 3.7 with TensorFlow 1.15.5. Each function of `PROGRAMS` builds the
variables of one small checkpoint, of the kind that its name says; `expected.json` is what
TensorFlow 1.15.5 reads from them, or the error that it gives. With --check nothing is written;
the status is 1 if a file differs from the committed one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.update(CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3")
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "checkpoints" / "formats"
V1, V2 = tf.train.SaverDef.V1, tf.train.SaverDef.V2

NUMERIC = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "uint16")
QUANTISED = {"qint32": np.int32, "qint8": np.int8, "quint8": np.uint8}
STRINGS = np.array([[b"one", b"nul\0inside"], [b"", "ä".encode() + b"\xff"]], dtype=object)


def constant(value: Any, dtype: str, name: str, **options: Any) -> Any:
    """A variable with that value; half of the program's are resource variables."""
    return tf.Variable(tf.constant(value, dtype=dtype), name=name, **options)


def box(begin: list[int], sizes: list[int]) -> tuple[slice, ...]:
    """The index of a part in the full value."""
    pairs = zip(begin, sizes)  # noqa: B905, Python 3.7 has no `strict`
    return tuple(slice(first, first + size) for first, size in pairs)


def part_of(value: Any) -> Callable[..., Any]:
    """An initialiser of a partitioned variable: each part of `value` where it belongs."""

    def initialise(shape: Any, dtype: Any, partition_info: Any) -> Any:
        sizes = [int(size) for size in shape]
        begin = partition_info.var_offset if partition_info else [0] * len(sizes)
        return tf.constant(value[box(begin, sizes)], dtype=dtype)

    return initialise


def types(*, v1: bool) -> None:
    """Each type that a variable can have, scalars, empty tensors, ref and resource variables."""
    for dtype in NUMERIC:
        constant([[1, 2, 3], [100, 0, 127]], dtype, f"numeric/{dtype}", use_resource=False)
        if dtype[0] in "fi":
            constant([-1, -100], dtype, f"negative/{dtype}", use_resource=True)
    for dtype in ("complex64", "complex128"):
        constant([1 + 2j, -0.5j], dtype, f"numeric/{dtype}")
    for dtype, plain in QUANTISED.items():
        value = tf.bitcast(tf.constant([1, 2, 3], plain), dtype)
        tf.Variable(value, name=f"quantised/{dtype}", use_resource=False)
    if not v1:  # TF 1.15.5 cannot save bfloat16 in the V1 format
        tf.Variable(tf.cast([1.5, -2.0, 3e38], tf.bfloat16), name="numeric/bfloat16")
    constant([True, False], "bool", "numeric/bool")
    constant(STRINGS, "string", "strings", use_resource=False)
    constant(b"a scalar", "string", "string_scalar", use_resource=True)
    constant(2**40, "int64", "global_step")
    constant(-(2**63), "int64", "smallest")
    tf.Variable(tf.zeros([0, 3]), name="empty")
    if not v1:  # TF 1.15.5 saves them, but crashes when it reads [2, 0]
        tf.Variable(tf.zeros([2, 0], tf.int32), name="empty_int32", use_resource=True)
        tf.Variable(tf.fill([0], b""), name="empty_strings", use_resource=False)


def partitioned() -> None:
    """Three parts of [7, 2], parts along axis 1, a middle axis, and strings in parts."""
    shapes = {"rows": ([7, 2], 3, 0), "columns": ([3, 7], 2, 1), "middle": ([2, 5, 3], 4, 1)}
    for name, (shape, parts, axis) in shapes.items():
        value = np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 0.5
        with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(parts, axis)):
            tf.get_variable(name, shape, initializer=part_of(value))
    with tf.variable_scope("one", partitioner=tf.fixed_size_partitioner(1)):
        tf.get_variable("part", [2], initializer=tf.ones_initializer())
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
        words = np.array([b"a", b"", b"c\0c"], dtype=object)
        tf.get_variable("words", [3], tf.string, part_of(words), use_resource=True)


def sharded() -> None:
    """Variables, and parts of one, on two devices: two files."""

    def device(operation: Any) -> str:
        return "/cpu:1" if operation.name.startswith(("b", "parts/w/part_1")) else "/cpu:0"

    with tf.device(device):
        constant([1.0, 2.0], "float32", "a")
        constant([[3, 4]], "int32", "b")
        constant([b"x", b"yz"], "string", "bytes", use_resource=False)
        with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(3)):
            value = np.arange(14, dtype=np.float32).reshape(7, 2)
            tf.get_variable("w", [7, 2], initializer=part_of(value))


def table() -> None:
    """A MutableHashTable: two tensors under keys that no variable has."""
    words = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name="vocabulary")
    insert = words.insert(tf.constant([b"a", b"b"]), tf.constant([1, 2], tf.int64))
    tf.add_to_collection("after_init", insert)
    constant([1.0], "float32", "w")


def corrupt_slots() -> None:
    """Slot variables whose keys TF 1.15.5 cuts wrongly: one part of a tensor under each."""
    with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(3)):
        w = tf.get_variable("emb", [7, 2], initializer=tf.constant_initializer(1.0))
    loss = tf.reduce_sum(tf.nn.embedding_lookup(w, [0]))
    tf.train.AdamOptimizer(0.1).minimize(loss)
    with tf.variable_scope("opt_adam"):
        tf.train.AdamOptimizer(0.1).minimize(loss)
    with tf.variable_scope("opt"):
        tf.train.MomentumOptimizer(0.1, 0.9, name="B").minimize(loss)


PROGRAMS: dict[str, tuple[Callable[[], None], dict[str, Any]]] = {
    "v1_types": (lambda: types(v1=True), {"write_version": V1}),
    "v1_partitioned": (partitioned, {"write_version": V1}),
    "v1_sharded": (sharded, {"write_version": V1, "sharded": True}),
    "v1_corrupt_slots": (corrupt_slots, {"write_version": V1}),
    "v2_types": (lambda: types(v1=False), {"write_version": V2}),
    "v2_partitioned": (partitioned, {"write_version": V2}),
    "v2_sharded": (sharded, {"write_version": V2, "sharded": True}),
    "v2_table": (table, {"write_version": V2}),
    "v2_corrupt_slots": (corrupt_slots, {"write_version": V2}),
}


def plain(value: Any) -> Any:
    """A value as JSON has it: complex numbers as pairs, bytes as Latin-1 texts."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, (bool, int)) else float(value)


def described(value: Any, dtype: str) -> dict[str, Any]:
    array = np.asarray(value)
    listed = array.astype(np.float32) if dtype == "bfloat16" else array
    return {"dtype": dtype, "shape": list(array.shape), "value": plain(listed.tolist())}


def incomplete(key: str, shape: list[int]) -> bool:
    """Whether the parts that are saved under a key hold fewer values than its shape has."""
    infos = [variable._save_slice_info for variable in tf.global_variables()]
    parts = [info.var_shape for info in infos if info is not None and info.full_name == key]
    return bool(parts and sum(map(np.prod, parts)) < np.prod(shape))


def restored(session: Any, key: str, shape: list[int]) -> Any:
    """The value of a variable, or of the parts of one, that a Saver restored."""
    variables = {variable.op.name: variable for variable in tf.global_variables()}
    if key in variables:
        return session.run(variables[key])
    full: Any = np.zeros(shape, dtype=object)
    for variable in variables.values():
        info = variable._save_slice_info
        if info is not None and info.full_name == key:
            full[box(info.var_offset, info.var_shape)] = session.run(variable)
    return full


def read_error(reader: Any, key: str) -> str:
    """What TensorFlow says of an incomplete tensor: nothing, in the V1 format."""
    try:
        reader.get_tensor(key)
    except (ValueError, tf.errors.OpError) as error:
        return str(error).split("\n", maxsplit=1)[0]
    return "none: where there are no slices, it returns uninitialised memory"


def record(name: str) -> dict[str, Any]:
    """Save the checkpoint in the working directory; what TensorFlow reads from it."""
    build, options = PROGRAMS[name]
    config = tf.ConfigProto(device_count={"CPU": 2})
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        build()
        saver = tf.train.Saver(**options)
        session.run(tf.global_variables_initializer())
        session.run(tf.get_collection("after_init"))
        path = saver.save(session, name, write_meta_graph=False, write_state=False)
        reader = tf.train.load_checkpoint(path)
        dtypes = reader.get_variable_to_dtype_map()
        tensors: dict[str, Any] = {}
        for key, shape in sorted(reader.get_variable_to_shape_map().items()):
            dtype = dtypes[key].name
            if incomplete(key, shape):
                tensors[key] = {"dtype": dtype, "shape": shape, "error": read_error(reader, key)}
                continue
            try:
                value = reader.get_tensor(key)
            except (ValueError, tf.errors.OpError):
                # The reader lacks types and slices that Savers write and restore.
                with tf.Session(config=config) as fresh:
                    saver.restore(fresh, path)
                    value = restored(fresh, key, shape)
            tensors[key] = described(value, dtype)
        return {"path": path, "tensors": tensors}


def record_all() -> None:
    """All checkpoints and expected.json, in the working directory."""
    expected = {name: record(name) for name in PROGRAMS}
    lines = [f' "tensorflow": {json.dumps(tf.__version__)},', ' "checkpoints": {']
    for name, checkpoint in expected.items():
        lines.append(f'  "{name}": {{"path": {json.dumps(checkpoint["path"])}, "tensors": {{')
        rows = [
            f"   {json.dumps(key)}: {json.dumps(row)}" for key, row in checkpoint["tensors"].items()
        ]
        lines += [",\n".join(rows), "  }},"]
    text = "\n".join(["{", *lines]).rstrip(",") + "\n }\n}\n"
    Path("expected.json").write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    tf.logging.set_verbosity(tf.logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        record_all()
        written = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        os.chdir("/")
    committed = {path.name: path.read_bytes() for path in FOLDER.glob("*")}
    if check:
        different = [
            name for name in {*written, *committed} if written.get(name) != committed.get(name)
        ]
        print("differing:", *sorted(different) if different else ("none",))
        return int(bool(different))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in written.items():
        (FOLDER / name).write_bytes(data)
    print(f"{len(written)} files, {sum(map(len, written.values()))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
