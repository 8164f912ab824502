"""Objects that several paths lead to: the shortest is their name, the others count as well."""

from __future__ import annotations

from tf2migrate.checkpoint.alias_paths import alias_paths
from tf2migrate.checkpoint.compare import compare
from tf2migrate.checkpoint.files.graph import Node, ObjectGraph, SlotReference
from tf2migrate.checkpoint.solve import solve
from tf2migrate.model.comparison import Outcome

from .rows import joined, name_row, tf1_inventory, tf2_inventory, tf2_row


def further(*nodes: Node) -> dict[int, tuple[str, ...]]:
    graph = ObjectGraph(nodes)
    return alias_paths(graph, graph.paths())


def test_a_variable_with_two_names() -> None:
    root = Node({"model": 1, "tied": 2})
    assert further(root, Node({"w/x": 2}), Node()) == {2: ("model/w.Sx",)}


def test_all_that_a_shared_object_leads_to() -> None:
    nodes = Node({"model": 1, "layer": 2}), Node({"first": 2}), Node({"w": 3, "b": 4})
    assert further(*nodes, Node(), Node()) == {
        2: ("model/first",),
        3: ("model/first/w",),
        4: ("model/first/b",),
    }


def test_slots_of_a_shared_optimizer() -> None:
    root = Node({"model": 1, "optimizer": 2})
    model = Node({"w": 3, "opt": 2})
    optimizer = Node(slots=[SlotReference(3, "m", 4)])
    found = further(root, model, optimizer, Node(), Node())
    assert found == {2: ("model/opt",), 4: ("model/w/.OPTIMIZER_SLOT/model/opt/m",)}


def test_a_way_back_up_is_no_further_path() -> None:
    nodes = Node({"model": 1, "root": 0}), Node({"parent": 0, "me": 1, "w": 2}), Node({"owner": 1})
    assert further(*nodes) == {}


def test_the_map_may_use_any_path() -> None:
    before = tf1_inventory({"w": (2,), "layer_0/w": (3,), "v": (4,)})
    after = tf2_inventory(
        tf2_row("tied", (2,), aliases=("model/w",)),
        tf2_row("l", (3,), aliases=("model/layers/0/w",)),
        tf2_row("u", (4,), aliases=("model/v",)),
    )
    names = [
        name_row("w", "model/w"),
        name_row("layer_*/w", "model/layers/*/w"),
        name_row("?", "model/v"),
    ]
    assert joined(solve(before, after, names)) == {"w": "tied", "layer_0/w": "l", "v": "u"}


def test_a_further_path_that_is_the_name() -> None:
    before = tf1_inventory({"decoder/embedding": (2,)})
    after = tf2_inventory(tf2_row("shared", (2,), "Variable", aliases=("decoder/embedding",)))
    assert joined(solve(before, after)) == {"decoder/embedding": "shared"}
    assert joined(solve(after, before)) == {"Variable": "decoder/embedding"}


def test_further_paths_that_are_two_names_are_an_alias() -> None:
    before = tf1_inventory({"a": (2,), "b": (2,)})
    after = tf2_inventory(tf2_row("shared", (2,), aliases=("a", "b")))
    (failure,) = compare(before, after).failures
    assert failure.outcome is Outcome.ALIASED


def test_a_further_path_below_the_object_around_everything() -> None:
    before = tf1_inventory({"emb/w": (2,), "out/weights": (3,)})
    after = tf2_inventory(
        tf2_row("shared", (2,), aliases=("model/emb/w",)), tf2_row("model/out/kernel", (3,))
    )
    assert joined(solve(before, after)) == {"emb/w": "shared", "out/weights": "model/out/kernel"}
