"""Bytes of source without a parser: strings, comments, lines and indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

NEWLINE = re.compile(rb"\r\n|\r|\n")
_TOKEN = re.compile(
    rb'"""(?:\\(?:\r\n|.)|[^\\])*?"""'
    rb"|'''(?:\\(?:\r\n|.)|[^\\])*?'''"
    rb'|"(?:\\(?:\r\n|.)|[^"\\\r\n])*"'
    rb"|'(?:\\(?:\r\n|.)|[^'\\\r\n])*'"
    rb"|#[^\r\n]*",
    re.DOTALL,
)
_LEADING = re.compile(rb"[ \t\f]*")


def line_starts(text: bytes) -> list[int]:
    return [0, *(match.end() for match in NEWLINE.finditer(text))]


def comments(code: bytes) -> list[bytes]:
    """The comments in `code`, in order."""
    if b"#" not in code:
        return []
    found = (match.group() for match in _TOKEN.finditer(code))
    return [token.rstrip() for token in found if token.startswith(b"#")]


def blanked(code: bytes) -> bytes:
    """`code` with its strings and comments blanked out, as long as before."""
    return _TOKEN.sub(lambda match: b" " * len(match.group()), code)


def quotes_around(code: bytes, offset: int) -> bytes:
    """The quotes of the string that `offset` is in, empty if none is found."""
    for match in _TOKEN.finditer(code):
        token = match.group()
        if match.start() < offset < match.end() and token[:1] != b"#":
            return token[:3] if token[:3] in (b'"' * 3, b"'" * 3) else token[:1]
    return b""


def lines(code: bytes) -> Iterator[tuple[bytes, bool]]:
    """The lines of `code` with their ends, and whether a line starts within a string."""
    inside = [match.span() for match in _TOKEN.finditer(code) if match.group()[:1] != b"#"]
    starts = [*line_starts(code), len(code)]
    at = 0
    for start, end in pairwise(starts):
        if start == end:
            continue
        while at < len(inside) and inside[at][1] <= start:
            at += 1
        yield code[start:end], at < len(inside) and inside[at][0] < start


def leading(line: bytes) -> bytes:
    """The white space that a line begins with."""
    match = _LEADING.match(line)
    return match.group() if match else b""


def shift(code: bytes, old: bytes, new: bytes) -> bytes:
    """`code` with the indentation `old` of its lines changed to `new`.

    Lines within strings stay: their white space is the program's data. So do
    lines that are indented less than `old` (comments, continued lines).
    """
    out = []
    for line, in_string in lines(code):
        # A form feed would set the indentation back to zero.
        plain = leading(line).replace(b"\f", b"") + line[len(leading(line)) :]
        if in_string or not line.strip() or not plain.startswith(old):
            out.append(line)
        else:
            out.append(new + plain[len(old) :])
    return b"".join(out)


def laid_out(code: bytes, indent: bytes, unit: bytes, newline: bytes) -> bytes:
    """An edit's `code` (indented by four spaces) as lines of the file, no end of line.

    Code that ends with an empty line keeps one.
    """
    out = []
    code = NEWLINE.sub(b"\n", code)
    blank = newline if code.endswith(b"\n\n") else b""
    for line, in_string in lines(code.rstrip()):
        body = line.rstrip(b"\n")
        if not in_string and body.strip():
            depth = len(body) - len(body.lstrip(b" "))
            body = indent + unit * (depth // 4) + b" " * (depth % 4) + body[depth:]
        out.append(body)
    return newline.join(out) + blank
