"""New code in the place of an expression."""

from __future__ import annotations

import sys

import pytest

from tf2migrate.rewrite import ConflictError, RewriteError, rewrite

from .cases import Code

FSTRINGS = pytest.mark.skipif(sys.version_info < (3, 12), reason="ast has no spans in f-strings")


@pytest.mark.parametrize("text", ["", "x = 1", "x\t=1 # c\r\n\f\ny = (  2)\\\r\n", "a\rb\r"])
def test_no_edits_change_nothing(text: str) -> None:
    data = text.encode("utf-8")
    assert rewrite(data, []) is data


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x = (a, # c\n  b )\n", "(a, # c\n  b )"),
        ("f(a for a in b)", "(a for a in b)"),
        ("f( x ,y= 1 , )\r\n", "y= 1"),
        ("def f(a : int = 1, *b): pass\n", "a : int"),
    ],
)
def test_an_expression_replaced_by_itself_changes_nothing(text: str, place: str) -> None:
    code = Code(text)
    assert code.replace(place, f"<<{place}>>").done() == text


REPLACED = {
    "a base by a binary operation": ("x = a.b\n", "a", "c + d", "x = (c + d).b\n"),
    "a base by a name": ("x = (a + b).c\n", "a + b", "d", "x = (d).c\n"),
    "several indices": ("x[a, b]\n", "a, b", "c", "x[c]\n"),
    "a starred element": ("x = [*a, b]\n", "*a", "c, d", "x = [c, d, b]\n"),
    "a yield": ("def f():\n  x = a\n", "a", "yield b", "def f():\n  x = yield b\n"),
    "an operand that binds tighter": ("x = a * b\n", "b", "c * d", "x = a * (c * d)\n"),
    "an operand that binds as is": ("x = a + b\n", "b", "c * d", "x = a + c * d\n"),
    "next to a keyword": ("x = 1if y else 2\n", "1", "a", "x = (a)if y else 2\n"),
    "right after a keyword": ("for x in(a, b):pass\n", "(a, b)", "c", "for x in(c):pass\n"),
    "after a keyword": ("x = not(y)\n", "y", "a", "x = not(a)\n"),
    "an argument by a tuple": ("f(a)\n", "a", "b, c", "f((b, c))\n"),
    "a value by a tuple": ("x = a\n", "a", "b, c", "x = b, c\n"),
    "a tuple in a subscript": ("x[(a, b)]\n", "(a, b)", "c", "x[c]\n"),
    "a tuple with parentheses of its own": ("x = ((a, b))\n", "(a, b)", "c", "x = (c)\n"),
    "a statement by several lines": ("x = a\n", "a", "b +\\\n  c", "x = b +\\\n  c\n"),
    "lines that need parentheses": ("x = a\n", "a", "b\n  + c", "x = (b\n  + c)\n"),
    "lines that need none": ("f(a)\n", "a", "b\n  + c", "f(b\n  + c)\n"),
    "a keyword argument": ("f(a, b=1, c=2)\n", "b=1", "d=3", "f(a, d=3, c=2)\n"),
    "a keyword argument by two": ("f(a, b=1, c=2)\n", "b=1", "d=3, e=4", "f(a, d=3, e=4, c=2)\n"),
    "an argument by a starred one": ("f(a, b)\n", "a", "*c", "f(*c, b)\n"),
    "a generator argument": ("f(a for a in b)\n", "(a for a in b)", "c", "f(c)\n"),
    "an imported name": (
        "from a import b as c, d\n",
        "b as c",
        "e as c",
        "from a import e as c, d\n",
    ),
    "an imported module": ("import a.b\n", "a.b", "c as d", "import c as d\n"),
    "a parameter": ("def f(a: int = 1): pass\n", "a: int", "b: str", "def f(b: str = 1): pass\n"),
    "a starred parameter": ("def f(*args, b): pass\n", "args", "c", "def f(*c, b): pass\n"),
    "a base class": ("class A(B, C):\n  x = 1\n", "B", "D.E", "class A(D.E, C):\n  x = 1\n"),
    "a decorator": ("@a(b)\ndef f():\n  pass\n", "a(b)", "c", "@c\ndef f():\n  pass\n"),
    "a walrus": ("if a:\n  pass\n", "a", "b := 1", "if b := 1:\n  pass\n"),
    "a walrus value": ("x = a\n", "a", "b := 1", "x = (b := 1)\n"),
    "an elif": ("if a:\n  b\nelif c: d\n", "c", "e", "if a:\n  b\nelif e: d\n"),
    "an except": ("try:\n  b\nexcept C as e: d\n", "C", "F", "try:\n  b\nexcept F as e: d\n"),
    "a subject": ("match x:\n  case 1: b\n", "x", "c", "match c:\n  case 1: b\n"),
    "a guard": ("match a:\n  case 1 if b: c\n", "b", "d", "match a:\n  case 1 if d: c\n"),
    "after umlauts": ("ä = 'ö', x\n", "x", "y", "ä = 'ö', y\n"),
    "after a form feed": ("\f\nx = 1\n\fy = a.b\n", "a.b", "c", "\f\nx = 1\n\fy = c\n"),
    "carriage returns": ("x = f(a,\r  b)\ry = 2\r", "b", "c", "x = f(a,\r  c)\ry = 2\r"),
    "continued by a backslash": ("x = a + \\\n  b\n", "b", "c", "x = a + \\\n  c\n"),
}


