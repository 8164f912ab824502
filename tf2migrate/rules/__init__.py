"""The rules, one idiom a file; this is the registry, in the order of the codes."""

from __future__ import annotations

from tf2migrate.rules.base import Rule

from tf2migrate.rules import saver

RULES: tuple[Rule, ...] = (saver.RULE,)
