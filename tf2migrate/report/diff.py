"""Unified diffs of bytes, as `git apply` takes them.

Lines end at a line feed, as for git: a carriage return is a byte of its line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

_NO_NEWLINE = b"\\ No newline at end of file\n"
_QUOTED = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_ESCAPES = {
    7: b"\\a",
    8: b"\\b",
    9: b"\\t",
    10: b"\\n",
    11: b"\\v",
    12: b"\\f",
    13: b"\\r",
    34: b'\\"',
    92: b"\\\\",
}
_COLOURS = {b"@": b"\x1b[36m", b"+": b"\x1b[32m", b"-": b"\x1b[31m"}
_BOLD, _REVERSE, _RESET = b"\x1b[1m", b"\x1b[7m", b"\x1b[0m"


def file_diff(path: str, old: bytes, new: bytes, context: int = 3) -> bytes:
    """The diff of one file with git's headers; empty when nothing differs."""
    if old == new:
        return b""
    before, after = _name("a/", path), _name("b/", path)
    header = b"diff --git %s %s\n--- %s\n+++ %s\n" % (before, after, _tab(before), _tab(after))
    return header + b"".join(_hunks(_lines(old), _lines(new), context))


def coloured(diff: bytes) -> bytes:
    """`diff` with terminal colours; carriage returns are shown as `^M`."""
    in_header = False
    lines = []
    for line in _lines(diff):
        if line.startswith(b"diff --git "):
            in_header = True
        elif line.startswith(b"@@"):
            in_header = False
        colour = _BOLD if in_header else _COLOURS.get(line[:1], b"")
        body = line.rstrip(b"\n").replace(b"\r", _REVERSE + b"^M" + _RESET + colour)
        lines.append(colour + body + (_RESET if colour else b"") + b"\n")
    return b"".join(lines)


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _hunks(old: Sequence[bytes], new: Sequence[bytes], context: int) -> Iterator[bytes]:
    matcher = difflib.SequenceMatcher(None, old, new)
    for group in matcher.get_grouped_opcodes(context):
        first, last = group[0], group[-1]
        ranges = (_range(first[1], last[2]), _range(first[3], last[4]))
        yield b"@@ -%s +%s @@\n" % ranges
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from _marked(b" ", old[i1:i2])
            else:
                yield from _marked(b"-", old[i1:i2])
                yield from _marked(b"+", new[j1:j2])


def _marked(sign: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield sign + line
        if not line.endswith(b"\n"):
            yield b"\n" + _NO_NEWLINE


def _range(start: int, stop: int) -> bytes:
    length = stop - start
    if length == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + 1 if length else start, length)


def _name(prefix: str, path: str) -> bytes:
    """The name as git writes it: quoted where a byte of it would confuse."""
    name = (prefix + path).encode("utf-8", "surrogateescape")
    if not _QUOTED.search(name):
        return name
    return b'"' + _QUOTED.sub(_escaped, name) + b'"'


def _escaped(match: re.Match[bytes]) -> bytes:
    byte = match[0][0]
    return _ESCAPES.get(byte, b"\\%03o" % byte)


def _tab(name: bytes) -> bytes:
    return name + b"\t" if b" " in name and not name.startswith(b'"') else name