@pytest.mark.parametrize("name", REPLACED)
def test_replaces(name: str) -> None:
    text, place, new, expected = REPLACED[name]
    assert Code(text).replace(place, new).done() == expected


def test_replaces_a_lambdas_body() -> None:
    assert Code("f = lambda x: x\n").replace("x", "x, 1", 2).done() == "f = lambda x: (x, 1)\n"


def test_async_code_can_be_edited() -> None:
    text = "async def f():\n\tasync with a() as b: c(b)\n"
    code = Code(text).replace("a()", "await d").replace("b", "e", 2)
    assert code.done() == "async def f():\n\tasync with await d as b: c(e)\n"


def test_no_final_newline_is_added() -> None:
    assert Code("if x:\n  f(a)").replace("a", "b").done() == "if x:\n  f(b)"


def test_holes_take_edited_text() -> None:
    code = Code("x = f(a.b, c)\n").replace("f(a.b, c)", "g(<<a.b>>)").replace("a", "d + e")
    assert code.done() == "x = g((d + e).b)\n"


def test_a_replaced_hole_has_no_needless_parentheses() -> None:
    code = Code("x = f(a).b\n").replace("f(a)", "g(<<a>>)").replace("a", "c + d")
    assert code.done() == "x = g(c + d).b\n"


def test_a_hole_gets_parentheses_where_its_new_place_needs_them() -> None:
    assert Code("x = f(a + b)\n").replace("f(a + b)", "<<a + b>>.c").done() == "x = (a + b).c\n"


def test_holes_may_hold_several_arguments() -> None:
    code = Code("f(a, # one\n  b=1, c=d)\n").replace("d", "e")
    code.replace("f(a, # one\n  b=1, c=d)", "g(0, <<a, # one\n  b=1, c=d>>)")
    assert code.done() == "g(0, a, # one\n  b=1, c=e)\n"


def test_a_hole_may_be_in_another_statement() -> None:
    code = Code("a = f(b.c)\nd = e\n").replace("e", "h(<<b.c>>)").replace("b", "x")
    assert code.done() == "a = f(x.c)\nd = h(x.c)\n"


def test_lines_of_a_hole_keep_their_comments_and_get_parentheses() -> None:
    code = Code("f(a + # one\n  b)\n")
    code.statement("f(a + # one\n  b)", "x = <<a + # one\n  b>>")
    assert code.done() == "x = (a + # one\n  b)\n"


