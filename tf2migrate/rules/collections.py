"""Graph collections and the functions that list variables and losses.

What:
  `tf.all_variables` and `tf.GraphKeys.VARIABLES` (TFM201); `get_collection`,
  `get_collection_ref`, `add_to_collection`, `add_to_collections`, `clear_collection` of
  `tf` and of graphs, `collections=` of a variable, `tf.trainable_variables` and its
  like, `tf.losses.get_*` and the getters of contrib and slim (TFM202).

Why:
  A session keeps its graph and a graph its collections, so that all of them are the
  same on TensorFlow 2.21: same keys, same members in the same order, `scope` is the
  same regular expression. They are kept. Old names get their successors'; getters of
  contrib become those of `tf`, because contrib is gone.

Example:
  ```python
  saved = tf.all_variables()
  weights = slim.get_model_variables("encoder")
  ```
  ```python
  saved = tf.global_variables()
  weights = tf.model_variables("encoder")
  ```

Safety:
  Old and new name are the same function, or the same string. A getter of contrib is
  replaced if it is given nothing but a scope that is a string; given a variable scope,
  it would take its name.

Limits:
  A collection under the graph target is still process-wide state of the graph. What
  is in one, by family of keys:
  MODEL_VARIABLES holds what contrib and slim layers create, *moving statistics
  included*, and nothing of `tf.layers`; a set of model variables is therefore not the
  trainable ones. Names differ between families too: contrib and slim layers call
  their variables `weights` and `biases`, `tf.layers` and cells `kernel` and `bias`, so
  that a filter by name, or an old checkpoint, does not carry over from one to the other.
  REGULARIZATION_LOSSES holds on TensorFlow 2.21 objects that are evaluated on first
  use; as operands, arguments and fetches they behave as the tensors of 1.15 do.

Recipe: contrib-getter
  `slim.get_variables(scope, suffix, collection)` is
  `tf.get_collection(collection, scope)`, with `scope.name` for a variable scope. With a
  suffix it matches the names that contain it right before the colon:
  `tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope + ".*" + suffix + ":")`.
  `get_variables_by_name(name, scope)` is the same with `"/" + name` for a suffix.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex
from tf2migrate.index.project import Project, Reference
from tf2migrate.model.edit import Replace
from tf2migrate.model.facts import Expr
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.references import place, respelled, unused_imports, uses
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.spelling import Spelling
from tf2migrate.rules.support.variables import key_argument, key_of

CODES = {
    "TFM201": "An old name of a collection",
    "TFM202": "A collection is read or filled",
}
_OLD = {"tf.all_variables": "global_variables", "tf.GraphKeys.VARIABLES": "GLOBAL_VARIABLES"}
_BY_KEY = ("get_collection", "get_collection_ref", "add_to_collection", "clear_collection")
_METHODS = (*_BY_KEY, "add_to_collections", "get_all_collection_keys")
_REASONS = {
    "variables": "the global variables; a Checkpoint's save_counter joins them with its first use",
    "trainable_variables": "the trainable variables; nothing of a Checkpoint is trainable",
    "update_ops": "filled by layers and run where the program runs it",
    "model_variables": "what contrib and slim layers create, moving statistics included",
    "regularization_losses": "the same losses in the same order",
    "losses": "the same losses in the same order",
    "local_variables": "the local variables; a Saver did not save them, nor does a Checkpoint",
    "moving_average_variables": "the variables that have an average",
    "saveable_objects": "tables and iterators that a Saver saves",
}
_SUGAR = {
    "tf.global_variables": "variables",
    "tf.trainable_variables": "trainable_variables",
    "tf.local_variables": "local_variables",
    "tf.model_variables": "model_variables",
    "tf.moving_average_variables": "moving_average_variables",
    "tf.losses.get_losses": "losses",
    "tf.losses.get_total_loss": "losses",
    "tf.losses.add_loss": "losses",
    "tf.losses.get_regularization_losses": "regularization_losses",
    "tf.losses.get_regularization_loss": "regularization_losses",
}
_CONTRIB = {
    **{
        f"tf.contrib.framework.{name}": home
        for name, home in (
            ("get_variables", "tf.global_variables"),
            ("get_model_variables", "tf.model_variables"),
            ("get_local_variables", "tf.local_variables"),
            ("get_trainable_variables", "tf.trainable_variables"),
            ("get_variables_by_suffix", ""),
            ("get_variables_by_name", ""),
        )
    },
    **{
        f"tf.contrib.losses.{name}": f"tf.losses.{name}"
        for name in (
            "get_losses", "get_total_loss", "add_loss", "get_regularization_losses",
        )
    },
}  # fmt: skip
_LISTS = ("global_variables", "trainable_variables", "local_variables")
_CONTRIB_GETTERS = (
    "get_variables_to_restore", "get_trainable_variables", "get_model_variables",
)  # fmt: skip


def find(project: Project) -> Iterator[Finding | Kept]:
    """Every use of a collection."""
    yield from _old_names(project)
    for name in _METHODS:
        for reference in uses(project, f"tf.{name}"):
            reason = _reason(project, reference.at.file, reference.at.scope, reference.call, name)
            yield Kept("TFM202", place(reference), reason)
    for name, key in _SUGAR.items():
        for reference in uses(project, name):
            yield Kept("TFM202", place(reference), _REASONS[key])
    for name, home in _CONTRIB.items():
        for reference in uses(project, name):
            yield _contrib(project, reference, home)
    for reference in project.references:
        if reference.call is not None and "collections" in reference.call.names:
            value = reference.call.keywords["collections"]
            reason = "the variable (or tensor) joins the same collections"
            yield Kept("TFM202", place_of(reference.at.file, value), reason)
    yield from _keys(project)
    for file in project.files.values():
        yield from _graph_methods(project, file)
        yield from _getters_of_objects(project, file)


def _keys(project: Project) -> Iterator[Kept]:
    """Keys that are no argument of a call that is a site itself (`updates_collections=...`)."""
    own = {f"tf.{name}" for name in _METHODS}
    for reference in project.references:
        if not reference.name.startswith("tf.GraphKeys.") or reference.name in _OLD:
            continue
        at = reference.at
        around = [part for part in at.path[:-1] if part.kind == "call"]
        if any("collections" in part.names for part in around):
            continue
        calls = [part.parts[0] for part in around]
        names = {project.canonical(at.file, at.scope, callee) for callee in calls}
        if not names & own and not any(callee.text in _METHODS for callee in calls):
            yield Kept("TFM202", place(reference), "the key of a collection, the same string")


def _getters_of_objects(project: Project, file: FileIndex) -> Iterator[Finding | Kept]:
    """`scope.trainable_variables()`, and getters of what may be contrib behind a function."""
    for name in (*_LISTS, *_CONTRIB_GETTERS):
        for at in file.occurrences(name):
            call = at.parent
            if at.expr.kind != "attr" or not at.is_callee or call is None:
                continue
            if project.resolve(file, at.scope, at.expr) or project.callee(file, at.scope, call):
                continue
            if name in _LISTS:
                yield Kept("TFM202", place_of(file, call), "the list of an object of its own")
            elif at.expr.parts[0].kind == "call":
                message = f"{name}: if this is contrib, it is gone"
                where = place_of(file, call)
                yield Finding("TFM202", where, message, Safety.MANUAL, recipe="contrib-getter")


def _old_names(project: Project) -> Iterator[Finding | Kept]:
    for name, new in _OLD.items():
        for reference in uses(project, name):
            edits = respelled(project, reference, new)
            if edits is None:
                reason = "an alias, renamed where it gets its value"
                yield Kept("TFM201", place(reference), reason)
                continue
            message = f"{name} is deprecated: {new} is the same"
            yield Finding("TFM201", place(reference), message, Safety.SAFE, edits)
    for old, where, edits in unused_imports(project, _OLD):
        message = f"{old} is deprecated: {_OLD[old]} is the same"
        yield Finding("TFM201", where, message, Safety.SAFE, edits)


def _reason(project: Project, file: FileIndex, scope: int, call: Expr | None, name: str) -> str:
    """Why the use of a collection may stay."""
    if call is None or name == "get_all_collection_keys":
        return "collections belong to the graph, as before"
    if name == "add_to_collections":
        return "the same collections of the graph"
    key = key_argument(call, "key" if name.startswith("get") else "name")
    word = None if key is None else key_of(project, file, scope, key)
    if word is None:
        return "the key is computed; any key works as before"
    own = f"the program's own collection '{word}', as before"
    return _REASONS.get(word, own)


def _graph_methods(project: Project, file: FileIndex) -> Iterator[Kept]:
    """`graph.get_collection(...)` and the like."""
    for name in _METHODS:
        for at in file.occurrences(name):
            call = at.parent
            if at.expr.kind != "attr" or not at.is_callee or call is None:
                continue
            if project.resolve(file, at.scope, at.expr) is not None:
                continue
            if project.callee(file, at.scope, call) is None:
                reason = _reason(project, file, at.scope, call, name)
                yield Kept("TFM202", place_of(file, call), reason)


def _contrib(project: Project, reference: Reference, home: str) -> Finding | Kept:
    at, call, where = reference.at, reference.call, place(reference)
    ref = project.resolve(at.file, at.scope, at.expr)
    if ref is not None and ref.name.partition(".")[0] == "tf_slim":
        return Kept("TFM202", where, "the package tf_slim runs on TensorFlow 2.21")
    losses = reference.name.startswith("tf.contrib.losses.")
    if not home or call is None or not (losses or _only_scope(call)):
        message = f"{reference.name}: contrib is gone"
        return Finding("TFM202", where, message, Safety.MANUAL, recipe="contrib-getter")
    spelling = Spelling(project, at.file)
    code = spelling.tf(home)
    edits = (Replace(at.file.path, at.expr.span, code), *spelling.edits)
    message = f"{reference.name}: contrib is gone, {home} gives the same list"
    return Finding("TFM202", where, message, Safety.SAFE, edits)


def _only_scope(call: Expr) -> bool:
    """Whether a getter is given nothing but a scope, and that as a string."""
    arguments = [*call.args, *call.keywords.values()]
    if not arguments:
        return True
    if len(arguments) > 1 or any(name != "scope" for name in call.names):
        return False
    value = arguments[0]
    return _is_text(value) or (value.kind == "const" and value.value is None)


def _is_text(value: Expr) -> bool:
    if value.kind == "binop":
        return any(_is_text(part) for part in value.parts)
    if value.kind == "call":
        return value.parts[0].kind == "attr" and value.parts[0].text == "format"
    named = value.kind == "attr" and value.text in ("name", "original_name_scope")
    return named or value.kind == "fstring" or isinstance(value.value, str)


RULE = Rule(codes=CODES, doc=__doc__, find=find)
