"""Bytes on disk to UTF-8 text and back, without the loss of a byte.

PEP 263 is followed as CPython's compiler does it, not as `tokenize` does: a
cookie may stand in a comment that is itself not UTF-8, and a lone carriage
return ends a line.
"""

from __future__ import annotations

import hashlib
import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field

from tf2migrate.model.problem import UNREADABLE, Problem

_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\Z")
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_ASCII = bytes(range(0x20, 0x7F)) + b"\t\n\r\f"
_REMEDY = "the file was left as it is"


class EncodeError(ValueError):
    """A text has a character that the encoding of its file cannot express."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its bytes, and its text as UTF-8 with the line ends as on disk.

    Attributes:
      path: relative to the project root, with `/`.
      raw: the bytes on disk.
      text: the text as UTF-8, without the byte order mark.
      encoding: the codec on disk, normalised as CPython does.
      bom: whether a UTF-8 byte order mark comes first.
      newline: the line end that prevails.
      digest: sha256 of `raw`, in hex.
    """

    path: str
    raw: bytes = field(repr=False)
    text: bytes = field(repr=False)
    encoding: str
    bom: bool
    newline: str
    digest: str

    def encode(self, text: bytes) -> bytes:
        """The bytes for disk of `text` (UTF-8), in the encoding of this file."""
        mark = BOM_UTF8 if self.bom else b""
        if self.encoding == "utf-8":
            return mark + text
        characters = text.decode("utf-8")
        try:
            return characters.encode(self.encoding)
        except UnicodeError as error:
            raise EncodeError(self._misfit(characters, error)) from error

    def _misfit(self, characters: str, error: UnicodeError) -> str:
        if not isinstance(error, UnicodeEncodeError):
            return f"{self.path}: the text does not fit the encoding {self.encoding}: {error}"
        line = _line_at(characters[: error.start].encode("utf-8", "replace"))
        misfit = error.object[error.start]
        return (
            f"{self.path}:{line}: the character {misfit!r} does not fit the encoding"
            f" {self.encoding}; save the file as UTF-8 first"
        )


def digest_of(raw: bytes) -> str:
    """The sha256 of `raw` in hex: what ties a plan to a file's bytes."""
    return hashlib.sha256(raw).hexdigest()


def read_source(path: str, raw: bytes) -> Source | Problem:
    """The source text of `raw`, or why there is none (TFM903). Never raises."""
    if b"\0" in raw:
        return _null_bytes(path, raw)
    bom = raw.startswith(BOM_UTF8)
    body = raw[len(BOM_UTF8) :] if bom else raw
    name, line = _cookie(body)
    encoding = _normal(name)
    if bom and encoding != "utf-8":
        message = f"a UTF-8 byte order mark, but the coding comment says {name}; remove one of them"
        return Problem(path, UNREADABLE, line, f"{message}; {_REMEDY}")
    text = _decode(path, body, encoding, line)
    if isinstance(text, Problem):
        return text
    source = Source(path, raw, text, encoding, bom, _prevailing(text), digest_of(raw))
    return source if _survives(source) else _lossy(source, line)


def _cookie(body: bytes) -> tuple[str, int]:
    """The encoding that a comment in the first two lines names, and its line."""
    position = 0
    for number in (1, 2):
        match = _LINE.match(body, position)
        line = match[1] if match else b""
        if cookie := _COOKIE.match(line):
            return cookie[1].decode("ascii"), number
        if not match or not _BLANK.match(line):
            break
        position = match.end()
    return "utf-8", 1


def _normal(name: str) -> str:
    """CPython's normal form: Emacs's suffixes (`latin-1-unix`) are ignored."""
    start = name[:12].lower().replace("_", "-")
    if start == "utf-8" or start.startswith("utf-8-"):
        return "utf-8"
    for latin in ("latin-1", "iso-8859-1", "iso-latin-1"):
        if start == latin or start.startswith(latin + "-"):
            return "iso-8859-1"
    return name


def _decode(path: str, body: bytes, encoding: str, line: int) -> bytes | Problem:
    if not _suits(encoding):
        message = f"{encoding} is not an encoding for Python source; correct the coding comment"
        return Problem(path, UNREADABLE, line, f"{message}; {_REMEDY}")
    try:
        text = body.decode(encoding)
        return body if encoding == "utf-8" else text.encode("utf-8")
    except UnicodeDecodeError as error:
        line = _line_at(body[: error.start])
        bad = " ".join(f"0x{byte:02x}" for byte in body[error.start : error.end][:4])
        message = (
            f"byte {bad} is not {encoding}; save the file as UTF-8"
            " or name its encoding in a coding comment"
        )
    except Exception as error:  # a codec may raise anything
        message = f"the file cannot be decoded as {encoding}: {error}; save it as UTF-8"
    return Problem(path, UNREADABLE, line, f"{message}; {_REMEDY}")


def _suits(encoding: str) -> bool:
    """Whether the codec exists and has ASCII where Python needs it."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except Exception:  # a codec may raise anything
        return False


def _survives(source: Source) -> bool:
    if source.encoding == "utf-8":
        return True
    try:
        return source.encode(source.text) == source.raw
    except Exception:  # a codec may raise anything
        return False


def _lossy(source: Source, line: int) -> Problem:
    message = f"{source.encoding} does not give the same bytes back; save the file as UTF-8"
    return Problem(source.path, UNREADABLE, line, f"{message}; {_REMEDY}")


def _null_bytes(path: str, raw: bytes) -> Problem:
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    what = "the file is UTF-16" if utf16 else "the file contains a null byte"
    line = 1 if utf16 else _line_at(raw[: raw.index(b"\0")])
    return Problem(path, UNREADABLE, line, f"{what}; save it as UTF-8 text; {_REMEDY}")


def _prevailing(text: bytes) -> str:
    both = text.count(b"\r\n")
    counts = {"\n": text.count(b"\n") - both, "\r\n": both, "\r": text.count(b"\r") - both}
    return max(counts, key=lambda newline: counts[newline])


def _line_at(before: bytes) -> int:
    return 1 + len(_NEWLINE.findall(before))
