"""Whether the variables of a Saver are all, a list or a dict."""

from __future__ import annotations

import pytest

from tests.index.conftest import project_of, value_of
from tf2migrate.index.sets import kind_of_set

HEAD = "import tensorflow as tf\nimport collections\nslim = tf.contrib.slim\n"
CASES = {
    "none": ("x = None", "all"),
    "list": ("x = [v, w]", "list"),
    "tuple": ("x = (v, w)", "list"),
    "list comprehension": ("x = [v for v in tf.global_variables()]", "list"),
    "sum of lists": ("x = tf.trainable_variables() + [v]", "list"),
    "difference of sets": ("x = set(tf.global_variables()) - set(old)", "list"),
    "slice": ("x = tf.global_variables()[2:]", "list"),
    "collection": ("x = tf.get_collection('variables', 'a')", "list"),
    "slim": ("x = slim.get_variables_to_restore(exclude=['a'])", "list"),
    "values of a dict": ("x = list(weights.values())", "list"),
    "dict": ("x = {'a': v}", "dict"),
    "dict comprehension": ("x = {v.op.name: v for v in vs}", "dict"),
    "call of dict": ("x = dict(a=v)", "dict"),
    "ordered dict": ("x = collections.OrderedDict()", "dict"),
    "averages": ("x = ema.variables_to_restore()", "dict"),
    "both the same": ("x = {'a': v} if q else {'b': w}", "dict"),
    "both different": ("x = {'a': v} if q else [w]", None),
    "name": ("y = [v]\nx = y", "list"),
    "name of two kinds": ("y = [v]\ny = {'a': v}\nx = y", None),
    "name that grows": ("y = []\ny += [v]\nx = y", "list"),
    "default and value": ("y = None\ny = [v]\nx = y", None),
    "function": ("def f():\n    return [v]\nx = f()", "list"),
    "function of two kinds": ("def f(q):\n    if q: return {}\n    return []\nx = f(1)", None),
    "abstract function": ("def f():\n    raise ValueError\nx = f()", None),
    "parameter": ("def f(p):\n    x = p\nf([v])\nf([w])", "list"),
    "parameter of two kinds": ("def f(p):\n    x = p\nf([v])\nf({})", None),
    "parameter nobody gives": ("def f(p):\n    x = p", None),
    "attribute": ("class A:\n    def f(self):\n        self.vs = {}\n        x = self.vs", "dict"),
    "unknown": ("x = something.else_()", None),
    "circle": ("y = z\nz = y\nx = y", None),
}


@pytest.mark.parametrize(("code", "kind"), CASES.values(), ids=CASES)
def test_kind(code: str, kind: str | None) -> None:
    project = project_of(main=HEAD + code)
    assert kind_of_set(project, *value_of(project, "main.py", "x")) == kind
