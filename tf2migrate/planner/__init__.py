"""Rules to Plan: run them, settle what excludes each other, all or nothing.

Everything here is a pure function of facts, rules and options.
"""

from __future__ import annotations

from tf2migrate.planner.plan import Options, demote, make_plan, with_findings
from tf2migrate.planner.selection import Selection

__all__ = ["Options", "Selection", "demote", "make_plan", "with_findings"]
