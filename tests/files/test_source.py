"""Bytes to Source and back."""

from __future__ import annotations

import ast
import codecs
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.model.problem import Problem
from tf2migrate.syntax.source import EncodeError, Source, read_source


def read(raw: bytes) -> Source:
    source = read_source("a.py", raw)
    assert isinstance(source, Source), source
    return source


def refused(raw: bytes) -> Problem:
    problem = read_source("a.py", raw)
    assert isinstance(problem, Problem), problem
    assert problem.code == "TFM903"
    return problem


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x = 1",
        b"x = 1\r\ny = 2\n",
        b"x = 1\ry = 2\r",
        b"\x0cx = 1\n",
        codecs.BOM_UTF8 + b"x = 1\n",
        codecs.BOM_UTF8 + b"# coding: utf-8\nx = 1\n",
        "# -*- coding: latin-1 -*-\ns = 'é'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ns = '€'\n".encode("cp1252"),
        "# coding: shift_jis\ns = '表'\n".encode("shift_jis"),
        "# é coding: latin-1\n".encode("latin-1"),
        "# Author: José\n# coding: latin-1\n".encode("latin-1"),
        "# coding=utf8\ns = 'é'\n".encode(),
        "s = 1\n# coding: latin-1\ns = 'é'\n".encode(),
    ],
)
def test_unchanged_text_gives_the_same_bytes(raw: bytes) -> None:
    source = read(raw)
    assert source.encode(source.text) == raw


def test_text_is_utf8_without_the_mark() -> None:
    source = read(codecs.BOM_UTF8 + "s = 'é'\n".encode())
    assert source.text == "s = 'é'\n".encode()
    assert source.bom
    assert source.encoding == "utf-8"


def test_latin_1_is_decoded_and_encoded() -> None:
    source = read("# coding: latin-1-unix\ns = 'é'\n".encode("latin-1"))
    assert source.encoding == "iso-8859-1"
    assert source.text.decode() == "# coding: latin-1-unix\ns = 'é'\n"
    assert source.encode("t = 'è'".encode()) == b"t = '\xe8'"


def test_a_cookie_after_code_does_not_count() -> None:
    assert read(b"x = 1\n# coding: latin-1\n").encoding == "utf-8"


@pytest.mark.parametrize(
    ("raw", "newline"),
    [(b"", "\n"), (b"a\r\nb\r\nc\n", "\r\n"), (b"a\rb\rc\n", "\r"), (b"a\nb\r\n", "\n")],
)
def test_the_line_end_that_prevails(raw: bytes, newline: str) -> None:
    assert read(raw).newline == newline


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"# coding: klingon\n", 1, "klingon"),
        (b"\n# coding: rot13\n", 2, "rot13"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", 1, "latin-1"),
        (b"x = 1\r\ny = '\xe9'\n", 2, "0xe9"),
        (b"x\n\n\0", 3, "null byte"),
        ("x = 1\n".encode("utf-16"), 1, "UTF-16"),
        (b"# coding: utf-7\nx = '+AGE-'\n", 1, "utf-7"),
        (b"# coding: utf-16\nx = 1\n", 1, "utf-16"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(raw: bytes, line: int, words: str) -> None:
    problem = refused(raw)
    assert problem.line == line
    assert words in problem.message


def test_a_character_that_does_not_fit_is_named_with_its_line() -> None:
    source = read(b"# coding: latin-1\n")
    with pytest.raises(EncodeError, match=r"a\.py:2: the character '€' does not fit"):
        source.encode("# coding: latin-1\n'€'".encode())


_PIECES = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\r", b"\0", b"\x0c", b" ", b"#", b"x = 1", b"'", b'"""', b"\\"),
        *(b"\xe9", b"\xff", codecs.BOM_UTF8, "é".encode(), b"# coding: latin-1", b"coding=cp1252"),
        *(b"# -*- coding: utf-8 -*-", b"# coding: gbk", b"# coding: utf-7", b"# coding: idna"),
        *(b"# coding: iso2022_jp", b"# coding: unicode_escape", b"# coding: hz", b"\x1b$B"),
        *(b"# coding: zlib", b"# coding: punycode", b"# coding: utf_8_sig", b"# coding: cp037"),
    ]
)
_BYTES = st.binary(max_size=60) | st.lists(_PIECES, max_size=8).map(b"".join)


@given(_BYTES)
def test_any_bytes_are_a_problem_or_come_back(raw: bytes) -> None:
    source = read_source("a.py", raw)
    if isinstance(source, Problem):
        assert 1 <= source.line <= raw.count(b"\n") + raw.count(b"\r") + 1
    else:
        assert source.encode(source.text) == raw
        source.text.decode("utf-8")


@given(_BYTES)
def test_what_python_compiles_means_the_same_as_its_text(raw: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = ast.dump(ast.parse(raw))
        except (SyntaxError, ValueError, LookupError):
            return
        source = read_source("a.py", raw)
        if isinstance(source, Source):
            assert ast.dump(ast.parse(source.text.decode())) == expected
        else:
            # It does not look into comments that are not UTF-8; `python a.py` refuses them.
            assert b"coding" in raw or not _is_utf8(raw)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
