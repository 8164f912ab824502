"""Update ops of batch normalisation that nothing runs.

What:
  `UPDATE_OPS` fetched into nothing, and training steps of programs whose batch
  normalisation fills `UPDATE_OPS` while no line of the program reads it.

Why:
  In graph mode moving mean and variance change only if somebody runs the ops of this
  collection. A program that never does evaluates with mean 0 and variance 1 for ever.
  TensorFlow 1 did so, and the migrated program does so: this is a warning of what the
  program does, and of what eager code would *not* do by itself.

Example:
  ```python
  x = tf.layers.batch_normalization(x, training=True)
  train = tf.train.AdamOptimizer().minimize(loss)
  ```
  If the statistics shall follow the data, which changes the results:
  ```python
  with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
      train = tf.train.AdamOptimizer().minimize(loss)
  ```

Safety:
  Never edited.

Limits:
  A layer counts only if it surely fills the collection (`training` is given and not
  `False`; for contrib, `is_training` is not `False` and `updates_collections` is not
  given), and a program only if none of its files mentions the collection or a function
  that runs it.

Recipe: update-ops
  To keep the results, leave it. To update the statistics run the ops with each step,
  as in the example; a checkpoint that was trained without them holds means of 0 and
  variances of 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.finding import Finding, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.references import place
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.variables import key_argument, key_of

CODES = {"TFM203": "Update ops that nothing runs"}
_RUNNERS = (
    "tf.contrib.slim.learning.create_train_op", "tf.contrib.training.create_train_op",
    "tf.contrib.layers.optimize_loss", "tf.contrib.slim.learning.train",
)  # fmt: skip
_LAYERS = ("tf.layers.batch_normalization", "tf.contrib.layers.batch_norm")
_STEPS = ("minimize", "apply_gradients")


def find(project: Project) -> Iterator[Finding]:
    """Every place where update ops are surely left unrun."""
    yield from _dropped(project)
    programs = Programs(project)
    layers = [ref for ref in project.calls(_LAYERS) if _fills(ref)]
    if not layers:
        return
    read = {path for path, file in project.files.items() if _mentions(project, file)}
    for file in project.files.values():
        together = programs.together(file.path)
        if read & together:
            continue
        near = [ref for ref in layers if _belongs(programs, file.path, ref.at.file.path)]
        for at in (at for name in _STEPS for at in file.occurrences(name)):
            if not near or not at.is_callee or at.expr.kind != "attr" or at.parent is None:
                continue
            maker = project.library_type(file, at.scope, at.expr.parts[0]) or ""
            owner = at.expr.parts[0]
            if owner.kind == "call":
                maker = project.canonical(file, at.scope, owner.parts[0]) or ""
            if maker.endswith("Optimizer"):
                layer = place(near[0])
                message = f"trains batch normalisation ({layer}), and UPDATE_OPS is never run"
                where = place_of(file, at.parent)
                yield Finding("TFM203", where, message, Safety.MANUAL, recipe="update-ops")


def _dropped(project: Project) -> Iterator[Finding]:
    for reference in project.calls(["tf.get_collection"]):
        at, call = reference.at, reference.call
        key = None if call is None else key_argument(call)
        if key is None or key_of(project, at.file, at.scope, key) != "update_ops":
            continue
        if _unused(reference):
            message = "the update ops are fetched and not used: nothing runs them"
            yield Finding("TFM203", place(reference), message, Safety.MANUAL, recipe="update-ops")


def _unused(reference: Reference) -> bool:
    at = reference.at
    if len(at.path) != 2:
        return False
    if at.statement.kind == "expr":
        return True
    targets = at.statement.targets
    if at.statement.kind != "assign" or len(targets) != 1 or targets[0].kind != "name":
        return False
    if at.file.scope(at.scope).kind != "function":
        return False
    name = targets[0].text
    return all(other.expr is targets[0] for other in at.file.occurrences(name))


def _fills(reference: Reference) -> bool:
    call = reference.call
    if call is None or None in call.keywords:
        return False
    words = call.keywords
    if reference.name == "tf.layers.batch_normalization":
        training = words.get("training")
        return training is not None and training.value is not False
    training = words.get("is_training")
    return "updates_collections" not in words and (training is None or training.value is not False)


def _mentions(project: Project, file: FileIndex) -> bool:
    if "UPDATE_OPS" in file.facts.identifiers or b"update_ops" in file.facts.text.lower():
        return True
    return any(ref.at.file is file for name in _RUNNERS for ref in project.by_name.get(name, ()))


def _belongs(programs: Programs, one: str, other: str) -> bool:
    return other in programs.reachable(one) or one in programs.reachable(other)


RULE = Rule(codes=CODES, doc=__doc__, find=find)
