"""`import tensorflow` becomes `import tensorflow.compat.v1`, in TensorFlow 1 code only.

What:
  Every import of TensorFlow in a file that is TensorFlow 1 code: one that uses a
  name which TensorFlow 2 never had (`tf.placeholder`, `tf.Session`), or one that
  belongs to the same program. Imports of private modules (`tensorflow.python`) are
  replaced by the public names where there are such names.

Why:
  Under TensorFlow 2 the names of TensorFlow 1 live in `tensorflow.compat.v1`, which
  TensorFlow 1.15 has too: one source runs on both.

Example:
  ```python
  import tensorflow as tf
  from tensorflow import flags
  from tensorflow.python.framework import ops

  ops.get_default_graph()
  ```
  ```python
  import tensorflow.compat.v1 as tf
  from tensorflow.compat.v1 import flags

  tf.get_default_graph()
  ```

Safety:
  In TensorFlow 1.15.5 every public name below `tensorflow.compat.v1` is the same
  object as below `tensorflow`. A file that spells out `tf.compat.v1`, or uses what
  only TensorFlow 2 code uses, is left byte for byte as it is.

Limits:
  `tensorflow.compat.v1` of 1.15 has no `contrib`, `python` and `pywrap_tensorflow`. A
  file that reaches those through the import (`tf.contrib.slim`) keeps it: it can
  only run on 1.15 until those uses are gone.

Recipe: mixed
  The file has names that only TensorFlow 1 has and the style of TensorFlow 2
  (`tf.compat.v1.` spelled out, `tf.function`, `tf.GradientTape`). Decide which it is:
  spell the old names `tf.compat.v1.`, or split the file, and run tf2migrate again.

Recipe: shared
  Programs of both kinds import the file, and some names in it mean different
  things to them (`tf.Variable`, `tf.reduce_sum`). Give each kind a copy, or use
  only names that are the same in both.

Recipe: unaliased
  `import tensorflow.nn` also binds `tensorflow`. Write `import tensorflow.compat.v1 as tf`
  and the full name at each use.

Recipe: private
  The names below `tensorflow.python` are TensorFlow's own and move between releases.
  Many still exist in 2.21, so the program may run as it is; try it under both
  releases. Where the message names a public home, use that. `with_dependencies` is
  `tf.group` or `tf.control_dependencies` with `tf.identity`; `assign_moving_average` can
  be written as `variable.assign_sub((variable - value) * (1 - decay))`.

Recipe: examples
  `tensorflow.examples.tutorials` was never part of the TensorFlow 2 packages, nor of
  the 1.15.5 wheels. Read the data another way (`tf.keras.datasets.mnist.load_data()`)
  or copy `input_data.py` from a TensorFlow 1 source tree into the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tf2migrate.index import api
from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Edit, Replace, ReplaceStatement
from tf2migrate.model.facts import Import, Statement
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.span import Place, Span
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.dialect import PLAIN_ONLY, Dialect, Verdict, dialect, is_v1_import
from tf2migrate.rules.support.origins import import_code, is_tensorflow
from tf2migrate.rules.support.private_imports import private_import
from tf2migrate.rules.support.sites import place_of

CODES = {
    "TFM501": "TensorFlow is imported",
    "TFM503": "A private module of TensorFlow is imported",
    "TFM607": "The tutorials' data module is imported",
}
_MODULE = re.compile(rb"from\s+(tensorflow(?:\.\w+)*)\s")
_UNTOUCHED = ("core", "tools", "keras", "contrib", "compiler", "lite", "tsl")


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding, or the reason why there is none, for every import of TensorFlow."""
    known = dialect(project)
    for file in project.files.values():
        statements: dict[int, list[Import]] = {}
        for item in file.facts.imports:
            if is_tensorflow(item):
                statements.setdefault(item.statement, []).append(item)
        for number, items in statements.items():
            statement = file.facts.statements[number]
            head = items[0].module.split(".")
            if not items[0].name:
                for item in items:
                    yield from _plain(known, file, item)
            elif head[1:2] == ["examples"]:
                yield _examples(file, items[0])
            elif head[1:2] == ["python"]:
                yield private_import(known, file, statement, items)
            else:
                yield from _from(known, file, statement, items)


def _place(file: FileIndex, item: Import) -> Place:
    return file.facts.place(Span(item.start, item.end))


