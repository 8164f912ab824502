"""`tf.contrib`: names that exist outside of it are replaced, the others reported.

What:
  Every use of a name below `tf.contrib`, however it was imported or renamed. An
  import or alias that no use needs any more is removed.

Why:
  TensorFlow 2 has no contrib, and `tensorflow.compat.v1` has none even in 1.15.

Example:
  ```python
  from tensorflow.contrib import rnn

  cell = rnn.BasicLSTMCell(128)
  outputs, state = rnn.static_rnn(cell, inputs, dtype=tf.float32)
  ```
  ```python
  cell = tf.nn.rnn_cell.BasicLSTMCell(128)
  outputs, state = tf.nn.static_rnn(cell, inputs, dtype=tf.float32)
  ```

Safety:
  A name is replaced only by a name of the same Python object in TensorFlow 1.15.5.

Limits:
  The home of a cell is `tf.nn.rnn_cell`, which TensorFlow 2 has with Keras 2 only
  (TFM604). The package `tf_slim` is not contrib and is left alone.

Recipe: layers
  `tf.contrib.layers` and `slim` get a home in `tf2migrate.v1`, in a later release, with
  the same variable names and numbers. Until then the package `tf_slim` has most of
  them, for TensorFlow 1.15 and 2: `import tf_slim as slim`. Its `batch_norm` fails
  under TensorFlow 2.16 and later (`No module named 'tf_keras.legacy_tf_layers'`).

Recipe: framework
  `tf_slim` has `arg_scope`, `get_variables`, `model_variable` and
  `assign_from_checkpoint`. `create_global_step` is `tf.train.create_global_step`,
  `get_or_create_global_step` is `tf.train.get_or_create_global_step`, `list_variables`
  and `load_checkpoint` are in `tf.train`.

Recipe: initializers
  `xavier_initializer()` is `tf.glorot_uniform_initializer()`, with `uniform=False`
  `tf.glorot_normal_initializer()`, but not the same draws for the same seed.
  `variance_scaling_initializer()` is `tf.variance_scaling_initializer(2.0)`. A regularizer
  `l2_regularizer(scale)` is `lambda w: scale * tf.nn.l2_loss(w)`.

Recipe: rnn
  `tf.contrib.rnn` and `seq2seq` cells and decoders that were not moved out of contrib
  are in `tensorflow_addons`, which is no longer maintained, under other variable
  names. Copy the class from TensorFlow 1.15, on top of `tf.nn.rnn_cell`.

Recipe: legacy-seq2seq
  `sequence_loss_by_example` and `rnn_decoder` are short functions without variables:
  copy them from TensorFlow 1.15 into the project.

Recipe: crf
  Copy `crf_log_likelihood` and `viterbi_decode` from TensorFlow 1.15: the only variable
  is `transitions`, which can be passed in.

Recipe: opt
  Copy the optimizer from TensorFlow 1.15: it is a subclass of `tf.train.Optimizer`
  and its slots keep their names.

Recipe: data
  Most of `tf.contrib.data` is in `tf.data.experimental` or a method of
  `tf.data.Dataset`: `dataset.apply(batch_and_drop_remainder(n))` is
  `dataset.batch(n, drop_remainder=True)`.

Recipe: training
  `HParams` is a small class: `types.SimpleNamespace` has its attributes, and the
  package `tensor2tensor` a copy (`tensor2tensor.utils.hparam`).

Recipe: eager
  `tfe.Variable`, `tfe.Iterator` and `implicit_gradients` are `tf.Variable`, `iter(dataset)`
  and `tf.GradientTape` when execution is eager.

Recipe: other
  There is no successor in TensorFlow 2. Copy what is used from TensorFlow 1.15, or
  keep the program under TensorFlow 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index import api
from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.edit import Edit, Remove, Replace
from tf2migrate.model.facts import Import
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.span import Span
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.claims import has_own_rule
from tf2migrate.rules.support.contrib_uses import ContribUses
from tf2migrate.rules.support.dialect import dialect
from tf2migrate.rules.support.origins import remove_names, uses_of
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.spelling import Spelling

CODES = {
    "TFM601": "A contrib name that exists outside of contrib is used",
    "TFM602": "A contrib name that exists nowhere else is used",
}
_WORDS = (("xavier_initializer", "initializers"), ("variance_scaling_initializer", "initializers"),
          ("_regularizer", "initializers"))  # fmt: skip
_FAMILIES = {
    "layers": "layers",
    "slim": "layers",
    "losses": "layers",
    "metrics": "layers",
    "framework": "framework",
    "rnn": "rnn",
    "cudnn_rnn": "rnn",
    "seq2seq": "rnn",
    "legacy_seq2seq": "legacy-seq2seq",
    "crf": "crf",
    "opt": "opt",
    "data": "data",
    "training": "training",
    "eager": "eager",
}


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding for every use of contrib, and for imports of it that nothing uses."""
    for uses in dialect(project).contrib.values():
        yield from _replaced(project, uses)
        for ref in uses.stuck:
            if not has_own_rule(ref.name):
                yield _without_home(uses.file, ref)
        for ref in uses.aliases:
            target = ref.at.statement.targets[0].text
            yield Kept("TFM602", place_of(uses.file, ref.at.expr), f"uses of {target} are reported")
        for item in uses.imports:
            yield _import(uses, item)


