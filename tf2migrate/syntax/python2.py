"""Why a file does not parse: Python 2, or a plain syntax error."""

from __future__ import annotations

import re
import sys

from tf2migrate.model.problem import PYTHON_2, SYNTAX_ERROR, Problem
from tf2migrate.syntax.source import Source

_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''(?:\\.|[^\\])*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'"
    r"|#[^\n]*",
    re.DOTALL,
)
_START = r"(?:^|[:;])\s*"
_TRAITS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "print statement",
            _START + r"print(?:\s*\"\"|\s+(?!(?:in|is|and|or|if|else|for)\b)[\w`\[{]|\s*>>)",
        ),
        ("exec statement", _START + r"exec(?:\s*\"\"|\s+(?!(?:in|is|and|or|if|else|for)\b)\w)"),
        ("except X, e", r"^\s*except\b[^:(]*,\s*\w+\s*:|^\s*except\s*\([^()]*\)\s*,\s*\w+\s*:"),
        ("raise X, message", _START + r"raise\s+[\w.]+\s*,"),
        ("<> operator", r"<>"),
        ("backquotes", r"`[^`]+`"),
        ("ur string", r"\b[uU][rR]\"\""),
        ("octal number with a leading 0", r"(?<![\w.])0\d*[1-7]\d*(?![\w.])"),
        ("long number", r"(?<![\w.])(?:0[xX][\da-fA-F]+|\d+)[lL]\b"),
        ("tuple parameter", r"\b(?:def\s+\w+\s*\((?:[^()]*,)?|lambda\s*(?:[\w\s]+,)*)\s*\(\s*\w"),
    )
)
_MESSAGES = (
    ("Missing parentheses in call to 'print'", "print statement"),
    ("Missing parentheses in call to 'exec'", "exec statement"),
    ("multiple exception types must be parenthesized", "except X, e"),
    ("leading zeros in decimal integer literals", "octal number with a leading 0"),
    ("parameters cannot be parenthesized", "tuple parameter"),
)
_KEPT = "; the file was left as it is"


def explain_syntax_error(source: Source, error: SyntaxError) -> Problem:
    """The problem that `error`, raised by parsing `source`, stands for, with its line.

    The file is Python 2 if the error or any line of it can only be so; strings and
    comments do not count.
    """
    line = max(error.lineno or 1, 1)
    trait = _python_2_trait(source) or _trait_of_message(error, line)
    if trait:
        name, line = trait
        message = f"Python 2 source ({name}): run 2to3 / lib2to3 first{_KEPT}"
        return Problem(source.path, PYTHON_2, line, message)
    return Problem(source.path, SYNTAX_ERROR, line, _plain(error) + _KEPT)


def _plain(error: SyntaxError) -> str:
    version = ".".join(map(str, sys.version_info[:2]))
    message = f"syntax error for Python {version}: {error.msg}"
    if isinstance(error, TabError):
        message += "; indent with spaces only"
    return message


def _trait_of_message(error: SyntaxError, line: int) -> tuple[str, int] | None:
    for start, name in _MESSAGES:
        if start in str(error.msg):
            return name, line
    return None


def _python_2_trait(source: Source) -> tuple[str, int] | None:
    """The first thing that means something in Python 2 only."""
    for number, line in enumerate(_code_lines(source), 1):
        for name, pattern in _TRAITS:
            if pattern.search(line):
                return name, number
    return None


def _code_lines(source: Source) -> list[str]:
    """The lines with every string emptied and every comment removed."""
    text = source.text.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return _QUOTED.sub(_mask, text).split("\n")


def _mask(quoted: re.Match[str]) -> str:
    text = quoted[0]
    return "" if text.startswith("#") else '""' + "\n" * text.count("\n")
