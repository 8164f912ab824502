#!/usr/bin/env python3
"""Runs a TensorFlow 1 program and records what it keeps in variables and checkpoints.

    python record_tf1.py [-o recording.json] [--root FOLDER] PROGRAM.py [ARGUMENT]...
    python record_tf1.py [-o recording.json] [--root FOLDER] -m MODULE [ARGUMENT]...

The program runs as with `python PROGRAM.py ARGUMENT...`, under TensorFlow 1 or, through its
compat.v1, TensorFlow 2. Needs Python 3.5 or later, and no other file. The recording is written
when the program ends, however it ends, and when it saves, at most once a minute (so a program that
is killed leaves one). Paths in it are relative to FOLDER, which is the working directory unless
given, where they are below it.

It is JSON, of the format tf2migrate-recording/1. A place is [file, line, function], its line that
on which the call starts. A graph is an index into `graphs`. Names are those of operations (no
`:0`), or a class in < >. What is not known is null. Of one place at most 16 kinds of events are
told apart; an entry with `others` counts the rest.

format, tensorflow, python: versions; `tensorflow` is null if the program did not import it
program: it and its arguments, or -m and the module and its
ended: "completed", "running", the class of an exception, or "SystemExit(STATUS)"
problems: what could not be recorded, and why
graphs: {eager, snapshots: [{collection: [name, ...]}, ...], final: index of the last snapshot}
variables: {name, graph, class, dtype, shape, trainable, stack: places in the user's files,
  innermost first, initial_value: {op, type}, random: {op, type, seed, seed2} of the nearest
  operation with a seed, partition: {full_name, full_shape, offset, shape}}
tables: {name, op, graph, place, class, key_dtype, value_dtype}
savers: {graph, place, class, given: "all", "list", "dict" or "meta graph", name, save_op,
  max_to_keep, keep_checkpoint_every_n_hours, sharded, reshape, version: "V1" or "V2",
  collections: index of a snapshot, variables: [[key in the checkpoint, name of the variable or
  op of the table], ...] (null: it was never built), saves: [{place, prefix, global_step: "int"
  or the name of a tensor, first: path, last: path, count}, ...], restores: [{place, path,
  count}, ...]}
checkpoints: tf.train.Checkpoint: {graph, place of its first use, class, saves, restores,
  variables: [[object path, name], ...], without slot variables}
managers: tf.train.CheckpointManager: {graph, place, class, directory, max_to_keep,
  checkpoint_name}
averages: ExponentialMovingAverage: {graph, place, class, name, decay, shadows: [[name, name of
  the shadow variable], ...]}
optimizers: {graph, place, class, name, variables: [name, ...], slots: {slot: [[name, name of the
  slot variable], ...]}, state: [[what the optimizer calls it, name], ...]}
sessions: {place, class, graph, target, count}
runs: {place, how: "run", "make_callable" or "partial_run_setup", graph, fetches: [name, ...],
  feeds: [[name, dtype], ...], shapes: of the values fed, a dimension that differs is null,
  initializes: [name of a variable whose initialiser it runs, ...], count}
"""

# Made by scripts/bundle_recorder.py of the parts in tf2migrate/tf1_recorder: edit those.

import ast
import atexit
import builtins
import errno
import functools
import importlib.machinery
import inspect
import json
import os
import runpy
import sys
import threading
import time
import types
import weakref
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

THIS = sys._getframe().f_code.co_filename
RUNTIME = ("tensorflow", "tensorflow_core", "tensorflow_estimator", "keras", "tf_keras", "tf_slim")
DEPTH = 20  # of a stack
Place = Tuple[str, int, str]


class Places:
    """Tells the user's files from those of TensorFlow, the standard library and this one.

    Args:
      root: paths below it are relative to it.
    """

    def __init__(self, root: str) -> None:
        self.start = os.getcwd()  # what a code object's relative file name is relative to
        self.root = os.path.realpath(root)
        self.kinds = {}  # type: Dict[str, str]
        self.calls = {}  # type: Dict[str, List[Tuple[int, int, str]]]

    def kind(self, filename: str) -> str:
        """Whether a code object's file is the `user`'s, of a `library` or the `runtime`."""
        kind = self.kinds.get(filename)
        if kind is None:
            kind = self.kinds[filename] = self._kind(filename)
        return kind

    def _kind(self, filename: str) -> str:
        path = os.path.join(self.start, filename).replace("\\", "/")
        installed = "-packages/" in path
        if filename == THIS or filename.startswith("<"):
            return "runtime"
        if installed:
            package = path.rpartition("-packages/")[2].split("/")[0]
            return "runtime" if package in RUNTIME else "library"
        standard = os.path.dirname(os.__file__).replace("\\", "/") + "/"
        return "runtime" if path.startswith(standard) else "user"

    def user_frame(self, frame: Any) -> Any:
        """The innermost frame of the user's at or around `frame`, which is it if there is none."""
        outer = frame
        while outer is not None and self.kind(outer.f_code.co_filename) != "user":
            outer = outer.f_back
        return outer or frame

    def stack(self, callee: str) -> List[Place]:
        """The user's places, innermost first; those in libraries if there are none.

        Args:
          callee: what the innermost one calls, where no frame of TensorFlow's tells.
        """
        found = {"user": [], "library": []}  # type: Dict[str, List[Place]]
        frame = sys._getframe(1)  # type: Any
        while frame is not None and len(found["user"]) < DEPTH:
            code = frame.f_code
            kind = self.kind(code.co_filename)
            if kind in found:
                line = self.call_line(code.co_filename, frame.f_lineno, callee)
                path = self.path(os.path.join(self.start, code.co_filename))
                found[kind].append((path, line, code.co_name))
            if code.co_filename != THIS:
                callee = code.co_name
            frame = frame.f_back
        return found["user"] or found["library"] or [("", 0, "")]

    def place(self, callee: str) -> Place:
        """The innermost place of the user's."""
        return self.stack(callee)[0]

    def path(self, path: Any) -> str:
        """A path as the recording has it."""
        text = str(os.fsdecode(path))
        if "://" in text:
            return text
        real = os.path.realpath(text)
        inside = real.startswith(os.path.join(self.root, ""))
        return (os.path.relpath(real, self.root) if inside else text).replace("\\", "/")

    def call_line(self, filename: str, line: int, callee: str) -> int:
        """The line on which a call starts.

        A frame's line is that, but up to Python 3.7 it is where the last argument starts.
        """
        if sys.version_info >= (3, 8):
            return line
        if filename not in self.calls:
            self.calls[filename] = calls_in(os.path.join(self.start, filename))
        return starting_line(self.calls[filename], line, callee)


