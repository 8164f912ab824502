"""When the text shows that objects own all that a Saver holds."""

from __future__ import annotations

import pytest

from tests.index.conftest import project_of
from tf2migrate.index.owners import Cover, cover, runs_once
from tf2migrate.index.programs import Programs
from tf2migrate.index.savers import saver_groups

HEAD = "import tensorflow as tf\n"
W = "w = tf.Variable(1., name='w')\n"
SAVER = "saver = tf.train.Saver()\n"
ADAM = "optimizer = tf.train.AdamOptimizer(0.1)\n"
CLASS = "class Net(object):\n    def __init__(self):\n        self.w = tf.Variable(1.)\n"


def covered(code: str) -> Cover | None:
    project = project_of(main=HEAD + code)
    (group,) = saver_groups(project)
    return cover(project, Programs(project), group.constructions[0])


SHOWN = {
    "module": (W + SAVER, ["w"], 0),
    "two variables": (W + "b = tf.get_variable('b', [1])\n" + SAVER, ["w", "b"], 0),
    "dict": ("ws = {'a': tf.Variable(1.), 'b': tf.Variable(2.)}\n" + SAVER, ["ws"], 0),
    "list": ("ws = [tf.Variable(1.), tf.Variable(2.)]\n" + SAVER, ["ws"], 0),
    "under a scope": ("with tf.variable_scope('a'):\n    " + W + SAVER, ["w"], 0),
    "optimizer": (W + ADAM + "t = optimizer.minimize(w)\n" + SAVER, ["w"], 1),
    "optimizer after the saver": (W + SAVER + ADAM + "t = optimizer.minimize(w)\n", ["w"], 0),
    "optimizer without slots": (
        W + "t = tf.train.GradientDescentOptimizer(1.).minimize(w)\n" + SAVER,
        ["w"],
        0,
    ),
    "variable after the saver": (W + SAVER + "late = tf.Variable(2.)\n", ["w"], 0),
    "main function": ("def main(_):\n    " + W + "    " + SAVER + "tf.app.run()", ["w"], 0),
    "class": (CLASS + "net = Net()\n" + SAVER, ["w"], 0),
}


@pytest.mark.parametrize(("code", "attributes", "updaters"), SHOWN.values(), ids=SHOWN)
def test_shown(code: str, attributes: list[str], updaters: int) -> None:
    found = covered(code)
    assert found is not None
    assert [item.attribute for item in found.tracked] == attributes
    assert len(found.updaters) == updaters


NOT_SHOWN = {
    "no variable": SAVER,
    "variable without a name": "print(tf.Variable(1.))\n" + SAVER,
    "name bound twice": W + W + SAVER,
    "in a loop": "for i in range(3):\n    " + W + SAVER,
    "in a branch": "if q:\n    " + W + SAVER,
    "layers": W + "y = tf.layers.dense(x, 3)\n" + SAVER,
    "unknown library": "import keras_like\n" + W + SAVER,
    "averages": W + "e = tf.train.ExponentialMovingAverage(.9)\n" + SAVER,
    "optimizer of unknown kind": W + "t = make().minimize(w)\n" + SAVER,
    "one optimizer before and after": W
    + ADAM
    + "t = optimizer.minimize(w)\n"
    + SAVER
    + "u = optimizer.minimize(w)\n",
    "dict that changes": "ws = {'a': tf.Variable(1.)}\n" + SAVER + "ws.pop('a')\n",
    "item that is set": "ws = {'a': tf.Variable(1.)}\nws['b'] = 3\n" + SAVER,
    "function that runs twice": "def f():\n    " + W + "    " + SAVER + "f()\nf()\n",
    "function that nobody calls": "def f():\n    " + W + "    " + SAVER,
    "two instances": CLASS + "net = Net()\nother = Net()\n" + SAVER,
    "instance in a loop": CLASS + "for i in range(2):\n    net = Net()\n" + SAVER,
    "class with another base": CLASS.replace("object", "dict") + "net = Net()\n" + SAVER,
    "variable of the class after its saver": CLASS
    + "        self.saver = tf.train.Saver()\n        self.late = tf.Variable(2.)\nnet = Net()\n",
    "attribute that a module reserves": CLASS + "        self.name = 'a'\nnet = Net()\n" + SAVER,
    "list attribute that grows": CLASS
    + "        self.seen = []\n    def f(self):\n        self.seen.append(1)\nnet = Net()\n"
    + SAVER,
    "collections": "w = tf.Variable(1., collections=['mine'])\n" + SAVER,
}


@pytest.mark.parametrize("code", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_not_shown(code: str) -> None:
    assert covered(code) is None


ONCE = {
    "module": ("x = 1", "", True),
    "called once": ("def f():\n    x = 1\nf()", "f", True),
    "called twice": ("def f():\n    x = 1\nf()\nf()", "f", False),
    "called in a loop": ("def f():\n    x = 1\nfor _ in q:\n    f()", "f", False),
    "called by what is called twice": (
        "def f():\n    x = 1\ndef g():\n    f()\ng()\ng()",
        "f",
        False,
    ),
    "main": ("def main(_):\n    x = 1", "main", True),
    "never called": ("def f():\n    x = 1", "f", False),
    "recursive": ("def f():\n    f()", "f", False),
    "method of an unknown object": (
        "class A:\n    def f(self):\n        x = 1\ndef main(a, b):\n    a.f()\n    b.f()",
        "A.f",
        False,
    ),
}


@pytest.mark.parametrize(("code", "name", "once"), ONCE.values(), ids=ONCE)
def test_runs_once(code: str, name: str, once: bool) -> None:
    project = project_of(main=code)
    file = project.files["main.py"]
    scope = next(scope for scope in file.facts.scopes if scope.qualname == name)
    assert runs_once(project, file, scope.id) is once
