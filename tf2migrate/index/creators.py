"""Where a program creates variables, as far as its text tells."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.project import Project

DIRECT = frozenset(
    {
        "tf.Variable", "tf.get_variable", "tf.train.get_or_create_global_step",
        "tf.train.create_global_step",
    }
)  # fmt: skip
# Optimizers of TensorFlow 1 that are trackable and keep all their state in slot
# variables and a few variables of their own; True: it has any at all.
OPTIMIZERS = {
    "tf.train.GradientDescentOptimizer": False,
    "tf.train.ProximalGradientDescentOptimizer": False,
    "tf.train.MomentumOptimizer": True,
    "tf.train.AdamOptimizer": True,
    "tf.train.AdagradOptimizer": True,
    "tf.train.AdadeltaOptimizer": True,
    "tf.train.RMSPropOptimizer": True,
    "tf.train.FtrlOptimizer": True,
    "tf.train.ProximalAdagradOptimizer": True,
}
# Whatever may create global variables behind a name that the program does not hold.
_OPAQUE = (
    "tf.layers.", "tf.contrib.", "tf.nn.rnn_cell.", "tf.nn.dynamic_rnn", "tf.nn.static_rnn",
    "tf.nn.bidirectional_", "tf.nn.raw_rnn", "tf.nn.static_", "tf.keras.", "tf.estimator.",
    "tf.train.ExponentialMovingAverage", "tf.train.Supervisor", "tf.train.Monitored",
    "tf.train.SingularMonitoredSession", "tf.train.SyncReplicasOptimizer", "tf.make_template",
    "tf.import_meta_graph", "tf.train.import_meta_graph", "tf.compat.v2.", "tf.python.",
    "tf.distribute.", "tf.variable_creator_scope", "tf.AggregationMethod.", "tf.Graph",
    "tf.get_local_variable", "tf.lookup.", "tf.tables_initializer", "tf.saved_model.", "tf.tpu.",
    "tf.wrap_function", "tf.function", "tf.Module", "tf.fixed_size_partitioner",
    "tf.variable_axis_size_partitioner", "tf.min_max_variable_partitioner",
)  # fmt: skip
_HARMLESS_LIBRARIES = frozenset(sys.stdlib_module_names) | {
    "numpy", "scipy", "matplotlib", "six", "PIL", "skimage", "cv2", "pandas", "sklearn", "tqdm",
    "absl", "h5py", "yaml", "gym", "imageio", "requests", "future", "past", "builtins", "seaborn",
    "nltk", "tensorflow", "__future__", "cPickle", "cStringIO", "urllib2", "Queue", "StringIO",
    "ConfigParser", "tkinter", "Tkinter", "commands", "colorama", "termcolor", "psutil", "attr",
}  # fmt: skip


class Creator(NamedTuple):
    """A call that creates one variable; `at` is the call."""

    name: str
    at: Occurrence


class Updater(NamedTuple):
    """A call of an optimizer's `minimize` or `apply_gradients`, which creates its slots.

    `optimizer` is the receiver, `made` the call that made it, `has_slots` whether
    the optimizer has variables at all.
    """

    at: Occurrence
    optimizer: Occurrence
    made: Occurrence | None
    has_slots: bool


class Inventory(NamedTuple):
    """All creators of some files; `opaque` is the first thing that hides others."""

    creators: list[Creator]
    updaters: list[Updater]
    opaque: Occurrence | None
    why: str = ""


def inventory(project: Project, paths: frozenset[str]) -> Inventory:
    """Every place in the files where variables come into being."""
    creators: list[Creator] = []
    for path in sorted(paths):
        library = _unknown_library(project, project.files[path])
        if library is not None:
            return Inventory([], [], None, f"{path} uses the library {library}")
    for reference in project.references:
        at = reference.at
        if at.file.path not in paths:
            continue
        if reference.name in DIRECT and at.is_callee:
            creators.append(Creator(reference.name, at.up()))
        elif reference.name in DIRECT or _is_opaque(reference.name):
            return Inventory([], [], at, reference.name)
    updaters: list[Updater] = []
    for path in sorted(paths):
        for updater in _updaters(project, project.files[path]):
            if updater.made is None:
                return Inventory([], [], updater.at, "an optimizer that is not known")
            updaters.append(updater)
    return Inventory(creators, updaters, None)


def _is_opaque(name: str) -> bool:
    return any(name == item or name.startswith(item) for item in _OPAQUE)


def _unknown_library(project: Project, file: FileIndex) -> str | None:
    for item in file.facts.imports:
        top = item.module.partition(".")[0]
        if item.level or top in _HARMLESS_LIBRARIES:
            continue
        if project.modules.find(file.path, item.module) is None:
            if (
                not item.name
                or project.modules.find(file.path, f"{item.module}.{item.name}") is None
            ):
                return item.module
    return None


def _updaters(project: Project, file: FileIndex) -> Iterator[Updater]:
    for method in ("minimize", "apply_gradients"):
        for at in file.occurrences(method):
            if at.expr.kind != "attr" or not at.is_callee:
                continue
            receiver = at.down(at.expr.parts[0])
            made = _made(project, receiver)
            name = made and project.canonical(file, made.scope, made.expr.parts[0])
            known = name in OPTIMIZERS
            yield Updater(
                at.up(), receiver, made if known else None, bool(name and OPTIMIZERS.get(name))
            )


def _made(project: Project, receiver: Occurrence) -> Occurrence | None:
    """The call that made an optimizer, in the call chain or in the only assignment of its name."""
    expr = receiver.expr
    if expr.kind == "call":
        return receiver
    if expr.kind == "name":
        owner = receiver.file.scope_of_name(receiver.scope, expr.text)
        bindings = [] if owner is None else receiver.file.bindings[owner, expr.text]
        if len(bindings) == 1 and owner == receiver.scope:
            value, statement = bindings[0].value, bindings[0].statement
            if value is not None and value.kind == "call" and statement is not None:
                return Occurrence(receiver.file, statement, (value,))
    if project.is_self_attribute(receiver):
        for at in receiver.file.occurrences(expr.text):
            value = at.statement.value
            if at.expr in at.statement.targets and value is not None and value.kind == "call":
                if at.scope == receiver.scope:
                    return Occurrence(receiver.file, at.statement, (value,))
    return None
