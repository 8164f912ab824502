"""TensorFlow in this process, and what each test starts from."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # `tests` is not installed

from tests.quiet_tensorflow import quiet_tensorflow

tf = quiet_tensorflow()
if tf is None:
    collect_ignore_glob = ["test_*.py"]


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
