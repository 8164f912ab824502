"""The rules, one idiom a file; this is the registry, in the order of the codes."""

from __future__ import annotations

from tf2migrate.rules import (
    averages,
    checkpoint_files,
    collections,
    contrib,
    entry,
    frameworks,
    imports,
    initializers,
    name_filters,
    removed,
    save_counter,
    saver,
    uninitialized,
    update_ops,
)
from tf2migrate.rules.base import Rule

RULES: tuple[Rule, ...] = (
    saver.RULE,
    checkpoint_files.RULE,
    collections.RULE,
    update_ops.RULE,
    name_filters.RULE,
    save_counter.RULE,
    initializers.RULE,
    uninitialized.RULE,
    imports.RULE,
    entry.RULE,
    contrib.RULE,
    removed.RULE,
    frameworks.RULE,
    averages.RULE,
)
