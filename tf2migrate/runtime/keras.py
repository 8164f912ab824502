"""Keras objects inside the user's objects: Keras 3 and tf_keras, if the user has imported them.

Neither package is imported here: without an import there can be no object of theirs.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

PACKAGES = ("keras", "tf_keras")
_SEED_STATE = "seed_generator_state"


def _classes(module: str, name: str) -> tuple[type, ...]:
    """That class of each package that has been imported."""
    found = []
    for package in PACKAGES:
        owner = getattr(sys.modules.get(package), module, None)
        kind = getattr(owner, name, None)
        if isinstance(kind, type):
            found.append(kind)
    return tuple(found)


def is_layer(obj: object) -> bool:
    """Models are layers, too."""
    return isinstance(obj, _classes("layers", "Layer"))


def is_optimizer(obj: object) -> bool:
    return isinstance(obj, (*_classes("optimizers", "Optimizer"), *_legacy_optimizers()))


def _legacy_optimizers() -> tuple[type, ...]:
    """The optimizers of TensorFlow 2.10 and before, which tf_keras keeps."""
    legacy = getattr(getattr(sys.modules.get("tf_keras"), "optimizers", None), "legacy", None)
    kind = getattr(legacy, "Optimizer", None)
    return (kind,) if isinstance(kind, type) else ()


def is_metric(obj: object) -> bool:
    return isinstance(obj, _classes("metrics", "Metric"))


def is_variable(obj: object) -> bool:
    """A variable of Keras 3, which holds a tf.Variable and is none."""
    keras = sys.modules.get("keras")
    kind = getattr(keras, "Variable", None)
    return isinstance(kind, type) and isinstance(obj, kind)


def is_internal(obj: object) -> bool:
    """Whether the object is of a class of Keras itself, not one of the user's subclasses."""
    return type(obj).__module__.partition(".")[0] in PACKAGES


def unwrapped(variable: Any) -> Any:
    """The tf.Variable in a Keras 3 variable, None while it is not built; else the argument."""
    if not is_variable(variable):
        return variable
    return vars(variable).get("_value")


def is_transient(variable: Any) -> bool:
    """Variables that Keras never saves, and that TF1 had no counterpart of.

    The state of a layer's random numbers (Keras 3's Dropout); TF1 kept that in
    the session.
    """
    return str(getattr(variable, "name", "")).partition(":")[0].endswith(_SEED_STATE)


def metric_variables() -> Iterator[Any]:
    """The variables of all living metrics; TF1 had them in LOCAL_VARIABLES, never saved."""
    kinds = _classes("metrics", "Metric")
    if not kinds:
        return
    for obj in gc.get_objects():
        if issubclass(type(obj), kinds):
            yield from map(unwrapped, obj.variables)
