"""`tf.train.Saver` becomes `tf.train.Checkpoint`, with `CheckpointManager` for numbered files.

What:
  Every construction of a `tf.train.Saver` and every `save` and `restore` that can
  reach it, followed through names, attributes, arguments, returns and dicts, also
  across files. Savers that can meet in one place are rewritten together or not at
  all.

Why:
  A Saver's file knows variables by their graph names. TensorFlow 2 saves objects:
  the file follows the attributes that own the variables, and `tf.train.Saver` does
  not exist outside of `tf.compat.v1`.

Example:
  ```python
  saver = tf.train.Saver(max_to_keep=3)
  saver.restore(sess, path)
  saver.save(sess, os.path.join(train_dir, "model"), global_step=step)
  ```
  ```python
  checkpoint = tf.train.Checkpoint(**{v.op.name: v for v in tf.global_variables()})
  manager = tf.train.CheckpointManager(
      checkpoint, train_dir, max_to_keep=3, checkpoint_name="model"
  )
  checkpoint.restore(path).assert_consumed().run_restore_ops(sess)
  manager.save(checkpoint_number=step)
  ```

Safety:
  The Checkpoint stands where the Saver stood, so it holds the variables that
  existed then: one built before `minimize` has no slot variables, as before.
  `restore` is checked (`assert_existing_objects_matched`, or `assert_consumed`
  where the same scope wrote the file that it reads): a Saver raised for a variable
  that the file lacks, so does this. Savers that may read each other's files become
  Checkpoints of the same kind, by owner or by name. A Saver that only reads what a
  Saver or framework that stays has written is an unsafe rewrite: those files are
  name-based. Without `global_step` the file keeps its exact name
  (`write`), the Checkpoint's own `save_counter` is initialised before, because
  `restore` expects it in the file. A manager finds the files of an earlier run in
  the state file and deletes beyond `max_to_keep`; a resumed Saver forgot them. Where
  each Saver saves once only it deleted nothing, so the manager gets `max_to_keep=None`.
  `.meta` files are no longer written; where the program reads one nothing is
  changed.

Limits:
  Files that a Saver wrote before the migration are name-based; convert them first.

Recipe: escape
  The Saver is handed to code that tf2migrate cannot see, or its name may also hold
  something else. Give that code the
  Checkpoint, or a function that saves, instead; or build the Checkpoint beside it:
  `tf.train.Checkpoint(**{v.op.name: v for v in tf.global_variables()})`.

Recipe: supervisor
  A Supervisor and a monitored session freeze the graph, and a Checkpoint's first save or
  restore adds operations to it. Keep the Saver here, or write the training loop out with
  a `tf.Session` of your own; `tf2migrate explain TFM504` has the steps.

Recipe: scaffold
  The session restores by the Saver of its Scaffold; `tf2migrate explain TFM506`.

Recipe: hooks
  The hook saves in a session whose graph is frozen; `tf2migrate explain TFM507`.

Recipe: estimator
  An Estimator saves on its own. Keep it under TensorFlow 1, or move the model into
  a training loop of your own first.

Recipe: arguments
  Write the arguments out one by one, on a line of their own, and run tf2migrate
  again. For an argument that has no counterpart decide whether it still matters:
  `reshape`, `builder`, `saver_def`, `pad_step_number`, `latest_filename` and the V1
  format do not exist for Checkpoints.

Recipe: variable-set
  Make it visible whether the variables are a list or a dict: build the list, or
  `{name: variable}`, in the call or in a name assigned just before.

Recipe: partitioned
  A partitioned variable is saved by a Saver as one tensor, by a Checkpoint as its
  parts. Drop the partitioner if the variable fits on one device, else keep the
  Saver for this program.

Recipe: tables
  Save the table as an attribute of a module of its own, and its contents once by
  hand: a name-based file does not load into a table.

Recipe: meta-graph
  A Checkpoint writes no `.meta` file. Build the graph by calling the model's code
  where it is imported now, then restore into it; or export a SavedModel.

Recipe: saver-members
  `manager.checkpoints` lists the files, `manager.latest_checkpoint` the newest.

Recipe: path
  Assign the path to a name in a statement of its own before the call.

Recipe: retention
  Give the files one prefix and the step as a number:
  `CheckpointManager(checkpoint, directory, max_to_keep, checkpoint_name=prefix)` and
  `manager.save(checkpoint_number=step)`; or set `max_to_keep=None` on the Saver if
  every file may stay.

Recipe: errors
  A missing file or variable raises `tf.errors.NotFoundError` or `AssertionError`
  from a Checkpoint. Test for the file first (`tf.train.latest_checkpoint`).

Recipe: shared-directory
  Two managers in one directory would delete each other's files. Give each a
  directory of its own.
"""

from __future__ import annotations

from tf2migrate.rules.base import Rule
from tf2migrate.rules.saver.rule import CODES, find

RULE = Rule(codes=CODES, doc=__doc__, find=find)
