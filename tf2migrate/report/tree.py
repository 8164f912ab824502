"""Trees for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Item(NamedTuple):
    """One line of a tree; `depth` is 0 for the root."""

    depth: int
    text: str


_UNICODE = ("├─ ", "└─ ", "│  ")
_ASCII = ("|- ", "`- ", "|  ")


def tree_lines(items: Sequence[Item], encoding: str | None = "utf-8") -> list[str]:
    """Lines with branches before the texts, in the order in which a tree is walked down.

    Args:
      encoding: of the output; one without box drawing gets plain characters.
    """
    tee, corner, bar = _UNICODE if _can_draw(encoding) else _ASCII
    lines: list[str] = []
    open_depths: set[int] = set()  # depths at which a sibling follows further down
    for depth, text in reversed(items):
        open_depths = {other for other in open_depths if other <= depth}
        branches = [bar if other in open_depths else "   " for other in range(1, depth)]
        if depth:
            branches.append(tee if depth in open_depths else corner)
            open_depths.add(depth)
        lines.append("".join(branches) + text)
    lines.reverse()
    return lines


def _can_draw(encoding: str | None) -> bool:
    try:
        "".join(_UNICODE).encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
