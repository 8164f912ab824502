"""What names stand for, across files and through every way to import."""

from __future__ import annotations

import pytest

from tests.index.conftest import project_of, value_of

IMPORTS = {
    "plain": "import tensorflow as tf\nx = tf.train.Saver",
    "another name": "import tensorflow as T\nx = T.train.Saver",
    "without a name": "import tensorflow\nx = tensorflow.train.Saver",
    "submodule": "from tensorflow import train\nx = train.Saver",
    "the class": "from tensorflow.train import Saver as S\nx = S",
    "compat v1": "import tensorflow.compat.v1 as tf\nx = tf.train.Saver",
    "compat v1 in the name": "import tensorflow as tf\nx = tf.compat.v1.train.Saver",
    "from compat": "from tensorflow.compat import v1\nx = v1.train.Saver",
    "private module": "from tensorflow.python.training import saver as s\nx = s.Saver",
    "alias of a module": "import tensorflow as tf\nt = tf.train\nx = t.Saver",
    "alias of a class": "import tensorflow as tf\nS = tf.train.Saver\nx = S",
    "in a try": "try:\n    import tensorflow.compat.v1 as tf\n"
    "except ImportError:\n    import tensorflow as tf\nx = tf.train.Saver",
    "in a function": "def f():\n    import tensorflow as tf\n    x = tf.train.Saver",
    "star of tensorflow": "from tensorflow.train import *\nx = Saver",
    "first in a choice": "import tensorflow as tf\nS = tf.train.Saver if tf else None\nx = S",
}


@pytest.mark.parametrize("code", IMPORTS.values(), ids=IMPORTS)
def test_import_forms(code: str) -> None:
    project = project_of(main=code)
    assert project.canonical(*value_of(project, "main.py", "x")) == "tf.train.Saver"


NOT_TENSORFLOW = {
    "parameter": "import tensorflow as tf\ndef f(tf):\n    x = tf.train.Saver",
    "bound again": "import tensorflow as tf\ntf = object()\nx = tf.train.Saver",
    "own class": "class Saver: pass\nx = Saver",
    "loop variable": "import tensorflow as tf\nfor tf in ():\n    x = tf.train.Saver",
    "unknown": "x = tf.train.Saver",
    "relative": "from . import tf\nx = tf.train.Saver",
}


@pytest.mark.parametrize("code", NOT_TENSORFLOW.values(), ids=NOT_TENSORFLOW)
def test_what_is_not_tensorflow(code: str) -> None:
    project = project_of(main=code)
    assert project.canonical(*value_of(project, "main.py", "x")) is None


REEXPORTS = {
    "star": "from lib import *\nx = tf.train.Saver",
    "name": "from lib import tf\nx = tf.train.Saver",
    "module": "import lib\nx = lib.tf.train.Saver",
    "alias in it": "from lib import MySaver\nx = MySaver",
    "package": "import pack\nx = pack.tf.train.Saver",
    "relative in a package": "from pack.inner import S\nx = S",
    "submodule of a package": "from pack import inner\nx = inner.S",
}


@pytest.mark.parametrize("code", REEXPORTS.values(), ids=REEXPORTS)
def test_names_that_a_module_of_the_project_hands_on(code: str) -> None:
    project = project_of(
        main=code,
        lib="import tensorflow as tf\nMySaver = tf.train.Saver",
        pack__init="from .base import *",
        pack__base="import tensorflow as tf",
        pack__inner="from .base import tf\nfrom . import base\nS = base.tf.train.Saver",
    )
    assert project.canonical(*value_of(project, "main.py", "x")) == "tf.train.Saver"


def test_a_circle_of_imports_ends() -> None:
    project = project_of(a="from b import *\nx = tf", b="from a import *\ny = tf")
    assert project.canonical(*value_of(project, "a.py", "x")) is None


def test_a_folder_named_tensorflow_is_not_tensorflow_itself() -> None:
    project = project_of(
        main="import tensorflow as tf\nx = tf.train.Saver", tensorflow__init="train = None"
    )
    assert project.canonical(*value_of(project, "main.py", "x")) == "tf.train.Saver"


def test_source_roots() -> None:
    modules = {"src__lib": "import tensorflow as tf", "app__main": "import lib\nx = lib.tf.Graph"}
    inside = project_of(("", "src"), **modules)
    assert inside.canonical(*value_of(inside, "app/main.py", "x")) == "tf.Graph"
    outside = project_of(("",), **modules)
    assert outside.canonical(*value_of(outside, "app/main.py", "x")) != "tf.Graph"


def test_methods_come_from_base_classes_too() -> None:
    project = project_of(
        base="class Base:\n    def save(self): pass",
        main="from base import Base\nclass A(Base): pass\na = A()\nx = a.save()",
    )
    found = project.callee(*value_of(project, "main.py", "x"))
    assert found is not None
    assert (found.path, found.name) == ("base.py", "Base.save")
