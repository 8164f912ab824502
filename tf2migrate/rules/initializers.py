"""Initialisation ops: old names, fallbacks for old releases, and runs that harm.

What:
  Every use of `tf.initialize_all_variables`, `tf.initialize_local_variables`,
  `tf.initialize_variables(list)` and `tf.initialize_all_tables` in any spelling (TFM301);
  `try`/`except`, `if`/`else` and conditional expressions that choose between an old
  and a new name (TFM302); initialisers that are created and dropped, and runs of all
  initialisers right after a restore (TFM303). The modern names are kept.

Why:
  Under the graph target variables still need one run of their initialisers. The old
  names were deprecated in TensorFlow 0.12; the new ones are the same functions and
  exist in every release that the migrated code runs on, so that a fallback has
  nothing left to fall back from.

Example:
  ```python
  try:
      tf.global_variables_initializer().run()
  except AttributeError:
      tf.initialize_all_variables().run()
  ```
  ```python
  tf.global_variables_initializer().run()
  ```

Safety:
  Old and new name take the same arguments and create the same op. A fallback is
  collapsed only if its branches are the same statements once old names are replaced
  by new ones, and if its condition does nothing but look at a version or a name.

Limits:
  A name that is looked up as a string (`getattr(tf, "initialize_all_variables")`) is
  left to a person. Whether an initialiser runs after a restore is judged within one
  function, for statements that follow one another.

Recipe: by-string
  Replace the string by the modern name, or call `tf.global_variables_initializer`
  directly: it exists in TensorFlow 1.15 and in `tensorflow.compat.v1`.

Recipe: no-effect
  Creating the op initialises nothing, a session must run it:
  `sess.run(tf.global_variables_initializer())`. Remove the line if another one does
  that already.

Recipe: init-after-restore
  The run overwrites what was just restored with fresh initial values; TensorFlow 1
  did the same. Run the initialisers first and restore after them. If only new
  variables were meant, initialise just those:
  `sess.run(tf.variables_initializer(new_variables))`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.project import Project, Reference
from tf2migrate.model.edit import Edit
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.model.span import Place
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.fallbacks import Fallback, fallbacks
from tf2migrate.rules.support.initializers import GLOBAL, MODERN, OLD
from tf2migrate.rules.support.references import place, respelled, unused_imports, uses
from tf2migrate.rules.support.restores import init_runs_after_restore
from tf2migrate.rules.support.sites import place_of

CODES = {
    "TFM301": "Variables are initialised",
    "TFM302": "A fallback for an old name of an initialiser",
    "TFM303": "An initialiser that has no effect, or undoes a restore",
}
_LOOKUPS = ("getattr", "hasattr")


def find(project: Project) -> Iterator[Finding | Kept]:
    """A finding or a reason for every initialiser of the project."""
    found = fallbacks(project, OLD)
    covered = {(item.path, ref.at.expr.span) for item in found for ref in item.references}
    yield from map(_collapsed, found)
    for name in (*OLD, *sorted(MODERN)):
        for reference in uses(project, name):
            if (reference.at.file.path, reference.at.expr.span) not in covered:
                yield _site(project, reference)
            yield from _dropped(reference)
    for old, where, edits in unused_imports(project, OLD):
        yield _renamed(old, where, edits)
    yield from _strings(project, found)
    yield from _after_restore(project)


def _site(project: Project, reference: Reference) -> Finding | Kept:
    where = place(reference)
    if reference.name in MODERN:
        return Kept("TFM301", where, "one run of the initialisers, as before")
    edits = respelled(project, reference, OLD[reference.name])
    if edits is None:
        return Kept("TFM301", where, "an alias, renamed where it gets its value")
    return _renamed(reference.name, where, edits)


def _renamed(old: str, where: Place, edits: tuple[Edit, ...]) -> Finding:
    message = f"{old} is deprecated: tf.{OLD[old]} is the same"
    return Finding("TFM301", where, message, Safety.SAFE, edits)


def _collapsed(item: Fallback) -> Finding:
    message = "both branches do the same: the modern name is in every release that is left"
    return Finding("TFM302", item.place, message, Safety.SAFE, item.edits)


def _dropped(reference: Reference) -> Iterator[Finding]:
    at = reference.at
    if reference.call is not None and at.statement.kind == "expr" and len(at.path) == 2:
        message = f"{reference.name}() alone has no effect: no session runs the op"
        yield Finding("TFM303", place(reference), message, Safety.MANUAL, recipe="no-effect")


def _strings(project: Project, found: list[Fallback]) -> Iterator[Finding]:
    """Old names that are looked up as strings."""
    inside = [(item.path, item.place.span) for item in found]
    words = {name.rpartition(".")[2] for name in OLD}
    for file in project.files.values():
        for at in (at for name in _LOOKUPS for at in file.occurrences(name)):
            call = at.parent
            if not at.is_callee or call is None or len(call.args) < 2:
                continue
            if project.canonical(file, at.scope, call.args[0]) != "tf":
                continue
            if call.args[1].value not in words:
                continue
            if any(path == file.path and span.contains(call.span) for path, span in inside):
                continue
            message = f"'{call.args[1].value}' is looked up as a string"
            yield Finding(
                "TFM301", place_of(file, call), message, Safety.MANUAL, recipe="by-string"
            )


def _after_restore(project: Project) -> Iterator[Finding]:
    for run, restore in init_runs_after_restore(project, GLOBAL):
        line = restore.file.facts.line_of(restore.expr.start)
        message = f"initialises all variables again, also those restored in line {line}"
        where = place_of(run.file, run.expr)
        yield Finding("TFM303", where, message, Safety.MANUAL, recipe="init-after-restore")


RULE = Rule(codes=CODES, doc=__doc__, find=find)
