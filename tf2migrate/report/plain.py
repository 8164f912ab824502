"""Lines for people: columns that line up, colours, sizes.

What the commands on checkpoints print is made with this and not with rich: a
table of ten thousand rows takes a hundredth of the time, and importing rich
alone takes a third of the 0.3 s that such a command may take.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Paint: TypeAlias = Callable[[str, str], str]
"""Gives a text in a colour or `bold`, `dim`: (text, style) -> text."""

_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
_NO_LIMIT = 1 << 20
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def plain(text: str, _style: str) -> str:
    """The paint of a pipe."""
    return text


def ansi(text: str, style: str) -> str:
    """The paint of a terminal."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else text


def columns(
    rows: Sequence[Sequence[str]], right: Iterable[int] = (), widest: int | None = None
) -> list[str]:
    """Each row as a line, two spaces between columns, the last one as long as it is.

    Args:
      rows: cells, the same number in each row.
      right: the columns that are flushed right.
      widest: a column is made no wider than this; longer cells push the others on.
    """
    if not rows:
        return []
    flushed = frozenset(right)
    widths = [min(max(map(len, column)), widest or _NO_LIMIT) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    layout = "  ".join(
        "{}" if index == last and index not in flushed else _cell(width, index in flushed)
        for index, width in enumerate(widths)
    )
    return [layout.format(*row).rstrip() for row in rows]


def _cell(width: int, right: bool) -> str:
    return f"{{:{'>' if right else '<'}{width}}}"


def paragraph(text: str, indent: int, width: int | None) -> list[str]:
    """`text` as lines that are indented, and no longer than `width` where it can be."""
    margin = " " * indent
    if width is None:
        return [margin + line for line in text.splitlines()]
    wrapped: list[str] = []
    for line in text.splitlines():
        wrapped += textwrap.wrap(
            line,
            max(width, indent + 20),
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return wrapped


def counted(number: int, noun: str) -> str:
    """`1 variable`, `2 variables`, `1,000 variables`; `1 entry`, `2 entries`."""
    if number != 1:
        noun = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun}"


def size(number: int) -> str:
    """A number of bytes with three digits, in powers of a thousand: `2.05 GB`."""
    if number < 1000:
        return f"{number} B"
    scaled, unit = float(number), 0
    while scaled >= 999.5 and unit < len(_UNITS) - 1:
        scaled, unit = scaled / 1000, unit + 1
    decimals = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
    return f"{scaled:.{decimals}f} {_UNITS[unit]}"


def shape_text(shape: Sequence[int | None] | None) -> str:
    """`[2,3]`, `[]` for a scalar, `[?,3]` with an unknown dimension, `[...]` of unknown rank."""
    if shape is None:
        return "[...]"
    return f"[{','.join('?' if length is None else str(length) for length in shape)}]"
