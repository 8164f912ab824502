"""Checkpoint files for the benchmark; a process of its own writes them.

    python benchmarks/checkpoint_cases.py PREFIX KIND BYTES NUMBER

KIND is `few`, `many` or `shards`: twelve weights, weights that make NUMBER variables
together with their slot variables, or as many as there are data files, NUMBER. Each
has Adam's slot variables. No number is a NaN, so any way to compare them works.
"""

from __future__ import annotations

import random
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.bundles import BundleWriter, Value

_BLOCK = 1 << 22
_FEW = 12
_WIDTH = 256
_SLOTS = ("", "/Adam", "/Adam_1")


def write_case(prefix: Path, kind: str, size: int, number: int) -> None:
    """Write a TF1 checkpoint of about `size` bytes."""
    floats = _Floats()
    shards = number if kind == "shards" else 1
    writer = BundleWriter(prefix, shards)
    weights = {"few": _FEW, "many": number // len(_SLOTS), "shards": number}[kind]
    names = list(_names(weights))
    rows = max(1, size // len(names) // len(_SLOTS) // (4 * _WIDTH))
    width = _WIDTH if rows > 1 else max(1, size // len(names) // len(_SLOTS) // 4)
    for position, name in enumerate(names):
        for slot in _SLOTS:
            shape = (rows, width)
            value = Value("float32", shape, floats.pieces(rows * width))
            writer.add(name + slot, value, position % shards)
    for name, step in (("beta1_power", 0.9), ("beta2_power", 0.999)):
        writer.add(name, Value("float32", (), [array("f", [step]).tobytes()]))
    writer.add("global_step", Value("int64", (), [array("q", [1000]).tobytes()]))
    writer.close()


def _names(number: int) -> Iterator[str]:
    for position in range(number):
        yield f"model/block_{position // 100}/layer_{position % 100}/kernel"


class _Floats:
    """Numbers without end: one block of random ones, begun at another place each time."""

    def __init__(self) -> None:
        generator = random.Random(0)
        self._block = array("f", (generator.random() for _ in range(_BLOCK // 4))).tobytes()
        self._generator = generator

    def pieces(self, count: int) -> Iterator[bytes]:
        left = 4 * count
        while left:
            start = 4 * self._generator.randrange(len(self._block) // 4)
            piece = self._block[start : start + left]
            yield piece
            left -= len(piece)


if __name__ == "__main__":
    write_case(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
