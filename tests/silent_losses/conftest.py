"""TensorFlow and Keras in this process."""

from __future__ import annotations

import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import keras  # noqa: F401
        import tensorflow as tf
    except ImportError:
        collect_ignore_glob = ["test_*.py"]
    else:
        tf.get_logger().setLevel("ERROR")
