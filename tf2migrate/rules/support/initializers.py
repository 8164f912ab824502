"""The functions that make initialisation ops, old names and new ones."""

from __future__ import annotations

OLD = {
    "tf.initialize_all_variables": "global_variables_initializer",
    "tf.initialize_local_variables": "local_variables_initializer",
    "tf.initialize_variables": "variables_initializer",
    "tf.initialize_all_tables": "tables_initializer",
}
"""Deprecated names and the last part of their successors'."""

MODERN = frozenset({
    "tf.global_variables_initializer", "tf.local_variables_initializer",
    "tf.variables_initializer", "tf.tables_initializer", "tf.initializers.global_variables",
    "tf.initializers.local_variables", "tf.initializers.variables",
    "tf.initializers.tables_initializer",
})  # fmt: skip

GLOBAL = frozenset({
    "tf.initialize_all_variables", "tf.global_variables_initializer",
    "tf.initializers.global_variables",
})  # fmt: skip
"""Those that cover every global variable."""