def starting_line(calls: List[Tuple[int, int, str]], line: int, callee: str) -> int:
    """The first line of the call of `callee` whose last argument starts on `line`.

    Where no call has that name (a class's `__call__` is called), it is the outermost one.
    """
    around = [call for call in calls if call[0] <= line <= call[1]]
    named = [call for call in around if call[2] == callee]
    ending = [call for call in named or around if call[1] == line] or named
    return min(ending)[0] if ending else line


def calls_in(path: str) -> List[Tuple[int, int, str]]:
    """Each call in a file: its first line, the line of the last expression in it, the callee."""
    found = []  # type: List[Tuple[int, int, str]]

    def visit(node: Any) -> int:
        end = int(getattr(node, "lineno", 0))
        for child in ast.iter_child_nodes(node):
            end = max(end, visit(child))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found.append((node.lineno, end, name))
        return end

    try:
        with open(path, "rb") as file:
            visit(ast.parse(file.read()))
    except (OSError, SyntaxError, ValueError, RuntimeError):
        return []  # it is no source file, or nested too deeply: the frame's own line has to do
    return found


KINDS = 16


class Tally:
    """Counts events by place and kind; of one place at most KINDS are told apart."""

    def __init__(self) -> None:
        self.entries = {}  # type: Dict[Tuple[Place, str], Dict[str, Any]]
        self.kinds = {}  # type: Dict[Place, int]

    def entry(self, place: Place, **what: Any) -> Dict[str, Any]:
        """The entry to count in; `others` is set in that of all further kinds."""
        key = (place, json.dumps(what, sort_keys=True))
        if key not in self.entries:
            self.kinds[place] = self.kinds.get(place, 0) + 1
            if self.kinds[place] > KINDS:
                key, what = (place, ""), {"others": True}
            self.entries.setdefault(key, dict(what, place=place, count=0))
        return self.entries[key]

    def rows(self) -> List[Dict[str, Any]]:
        """The entries, in an order that does not depend on threads."""
        return [self.entries[key] for key in sorted(self.entries)]


def name_of(item: Any) -> str:
    """The name of a variable, tensor or operation, without `:0`; else the class in `< >`."""
    name = getattr(item, "name", None) or getattr(getattr(item, "op", None), "name", None)
    if not isinstance(name, str):
        return "<%s>" % type(item).__name__
    return name[:-2] if name.endswith(":0") else name


def dtype_of(item: Any) -> Any:
    return item.dtype.base_dtype.name if hasattr(item, "dtype") else None


def shape_of(item: Any) -> Any:
    shape = item.get_shape()
    return None if shape.ndims is None else shape.as_list()


def graph_of(item: Any) -> Any:
    """The tf.Graph of a variable or tensor; None for an eager one."""
    try:
        return item.op.graph
    except (AttributeError, NotImplementedError, RuntimeError):
        return None


def default_graph() -> Any:
    """The default tf.Graph; None while TensorFlow executes eagerly."""
    context = sys.modules.get("tensorflow.python.eager.context")  # type: Any
    eager = getattr(context, "executing_eagerly", getattr(context, "in_eager_mode", None))
    if eager is not None and eager():
        return None
    ops = sys.modules["tensorflow.python.framework.ops"]  # type: Any
    return ops.get_default_graph()


def shape_of_value(value: Any) -> Any:
    """The shape of a fed value, None where there is none (ragged, or not fed)."""
    numpy = sys.modules.get("numpy")  # type: Any
    if value is None or numpy is None:
        return None
    try:
        known = getattr(value, "shape", getattr(value, "dense_shape", None))
        return [int(size) for size in (numpy.shape(value) if known is None else known)]
    except (TypeError, ValueError):
        return None


def common_shape(one: Any, two: Any) -> Any:
    if one is None or two is None or len(one) != len(two):
        return None
    return [a if a == b else None for a, b in zip(one, two)]


def flatten(value: Any, leaves: List[Any]) -> List[Any]:
    """Append what nested lists, tuples and dicts hold to `leaves`."""
    if isinstance(value, (list, tuple)):
        for item in value:
            flatten(item, leaves)
    elif isinstance(value, dict):
        for item in value.values():
            flatten(item, leaves)
    else:
        leaves.append(value)
    return leaves


