"""What a module does while it is imported."""

from __future__ import annotations

from tf2migrate.index.files import FileIndex, Occurrence
from tf2migrate.index.programs import main_guard
from tf2migrate.index.project import Project
from tf2migrate.model.facts import Statement

# Calls that add to the graph, or run it.
_GRAPH = frozenset(
    f"tf.{name}"
    for name in (
        "InteractiveSession Session Variable add argmax assert_equal assign cast concat cond "
        "constant convert_to_tensor divide equal expand_dims fill get_local_variable get_variable "
        "global_variables_initializer initialize_all_variables linspace log matmul multiply "
        "name_scope ones one_hot placeholder placeholder_with_default random_normal "
        "random_uniform range reduce_max reduce_mean reduce_min reduce_sum reshape sparse_placeholder "
        "split square stack subtract tables_initializer train.Saver train.get_global_step "
        "train.get_or_create_global_step transpose truncated_normal variable_scope while_loop zeros"
    ).split()
)
_FAMILIES = ("tf.nn.", "tf.layers.", "tf.losses.", "tf.data.", "tf.image.", "tf.math.", "tf.summary.",
             "tf.contrib.layers.", "tf.contrib.slim.")  # fmt: skip
_CLASSES = ("tf.nn.rnn_cell.", "tf.summary.FileWriter", "tf.data.Options")
# Calls that a library may make when it is imported.
_SET_UP = ("tf.flags.", "tf.app.flags.", "tf.logging.", "tf.compat.", "sys.", "os.", "warnings.",
           "logging.", "matplotlib.", "np.", "numpy.", "absl.", "tf.NotDifferentiable",
           "tf.no_gradient", "tf.NoGradient", "tf.disable_", "tf.enable_", "random.")  # fmt: skip


def builds_graph(project: Project, file: FileIndex) -> Occurrence | None:
    """The first call at module level that adds to the graph; not below a main guard."""
    guard = main_guard(file)
    for name in _graph_names(project):
        del name
    found: Occurrence | None = None
    for ref in _graph_calls(project).get(file.path, ()):
        if _at_module_level(file, ref.statement, guard):
            if found is None or ref.expr.start < found.expr.start:
                found = ref
    return found


def _at_module_level(file: FileIndex, statement: Statement, guard: Statement | None) -> bool:
    scope = file.scope(statement.scope)
    if scope.kind == "function":
        return False
    if scope.kind == "class" and file.enclosing(scope.id, "function") is not None:
        return False
    return guard is None or guard not in (statement, *file.ancestors(statement))
