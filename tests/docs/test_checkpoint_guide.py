"""The output in docs/checkpoints.md is what the commands print."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts import checkpoint_guide


@pytest.mark.tensorflow
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
def test_the_guide_shows_what_its_commands_print(tmp_path: Path) -> None:
    page = checkpoint_guide.PAGE.read_text(encoding="utf-8")
    assert checkpoint_guide.rendered(page, checkpoint_guide.workplace(tmp_path)) == page
