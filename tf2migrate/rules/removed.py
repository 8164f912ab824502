"""Names of TensorFlow 1, outside of contrib, that TensorFlow 2.21 does not run as they are.

What:
  `tf.layers`, RNN cells, `tf.keras` in TensorFlow 1 programs, and names that
  `tensorflow.compat.v1` has lost.

Why:
  `tf.layers` and `tf.nn.rnn_cell` are listed in `tensorflow.compat.v1`, but raise when
  they are touched, because TensorFlow 2.16 and later come with Keras 3. `tf.keras` is
  Keras 3 there.

Example:
  ```python
  x = tf.layers.dense(x, 10)
  ```
  TFM603 tf.layers.dense raises on TensorFlow 2.21 (Keras 3), it works on 1.15

Safety:
  Nothing is rewritten.

Limits:
  A name that is reached with `getattr`, or through an object of the project, is not seen.
  Estimators are TFM507's.

Recipe: layers
  It works on TensorFlow 1.15. On 2.21 it raises `AttributeError: dense is not available
  with Keras 3`. As a stop-gap install `tf_keras` and set `TF_USE_LEGACY_KERAS=1` before
  TensorFlow is imported: names and numbers of the variables stay as they were. A
  later release of tf2migrate brings `tf2migrate.v1`, with the same names and numbers
  and without Keras.

Recipe: cells
  It works on TensorFlow 1.15. On 2.21 it raises `AttributeError: LSTMCell is not
  available with Keras 3`. As a stop-gap install `tf_keras` and set
  `TF_USE_LEGACY_KERAS=1` before TensorFlow is imported. `tf.nn.dynamic_rnn` works with
  any class that has `state_size`, `output_size`, `zero_state` and `__call__(inputs, state)`.
  A later release of tf2migrate brings the cells in `tf2migrate.v1`.

Recipe: gone
  Replace the name by the one in the message, which TensorFlow 1.15 has too.

Recipe: keras
  `tf.keras` is Keras 3 on TensorFlow 2.21: layers and models there create no TensorFlow 1
  variables and know no sessions. Initializers still work with `tf.get_variable`,
  regularizers do not; prefer `tf.glorot_uniform_initializer` and its like. For models
  install `tf_keras` and set `TF_USE_LEGACY_KERAS=1`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index import api
from tf2migrate.index.files import Occurrence
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.dialect import OLD_NAMES, Dialect, dialect
from tf2migrate.rules.support.origins import spelled
from tf2migrate.rules.support.sites import place_of

CODES = {
    "TFM603": "tf.layers is used",
    "TFM604": "An RNN cell is used",
    "TFM606": "A name that TensorFlow 2 has no more is used",
    "TFM608": "Keras is used in a TensorFlow 1 program",
}
_KERAS2 = {"tf.layers": ("TFM603", "layers"), "tf.nn.rnn_cell": ("TFM604", "cells")}
_GONE = {
    "tf.pywrap_tensorflow.NewCheckpointReader": "tf.train.NewCheckpointReader",
    **OLD_NAMES,
}
# What of tf.keras has nothing to do with layers, variables and sessions.
_HARMLESS = ("tf.keras.datasets", "tf.keras.utils.to_categorical", "tf.keras.utils.get_file",
             "tf.keras.utils.Progbar", "tf.keras.preprocessing")  # fmt: skip


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding for every use; one in a file for `tf.keras`."""
    known = dialect(project)
    keras: dict[str, Reference] = {}
    for name, references in project.by_name.items():
        home = api.home(name) or name
        module = next((m for m in _KERAS2 if home == m or home.startswith(f"{m}.")), None)
        for ref in references:
            if ref.at.expr in ref.at.statement.targets and ref.at.statement.kind == "assign":
                continue  # the name of an alias
            if spelled(project, ref.at).startswith("tf_slim"):
                continue
            if module is not None:
                yield _keras2(ref.at, home, module)
            elif name.startswith("tf.keras"):
                _note_keras(known, keras, ref)
            elif api.status(name) is api.Status.GONE or name in OLD_NAMES:
                found = _gone(ref)
                if found is not None:
                    yield found
    for ref in keras.values():
        yield _keras(ref)


def _keras2(at: Occurrence, home: str, module: str) -> Finding | Kept:
    code, recipe = _KERAS2[module]
    place = place_of(at.file, at.expr)
    statement = at.statement
    if home == module and statement.kind == "assign" and statement.value is at.expr:
        return Kept(code, place, "an alias: its uses are reported")
    message = f"{home} raises on TensorFlow 2.21 (Keras 3), it works on 1.15"
    return Finding(code, place, message, Safety.MANUAL, recipe=recipe)


def _gone(ref: Reference) -> Finding | None:
    name = ref.name
    if name.startswith(("tf.estimator", "tf.examples")):
        return None  # another rule's, and the imports'
    place = place_of(ref.at.file, ref.at.expr)
    new = _GONE.get(name)
    since = "1.0" if name in OLD_NAMES else "2.0"
    message = f"{name} is gone since TensorFlow {since}"
    message += "" if new is None else f": use {new}"
    return Finding("TFM606", place, message, Safety.MANUAL, recipe="gone")


def _note_keras(known: Dialect, keras: dict[str, Reference], ref: Reference) -> None:
    """Remember the first use in a file that is TensorFlow 1 code."""
    path = ref.at.file.path
    if ref.name.startswith(_HARMLESS) or not known.is_tf1(path):
        return
    old = keras.get(path)
    if old is None or ref.at.expr.start < old.at.expr.start:
        keras[path] = ref


def _keras(ref: Reference) -> Finding:
    message = f"{ref.name} is Keras 3 on TensorFlow 2.21, which knows no graphs and sessions"
    place = place_of(ref.at.file, ref.at.expr)
    return Finding("TFM608", place, message, Safety.MANUAL, recipe="keras")


RULE = Rule(codes=CODES, doc=__doc__, find=find)
