"""Frameworks that create the session and the Saver themselves.

What:
  `tf.train.Supervisor` with `managed_session`, `slim.learning.train` (TFM504);
  monitored sessions and their creators (TFM505); `tf.train.Scaffold` (TFM506);
  Estimators, their specs and configurations, and slim's evaluation loops (TFM507).
  `tf.train.SessionRunHook` and the hooks of `tf.train` are kept.

Why:
  These build a Saver of their own and save and restore at moments of their own, so
  that no Checkpoint can be put in the Saver's place by changing one line.
  On TensorFlow 2.21 Supervisor, monitored sessions, Scaffold and all hooks still work
  in graph mode, with name-based files; `tf.estimator` and contrib are gone.

Example:
  ```python
  class LossHook(tf.estimator.SessionRunHook):
  ```
  ```python
  class LossHook(tf.train.SessionRunHook):
  ```

Safety:
  Only names of `tf.estimator` that are the same object as one in `tf.train` are
  replaced.

Limits:
  Command line flags and configuration files that name a framework are not seen.

Recipe: supervisor
  The program runs on TensorFlow 2.21 as it stands and keeps writing name-based files,
  so this can wait. To save by a Checkpoint, write the loop out: `with tf.Session() as
  sess:`, run `tf.global_variables_initializer()`, restore
  `manager.latest_checkpoint` if there is one, `manager.save(checkpoint_number=step)` in
  the loop, `sv.should_stop()` becomes a condition of your own, and summaries go through
  a `tf.summary.FileWriter`. If the Supervisor must stay: it freezes the graph, and the
  first save of a Checkpoint adds ops to it. So build the Checkpoint, save once in a
  `tf.Session()` of its own, and only then `tf.train.Supervisor(saver=None, ...)`; inside
  of `managed_session` save within `with sess.as_default():`.

Recipe: slim-learning
  `slim.learning.train(train_op, logdir)` is: a Supervisor, its session, and
  `sess.run(train_op)` until `number_of_steps`. Write that loop with a session, a
  `CheckpointManager` and `manager.save(checkpoint_number=step)` every
  `save_interval_secs`; `init_fn(sess)` runs after the initialisers if nothing was
  restored.

Recipe: monitored-session
  `tf.train.MonitoredTrainingSession` runs on TensorFlow 2.21 as it stands, with
  name-based files in `checkpoint_dir`. To save by a Checkpoint: build it and its
  manager, save once within a `tf.Session()` of its own before the session is created
  (the graph is frozen afterwards), pass `save_checkpoint_secs=None` and no
  `checkpoint_dir`, restore in `tf.train.Scaffold(init_fn=...)`, and save in a
  `tf.train.SessionRunHook`, in `after_run`: `with run_context.session.as_default():
  manager.save(checkpoint_number=step)`.

Recipe: scaffold
  Leave `saver` out. To restore a Checkpoint: `status = checkpoint.restore(path)`, and
  `tf.train.Scaffold(init_fn=lambda scaffold, sess: status.run_restore_ops(sess))`
  (measured on 1.15.5 and 2.21). `init_op`, `local_init_op` and `ready_op` stay.

Recipe: estimator
  `tf.estimator` is not part of TensorFlow 2.21. Keep the program on TensorFlow 1, or
  call `model_fn` yourself: `features, labels` from
  `tf.data.make_one_shot_iterator(input_fn()).get_next()`, run `spec.train_op` and
  `spec.loss` in a session, and save with a `CheckpointManager`. Replace `EstimatorSpec`
  by a namedtuple with the fields in use, `RunConfig` by plain arguments, and
  `ModeKeys.TRAIN`, `EVAL`, `PREDICT` by the strings "train", "eval", "infer" that they
  are. An Estimator's checkpoint holds the variables under their graph names.

Recipe: evaluation-loop
  `for path in tf.train.checkpoints_iterator(directory):` (in `tf.train` of both releases)
  replaces the waiting; inside, restore the path and run `eval_op` `num_evals` times.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index import api
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.edit import Replace
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.claims import MODES, is_mode
from tf2migrate.rules.support.references import Verdict, judge, place
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.spelling import Spelling

CODES = {
    "TFM504": "A Supervisor, or slim's training loop",
    "TFM505": "A monitored session",
    "TFM506": "A Scaffold",
    "TFM507": "An Estimator, a hook or an evaluation loop",
}
_SUPERVISOR = Verdict("TFM504", "it saves and restores by a Saver of its own", "supervisor")
_SLIM = Verdict("TFM504", "contrib is gone, and it saves by a Supervisor", "slim-learning")
_MONITORED = Verdict("TFM505", "it saves and restores by a Saver of its own", "monitored-session")
_CREATOR = Verdict("TFM505", "it restores by the Saver of its Scaffold", "monitored-session")
_SCAFFOLD = Verdict("TFM506", "it carries a Saver, and the session restores by it", "scaffold")
_ESTIMATOR = Verdict("TFM507", "tf.estimator is not part of TensorFlow 2.21", "estimator")
_EVALUATION = Verdict("TFM507", "contrib is gone", "evaluation-loop")
_HOOK = Verdict("TFM507", "hooks work as before")
_SAVER_HOOK = Verdict("TFM507", "works as before, with name-based files")

_TABLE = {
    "tf.train.Supervisor": _SUPERVISOR,
    "tf.train.SessionManager": _SUPERVISOR,
    "tf.train.basic_train_loop": _SUPERVISOR,
    "tf.contrib.slim.learning.train": _SLIM,
    "tf.contrib.training.train": _SLIM,
    "tf.train.MonitoredTrainingSession": _MONITORED,
    "tf.MonitoredTrainingSession": _MONITORED._replace(reason="it is in tf.train"),
    "tf.train.MonitoredSession": _MONITORED,
    "tf.train.SingularMonitoredSession": _MONITORED,
    "tf.train.SessionCreator": _CREATOR,
    "tf.train.ChiefSessionCreator": _CREATOR,
    "tf.train.WorkerSessionCreator": _CREATOR,
    "tf.train.Scaffold": _SCAFFOLD,
    "tf.train.CheckpointSaverHook": _SAVER_HOOK,
    "tf.train.CheckpointSaverListener": _SAVER_HOOK,
    **{
        f"tf.train.{name}": _HOOK
        for name in (
            "SessionRunHook", "SessionRunArgs", "SessionRunContext", "SessionRunValues",
            "StopAtStepHook", "LoggingTensorHook", "StepCounterHook", "SummarySaverHook",
            "FinalOpsHook", "GlobalStepWaiterHook", "NanTensorHook", "FeedFnHook",
            "ProfilerHook", "SecondOrStepTimer", "NanLossDuringTrainingError",
        )
    },
    **{
        f"tf.contrib.{name}": _EVALUATION
        for name in (
            "slim.evaluation.evaluation_loop", "slim.evaluation.evaluate_once",
            "training.evaluate_once", "training.evaluate_repeatedly",
            "training.wait_for_new_checkpoint", "training.checkpoints_iterator",
        )
    },
}  # fmt: skip
_CONTRIB = frozenset({
    "Estimator", "EstimatorSpec", "TPUEstimator", "TPUEstimatorSpec", "RunConfig", "TPUConfig",
    "Experiment", "ModelFnOps", "ModeKeys", "learn_runner", "InputPipelineConfig",
    "CrossShardOptimizer",
})  # fmt: skip
_CONTRIB_ROOTS = ("tf.contrib.learn.", "tf.contrib.tpu.", "tf.contrib.estimator.")
_MANAGED = ("managed_session", "prepare_or_wait_for_session")


def find(project: Project) -> Iterator[Finding | Kept]:
    """Every use of a framework and of its hooks."""
    for reference in project.references:
        verdict = _TABLE.get(reference.name)
        if reference.name in MODES:
            yield _mode(reference)
        elif verdict is not None:
            yield judge(reference, verdict)
        elif reference.name.startswith("tf.train.Supervisor."):
            yield judge(reference, _SUPERVISOR)
        elif reference.name.startswith("tf.estimator."):
            yield _of_estimator(project, reference)
        elif reference.name.startswith(_CONTRIB_ROOTS) and _is_contrib(reference.name):
            yield judge(reference, _ESTIMATOR._replace(reason="contrib and tf.estimator are gone"))
    yield from _managed_sessions(project)


def _is_contrib(name: str) -> bool:
    return bool(_CONTRIB & set(name.split(".")[3:])) or name.startswith("tf.contrib.estimator.")


def _mode(reference: Reference) -> Finding | Kept:
    """The constants of ModeKeys are strings, with which all code compares."""
    at, text = reference.at, MODES[reference.name]
    if not is_mode(reference):
        return Kept("TFM507", place(reference), "an alias, which becomes the string")
    edits = (Replace(at.file.path, at.expr.span, f'"{text}"'),)
    message = f"{reference.name} is the string '{text}', which needs no tf.estimator"
    return Finding("TFM507", place(reference), message, Safety.SAFE, edits)


def _of_estimator(project: Project, reference: Reference) -> Finding | Kept:
    home = api.primary(reference.name)
    at = reference.at
    code = "".join(at.file.facts.code(at.expr).split())
    if not home.startswith("tf.train.") or not code.endswith(reference.name.removeprefix("tf.")):
        return judge(reference, _ESTIMATOR)
    spelling = Spelling(project, at.file)
    name = spelling.tf(home, near=at)
    edits = (Replace(at.file.path, at.expr.span, name), *spelling.edits)
    message = f"{reference.name} is {home}, which TensorFlow 2.21 has"
    return Finding("TFM507", place(reference), message, Safety.SAFE, edits)


def _managed_sessions(project: Project) -> Iterator[Finding]:
    for file in project.files.values():
        for at in (at for name in _MANAGED for at in file.occurrences(name)):
            call = at.parent
            if at.expr.kind != "attr" or not at.is_callee or call is None:
                continue
            if project.callee(file, at.scope, call) is None:
                message = f"{at.expr.text}: it initialises or restores by the Supervisor's Saver"
                where = place_of(file, call)
                yield Finding("TFM504", where, message, Safety.MANUAL, recipe="supervisor")


RULE = Rule(codes=CODES, doc=__doc__, find=find)