def _plain(known: Dialect, file: FileIndex, item: Import) -> Iterator[Finding | Kept]:
    """`import tensorflow`, `import tensorflow.x as y`."""
    place = _place(file, item)
    parts = item.module.split(".")
    if parts[1:2] == ["examples"]:
        yield _examples(file, item)
    elif parts[1:2] == ["python"]:
        statement = file.facts.statements[item.statement]
        yield private_import(known, file, statement, [item])
    elif is_v1_import(item):
        yield Kept("TFM501", place, "it is tensorflow.compat.v1")
    elif parts[1:2] == ["contrib"]:
        return
    elif parts[1:2] and parts[1] in (*_UNTOUCHED, "compat"):
        yield Kept("TFM501", place, f"tensorflow.{parts[1]} is not below compat.v1")
    else:
        verdict = _verdict(known, file, place)
        if verdict is not None:
            yield verdict
        elif len(parts) > 1 and item.bound == "tensorflow":
            reason = f"import {item.module} binds the name tensorflow"
            yield Finding("TFM501", place, reason, Safety.MANUAL, recipe="unaliased")
        else:
            name = ".".join(["tensorflow.compat.v1", *parts[1:]])
            code = f"{name} as {item.bound}"
            yield _safe(known, place, Replace(file.path, place.span, code))


def _safe(known: Dialect, place: Place, edit: Edit) -> Finding:
    message = "TensorFlow 1 names are imported from tensorflow.compat.v1"
    uses = known.contrib.get(place.path)
    # compat.v1 has no contrib in 1.15: the import is turned only if its uses are replaced.
    group = None if uses is None else uses.group
    return Finding("TFM501", place, message, Safety.SAFE, (edit,), group=group)


def _verdict(known: Dialect, file: FileIndex, place: Place) -> Finding | Kept | None:
    """What keeps the import of a file from being turned; None if it is turned."""
    judged = known.judge(file.path)
    verdict = judged.verdict
    if verdict is Verdict.TURN:
        return None
    where = ""
    if judged.because is not None:
        at = judged.because
        code = " ".join(at.file.facts.code(at.expr).split())
        where = f": {code} at {place_of(at.file, at.expr)}"
    if verdict is Verdict.MIXED or (verdict is Verdict.SHARED and _has_differing(known, file)):
        recipe = verdict.name.lower()
        message = f"kept as it is: {verdict.value}{where}"
        return Finding("TFM501", place, message, Safety.MANUAL, recipe=recipe)
    return Kept("TFM501", place, verdict.value + where)


def _has_differing(known: Dialect, file: FileIndex) -> bool:
    """Whether a file uses a name that means one thing in compat.v1 and another in v2."""
    references = known.project.by_name.items()
    return any(
        ref.at.file is file
        for name, found in references
        if api.status(name) is not api.Status.SAME_IN_V2
        for ref in found
    )


def _examples(file: FileIndex, item: Import) -> Finding:
    message = f"{item.module} is not in the packages of TensorFlow 1.15.5 and 2.21"
    return Finding("TFM607", _place(file, item), message, Safety.MANUAL, recipe="examples")


def _from(
    known: Dialect, file: FileIndex, statement: Statement, items: list[Import]
) -> Iterator[Finding | Kept]:
    """`from tensorflow import x, y`."""
    place = file.facts.place(statement.span)
    module = items[0].module
    parts = module.split(".")
    if is_v1_import(items[0]):
        yield Kept("TFM501", place, "it is tensorflow.compat.v1")
        return
    if len(parts) > 1 and (parts[1] in _UNTOUCHED or parts[1] == "compat"):
        if parts[1] != "contrib":
            yield Kept("TFM501", place, f"tensorflow.{parts[1]} is not below compat.v1")
        return
    verdict = _verdict(known, file, place)
    if verdict is not None:
        if items[0].name != "contrib" or len(items) > 1:
            yield verdict
        return
    stay = [item for item in items if not _has_home(item)]
    if stay and stay == items:
        if [item.name for item in items] != ["contrib"]:
            names = ", ".join(item.name for item in stay)
            yield Kept("TFM501", place, f"tensorflow.compat.v1 has no {names}")
        return
    target = ".".join(["tensorflow.compat.v1", *parts[1:]])
    if not stay:
        match = _MODULE.match(file.facts.text, statement.start, statement.end)
        if match is not None:
            span = Span(match.start(1), match.end(1))
            yield _safe(known, place, Replace(file.path, span, target))
            return
    turned = import_code(file, [item for item in items if item not in stay], target)
    uses = known.contrib.get(file.path)
    left = [item for item in stay if uses is None or item not in uses.gone_imports]
    code = f"{import_code(file, left)}\n{turned}" if left else turned
    yield _safe(known, place, ReplaceStatement(file.path, statement.span, code))


def _has_home(item: Import) -> bool:
    """Whether compat.v1 has the name, in 1.15.5 and in 2.21."""
    if item.name == "*":
        return True
    if item.module == "tensorflow" and (item.name in PLAIN_ONLY or item.name == "compat"):
        return False
    status = api.status(f"{item.module}.{item.name}")
    return status not in (api.Status.GONE, api.Status.UNKNOWN) or item.name == "__version__"


RULE = Rule(codes=CODES, doc=__doc__, find=find)
