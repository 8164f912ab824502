"""Functions that find, read and load checkpoint files by TensorFlow 1's names.

What:
  `tf.train.latest_checkpoint`, `get_checkpoint_state` and what else manages the
  state file (kept); readers such as `tf.train.NewCheckpointReader`; loaders such as
  `tf.train.init_from_checkpoint` and `slim.assign_from_checkpoint`; and
  `tf.train.import_meta_graph`, `tf.train.export_meta_graph`.

Why:
  A `CheckpointManager` writes the same state file as a Saver, so that what looks
  for the newest file needs no change. What reads variables *by name* does: in a
  file that a Checkpoint wrote the variable `conv/w` is stored under
  `conv.Sw/.ATTRIBUTES/VARIABLE_VALUE`.

Example:
  ```python
  reader = tf.train.NewCheckpointReader(path)
  weights = reader.get_tensor("conv/w")
  ```
  ```python
  reader = tf.train.load_checkpoint(path)
  weights = reader.get_tensor("conv.Sw/.ATTRIBUTES/VARIABLE_VALUE")
  ```

Safety:
  None of these is edited: whether a path leads to an old or to a new file is known
  only when the program runs.

Limits:
  Readers that come in from outside of the project are not seen.

Recipe: reader
  All readers exist in `tensorflow.compat.v1` 2.21; use `tf.train.load_checkpoint`,
  the others' homes (`tensorflow.python.pywrap_tensorflow`, contrib) are gone. On
  old files nothing else changes. In a file written by a Checkpoint the key is the
  path of attributes, with `/` inside of a name escaped as `.S`, and
  `/.ATTRIBUTES/VARIABLE_VALUE` at the end. To find it for any name:
  `key = name.replace(".", "..").replace("/", ".S") + "/.ATTRIBUTES/VARIABLE_VALUE"`,
  and `reader.has_tensor(name)` tells old files from new ones. A loop over
  `get_variable_to_shape_map()` or `list_variables` must also skip
  `_CHECKPOINTABLE_OBJECT_GRAPH` and `save_counter`. `tf2migrate-names.json` has the
  pairs of names.

Recipe: init-from-checkpoint
  `tf.train.init_from_checkpoint` works on TensorFlow 2.21 in graph mode, on old
  files without a change. For a file that a Checkpoint wrote the map must name
  every variable by its key:
  `{v.op.name.replace("/", ".S") + "/.ATTRIBUTES/VARIABLE_VALUE": v for v in variables}`;
  a scope (`{"old/": "new/"}`) cannot be mapped as a whole any more. The same with a
  Checkpoint, after the initialisers have run:
  `tf.train.Checkpoint(**{v.op.name: v for v in variables}).restore(path).run_restore_ops(sess)`.
  Where a Scaffold or an Estimator runs the initialisers, keep `init_from_checkpoint`.

Recipe: assign-from-checkpoint
  For old files, `tf.train.Saver(variables).restore(sess, path)` where the function
  returned by `assign_from_checkpoint_fn` was called does the same on TensorFlow 2.21;
  a dict given to it maps names in the file to variables, as a Saver's does. For files
  of a Checkpoint:
  `tf.train.Checkpoint(**{v.op.name: v for v in variables}).restore(path).run_restore_ops(sess)`.
  For `ignore_missing_vars=True` choose the variables first:
  `reader = tf.train.load_checkpoint(path)` and
  `[v for v in variables if reader.has_tensor(v.op.name)]`.

Recipe: variables-to-restore
  `get_variables_to_restore(include, exclude)` takes the global variables whose scope
  is in `include` (all without it) and not in `exclude`. Written out:
  `[v for v in tf.global_variables() if not v.op.name.startswith(tuple(exclude))]`, and
  for `include` the lists `tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope)` added
  up. It contains slots, step and moving statistics as well.

Recipe: import-meta-graph
  `tf.train.import_meta_graph` works on TensorFlow 2.21 and still reads old `.meta`
  files, and the Saver that it returns restores the name-based file beside it. A
  Checkpoint writes no `.meta`. Build the graph by the code that built it when it was
  trained, look tensors up as attributes of the model instead of by
  `graph.get_tensor_by_name`, and restore a Checkpoint; or, where that code is lost,
  keep this file as it is and convert the result once: after `saver.restore(sess,
  path)` write `tf.train.Checkpoint(**{v.op.name: v for v in
  tf.global_variables()}).write(new_path, session=sess)`.

Recipe: export-meta-graph
  Nothing but `import_meta_graph` reads the file. For serving export a SavedModel
  (`tf.saved_model.simple_save`); for training again the model's code is enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.project import Project
from tf2migrate.model.finding import Finding, Kept
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.references import Verdict, judged

_STATE = Verdict("TFM104", "a CheckpointManager keeps the same state file and file names")
_READER = Verdict("TFM106", "reads variables by name; a Checkpoint's file has other keys", "reader")
_INIT = Verdict(
    "TFM107", "names in the file are those of a Saver, not of a Checkpoint", "init-from-checkpoint"
)
_ASSIGN = Verdict(
    "TFM108",
    "contrib is gone, and names in the file are those of a Saver",
    "assign-from-checkpoint",
)
_RESTORABLE = Verdict("TFM108", "contrib is gone; write the choice out", "variables-to-restore")

_READERS = (
    "tf.train.NewCheckpointReader", "tf.pywrap_tensorflow.NewCheckpointReader",
    "tf.python.pywrap_tensorflow.NewCheckpointReader", "tf.train.load_checkpoint",
    "tf.train.list_variables", "tf.train.load_variable", "tf.contrib.framework.load_checkpoint",
    "tf.contrib.framework.list_variables", "tf.contrib.framework.load_variable",
)  # fmt: skip
_TABLE: dict[str, Verdict] = {
    **{
        f"tf.train.{name}": _STATE
        for name in (
            "latest_checkpoint", "get_checkpoint_state", "checkpoint_exists",
            "get_checkpoint_mtimes", "update_checkpoint_state", "remove_checkpoint",
            "generate_checkpoint_state_proto", "checkpoints_iterator",
        )
    },
    **dict.fromkeys(_READERS, _READER),
    "tf.train.init_from_checkpoint": _INIT,
    "tf.contrib.framework.init_from_checkpoint": _INIT,
    "tf.train.warm_start": _INIT,
    "tf.contrib.framework.assign_from_checkpoint": _ASSIGN,
    "tf.contrib.framework.assign_from_checkpoint_fn": _ASSIGN,
    "tf.contrib.framework.get_variables_to_restore": _RESTORABLE,
    "tf.train.import_meta_graph": Verdict(
        "TFM109", "a Checkpoint writes no .meta file to import", "import-meta-graph"
    ),
    "tf.train.export_meta_graph": Verdict(
        "TFM109", "nothing reads the .meta file any more", "export-meta-graph"
    ),
}  # fmt: skip

CODES = {
    "TFM104": "Checkpoint files are looked for",
    "TFM106": "A checkpoint is read by variable names",
    "TFM107": "Variables are initialised from a checkpoint",
    "TFM108": "Variables are assigned from a checkpoint",
    "TFM109": "A meta graph is imported or exported",
}


def find(project: Project) -> Iterator[Finding | Kept]:
    """The verdict on every function of checkpoint files."""
    return judged(project, _TABLE)


RULE = Rule(codes=CODES, doc=__doc__, find=find)
