"""What has been recorded so far."""

import threading
import weakref
from typing import Any, Dict, List, NamedTuple, Tuple

from tf2migrate.tf1_recorder.graphs import Graph
from tf2migrate.tf1_recorder.looking import default_graph
from tf2migrate.tf1_recorder.places import Places
from tf2migrate.tf1_recorder.tally import Tally

SECTIONS = ("variables", "tables", "savers", "checkpoints", "managers", "averages", "optimizers")
PROBLEMS = 100


class Inside(threading.local):
    """How many methods this thread is in that are one event with all that they do."""

    depth = 0


Call = NamedTuple("Call", [("callee", str), ("arguments", Any), ("result", Any)])
"""A call of a recorded method: what it is called, its arguments by name, what it returned."""


class State:
    """Collects what the recording will say.

    Attributes:
      rows: the rows of each of SECTIONS.
      objects: the row of each object of TensorFlow's that has one, while it lives.
      variables: the rows of variables by graph and name.
      variable_class: the base class of all variables.
      problems: what could not be recorded, and why.
    """

    def __init__(self, root: str) -> None:
        self.places = Places(root)
        self.graphs = []  # type: List[Graph]
        self.by_id = {}  # type: Dict[int, Graph]
        self.rows = {name: [] for name in SECTIONS}  # type: Dict[str, List[Any]]
        self.runs = Tally()
        self.sessions = Tally()
        self.objects = weakref.WeakKeyDictionary()  # type: Any
        self.variables = {}  # type: Dict[Tuple[int, str], Dict[str, Any]]
        self.variable_class = ()  # type: Any
        self.problems = []  # type: List[str]
        self.inside = Inside()
        self.lock = threading.RLock()

    def graph(self, graph: Any) -> Graph:
        """What is known of a tf.Graph; of all that is eager, for None."""
        known = self.by_id.get(id(graph))
        if known is not None and known.graph() is graph:
            return known
        with self.lock:  # it is new, or has the identity of one that is gone
            known = self.by_id.get(id(graph))
            if known is None or known.graph() is not graph:
                known = self.by_id[id(graph)] = Graph(len(self.graphs), graph)
                self.graphs.append(known)
            return known

    def row(self, thing: Any, section: str, callee: str, **values: Any) -> Dict[str, Any]:
        """The row of an object, made with these values when the object is first seen."""
        row = self.objects.get(thing)  # type: Any
        if row is None:
            graph = self.graph(default_graph()).number
            row = dict(values, graph=graph, place=self.places.place(callee))
            row["class"] = type(thing).__name__
            self.objects[thing] = row
            self.rows[section].append(row)
        assert isinstance(row, dict)
        return row

    def saved(self) -> None:
        """Something was saved: a good time to write down what is known."""

    def guard(self, record: Any, *arguments: Any) -> None:
        """Call `record`; if that fails, the program does not, and the recording says so."""
        try:
            record(self, *arguments)
        except Exception as error:  # whatever it is, it must not become the program's
            self.problem(record, error)

    def problem(self, record: Any, error: Exception) -> None:
        text = "%s: %s: %s" % (record.__name__, type(error).__name__, error)
        if text not in self.problems and len(self.problems) < PROBLEMS:
            self.problems.append(text)