def flatten_feeds(feeds: Any) -> Tuple[List[Any], List[Any]]:
    """Tensors and their values, of a dict or (without values) of a list.

    A key may be a structure of tensors, fed with a structure of values.
    """
    if not isinstance(feeds, dict):
        listed = flatten(feeds, [])
        return listed, [None] * len(listed)
    tensors, values = [], []  # type: List[Any], List[Any]
    for key, value in feeds.items():
        if isinstance(key, tuple):
            flatten(key, tensors)
            flatten(value, values)
            values += [None] * (len(tensors) - len(values))
            del values[len(tensors) :]
        else:
            tensors.append(key)
            values.append(value)
    return tensors, values


# The number of inputs before the tensors: file, names and (not of Save) slices.
SAVE_INPUTS = {"Save": 2, "SaveSlices": 3, "SaveV2": 3}
VARIABLE_OPS = ("Variable", "VariableV2", "VarHandleOp")
NEAR = 16  # operations


def initial_value(tensor: Any) -> Dict[str, Any]:
    """The operation of an initial value, and the nearest one with a seed that it depends on."""
    found = {}  # type: Dict[str, Any]
    if graph_of(tensor) is None:
        return found
    found["initial_value"] = {"op": tensor.op.name, "type": tensor.op.type}
    queue = [tensor.op]
    for op in queue:
        if "seed2" in op.node_def.attr:
            found["random"] = {"op": op.name, "type": op.type}
            found["random"].update((key, op.get_attr(key)) for key in ("seed", "seed2"))
            break
        if len(queue) < NEAR:
            queue.extend(one.op for one in op.inputs)
    return found


def initialized_by(fetched: List[Any], initializers: Dict[str, str]) -> List[str]:
    """The variables whose initialisers are fetched, by themselves or in a tf.group."""
    found, seen = [], set()
    queue = [one for one in fetched if hasattr(one, "control_inputs")]
    for op in queue:
        if op.name in initializers:
            found.append(initializers[op.name])
        elif op.type == "NoOp" and op.name not in seen:
            seen.add(op.name)
            queue.extend(op.control_inputs)
    return sorted(found)


def saved_by(graph: Any, tensor_name: str) -> List[List[str]]:
    """Key in the checkpoint and name of the variable or table, for all that a Saver saves.

    Read from the operations that write the file, which are there for every Saver, also one of
    an imported meta graph. A partitioned variable's key comes once for each part.
    """
    util = sys.modules["tensorflow.python.framework.tensor_util"]  # type: Any
    found, seen = [], set()
    queue = [graph.get_tensor_by_name(tensor_name).op]
    for op in queue:
        if op.name in seen:
            continue
        seen.add(op.name)
        first = SAVE_INPUTS.get(op.type)
        if first is None:
            queue.extend(op.control_inputs)
            queue.extend(one.op for one in op.inputs)
            continue
        keys = util.constant_value(op.inputs[1])
        for key, tensor in zip(keys, list(op.inputs)[first:]):
            found.append([key.decode("utf-8"), _source(tensor)])
    return sorted(found)


def _source(tensor: Any) -> str:
    """The variable or table that a saved tensor is read from; its own name for another."""
    op = tensor.op
    for _ in range(NEAR):
        if op.type in VARIABLE_OPS or "HashTable" in op.type:
            return str(op.name)
        if not op.inputs:
            break
        op = op.inputs[0].op
    return name_of(tensor)


def object_paths(root: Any, variable_class: Any) -> List[List[str]]:
    """Object path and name of each variable that a tf.train.Checkpoint can reach."""
    found, seen = [], {id(root)}
    queue = [("", root)]
    for path, thing in queue:
        if isinstance(thing, variable_class):
            found.append([path, name_of(thing)])
        for name, child in _children(thing):
            if id(child) not in seen:
                seen.add(id(child))
                local = name.replace(".", "..").replace("/", ".S")
                queue.append((path + "/" + local if path else local, child))
    return sorted(found)


def _children(thing: Any) -> List[Any]:
    if hasattr(thing, "_trackable_children"):  # since TensorFlow 2.9
        return list(thing._trackable_children().items())
    return list(getattr(thing, "_checkpoint_dependencies", ()))


class Graph:
    """A tf.Graph, or, for None, all that is created eagerly.

    Attributes:
      graph: gives it, None if it is gone.
      snapshots: names in each collection, as they were at some times.
      initializers: the variable of each operation that initialises one.
      runs: what `Session.run` was called with, to find the entry to count in.
    """

    def __init__(self, number: int, graph: Any) -> None:
        self.number = number
        self.eager = graph is None
        self.graph = (lambda: None) if graph is None else weakref.ref(graph)  # type: Any
        self.snapshots = []  # type: List[Dict[str, List[str]]]
        self.initializers = {}  # type: Dict[str, str]
        self.runs = {}  # type: Dict[Any, Any]

    def snapshot(self) -> Optional[int]:
        """The index of the collections as they are; the last one if the graph is gone."""
        graph = self.graph()
        if graph is None:
            return len(self.snapshots) - 1 if self.snapshots else None
        now = {}
        for key in graph.get_all_collection_keys():
            if isinstance(key, str) and not key.startswith("_"):
                now[key] = _names(graph.get_collection(key))
        if now not in self.snapshots:
            self.snapshots.append(now)
        return self.snapshots.index(now)


def _names(items: List[Any]) -> List[str]:
    names = [name_of(item) for item in items]
    unnamed = {name for name in names if name.startswith("<")}
    return [name for name in names if name not in unnamed] + sorted(unnamed)


SECTIONS = ("variables", "tables", "savers", "checkpoints", "managers", "averages", "optimizers")
PROBLEMS = 100


class Inside(threading.local):
    """How many methods this thread is in that are one event with all that they do."""

    depth = 0


