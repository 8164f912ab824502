"""The shim inside a TensorFlow 2 process: what it holds, what it would not save, restoring.

Everything is imported on first use: pytest imports this package in each run of
its plugin, and TensorFlow takes seconds to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tf2migrate.runtime.assertions import assert_variables_match
    from tf2migrate.runtime.factory import factory_inventory, load_factory
    from tf2migrate.runtime.graphs import graph_inventory
    from tf2migrate.runtime.object_inventory import inventory
    from tf2migrate.runtime.restoring import restore
    from tf2migrate.runtime.slot_creation import create_slots
    from tf2migrate.runtime.watching import UntrackedVariables, Watch, watch

_PLACES = {
    "UntrackedVariables": "watching",
    "Watch": "watching",
    "assert_variables_match": "assertions",
    "create_slots": "slot_creation",
    "factory_inventory": "factory",
    "graph_inventory": "graphs",
    "inventory": "object_inventory",
    "load_factory": "factory",
    "restore": "restoring",
    "watch": "watching",
}

__all__ = [
    "UntrackedVariables",
    "Watch",
    "assert_variables_match",
    "create_slots",
    "factory_inventory",
    "graph_inventory",
    "inventory",
    "load_factory",
    "restore",
    "watch",
]


def __getattr__(name: str) -> Any:
    """The public function of that name, from its module."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
