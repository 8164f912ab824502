"""Gets between a program and its TensorFlow: methods of a few classes are wrapped.

A class is changed right after its module was executed, so whatever the program does before it
imports TensorFlow has its effect, and every name of the class means the changed one.
"""

import functools
import inspect
import sys
from typing import Any, Dict, List, Tuple

from tf2migrate.tf1_recorder.savers import on_manager, on_restore, on_save, on_saver
from tf2migrate.tf1_recorder.sessions import on_close, on_run, on_session
from tf2migrate.tf1_recorder.state import Call, State
from tf2migrate.tf1_recorder.training import on_averages, on_gradients, on_keras_slot
from tf2migrate.tf1_recorder.variables import on_partition, on_table, on_variable

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
