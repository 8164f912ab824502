"""TensorFlow in this process, and what each test starts from."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import tensorflow as tf
    except ImportError:
        collect_ignore_glob = ["test_*.py"]
        tf = None
    else:
        tf.get_logger().setLevel("ERROR")


@pytest.fixture(autouse=True)
def _names_start_anew() -> None:
    """TensorFlow numbers the names of slot variables through the whole process."""
    if tf is not None:
        tf.compat.v1.reset_default_graph()


@pytest.fixture
def keras() -> Any:
    """Keras 3."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Any], Any]:
    """Writes a Checkpoint, and opens the file."""
    from tf2migrate.checkpoint.files.opening import open_checkpoint  # noqa: PLC0415

    def write(checkpoint: Any) -> Any:
        return open_checkpoint(checkpoint.write(str(tmp_path / "written")))

    return write
