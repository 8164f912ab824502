"""Questions about, and initialisation of, single variables.

What:
  `tf.report_uninitialized_variables`, `tf.is_variable_initialized`,
  `tf.assert_variables_initialized` and `tf.errors.FailedPreconditionError`;
  `v.initializer`, `v.initialized_value()`, `v.load(value, sess)`; a new optimizer's
  slots, found by `optimizer.variables()` or by a name such as `Adam`.

Why:
  All of these work in graph mode on TensorFlow 2.21 as they did on 1.15, slot names
  included, so they are kept. The one exception: `initialized_value()` raises
  `NotImplementedError` there for a resource variable.

Example:
  ```python
  w = tf.get_variable("w", [2], use_resource=True)
  start = w.initialized_value()
  u = tf.Variable(start * 2.0)
  ```
  ```python
  w = tf.get_variable("w", [2], use_resource=True)
  start = tf.cond(tf.is_variable_initialized(w), w.read_value, lambda: w.initial_value)
  u = tf.Variable(start * 2.0)
  ```

Safety:
  The expression is the one that TensorFlow 1 made of `initialized_value()` itself. It
  is put in only for a name that is bound to one variable of the program.
  A Checkpoint's `save_counter` joins the global variables with its first save or
  restore, and is initialised by it: a variable that is reported as uninitialised, or
  not, is so as before.

Limits:
  Attributes of values that are not known to be variables are not looked at:
  `x.load(y, sess)` is a method of many classes. Resource variables that come from a
  variable scope (`use_resource=True` there) are not known as such.

Recipe: initialized-value
  The program makes resource variables (`tf.enable_resource_variables`), for which
  `initialized_value()` is gone. Write what it did:
  `tf.cond(tf.is_variable_initialized(v), v.read_value, lambda: v.initial_value)`, or
  `v.initial_value` if `v` gets its own value by the same run of the initialisers.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.programs import Programs
from tf2migrate.index.project import Project
from tf2migrate.model.edit import Replace
from tf2migrate.model.facts import Expr
from tf2migrate.model.finding import Finding, Kept, Safety
from tf2migrate.rules.base import Rule
from tf2migrate.rules.support.references import Verdict, judged
from tf2migrate.rules.support.sites import place_of
from tf2migrate.rules.support.spelling import Spelling
from tf2migrate.rules.support.variables import is_variable

_CODE = "TFM304"
CODES = {_CODE: "Single variables are initialised, or asked whether they are"}
_RESOURCES = ("tf.enable_resource_variables", "tf.enable_v2_behavior")
_SLOTS = (
    "Adam", "Momentum", "RMSProp", "Adagrad", "Adadelta", "Ftrl", "beta1_power", "beta2_power",
)  # fmt: skip

_TABLE = {
    "tf.report_uninitialized_variables": Verdict(
        _CODE, "the same names in graph mode; a Checkpoint initialises its own counter"
    ),
    "tf.is_variable_initialized": Verdict(_CODE, "the same tensor in graph mode"),
    "tf.assert_variables_initialized": Verdict(_CODE, "the same op in graph mode"),
    "tf.errors.FailedPreconditionError": Verdict(_CODE, "still raised for an unset variable"),
}


def find(project: Project) -> Iterator[Finding | Kept]:
    """Every question about a variable's state and every single initialiser."""
    yield from judged(project, _TABLE)
    programs = Programs(project)
    for file in project.files.values():
        for at in file.occurrences("initialized_value"):
            if at.is_callee and at.expr.kind == "attr":
                yield _initialized_value(project, programs, at)
        yield from _kept(project, file)


def _kept(project: Project, file: FileIndex) -> Iterator[Kept]:
    for at in file.occurrences("initializer"):
        if at.expr.kind == "attr" and _is_initializer(project, at):
            yield Kept(_CODE, place_of(file, at.expr), "the initialiser op of one object")
    for at in file.occurrences("load"):
        if at.is_callee and at.expr.kind == "attr" and is_variable(project, at, at.expr.parts[0]):
            yield Kept(_CODE, place_of(file, at.path[-2]), "a variable's load still assigns")
    for at in file.occurrences("variables"):
        if at.is_callee and at.expr.kind == "attr" and _is_optimizer(project, at):
            yield Kept(_CODE, place_of(file, at.path[-2]), "an optimizer's own variables")
    for at in file.occurrences("name"):
        if at.expr.kind == "attr" and _asks_for_slot(at):
            assert at.parent is not None
            yield Kept(_CODE, place_of(file, at.parent), "slots have the same names as before")


def _is_initializer(project: Project, at: Occurrence) -> bool:
    """Whether `x.initializer` is an op: of a known variable, or something that is run."""
    owner = at.expr.parts[0]
    if at.expr in at.statement.targets or at.is_callee:
        return False
    if is_variable(project, at, owner):
        return True
    return any(
        outer.kind == "call" and outer.parts[0].text in ("run", "group", "control_dependencies")
        for outer in at.path[:-1]
    )


def _is_optimizer(project: Project, at: Occurrence) -> bool:
    maker = project.library_type(at.file, at.scope, at.expr.parts[0])
    return maker is not None and maker.endswith("Optimizer")


def _asks_for_slot(at: Occurrence) -> bool:
    """Whether it is the `v.name` of a test such as `"Adam" in v.name`."""
    test = at.parent
    if test is None or test.kind != "compare" or test.text not in ("In", "NotIn"):
        return False
    word = test.parts[0].value
    return isinstance(word, str) and any(slot in word for slot in _SLOTS)


def _initialized_value(project: Project, programs: Programs, at: Occurrence) -> Finding | Kept:
    variable, call = at.expr.parts[0], at.path[-2]
    where = place_of(at.file, call)
    resource = _is_resource(project, at, variable)
    if resource is None and not _makes_resources(project, programs, at):
        return Kept(_CODE, where, "still there for variables in graph mode that are no resources")
    if not resource or variable.kind != "name":
        message = "initialized_value() raises for a resource variable"
        return Finding(_CODE, where, message, Safety.MANUAL, recipe="initialized-value")
    spelling = Spelling(project, at.file)
    test, cond = spelling.tf("tf.is_variable_initialized"), spelling.tf("tf.cond")
    name = variable.text
    code = f"{cond}({test}({name}), {name}.read_value, lambda: {name}.initial_value)"
    edits = (Replace(at.file.path, call.span, code), *spelling.edits)
    message = "initialized_value() raises for a resource variable: written out"
    return Finding(_CODE, where, message, Safety.SAFE, edits)


def _is_resource(project: Project, at: Occurrence, variable: Expr) -> bool | None:
    """Whether the variable is made with `use_resource=True`; None if that is not said."""
    if not is_variable(project, at, variable) or variable.kind != "name":
        return None
    owner = at.file.scope_of_name(at.scope, variable.text)
    if owner is None:
        return None
    bindings = at.file.bindings[owner, variable.text]
    said = [b.value.keywords.get("use_resource") for b in bindings if b.value is not None]
    return True if any(value is not None and value.value is True for value in said) else None


def _makes_resources(project: Project, programs: Programs, at: Occurrence) -> bool:
    files = programs.together(at.file.path)
    return any(
        ref.at.file.path in files for name in _RESOURCES for ref in project.by_name.get(name, ())
    )


RULE = Rule(codes=CODES, doc=__doc__, find=find)
