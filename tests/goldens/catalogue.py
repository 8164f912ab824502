"""All programs that go on with a recording, by its name."""

from __future__ import annotations

from collections.abc import Callable

from tests.goldens import (
    average_programs,
    cell_programs,
    layer_programs,
    optimizer_programs,
    storage_programs,
)
from tests.goldens.program import Program

PROGRAMS: dict[str, Callable[[], Program]] = {
    **optimizer_programs.PROGRAMS,
    **layer_programs.PROGRAMS,
    **cell_programs.PROGRAMS,
    **average_programs.PROGRAMS,
    **storage_programs.PROGRAMS,
}