Call = NamedTuple("Call", [("callee", str), ("arguments", Any), ("result", Any)])
"""A call of a recorded method: what it is called, its arguments by name, what it returned."""


class State:
    """Collects what the recording will say.

    Attributes:
      rows: the rows of each of SECTIONS.
      objects: the row of each object of TensorFlow's that has one, while it lives.
      variables: the rows of variables by graph and name.
      variable_class: the base class of all variables.
      problems: what could not be recorded, and why.
    """

    def __init__(self, root: str) -> None:
        self.places = Places(root)
        self.graphs = []  # type: List[Graph]
        self.by_id = {}  # type: Dict[int, Graph]
        self.rows = {name: [] for name in SECTIONS}  # type: Dict[str, List[Any]]
        self.runs = Tally()
        self.sessions = Tally()
        self.objects = weakref.WeakKeyDictionary()  # type: Any
        self.variables = {}  # type: Dict[Tuple[int, str], Dict[str, Any]]
        self.variable_class = ()  # type: Any
        self.problems = []  # type: List[str]
        self.inside = Inside()
        self.lock = threading.RLock()

    def graph(self, graph: Any) -> Graph:
        """What is known of a tf.Graph; of all that is eager, for None."""
        known = self.by_id.get(id(graph))
        if known is not None and known.graph() is graph:
            return known
        with self.lock:  # it is new, or has the identity of one that is gone
            known = self.by_id.get(id(graph))
            if known is None or known.graph() is not graph:
                known = self.by_id[id(graph)] = Graph(len(self.graphs), graph)
                self.graphs.append(known)
            return known

    def row(self, thing: Any, section: str, callee: str, **values: Any) -> Dict[str, Any]:
        """The row of an object, made with these values when the object is first seen."""
        row = self.objects.get(thing)  # type: Any
        if row is None:
            graph = self.graph(default_graph()).number
            row = dict(values, graph=graph, place=self.places.place(callee))
            row["class"] = type(thing).__name__
            self.objects[thing] = row
            self.rows[section].append(row)
        assert isinstance(row, dict)
        return row

    def saved(self) -> None:
        """Something was saved: a good time to write down what is known."""

    def guard(self, record: Any, *arguments: Any) -> None:
        """Call `record`; if that fails, the program does not, and the recording says so."""
        try:
            record(self, *arguments)
        except Exception as error:  # whatever it is, it must not become the program's
            self.problem(record, error)

    def problem(self, record: Any, error: Exception) -> None:
        text = "%s: %s: %s" % (record.__name__, type(error).__name__, error)
        if text not in self.problems and len(self.problems) < PROBLEMS:
            self.problems.append(text)


def on_variable(state: State, variable: Any, call: Call) -> None:
    graph = state.graph(graph_of(variable))
    name = name_of(variable)
    row = {
        "name": name,
        "graph": graph.number,
        "class": type(variable).__name__,
        "dtype": dtype_of(variable),
        "shape": shape_of(variable),
        "trainable": getattr(variable, "trainable", None),
        "stack": state.places.stack(call.callee),
    }  # type: Dict[str, Any]
    if not graph.eager:
        before = state.variables.get((graph.number, name))
        if before is not None:  # made by the constructor of a base class
            state.rows["variables"].remove(before)
        state.variables[graph.number, name] = row
        graph.initializers[variable.initializer.name] = name
        row.update(initial_value(getattr(variable, "_initial_value", None)))
        on_partition(state, variable, call)
    state.rows["variables"].append(row)


def on_partition(state: State, variable: Any, call: Call) -> None:
    """Note which part of a partitioned variable (or slot) it is."""
    info = getattr(variable, "_save_slice_info", None)
    graph = state.graph(graph_of(variable))
    if info is None or graph.eager:
        return
    state.variables[graph.number, name_of(variable)]["partition"] = {
        "full_name": str(info.full_name),
        "full_shape": [int(size) for size in info.full_shape],
        "offset": [int(size) for size in info.var_offset],
        "shape": [int(size) for size in info.var_shape],
    }


def on_table(state: State, table: Any, call: Call) -> None:
    name = getattr(table, "name", None)
    if name is not None:  # else it has one when the constructor of the derived class ends
        row = state.row(table, "tables", call.callee, name=str(name))
        row["class"] = type(table).__name__
        handle = getattr(table, "resource_handle", getattr(table, "table_ref", None))
        row["op"] = name_of(handle)
        row["key_dtype"] = table.key_dtype.base_dtype.name
        row["value_dtype"] = table.value_dtype.base_dtype.name


def on_saver(state: State, saver: Any, call: Call) -> None:
    """Note a Saver when it is made, and what it holds as soon as it is built."""
    given = call.arguments.get("var_list")
    kind = "all" if given is None else "dict" if isinstance(given, dict) else "list"
    if call.arguments.get("saver_def"):
        kind = "meta graph"
    row = state.row(
        saver,
        "savers",
        call.callee,
        given=kind,
        name=saver._name,
        reshape=bool(saver._reshape),
        saves=Tally(),
        restores=Tally(),
        variables=None,
    )
    if row["variables"] is None:
        row["variables"] = _held(saver)
        row["collections"] = state.graphs[row["graph"]].snapshot()
    made = saver.saver_def
    row["save_op"] = made.save_tensor_name if made else None
    for key in ("max_to_keep", "keep_checkpoint_every_n_hours", "sharded"):
        row[key] = getattr(made, key) if made else getattr(saver, "_" + key)
    row["version"] = "V2" if (made.version if made else saver._write_version) == 2 else "V1"


