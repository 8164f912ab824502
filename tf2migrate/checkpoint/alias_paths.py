"""Other object paths to the objects of a graph than the shortest, which TensorFlow names them by.

`Checkpoint(model=model, optimizer=model.optimizer)` writes `optimizer/...`, and
who describes the model says `model/optimizer/...`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tf2migrate.checkpoint.files.graph import ObjectGraph
from tf2migrate.model.names import escape


def alias_paths(graph: ObjectGraph, paths: Sequence[str | None]) -> dict[int, tuple[str, ...]]:
    """Further paths by node; slot variables have those by further paths of their optimizers.

    Each reference that is no part of a shortest path gives one to all that it leads
    to by shortest paths; ways over two such references are left out.
    """
    found: dict[int, list[str]] = {}
    tree, references = _references(graph, paths)
    for text, target in references:
        start = len(paths[target] or "")
        for node in _below(target, tree):
            alias = text + (paths[node] or "")[start:]
            found.setdefault(node, []).append(alias)
            for slot in graph.nodes[node].slots:
                place = f"{paths[slot.original]}/.OPTIMIZER_SLOT/{alias}/{escape(slot.name)}"
                found.setdefault(slot.slot, []).append(place)
    return {node: tuple(aliases) for node, aliases in found.items()}


def _references(
    graph: ObjectGraph, paths: Sequence[str | None]
) -> tuple[dict[int, list[int]], list[tuple[str, int]]]:
    """Children on shortest paths by node, and the other references, but no ways back up."""
    tree: dict[int, list[int]] = {}
    others: list[tuple[str, int]] = []
    for number, node in enumerate(graph.nodes):
        parent = paths[number]
        if parent is None:
            continue
        for name, child in node.children.items():
            text = f"{parent}/{escape(name)}" if parent else escape(name)
            path = paths[child]
            if path == text:
                tree.setdefault(number, []).append(child)
            elif path and not f"{parent}/".startswith(f"{path}/"):
                others.append((text, child))
    return tree, others


def _below(node: int, tree: dict[int, list[int]]) -> Iterator[int]:
    queue = [node]
    while queue:
        current = queue.pop()
        yield current
        queue += tree.get(current, ())
