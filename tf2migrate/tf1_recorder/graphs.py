"""What is known of one tf.Graph."""

import weakref
from typing import Any, Dict, List, Optional

from tf2migrate.tf1_recorder.looking import name_of


class Graph:
    """A tf.Graph, or, for None, all that is created eagerly.

    Attributes:
      graph: gives it, None if it is gone.
      snapshots: names in each collection, as they were at some times.
      initializers: the variable of each operation that initialises one.
      runs: what `Session.run` was called with, to find the entry to count in.
    """

    def __init__(self, number: int, graph: Any) -> None:
        self.number = number
        self.eager = graph is None
        self.graph = (lambda: None) if graph is None else weakref.ref(graph)  # type: Any
        self.snapshots = []  # type: List[Dict[str, List[str]]]
        self.initializers = {}  # type: Dict[str, str]
        self.runs = {}  # type: Dict[Any, Any]

    def snapshot(self) -> Optional[int]:
        """The index of the collections as they are; the last one if the graph is gone."""
        graph = self.graph()
        if graph is None:
            return len(self.snapshots) - 1 if self.snapshots else None
        now = {}
        for key in graph.get_all_collection_keys():
            if isinstance(key, str) and not key.startswith("_"):
                now[key] = _names(graph.get_collection(key))
        if now not in self.snapshots:
            self.snapshots.append(now)
        return self.snapshots.index(now)


def _names(items: List[Any]) -> List[str]:
    names = [name_of(item) for item in items]
    unnamed = {name for name in names if name.startswith("<")}
    return [name for name in names if name not in unnamed] + sorted(unnamed)
