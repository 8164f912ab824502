"""Python 2 told from plain syntax errors."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.model.problem import Problem
from tf2migrate.syntax.python2 import explain_syntax_error
from tf2migrate.syntax.source import Source, read_source


def explain(code: str) -> Problem:
    source = read_source("a.py", code.encode())
    assert isinstance(source, Source)
    with pytest.raises(SyntaxError) as caught:
        ast.parse(code)
    return explain_syntax_error(source, caught.value)


@pytest.mark.parametrize(
    "code",
    [
        "x = (1,\n",
        "def f(:\n    pass\n",
        'x = """print "no" """\ny = = 1\n',
        'y = = 1  # print "no"\n',
        "y = = 1\nprint(x, file=f)\nprint (x)\n",
        "y = = 1\nz = [print for print in x]\n",
        "y = = 1\nraise ValueError(a, b)\n",
        "y = = 1\ntry:\n    pass\nexcept (A, B) as e:\n    pass\n",
        "y = = 1\nx = 0\nx = 0.017\nx = 0x0777\nx = 00\n",
        "y = = 1\ndef f(a, b=(1, 2)):\n    return lambda a: (a, 1)\n",
        "  x = 1\n y = 2\n",
        "if x:\n\ty = 1\n        z = 2\n",
    ],
)
def test_a_plain_error_is_not_python_2(code: str) -> None:
    assert explain(code).code == "TFM901"


@pytest.mark.parametrize(
    ("code", "line", "trait"),
    [
        ('x = 1\nprint "a"\n', 2, "print statement"),
        ("if x: print y\n", 1, "print statement"),
        ("print 'a' % b,\n", 1, "print statement"),
        ("x = 1\r\nexec code in space\r\n", 2, "exec statement"),
        ("try:\n    pass\nexcept E, e:\n    pass\n", 3, "except X, e"),
        ("try:\n    pass\nexcept (A, B), e:\n    pass\n", 3, "except X, e"),
        ("raise E, 'message'\n", 1, "raise X, message"),
        ("if a <> b:\n    pass\n", 1, "<> operator"),
        ("x = `y`\n", 1, "backquotes"),
        ("x = ur'a'\n", 1, "ur string"),
        ("os.chmod(p, 0777)\n", 1, "octal"),
        ("print >>f, x\ny = = 1\n", 1, "print statement"),
        ("x = 10L\n", 1, "long number"),
        ("def f(a, (b, c)):\n    pass\n", 1, "tuple parameter"),
        ("f = lambda (a, b): a\n", 1, "tuple parameter"),
        ("if x:\n\ty = 1\n        z = 2\nprint 'tabs'\n", 4, "print statement"),
    ],
)
def test_python_2_is_named_with_its_line(code: str, line: int, trait: str) -> None:
    problem = explain(code)
    assert problem.code == "TFM902"
    assert problem.line == line
    assert trait in problem.message
    assert "2to3" in problem.message


@given(st.text(max_size=200), st.integers(-3, 50) | st.none())
def test_any_text_is_explained(text: str, line: int | None) -> None:
    source = read_source("a.py", text.encode("utf-8", "replace").replace(b"\0", b""))
    assert isinstance(source, Source | Problem)
    if isinstance(source, Source):
        error = SyntaxError("invalid syntax", ("a.py", line, 1, ""))
        assert explain_syntax_error(source, error).code in ("TFM901", "TFM902")