def test_comments_of_lost_arguments_go_above_the_statement() -> None:
    code = Code("if x:\n    y = f(\n        a,  # one\n        b,  # two\n    )  # end\n")
    code.replace("f(\n        a,  # one\n        b,  # two\n    )", "g(<<b>>)")
    assert code.done() == "if x:\n    # one\n    # two\n    y = g(b)  # end\n"


def test_comments_go_above_a_statement_at_the_margin() -> None:
    code = Code("f(a, # one\n  b # two\n  )\n").replace("f(a, # one\n  b # two\n  )", "g(<<b>>)")
    assert code.done() == "# one\n# two\ng(b)\n"


def test_comments_of_a_decorator_go_above_it() -> None:
    code = Code("x\n@d(a, # one\n  b)\ndef f(): pass\n").replace("d(a, # one\n  b)", "e")
    assert code.done() == "x\n# one\n@e\ndef f(): pass\n"


def test_comments_of_a_lost_one_line_suite_go_above_its_header() -> None:
    code = Code("if (a and\n    b): f(c, # one\n  d)\n").replace("f(c, # one\n  d)", "g()")
    assert code.done() == "# one\nif (a and\n    b): g()\n"


def test_a_comment_sign_in_a_string_is_no_comment() -> None:
    assert Code("x = f('# no')\n").replace("f('# no')", "g()").done() == "x = g()\n"


def test_equal_edits_count_once() -> None:
    assert Code("x = a\n").replace("a", "b").replace("a", "b").done() == "x = b\n"


@FSTRINGS
def test_an_expression_in_an_f_string() -> None:
    code = Code("x = f'{a.b!r:>{w}}' f\"{c}\"\n").replace("a.b", "{1: 2}").replace("w", "v + 1")
    assert code.replace("c", 'd["e"]').done() == "x = f'{({1: 2})!r:>{v + 1}}' f\"{d['e']}\"\n"


@FSTRINGS
def test_quotes_that_an_f_string_cannot_take() -> None:
    with pytest.raises(ConflictError, match="quotes"):
        Code("x = f'{a}'\n").replace("a", "'\"'").done()


CONFLICTS = {
    "two texts for one place": Code("x = a\n").replace("a", "b").replace("a", "c"),
    "inside, in no hole": Code("f(a.b)\n").replace("a", "x").replace("f(a.b)", "g()"),
    "overlap": Code("a + b + c\n").replace("a + b", "x").replace("b + c", "y"),
    "in a replaced statement": Code("x = a\n").statement("x = a", "y").replace("a", "b"),
    "in a removed statement": Code("x = a\n").remove("x = a").replace("a", "b"),
    "wrapped and removed": Code("x = a\n").remove("x = a").wrap("x = a", "if 1:"),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_conflicts_are_refused(name: str) -> None:
    with pytest.raises(ConflictError, match=r"bytes \d+ to \d+ and .* bytes \d+ to \d+"):
        CONFLICTS[name].done()


def test_holes_in_a_circle_are_refused() -> None:
    with pytest.raises(ConflictError, match="circle"):
        Code("a = b\nc = d\n").replace("b", "f(<<d>>)").replace("d", "g(<<b>>)").done()


def test_a_removed_part_may_live_on_in_a_hole() -> None:
    code = Code("x = f(a)\ny = 1\n").remove("x = f(a)").replace("a", "b").replace("1", "<<f(a)>>")
    assert code.done() == "y = f(b)\n"


@pytest.mark.parametrize("new", ["", "b +", "x y", "return"])
def test_what_is_not_python_is_refused(new: str) -> None:
    with pytest.raises(RewriteError, match="tf2migrate"):
        Code("x = a\n").replace("a", new).done()


def test_a_statement_that_is_not_python_is_named() -> None:
    with pytest.raises(RewriteError, match=r"tf2migrate made a mistake.*x = = 1"):
        Code("y = 1\n").statement("y = 1", "x = = 1").done()


def test_a_place_without_an_expression_is_refused() -> None:
    with pytest.raises(RewriteError):
        Code("x = a + b\n").replace("= a", "b").done()