def _held(saver: Any) -> Any:
    """Keys and names; None before a Saver is built."""
    graph, given = default_graph(), saver._var_list
    if graph is None:
        pairs = given.items() if isinstance(given, dict) else [(name_of(v), v) for v in given]
        return sorted([str(key), name_of(variable)] for key, variable in pairs)
    if getattr(saver, "_is_empty", False):
        return []
    return saved_by(graph, saver.saver_def.save_tensor_name) if saver.saver_def else None


def on_save(state: State, one: Any, call: Call) -> None:
    """Note that a Saver or a tf.train.Checkpoint saves, by itself or through its manager."""
    prefix = call.arguments.get("save_path", call.arguments.get("file_prefix"))
    if prefix is None:
        prefix, one = one._checkpoint_prefix, one._checkpoint
    step = call.arguments.get("global_step")
    if step is not None:
        step = name_of(step) if hasattr(step, "get_shape") else "int"
    prefix = state.places.path(prefix)
    saves = _row(state, one, call)["saves"]
    entry = saves.entry(state.places.place(call.callee), prefix=prefix, global_step=step)
    entry["count"] += 1
    if isinstance(call.result, (str, bytes)):
        entry["last"] = state.places.path(call.result)
        entry.setdefault("first", entry["last"])
    state.saved()


def on_restore(state: State, one: Any, call: Call) -> None:
    """Note that a Saver or a tf.train.Checkpoint restores."""
    path = call.arguments.get("save_path")
    path = None if path is None else state.places.path(path)
    restores = _row(state, one, call)["restores"]
    restores.entry(state.places.place(call.callee), path=path)["count"] += 1


def _row(state: State, one: Any, call: Call) -> Dict[str, Any]:
    if hasattr(one, "saver_def"):
        on_saver(state, one, Call(call.callee, {"var_list": one._var_list}, None))
    else:
        row = state.row(one, "checkpoints", call.callee, saves=Tally(), restores=Tally())
        row["variables"] = object_paths(one, state.variable_class)
    return dict(state.objects[one])


def on_manager(state: State, manager: Any, call: Call) -> None:
    row = state.row(manager, "managers", call.callee)
    row["directory"] = state.places.path(call.arguments["directory"])
    row["max_to_keep"] = call.arguments["max_to_keep"]
    row["checkpoint_name"] = call.arguments.get("checkpoint_name", "ckpt")


def on_averages(state: State, averages: Any, call: Call) -> None:
    row = state.row(averages, "averages", call.callee, name=averages._name)
    row["decay"] = averages._decay if isinstance(averages._decay, float) else None
    shadows = []
    for key, shadow in averages._averages.items():
        variable = key.deref() if hasattr(key, "deref") else key  # a reference since 1.15
        shadows.append([name_of(variable), name_of(shadow)])
    row["shadows"] = sorted(shadows)


def on_gradients(state: State, optimizer: Any, call: Call) -> None:
    """Note what an optimizer keeps for the variables that it trains, and for itself."""
    pairs = call.arguments["grads_and_vars"]
    trained = [variable for gradient, variable in pairs if gradient is not None]
    row = state.row(optimizer, "optimizers", call.callee, name=optimizer.get_name(), slots={})
    known = set(row.get("variables", ()))
    row["variables"] = sorted(known.union(name_of(variable) for variable in trained))
    for slot in optimizer.get_slot_names():
        kept = dict(row["slots"].get(slot, ()))
        for variable in trained:
            one = optimizer.get_slot(variable, slot)
            if one is not None:
                kept[name_of(variable)] = name_of(one)
        row["slots"][slot] = sorted(kept.items())
    row["state"] = sorted([name, name_of(one)] for name, one in _own_variables(optimizer))


def on_keras_slot(state: State, optimizer: Any, call: Call) -> None:
    """Note a slot of an optimizer of tf.keras, which makes them one by one."""
    name = getattr(optimizer, "_name", None)
    row = state.row(optimizer, "optimizers", call.callee, name=name, slots={})
    variable, slot = call.arguments["var"], call.arguments["slot_name"]
    row["variables"] = sorted(set(row.get("variables", ())) | {name_of(variable)})
    kept = dict(row["slots"].get(slot, ()))
    kept[name_of(variable)] = name_of(call.result)
    row["slots"][slot] = sorted(kept.items())
    own = dict(optimizer._hyper, iter=optimizer.iterations)
    known = [(key, one) for key, one in own.items() if isinstance(one, state.variable_class)]
    row["state"] = sorted([key, name_of(one)] for key, one in known)


def _own_variables(optimizer: Any) -> Any:
    known = getattr(optimizer, "_non_slot_dict", None)
    if known is not None:
        return [(key[0], variable) for key, variable in known.items()]
    # Before TensorFlow 1.5 only the Adam family had any: _beta1_power, _beta2_power.
    pairs = [(name.strip("_"), one) for name, one in vars(optimizer).items()]
    return [(name, one) for name, one in pairs if name.endswith("_power") and one is not None]


KNOWN_RUNS = 10000  # of a graph


def on_session(state: State, session: Any, call: Call) -> None:
    graph = state.graph(session.graph)
    kind = type(session).__name__
    what = {"class": kind, "graph": graph.number, "target": str(call.arguments.get("target") or "")}
    state.sessions.entry(state.places.place(kind), **what)["count"] += 1
    graph.snapshot()


def on_close(state: State, session: Any, call: Call) -> None:
    state.graph(session.graph).snapshot()


