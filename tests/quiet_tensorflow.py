"""TensorFlow and Keras in the process of the tests, without their messages."""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from typing import Any


def quiet_tensorflow(*others: str) -> Any:
    """The module; None if it, or one of the others that are imported with it, is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for other in others:
                import_module(other)
            tf: Any = import_module("tensorflow")
        except ImportError:
            return None
        tf.get_logger().setLevel("ERROR")
    return tf
