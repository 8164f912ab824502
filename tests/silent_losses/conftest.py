"""TensorFlow and Keras in this process."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # `tests` is not installed

from tests.quiet_tensorflow import quiet_tensorflow

if quiet_tensorflow("keras") is None:
    collect_ignore_glob = ["test_*.py"]
