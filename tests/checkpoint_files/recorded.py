"""The files that scripts/record_format_checkpoints.py recorded, and what is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FORMATS = Path(__file__).resolve().parents[2] / "fixtures" / "checkpoints" / "formats"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FORMATS / "expected.json").read_text("utf-8"))[
    "checkpoints"
]
"""By checkpoint: `path`, what the Saver returned, and `tensors`: dtype, shape, value or error."""


def recorded(name: str) -> bytes:
    """The content of a recorded file."""
    return (FORMATS / name).read_bytes()