def _replaced(project: Project, uses: ContribUses) -> Iterator[Finding]:
    """The replacements, in one group; the first also removes what nothing needs then."""
    file = uses.file
    clean: list[Edit] = [Remove(file.path, statement.span) for statement in uses.gone_aliases]
    clean += remove_names(file, _separate(uses))
    for ref, home in uses.replaced:
        spelling = Spelling(project, file)
        near = ref.at if ref.at.expr.kind == "attr" else None
        code = spelling.tf(home, near)
        edits = (Replace(file.path, ref.at.expr.span, code), *spelling.edits, *clean)
        message = f"{ref.name} is {home}, the same object"
        if api.status(home) is api.Status.NEEDS_KERAS2:
            message += ", which TensorFlow 2 has with Keras 2 only"
        place = place_of(file, ref.at.expr)
        yield Finding("TFM601", place, message, Safety.SAFE, edits, group=uses.group)
        clean = []


def _separate(uses: ContribUses) -> list[Import]:
    """The imports to remove, but for those in a statement that the import rule rewrites."""
    statements = {item.statement for item in uses.gone_imports}
    mixed = {
        item.statement
        for item in uses.file.facts.imports
        if item.statement in statements and item.module == "tensorflow" and item.name != "contrib"
    }
    return [item for item in uses.gone_imports if item.statement not in mixed]


def _without_home(file: FileIndex, ref: Reference) -> Finding:
    message = f"{ref.name} exists in TensorFlow 1.15 only"
    place = place_of(file, ref.at.expr)
    return Finding("TFM602", place, message, Safety.MANUAL, recipe=_recipe(ref.name))


def _recipe(name: str) -> str:
    for word, recipe in _WORDS:
        if name.endswith(word):
            return recipe
    return _FAMILIES.get(f"{name}..".split(".")[2], "other")


def _import(uses: ContribUses, item: Import) -> Finding | Kept:
    """An import of contrib that stays: its uses are reported, if there are any."""
    place = uses.file.facts.place(Span(item.start, item.end))
    used = next(uses_of(uses.file, item.scope, item.bound), None) if item.name != "*" else None
    if used is not None:
        return Kept("TFM602", place, f"uses of {item.bound} are reported")
    name = api.canonical(f"{item.module}.{item.name}".removesuffix("."))
    what = "an import of everything" if item.name == "*" else "an import that the file does not use"
    message = f"{what} from contrib, which exists in TensorFlow 1.15 only"
    return Finding("TFM602", place, message, Safety.MANUAL, recipe=_recipe(name))


RULE = Rule(codes=CODES, doc=__doc__, find=find)