def on_run(state: State, session: Any, how: str, fetches: Any, feeds: Any, frame: Any) -> None:
    """Count a run; what it is needs looking at only when it is new.

    It is known by the user's instruction and the identities of what it fetches and feeds, which
    live as long as their graph.
    """
    if state.places.kinds.get(frame.f_code.co_filename) != "user":
        frame = state.places.user_frame(frame)
    key = [how, id(frame.f_code), frame.f_lasti]  # type: List[Any]
    identify(fetches, key)
    if feeds:
        identify_feeds(feeds, key)
    graph = state.graph(session.graph)
    known = graph.runs.get(tuple(key))
    if known is None:
        if len(graph.runs) >= KNOWN_RUNS:
            graph.runs.clear()
        leaves, (tensors, values) = flatten(fetches, []), flatten_feeds(feeds or {})
        entry = _entry(state, graph, session.graph, how, leaves, tensors, values)
        # The rest is kept so that the identities stay what they are.
        known = graph.runs[tuple(key)] = (entry, frame.f_code, leaves, tensors)
    with state.lock:
        known[0]["count"] += 1


def identify(fetches: Any, key: List[Any]) -> None:
    """Append to a key what tells nested lists, tuples and dicts of fetches from others."""
    if isinstance(fetches, dict):
        fetches = list(fetches.values())
    elif not isinstance(fetches, (list, tuple)):
        fetches = (fetches,)
    for item in fetches:
        if isinstance(item, (list, tuple, dict)):
            identify(item, key)
        else:
            key.append(item if item.__class__ is str else id(item))


def identify_feeds(feeds: Any, key: List[Any]) -> None:
    """Append to a key what is fed, and the shapes of arrays."""
    if not isinstance(feeds, dict):
        return identify(feeds, key)
    for tensor, value in feeds.items():
        if isinstance(tensor, tuple):
            identify(tensor, key)
            key += [_array_shape(item) for item in flatten(value, [])]
        else:
            key.append(tensor if tensor.__class__ is str else id(tensor))
            shape = getattr(value, "shape", None)
            key.append(shape if shape.__class__ is tuple else None)
    return None


def _array_shape(value: Any) -> Any:
    shape = getattr(value, "shape", None)
    return shape if shape.__class__ is tuple else None


def _entry(
    state: State, graph: Graph, own: Any, how: str, leaves: Any, tensors: Any, values: Any
) -> Any:
    fetched = [own.as_graph_element(one) if isinstance(one, str) else one for one in leaves]
    fed = [own.as_graph_element(one) if isinstance(one, str) else one for one in tensors]
    entry = state.runs.entry(
        state.places.place(how),
        how=how,
        graph=graph.number,
        fetches=[name_of(one) for one in fetched],
        feeds=[[name_of(one), dtype_of(one)] for one in fed],
        initializes=initialized_by(fetched, graph.initializers),
    )
    if "feeds" in entry:
        shapes = [shape_of_value(value) for value in values]
        before = entry.setdefault("shapes", shapes)
        entry["shapes"] = [common_shape(one, two) for one, two in zip(before, shapes)]
    return entry


WHOLE = (on_saver, on_save, on_restore)  # what happens inside of these is no event of its own
SLICE = "_set_save_slice_info"
CHECKPOINTS = [
    ("Checkpoint CheckpointV1", "save write", on_save),
    ("Checkpoint CheckpointV1", "restore read", on_restore),
]
MANAGERS = [
    ("CheckpointManager", "__init__", on_manager),
    ("CheckpointManager", "save", on_save),
]
TABLES = [
    ("HashTable StaticHashTable InitializableLookupTableBase", "__init__", on_table),
    ("MutableHashTable MutableDenseHashTable DenseHashTable", "__init__", on_table),
    ("IdTableWithHashBuckets StaticVocabularyTable", "__init__", on_table),
]
# Classes, their methods, and what is called after each of these, by module, in all versions:
# what one of them lacks is passed over.
HOOKS = {
    "tensorflow.python.ops.variables": [
        ("Variable RefVariable", "__init__", on_variable),
        ("Variable", SLICE, on_partition),
    ],
    "tensorflow.python.ops.ref_variable": [("RefVariable", "__init__", on_variable)],
    "tensorflow.python.ops.resource_variable_ops": [
        ("ResourceVariable", "__init__", on_variable),
        ("ResourceVariable", SLICE, on_partition),
    ],
    "tensorflow.python.ops.lookup_ops": TABLES,
    "tensorflow.contrib.lookup.lookup_ops": TABLES,
    "tensorflow.python.training.saver": [
        ("Saver", "__init__ build", on_saver),
        ("Saver", "save", on_save),
        ("Saver", "restore", on_restore),
    ],
    "tensorflow.python.training.checkpointable.util": CHECKPOINTS,
    "tensorflow.python.training.tracking.util": CHECKPOINTS,
    "tensorflow.python.checkpoint.checkpoint": CHECKPOINTS,
    "tensorflow.python.training.checkpoint_management": MANAGERS,
    "tensorflow.python.checkpoint.checkpoint_management": MANAGERS,
    "tensorflow.python.training.optimizer": [("Optimizer", "apply_gradients", on_gradients)],
    "tensorflow.python.keras.optimizer_v2.optimizer_v2": [
        ("OptimizerV2", "add_slot", on_keras_slot)
    ],
    "tensorflow.python.training.moving_averages": [
        ("ExponentialMovingAverage", "apply", on_averages)
    ],
    "tensorflow.python.client.session": [
        ("BaseSession", "__init__", on_session),
        ("BaseSession", "close", on_close),
        ("BaseSession", "run make_callable partial_run_setup", on_run),
    ],
}  # type: Dict[str, List[Tuple[str, str, Any]]]


