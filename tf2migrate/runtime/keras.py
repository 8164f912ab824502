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
_COUNTERS = ("_train_counter", "_test_counter", "_predict_counter", "_steps_per_execution")


def _classes(module: str, name: str) -> tuple[type, ...]:
    """That class of each package that has been imported."""
    found = []
    for package in PACKAGES:
        owner = sys.modules.get(package)
        owner = getattr(owner, module, None) if module else owner
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


def unwrapped(variable: Any) -> Any:
    """The tf.Variable in a Keras 3 variable, None while it is not built; else the argument."""
    if not is_variable(variable):
        return variable
    return vars(variable).get("_value")


def is_transient(variable: Any) -> bool:
    """The state of a layer's random numbers (Keras 3's Dropout).

    Keras does not save it; TF1 kept it in the session.
    """
    return str(getattr(variable, "name", "")).partition(":")[0].endswith(_SEED_STATE)


def owned_attributes(layer: Any, attributes: dict[str, Any]) -> dict[str, Any]:
    """Without the counters of steps that a model of tf_keras has for itself."""
    if not is_layer(layer):
        return attributes
    return {name: value for name, value in attributes.items() if name not in _COUNTERS}


def bookkeeping() -> Iterator[Any]:
    """The variables of all living metrics and the counters of models, which Keras never saves.

    TF1 had those of metrics in LOCAL_VARIABLES, which no Saver saves.
    """
    metrics, models = _classes("metrics", "Metric"), _classes("", "Model")
    if not metrics + models:
        return
    for obj in gc.get_objects():
        if issubclass(type(obj), metrics):
            yield from map(unwrapped, obj.variables)
        elif issubclass(type(obj), models):
            yield from (vars(obj)[name] for name in _COUNTERS if name in vars(obj))
