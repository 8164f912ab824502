"""Moving averages of variables and of tensors.

What:
  `tf.train.ExponentialMovingAverage` with `apply`, `average`, `average_name` and
  `variables_to_restore`; `assign_moving_average` and `weighted_moving_average` of
  `tensorflow.python.training.moving_averages`; `tf.contrib.opt.MovingAverageOptimizer`
  with its `swapping_saver`.

Why:
  In graph mode `tf.compat.v1.train.ExponentialMovingAverage` of TensorFlow 2.21 takes
  variables and tensors (it refuses tensors only when eager), makes the same shadow
  variables under the same names and gives the same dict: kept. The Saver or
  Checkpoint that is made of that dict is the Saver rule's. contrib is gone.

Example:
  ```python
  ema = tf.train.ExponentialMovingAverage(0.99, step)
  saver = tf.train.Saver(ema.variables_to_restore())
  ```
  ```python
  ema = tf.train.ExponentialMovingAverage(0.99, step)
  checkpoint = tf.train.Checkpoint(**ema.variables_to_restore())
  ```

Safety:
  Nothing is edited here.

Limits:
  `apply` and `average` are recognised on objects that are known to be averages, the
  other two methods by their names. `variables_to_restore()` without a list, called
  after another Checkpoint of the program has saved or restored, contains that one's
  `save_counter`.

Recipe: moving-average-optimizer
  Write out what it does: `train_op = optimizer.minimize(loss)`; then
  `ema = tf.train.ExponentialMovingAverage(0.9999)` and
  `with tf.control_dependencies([train_op]): train_op = ema.apply(tf.trainable_variables())`.
  The names of the shadows are the same, `<variable>/ExponentialMovingAverage`.

Recipe: swapping-saver
  It saves each average under its variable's name and each variable under the
  average's. With `ema` as above:
  `swapped = {v.op.name: v for v in tf.global_variables()}`, then for `v` in
  `tf.trainable_variables()` set `swapped[v.op.name] = ema.average(v)` and
  `swapped[ema.average_name(v)] = v`, and make `tf.train.Checkpoint(**swapped)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.flow import Flow
from tf2migrate.index.project import Project
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.span import Span
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.references import Verdict, judged, place
from tf2migrate.rules.support.sites import place_of

_CODE = "TFM605"
CODES = {_CODE: "A moving average"}
_AVERAGE = "tf.train.ExponentialMovingAverage"
_PRIVATE = "tf.python.training.moving_averages."

_TABLE = {
    _AVERAGE: Verdict(_CODE, "the same class in graph mode, for variables and tensors"),
    **{
        _PRIVATE + name: Verdict(_CODE, "the private function is still there in 2.21")
        for name in ("assign_moving_average", "weighted_moving_average")
    },
    "tf.contrib.opt.MovingAverageOptimizer": Verdict(
        _CODE, "contrib is gone", "moving-average-optimizer"
    ),
}
_REASONS = {
    "apply": "makes the same shadow variables, of variables and of tensors",
    "average": "the same shadow variable",
    "average_name": "the same name of the shadow variable",
    "variables_to_restore": "the same dict of names and variables",
    "name": "the same name",
}
_TELLING = ("average_name", "variables_to_restore")


def find(project: Project) -> Iterator[Finding | Kept]:
    """Every average and every use of one."""
    yield from judged(project, _TABLE)
    seen: set[tuple[str, Span]] = set()
    origins = [ref.at.up() for ref in project.calls([_AVERAGE])]
    for group in Flow(project, origins).groups:
        for use in group.uses:
            whole = use.call or use.at.path[-2]
            seen.add((use.at.file.path, whole.span))
            reason = _REASONS.get(use.name, "the same member")
            yield Kept(_CODE, place_of(use.at.file, whole), reason)
    makers = [ref for name in _TABLE for ref in project.by_name.get(name, ())]
    seen |= {(ref.at.file.path, place(ref).span) for ref in makers}
    yield from _by_name(project, seen)


def _by_name(project: Project, seen: set[tuple[str, Span]]) -> Iterator[Finding | Kept]:
    """Methods that only averages have, on values that are not known to be any."""
    for file in project.files.values():
        for name in (*_TELLING, "swapping_saver"):
            for at in file.occurrences(name):
                call = at.parent
                if at.expr.kind != "attr" or not at.is_callee or call is None:
                    continue
                known = (file.path, call.span) in seen
                if known or project.callee(file, at.scope, call) is not None:
                    continue
                if name == "swapping_saver":
                    message = "swapping_saver: contrib is gone, and it returns a Saver"
                    where = place_of(file, call)
                    yield Finding(_CODE, where, message, Safety.MANUAL, recipe="swapping-saver")
                else:
                    yield Kept(_CODE, place_of(file, call), _REASONS[name])


RULE = Rule(codes=CODES, doc=__doc__, find=find)