class Finder:
    """Finds the modules of HOOKS as all others do, and changes them when they are executed."""

    def __init__(self, state: State) -> None:
        self.state = state

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        hooked = name.replace("tensorflow_core.", "tensorflow.", 1)
        if hooked not in HOOKS:
            return None
        for finder in list(sys.meta_path):
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = None if find is None else find(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    self._after_execution(spec.loader, hooked)
                return spec
        return None

    def _after_execution(self, loader: Any, hooked: str) -> None:
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            change(self.state, module, hooked)

        loader.exec_module = exec_module


def install(state: State) -> None:
    """Change the modules of HOOKS, now or when they are imported."""
    sys.meta_path.insert(0, Finder(state))
    for name in HOOKS:
        if name in sys.modules:
            change(state, sys.modules[name], name)


def change(state: State, module: Any, hooked: str) -> None:
    """Wrap the methods that HOOKS names."""
    if hooked == "tensorflow.python.ops.variables":
        state.variable_class = module.Variable
    for classes, methods, record in HOOKS[hooked]:
        for cls in [vars(module)[name] for name in classes.split() if name in vars(module)]:
            for method in methods.split():
                if method in vars(cls):
                    wrap = wrap_run if record is on_run else wrap_method
                    setattr(cls, method, wrap(state, cls, method, record))


def wrap_method(state: State, cls: Any, method: str, record: Any) -> Any:
    """The method, after which `record(state, object, call)` is called."""
    original, inside, whole = vars(cls)[method], state.inside, record in WHOLE
    signature = inspect.signature(original)
    callee = cls.__name__ if method == "__init__" else method

    @functools.wraps(original)
    def recorded(this: Any, *args: Any, **kwargs: Any) -> Any:
        if record is on_gradients and args:
            args = (tuple(args[0]), *args[1:])  # it may be an iterator
        depth = inside.depth
        inside.depth = depth + whole
        try:
            result = original(this, *args, **kwargs)
        finally:
            inside.depth = depth
        if not (whole and depth):
            arguments = signature.bind(this, *args, **kwargs).arguments
            state.guard(record, this, Call(callee, arguments, result))
        return result

    return recorded


def wrap_run(state: State, cls: Any, method: str, record: Any) -> Any:
    """The method, before which `record` is called with what is fetched and fed."""
    original, inside = vars(cls)[method], state.inside

    @functools.wraps(original)
    def recorded(this: Any, fetches: Any, *args: Any, **kwargs: Any) -> Any:
        if not inside.depth:
            feeds = args[0] if args else kwargs.get("feed_dict", kwargs.get("feeds"))
            try:
                record(state, this, method, fetches, feeds, sys._getframe(1))
            except Exception as error:
                state.problem(record, error)
        return original(this, fetches, *args, **kwargs)

    return recorded


FORMAT = "tf2migrate-recording/1"
SECONDS = 60  # between two times of writing while the program runs
ATTEMPTS = 50  # at a text while other threads record


class Recording(State):
    """A State that is written down.

    Args:
      output: the file.
      root: as of Places.
      program: the program and its arguments.
    """

    def __init__(self, output: str, root: str, program: List[str]) -> None:
        State.__init__(self, root)
        self.output = os.path.realpath(output)
        self.temporary = "%s.%d.tmp" % (self.output, os.getpid())
        self.program = program
        self.ended = "running"
        self.process = os.getpid()
        self.written = 0.0

    def saved(self) -> None:
        if time.time() - self.written > SECONDS:
            self.write()

    def text(self) -> str:
        """The document, a row a line."""
        version = getattr(sys.modules.get("tensorflow"), "__version__", None)
        heads = [
            ("format", FORMAT),
            ("tensorflow", version),
            ("python", "%d.%d.%d" % sys.version_info[:3]),
            ("program", self.program),
            ("ended", self.ended),
            ("problems", self.problems),
        ]
        lists = [("graphs", self._graphs())] + [(name, self.rows[name]) for name in SECTIONS]
        lists += [("sessions", self.sessions.rows()), ("runs", self.runs.rows())]
        parts = ["%s: %s" % (json.dumps(name), json.dumps(value)) for name, value in heads]
        for name, rows in lists:
            lines = [json.dumps(row, sort_keys=True, default=Tally.rows) for row in rows]
            listed = "[\n  " + ",\n  ".join(lines) + "\n ]" if lines else "[]"
            parts.append("%s: %s" % (json.dumps(name), listed))
        return "{\n " + ",\n ".join(parts) + "\n}\n"

    def _graphs(self) -> List[Any]:
        rows = []
        for graph in list(self.graphs):
            final = graph.snapshot()
            rows.append({"eager": graph.eager, "snapshots": graph.snapshots, "final": final})
        return rows

    def steady_text(self) -> str:
        """The document, tried again while other threads change what it is made of.

        Raises:
          RuntimeError: they go on and on.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self.text()
            except RuntimeError:  # a dict or set has changed while it was looked through
                if attempt + 1 == ATTEMPTS:
                    raise
                time.sleep(0.001 * attempt)
        raise AssertionError

    def write(self) -> None:
        """Replace the file whole; not in a process that the program forked.

        Raises:
          OSError: it cannot be written.
          Exception: what is recorded cannot be told; the file is as it was.
        """
        if os.getpid() != self.process:
            return
        with self.lock:
            self.written = time.time()
            text = self.steady_text()
            try:
                with open(self.temporary, "w") as file:
                    file.write(text)
                os.replace(self.temporary, self.output)
            except BaseException:
                if os.path.exists(self.temporary):
                    os.unlink(self.temporary)
                raise

    def check(self) -> None:
        """Find out now whether the file can be written later.

        Raises:
          OSError: it cannot.
        """
        if os.path.exists(self.output) and not os.path.isfile(self.output):
            raise OSError(errno.EINVAL, "not a regular file", self.output)
        open(self.temporary, "w").close()
        os.unlink(self.temporary)


USAGE = (
    "usage: record_tf1.py [-o recording.json] [--root FOLDER] PROGRAM.py [ARGUMENT]...\n"
    "       record_tf1.py [-o recording.json] [--root FOLDER] -m MODULE [ARGUMENT]...\n"
)


def main(argv: List[str]) -> None:
    """Run a program and record it; ends as the program ends."""
    output, root, is_module, program = parse(argv)
    try:
        named = ["-m", *program] if is_module else program
        recording = Recording(output, root, named)
        recording.check()
    except OSError as error:
        stop("%s: cannot be written: %s" % (output, error.strerror))
    install(recording)
    atexit.register(finish, recording)  # the first is called last, after all of the program's
    try:
        if is_module:
            run_module(program)
        else:
            run_file(program)
        recording.ended = "completed"
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1 if end.code else 0
        recording.ended = "SystemExit(%d)" % status
        raise
    except BaseException as error:
        recording.ended = type(error).__name__
        hide_recorder()
        raise


def stop(message: str) -> None:
    sys.stderr.write("record_tf1.py: %s\n" % message)
    sys.exit(2)


def parse(argv: List[str]) -> Tuple[str, str, bool, List[str]]:
    """Output, root, whether a module is to run, and it or the file with its arguments."""
    output, root, rest = "recording.json", os.curdir, list(argv)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0)
        if option in ("-h", "--help"):
            sys.stdout.write(USAGE)
            sys.exit(0)
        if option not in ("-o", "--output", "--root", "-m") or not rest:
            sys.stderr.write(USAGE)
            stop("%s: %s" % (option, "needs a value" if option[1:] in "omr" else "unknown option"))
        if option == "-m":
            return output, root, True, rest
        if option == "--root":
            root = rest.pop(0)
        else:
            output = rest.pop(0)
    if not rest:
        sys.stderr.write(USAGE)
        stop("there is no program")
    return output, root, False, rest


def run_module(program: List[str]) -> None:
    """As `python -m`: runpy is what that calls, too."""
    sys.argv = ["-m", *program[1:]]
    set_first_path(os.getcwd() if sys.version_info >= (3, 7) else "")
    new_main()
    runpy._run_module_as_main(program[0])  # type: ignore[attr-defined]


def run_file(program: List[str]) -> None:
    """As `python FILE`."""
    sys.argv = list(program)
    given = program[0]
    path = os.path.join(os.getcwd(), given) if sys.version_info >= (3, 9) else given
    set_first_path(os.path.dirname(os.path.realpath(path)))
    if os.path.isdir(path) or path.endswith((".zip", ".pyz")):
        set_first_path(path)
        new_main()
        runpy._run_module_as_main("__main__", False)  # type: ignore[attr-defined]
        return
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        stop("can't open file '%s': [Errno %s] %s" % (path, error.errno, error.strerror))
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    names = new_main(__file__=path, __loader__=loader, __cached__=None)
    exec(compile(source, path, "exec", 0, True), names)


def new_main(**values: Any) -> Dict[str, Any]:
    """A module `__main__` in place of this one; returns its names."""
    module = types.ModuleType("__main__")
    vars(module).update(values, __builtins__=builtins)
    sys.modules["__main__"] = module
    return vars(module)


def set_first_path(path: str) -> None:
    """Replace the folder of this file in `sys.path`, unless the interpreter put none there."""
    safe = getattr(sys.flags, "safe_path", False) or sys.flags.isolated
    if not safe:
        sys.path[0] = path


def hide_recorder() -> None:
    """Take the recorder's frames out of the traceback with which the program is about to end."""
    hook = sys.excepthook

    def excepthook(kind: Any, error: Any, trace: Any) -> None:
        chain, one = [], error
        while one is not None and one not in chain:
            one.__traceback__ = without_recorder(one.__traceback__)
            chain.append(one)
            one = one.__cause__ or one.__context__
        hook(kind, error, error.__traceback__)

    sys.excepthook = excepthook


def without_recorder(trace: Any) -> Any:
    """A traceback without this file's frames; before Python 3.7 without the outer ones of them."""
    while trace is not None and trace.tb_frame.f_code.co_filename == THIS:
        trace = trace.tb_next
    inner = trace
    while inner is not None and sys.version_info >= (3, 7):
        while inner.tb_next is not None and inner.tb_next.tb_frame.f_code.co_filename == THIS:
            inner.tb_next = inner.tb_next.tb_next
        inner = inner.tb_next
    return trace


def finish(recording: Recording) -> None:
    """Write the recording, and say what is wrong with it."""
    try:
        recording.write()
    except OSError as error:
        message = "%s: cannot be written: %s" % (recording.output, error.strerror)
        sys.stderr.write("record_tf1.py: %s\n" % message)
        return
    except Exception as error:  # whatever it is, it must not become the program's
        message = "%s: not written: %s: %s" % (recording.output, type(error).__name__, error)
        sys.stderr.write("record_tf1.py: %s\n" % message)
        return
    if "tensorflow" not in sys.modules and os.getpid() == recording.process:
        sys.stderr.write("record_tf1.py: the program imported no TensorFlow\n")
    for problem in recording.problems:
        sys.stderr.write("record_tf1.py: not recorded: %s\n" % problem)


if __name__ == "__main__":
    main(sys.argv[1:])
