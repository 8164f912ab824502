"""Sessions and what they run."""

from typing import Any, List

from tf2migrate.tf1_recorder.graphs import Graph
from tf2migrate.tf1_recorder.looking import (
    common_shape,
    dtype_of,
    flatten,
    flatten_feeds,
    name_of,
    shape_of_value,
)
from tf2migrate.tf1_recorder.operations import initialized_by
from tf2migrate.tf1_recorder.state import Call, State

KNOWN_RUNS = 10000  # of a graph


def on_session(state: State, session: Any, call: Call) -> None:
    graph = state.graph(session.graph)
    kind = type(session).__name__
    what = {"class": kind, "graph": graph.number, "target": str(call.arguments.get("target") or "")}
    state.sessions.entry(state.places.place(kind), **what)["count"] += 1
    graph.snapshot()


def on_close(state: State, session: Any, call: Call) -> None:
    state.graph(session.graph).snapshot()


def on_run(state: State, session: Any, how: str, fetches: Any, feeds: Any, frame: Any) -> None:
    """Count a run; what it is needs looking at only when it is new.

    It is known by the user's instruction and the identities of what it fetches and feeds, which
    live as long as their graph.
    """
    if state.places.kinds.get(frame.f_code.co_filename) != "user":
        frame = state.places.user_frame(frame)
    key = [how, id(frame.f_code), frame.f_lasti]  # type: List[Any]
    identify(fetches, key)
    if feeds:
        identify_feeds(feeds, key)
    graph = state.graph(session.graph)
    known = graph.runs.get(tuple(key))
    if known is None:
        if len(graph.runs) >= KNOWN_RUNS:
            graph.runs.clear()
        leaves, (tensors, values) = flatten(fetches, []), flatten_feeds(feeds or {})
        entry = _entry(state, graph, session.graph, how, leaves, tensors, values)
        # The rest is kept so that the identities stay what they are.
        known = graph.runs[tuple(key)] = (entry, frame.f_code, leaves, tensors)
    with state.lock:
        known[0]["count"] += 1


def identify(fetches: Any, key: List[Any]) -> None:
    """Append to a key what tells nested lists, tuples and dicts of fetches from others."""
    if isinstance(fetches, dict):
        fetches = list(fetches.values())
    elif not isinstance(fetches, (list, tuple)):
        fetches = (fetches,)
    for item in fetches:
        if isinstance(item, (list, tuple, dict)):
            identify(item, key)
        else:
            key.append(item if item.__class__ is str else id(item))


def identify_feeds(feeds: Any, key: List[Any]) -> None:
    """Append to a key what is fed, and the shapes of arrays."""
    if not isinstance(feeds, dict):
        return identify(feeds, key)
    for tensor, value in feeds.items():
        if isinstance(tensor, tuple):
            identify(tensor, key)
            key += [_array_shape(item) for item in flatten(value, [])]
        else:
            key.append(tensor if tensor.__class__ is str else id(tensor))
            shape = getattr(value, "shape", None)
            key.append(shape if shape.__class__ is tuple else None)
    return None


def _array_shape(value: Any) -> Any:
    shape = getattr(value, "shape", None)
    return shape if shape.__class__ is tuple else None


def _entry(
    state: State, graph: Graph, own: Any, how: str, leaves: Any, tensors: Any, values: Any
) -> Any:
    fetched = [own.as_graph_element(one) if isinstance(one, str) else one for one in leaves]
    fed = [own.as_graph_element(one) if isinstance(one, str) else one for one in tensors]
    entry = state.runs.entry(
        state.places.place(how),
        how=how,
        graph=graph.number,
        fetches=[name_of(one) for one in fetched],
        feeds=[[name_of(one), dtype_of(one)] for one in fed],
        initializes=initialized_by(fetched, graph.initializers),
    )
    if "feeds" in entry:
        shapes = [shape_of_value(value) for value in values]
        before = entry.setdefault("shapes", shapes)
        entry["shapes"] = [common_shape(one, two) for one, two in zip(before, shapes)]
    return entry
