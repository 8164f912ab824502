"""TensorFlow without a GPU, and a new process's counters of names for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


@pytest.fixture
def fresh_names() -> Iterator[None]:
    """As in a process of its own: slot variables are `w/Adam`, not `w/Adam_2`."""
    tf = pytest.importorskip("tensorflow")
    tf.compat.v1.reset_default_graph()
    yield
    tf.compat.v1.reset_default_graph()
