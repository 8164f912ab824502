"""What a module does while it is imported."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.programs import main_guard
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Expr, Statement

# Calls that add to the graph, or run it.
_OPS = """
    InteractiveSession Session Variable add argmax assert_equal assign cast concat cond constant
    convert_to_tensor divide equal expand_dims fill get_local_variable get_variable
    global_variables_initializer initialize_all_variables linspace log matmul multiply name_scope
    ones one_hot placeholder placeholder_with_default random_normal random_uniform range
    reduce_max reduce_mean reduce_min reduce_sum reshape sparse_placeholder split square stack
    subtract tables_initializer train.Saver train.get_global_step
    train.get_or_create_global_step transpose truncated_normal variable_scope while_loop zeros
"""
_GRAPH = frozenset(f"tf.{name}" for name in _OPS.split())
_FAMILIES = ("tf.nn.", "tf.layers.", "tf.losses.", "tf.contrib.layers.")
_NO_OPS = ("tf.nn.rnn_cell.", "tf.contrib.layers.xavier_", "tf.contrib.layers.l2_regularizer")
# Calls that a library may make when it is imported.
_SET_UP = ("tf.flags.", "tf.app.flags.", "tf.logging.", "tf.disable_", "tf.enable_", "sys.", "os.",
           "tf.no_gradient", "tf.NotDifferentiable", "tf.NoGradient", "warnings.", "logging.",
           "matplotlib.", "numpy.", "random.", "absl.", "setuptools.", "distutils.")  # fmt: skip


def builds_graph(project: Project, file: FileIndex) -> Occurrence | None:
    """The first call at module level that adds to the graph; not below a main guard."""
    if not _mentions_tensorflow(file):
        return None
    for statement, expr in _module_level(file):
        for call in expr.walk():
            if call.kind != "call" or _is_lambda_around(expr, call):
                continue
            name = project.canonical(file, statement.scope, call.parts[0])
            if name is None or name.startswith(_NO_OPS):
                continue
            if name in _GRAPH or name.startswith(_FAMILIES):
                return Occurrence(file, statement, (expr, call))
    return None


def runs_something(project: Project, file: FileIndex) -> bool:
    """Whether a module does more, when it is run, than define things."""
    for statement in file.facts.statements:
        if statement.scope != 0 or statement.kind in ("def", "class", "import"):
            continue
        if statement.kind in ("for", "while", "with"):
            return True
        value = statement.value
        if statement.kind == "expr" and value is not None and value.kind == "call":
            name = project.canonical(file, 0, value.parts[0]) or file.facts.code(value.parts[0])
            if not name.startswith(_SET_UP):
                return True
    return False


def _mentions_tensorflow(file: FileIndex) -> bool:
    """A cheap look before every call of the module is resolved."""
    return bool(file.facts.imports)


def _module_level(file: FileIndex) -> Iterator[tuple[Statement, Expr]]:
    """What is evaluated while the module is imported, class bodies included."""
    guard = main_guard(file)
    for statement in file.facts.statements:
        if file.enclosing(statement.scope, "function") is not None:
            continue
        if guard is not None and guard in (statement, *file.ancestors(statement)):
            continue
        for expr in statement.expressions():
            yield statement, expr


def _is_lambda_around(top: Expr, call: Expr) -> bool:
    return any(
        expr.kind == "lambda" and expr.start <= call.start and call.end <= expr.end
        for expr in top.walk()
    )
