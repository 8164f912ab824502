"""What an object graph says beyond the keys of its tensors."""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.checkpoint.files.graph import VALUE_SUFFIX, Node, ObjectGraph
from tf2migrate.model.names import escape

_VALUE = "VARIABLE_VALUE"


def graph_facts(graph: ObjectGraph) -> dict[str, str]:
    """What the graph says about each object path, in words, of paths where it says anything.

    Other paths to an object, names of variables, keys that are not made of the
    path, owners of slot variables, and objects that hold nothing. Two graphs with
    the same facts and the same tensors differ only in how nodes are numbered.
    """
    return dict(_facts(graph, graph.paths()))


def _facts(graph: ObjectGraph, paths: list[str | None]) -> Iterator[tuple[str, str]]:
    for path, node in zip(paths, graph.nodes, strict=True):
        if path is None:
            continue
        for name, child in node.children.items():
            other = f"{path}/{escape(name)}" if path else escape(name)
            if paths[child] != other:
                yield other, f"the same object as {paths[child] or 'the root'}"
        words = [*_values(path, node), *_slots(graph, paths, node)]
        if not words and not node.children:
            words = ["an object without values"]
        if words:
            yield path, "; ".join(words)


def _values(path: str, node: Node) -> Iterator[str]:
    for attribute in node.attributes:
        if attribute.full_name not in ("", attribute.name):
            yield f"called {attribute.full_name}"
        usual = path + VALUE_SUFFIX.removesuffix(_VALUE) + attribute.name
        if attribute.checkpoint_key != usual:
            yield f"{attribute.name} is at {attribute.checkpoint_key}"


def _slots(graph: ObjectGraph, paths: list[str | None], node: Node) -> Iterator[str]:
    for slot in sorted(node.slots):
        of = paths[slot.original] or "the root"
        for attribute in graph.nodes[slot.slot].attributes:
            name = attribute.full_name
            called = f" called {name}" if name not in ("", attribute.name) else ""
            yield f"slot {slot.name} of {of} is at {attribute.checkpoint_key}{called}"
