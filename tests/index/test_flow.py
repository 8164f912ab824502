"""Where values go, and where they cannot be followed."""

from __future__ import annotations

import pytest

from tests.index.conftest import calls_named, project_of
from tf2migrate.index.flow import Flow

FOLLOWED = {
    "name": "s = Make()\ns.use()",
    "two names": "s = Make()\nt = s\nt.use()",
    "several targets": "a = b = Make()\nb.use()",
    "closure": "def f():\n    s = Make()\n    def g():\n        s.use()",
    "global": "def f():\n    global s\n    s = Make()\ndef g():\n    s.use()",
    "attribute": "class A:\n    def f(self):\n        self.s = Make()\n    def g(self):\n"
    "        self.s.use()",
    "attribute of an object": "class A:\n    def f(self):\n        self.s = Make()\n"
    "def g(a):\n    a.s.use()",
    "attribute of a derived class": "class A:\n    def g(self):\n        self.s.use()\n"
    "class B(A):\n    def f(self):\n        self.s = Make()",
    "class attribute": "class A:\n    s = Make()\n    def f(self):\n        self.s.use()",
    "property": "class A:\n    @property\n    def s(self):\n        return Make()\n"
    "    def f(self):\n        self.s.use()",
    "argument": "def f(x):\n    x.use()\nf(Make())",
    "keyword argument": "def f(*, x):\n    x.use()\nf(x=Make())",
    "argument of a constructor": "class A:\n    def __init__(self, x):\n        self.y = x\n"
    "    def f(self):\n        self.y.use()\nA(Make())",
    "return": "def f():\n    return Make()\nf().use()",
    "tuple": "def f():\n    return 1, Make()\na, b = f()\nb.use()",
    "dict": "d = {'a': Make()}\nd['a'].use()",
    "item of a dict": "d = {}\nd['a'] = Make()\nd['a'].use()",
    "list": "d = [Make(), 3]\nd[0].use()",
    "choice": "s = Make() if q else None\ns.use()",
    "or": "def f(s=None):\n    s = s or Make()\n    s.use()",
    "walrus": "if (s := Make()):\n    s.use()",
    "directly": "Make().use()",
    "loop and test": "s = None\nwhile s is None:\n    s = Make()\ns.use()",
}


@pytest.mark.parametrize("code", FOLLOWED.values(), ids=FOLLOWED)
def test_followed(code: str) -> None:
    project = project_of(main=code)
    (group,) = Flow(project, calls_named(project, "Make")).groups
    assert [escape.reason for escape in group.escapes] == []
    assert [use.name for use in group.uses] == ["use"]


ACROSS = {
    "import of the name": "from lib import s\ns.use()",
    "import of the module": "import lib\nlib.s.use()",
    "call of its function": "import lib\nlib.make().use()",
    "argument of its function": "import lib\nlib.take(lib.make())",
}


@pytest.mark.parametrize("code", ACROSS.values(), ids=ACROSS)
def test_followed_across_modules(code: str) -> None:
    lib = "s = Make()\ndef make():\n    return s\ndef take(x):\n    x.use()"
    project = project_of(main=code, lib=lib)
    (group,) = Flow(project, calls_named(project, "Make")).groups
    assert group.escapes == []
    assert len(group.uses) == 1


ESCAPES = {
    "unknown function": "print(1)\nother(Make())",
    "method of an unknown object": "x.append(Make())",
    "star": "def f(*a): pass\nf(Make())",
    "double star": "def f(**k): pass\nf(a=Make())",
    "computed key": "d = {'a': Make()}\nd[k].use()",
    "key that is computed": "d = {k: Make()}",
    "iteration": "for s in [Make()]:\n    s.use()",
    "method of its container": "d = {'a': Make()}\nd.items()",
    "list comprehension": "d = [Make() for _ in q]",
    "lambda": "f = lambda: Make()",
    "yield": "def f():\n    yield Make()",
    "called": "s = Make()\ns()",
    "class is tested": "s = Make()\nisinstance(s, int)",
    "nonlocal": "def f():\n    s = None\n    def g():\n        nonlocal s\n        s = Make()",
    "dictionary of an object": "self.__dict__['s'] = Make()",
    "default": "def f(s=Make()):\n    s.use()",
    "also another value": "s = Make()\ns = other()\ns.use()",
    "also the target of a loop": "s = Make()\nfor s in q:\n    pass\ns.use()",
    "also unpacked": "s = Make()\ns, t = other()\ns.use()",
    "also another argument": "def f(x):\n    x.use()\nf(Make())\nf(other)",
    "also another return": "def f():\n    if q:\n        return other()\n    return Make()\n"
    "f().use()",
    "also another item": "d = {}\nd['a'] = Make()\nd['a'] = other()\nd['a'].use()",
    "also in another class": "class A:\n    def f(self):\n        self.s = Make()\nclass B:\n"
    "    def f(self):\n        self.s = other()\ndef g(x):\n    x.s.use()",
}


@pytest.mark.parametrize("code", ESCAPES.values(), ids=ESCAPES)
def test_escapes(code: str) -> None:
    project = project_of(main=code)
    groups = Flow(project, calls_named(project, "Make")).groups
    assert any(group.escapes for group in groups)


APART = {
    "two names": "s = Make()\nt = Make()\ns.use()\nt.use()",
    "two keys": "d = {'a': Make(), 'b': Make()}\nd['a'].use()\nd['b'].use()",
    "two classes": "class A:\n    def f(self):\n        self.s = Make()\n        self.s.use()\n"
    "class B:\n    def f(self):\n        self.s = Make()\n        self.s.use()",
    "two functions": "def f():\n    s = Make()\n    s.use()\ndef g():\n    s = Make()\n    s.use()",
}


@pytest.mark.parametrize("code", APART.values(), ids=APART)
def test_values_that_never_meet_are_groups_of_their_own(code: str) -> None:
    project = project_of(main=code)
    groups = Flow(project, calls_named(project, "Make")).groups
    assert [len(group.uses) for group in groups] == [1, 1]


def test_values_that_meet_are_one_group() -> None:
    project = project_of(main="if q:\n    s = Make()\nelse:\n    s = Make()\ns.use()")
    (group,) = Flow(project, calls_named(project, "Make")).groups
    assert (len(group.origins), len(group.uses), group.escapes) == (2, 1, [])


def test_an_attribute_of_that_name_in_another_class_is_not_the_value() -> None:
    code = (
        "class A:\n    def f(self):\n        self.s = Make()\n"
        "class B:\n    def f(self):\n        self.s = 3\n        self.s.use()"
    )
    project = project_of(main=code)
    (group,) = Flow(project, calls_named(project, "Make")).groups
    assert (group.uses, group.escapes) == ([], [])
