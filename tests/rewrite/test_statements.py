"""Statements inserted, wrapped, replaced and removed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tf2migrate.rewrite import RewriteError

from .cases import Code


def test_insert_before_and_after_keeps_comments_and_order() -> None:
    code = Code("if x:\n  # over\n  call()  # on it\n  b\n")
    code.before("call()", "p").before("call()", "q").after("call()", "r").after("call()", "s")
    assert code.done() == ("if x:\n  # over\n  p\n  q\n  call()  # on it\n  r\n  s\n  b\n")


def test_insert_before_a_decorated_def_goes_above_its_decorators() -> None:
    code = Code("class A:\n\t@d(1)\n\t@e\n\tdef f(self): pass\n")
    code.before("def f(self): pass", "x = 1").after("def f(self): pass", "y = 2")
    assert code.done() == "class A:\n\tx = 1\n\t@d(1)\n\t@e\n\tdef f(self): pass\n\ty = 2\n"


def test_insert_after_a_block_goes_below_its_body() -> None:
    text = "if x:\n  a\nelse:\n  b  # c\n# d\n"
    code = Code(text).after("if x:\n  a\nelse:\n  b", "y")
    assert code.done() == "if x:\n  a\nelse:\n  b  # c\ny\n# d\n"


@pytest.mark.parametrize("unit", ["  ", "\t", "    ", " "])
def test_inserted_blocks_are_indented_as_the_file_is(unit: str) -> None:
    code = Code(f"if x:\n{unit}a()\n")
    code.before("a()", 'with y:\n    if z:\n        t = """\n    s"""\n\n    g(1,\n      2)')
    assert code.done() == (
        f'if x:\n{unit}with y:\n{unit * 2}if z:\n{unit * 3}t = """\n    s"""\n\n'
        f"{unit * 2}g(1,\n{unit * 2}  2)\n{unit}a()\n"
    )


def test_inserted_lines_end_as_the_file_does() -> None:
    code = Code("a()\r\nb()\r\n").before("b()", "if x:\n    y")
    assert code.done("\r\n") == "a()\r\nif x:\r\n    y\r\nb()\r\n"


def test_insert_after_a_last_line_without_newline() -> None:
    assert Code("a()").after("a()", "b()").done() == "a()\nb()\n"
    assert Code("a()").before("a()", "b()").done() == "b()\na()"


def test_a_shared_line_is_opened_up() -> None:
    code = Code("if x:\n  a(); b(1,\n    2); c()  # d\n").after("a()", "y")
    assert code.done() == "if x:\n  a()\n  y\n  b(1,\n    2)\n  c()  # d\n"


def test_a_one_line_suite_is_opened_up() -> None:
    code = Code("if x: a(); b()  # c\nelse: d()\n").before("a()", "y").after("d()", "z")
    assert code.done() == "if x:\n    y\n    a()\n    b()  # c\nelse:\n    d()\n    z\n"


def test_a_one_line_suite_after_a_backslash_is_opened_up() -> None:
    code = Code("if x: \\\n  a()\nb\n").before("a()", "c")
    assert code.done() == "if x:\n  c\n  a()\nb\n"


def test_one_line_suites_of_match_and_try_are_opened_up() -> None:
    code = Code("match x:\n  case 1: a(); b()\n").after("a()", "z")
    assert code.done() == "match x:\n  case 1:\n    a()\n    z\n    b()\n"
    code = Code("try: a()\nexcept E: b()\nfinally: c()\n").after("b()", "y").before("c()", "w")
    assert code.done() == "try: a()\nexcept E:\n    b()\n    y\nfinally:\n    w\n    c()\n"


def test_a_comment_after_a_semicolon_is_kept() -> None:
    code = Code("a();  # k\nb()\n").wrap("a()", "with x:")
    assert code.done() == "with x:\n    a()  # k\nb()\n"


def test_the_header_of_an_opened_suite_can_be_edited_too() -> None:
    code = Code("def f():\n  for x in a: b(x)\n").replace("a", "c").wrap("b(x)", "with y:")
    assert code.done() == "def f():\n  for x in c:\n    with y:\n      b(x)\n"


def test_wrap_indents_lines_but_not_strings() -> None:
    code = Code('if x:\n  f(a,\n    """s\n  t""", # c\n# low\n    b)  # d\n  g()\n')
    code.wrap('f(a,\n    """s\n  t""", # c\n# low\n    b)', "with <<a>> as y:").replace("b", "e")
    assert code.done() == (
        'if x:\n  with a as y:\n    f(a,\n      """s\n  t""", # c\n  # low\n      e)  # d\n  g()\n'
    )


def test_wrap_of_a_decorated_def_and_inserts_beside_it() -> None:
    code = Code("@d\ndef f():\n  pass\n").wrap("def f():\n  pass", "if x:")
    code.before("def f():\n  pass", "a").after("def f():\n  pass", "b").wrap("pass", "with y:")
    assert code.done() == "a\nif x:\n  @d\n  def f():\n    with y:\n      pass\nb\n"


def test_wrapped_neighbours_stay_apart_and_equal_wraps_merge() -> None:
    code = Code("a()\nb()").wrap("a()", "with x:").wrap("a()", "with x:").wrap("b()", "with x:")
    assert code.done() == "with x:\n    a()\nwith x:\n    b()"


def test_remove_takes_the_line_and_its_comment() -> None:
    assert Code("# up\na()  # gone\nb()\n").remove("a()").done() == "# up\nb()\n"


def test_remove_leaves_pass_in_an_empty_block() -> None:
    code = Code("if x:\n  a()\n  # kept\n  b()\nelse: c()  # d\n")
    code.remove("a()").remove("b()").remove("c()")
    assert code.done() == "if x:\n  pass\n  # kept\nelse: pass  # d\n"


def test_remove_of_all_but_with_something_in_its_place() -> None:
    code = Code("if x:\n  a()\n").remove("a()").after("a()", "b()")
    assert code.done() == "if x:\n  b()\n"


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("a()", "b(); c()  # d\n"),
        ("b()", "a(); c()  # d\n"),
        ("c()", "a(); b()  # d\n"),
        ("a() b()", "c()  # d\n"),
        ("b() c()", "a()  # d\n"),
        ("a() c()", "b()  # d\n"),
        ("a() b() c()", ""),
    ],
)
def test_remove_takes_one_of_a_line(gone: str, left: str) -> None:
    code = Code("a(); b(); c()  # d\n")
    for place in gone.split():
        code.remove(place)
    assert code.done() == left


def test_replace_statement_by_several_lines() -> None:
    code = Code("if x:\n  y = f(a, # one\n    b)  # end\n")
    code.statement("y = f(a, # one\n    b)", "with z:\n    y = <<b>>\nq()").replace("b", "c + d")
    assert code.done() == "if x:\n  # one\n  with z:\n    y = c + d\n  q()  # end\n"


def test_replace_statement_keeps_a_shared_line_if_it_can() -> None:
    assert Code("if x: a(); b()\n").statement("a()", "c").done() == "if x: c; b()\n"


def test_replace_statement_opens_a_shared_line_if_it_must() -> None:
    code = Code("if x: a(); b()\n").statement("a()", "if y:\n    c")
    assert code.done() == "if x:\n    if y:\n        c\n    b()\n"


def test_a_statement_moves_with_its_layout() -> None:
    code = Code('if x:\n  f(1,\n    """a\n  b""")\ny\n')
    place = 'f(1,\n    """a\n  b""")'
    code.remove(place).statement("y\n"[:1], f"class A:\n    <<{place}>>")
    assert code.done() == 'if x:\n  pass\nclass A:\n  f(1,\n    """a\n  b""")\n'


def test_insert_at_a_clause_is_refused() -> None:
    with pytest.raises(RewriteError, match="elif"):
        Code("if x:\n  a\nelif y:\n  b\n").before("elif y:\n  b", "c").done()


IMPORTS = {
    "is there": ("import os\n", "import os", "import os\n"),
    "is there by a submodule": ("import os.path\n", "import os", "import os.path\n"),
    "is there among others": ("import re, os\n", "import os", "import re, os\n"),
    "under if does not count": (
        "if x:\n  import os\n",
        "import os",
        "import os\nif x:\n  import os\n",
    ),
    "other name does not count": ("import os as o\n", "import os", "import os\nimport os as o\n"),
    "sorted block": ("import abc\nimport re\n", "import os", "import abc\nimport os\nimport re\n"),
    "sorted block, last": (
        "import abc\nimport ast\n",
        "import os",
        "import abc\nimport ast\nimport os\n",
    ),
    "unsorted block": (
        "import re\nimport abc\n",
        "import os",
        "import os\nimport re\nimport abc\n",
    ),
    "after future": (
        "from __future__ import a\nx\n".replace(" a\n", " division\n"),
        "import os",
        "from __future__ import division\nimport os\nx\n",
    ),
    "before the first": (
        '"""d"""\nfrom __future__ import division\nfrom a import b\n',
        "import os",
        '"""d"""\nfrom __future__ import division\nimport os\nfrom a import b\n',
    ),
    "docstring only": (
        '#!sh\n"""d"""\n\nx = 1\n',
        "import os",
        '#!sh\n"""d"""\n\nimport os\n\nx = 1\n',
    ),
    "comments": (
        "#!sh\n# coding: latin-1\nx = 1\n",
        "import os",
        "#!sh\n# coding: latin-1\nimport os\nx = 1\n",
    ),
    "two comments": (
        "# lic\n\n# on x\nx = 1\n",
        "import os",
        "# lic\n\nimport os\n\n# on x\nx = 1\n",
    ),
    "empty": ("", "import os", "import os\n"),
    "no code": ("# c", "import os", "# c\nimport os\n"),
    "third party": (
        "import re\n\nimport numpy as np\nfrom a import b\nx = 1\nimport z\n",
        "import tensorflow.compat.v1 as tf",
        "import re\n\nimport numpy as np\nimport tensorflow.compat.v1 as tf\n"
        "from a import b\nx = 1\nimport z\n",
    ),
    "shared line": ("import re; x = 1\n", "import os", "import os\nimport re; x = 1\n"),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_imports(name: str) -> None:
    text, code, expected = IMPORTS[name]
    assert Code(text).imports(code).imports(code).done() == expected


def test_several_imports_are_sorted() -> None:
    code = Code('"""d"""\nx = 1\n').imports("import re").imports("import os")
    assert code.done() == '"""d"""\n\nimport os\nimport re\nx = 1\n'


def test_an_import_that_goes_does_not_count() -> None:
    code = Code("import os\nx\n").remove("import os").imports("import os")
    assert code.done() == "import os\nx\n"


def test_libcst_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, tf2migrate.rewrite; print('libcst' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
