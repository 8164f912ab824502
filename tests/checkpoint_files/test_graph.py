"""Object graphs: what is written is read, unknown fields stay, the quick way reads the same."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tf2migrate.checkpoint.files import wire
from tf2migrate.checkpoint.files.graph import Attribute, Node, ObjectGraph, SlotReference
from tf2migrate.checkpoint.files.nodes import encode_node, parse_node
from tf2migrate.model.checkpoint_error import CheckpointError

NAMES = st.one_of(st.text(max_size=12), st.text("ab/.é", min_size=100, max_size=160))
UNKNOWN = st.sampled_from(
    (
        b"",
        wire.bytes_field(5, b"\x08\1"),
        wire.bytes_field(4, b"\x0a\1s") + wire.bytes_field(5, b""),
    )
)


@st.composite
def graphs(draw: st.DrawFn) -> ObjectGraph:
    count = draw(st.integers(1, 12))
    numbers = st.integers(0, count - 1)
    node = st.builds(
        Node,
        st.dictionaries(NAMES, numbers, max_size=4),
        st.lists(st.builds(Attribute, NAMES, NAMES, NAMES, st.just(b"")), max_size=3),
        st.lists(st.builds(SlotReference, numbers, NAMES, numbers), max_size=3),
        UNKNOWN,
    )
    nodes = draw(st.lists(node, min_size=count, max_size=count))
    return ObjectGraph(nodes, draw(st.sampled_from((b"", wire.bytes_field(9, b"new")))))


def contents(graph: ObjectGraph) -> list[tuple[object, ...]]:
    return [(node.children, node.attributes, node.slots, node.unknown) for node in graph.nodes]


@given(graphs())
def test_what_is_written_is_read(graph: ObjectGraph) -> None:
    data = graph.serialise()
    found = ObjectGraph.parse(data, "x")
    assert contents(found) == contents(graph)
    assert found.unknown == graph.unknown
    assert found.serialise() == data


@pytest.mark.parametrize("power", [7, 14, 21, 28])
def test_large_node_numbers(power: int) -> None:
    """Varints of one to five bytes: the quick way takes three."""
    children = {str(number): number for number in ((1 << power) - 1, 1 << power)}
    found = parse_node(encode_node(Node(children)))
    assert found.children == children


@given(st.data())
def test_fields_in_any_order_are_read_alike(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    node = Node({"child": 0}, [Attribute("VARIABLE_VALUE", "name", "key")])
    node.slots.append(SlotReference(0, "m", 0))
    usual = ObjectGraph([node]).serialise()[2:]
    shuffled = b"".join(
        wire.bytes_field(field.number, _shuffled(field.payload, data))
        for field in data.draw(st.permutations(wire.fields(usual)))
    )
    found = ObjectGraph.parse(wire.bytes_field(1, shuffled) + graph.serialise(), "x").nodes[0]
    assert contents(ObjectGraph([found])) == contents(ObjectGraph([node]))


def _shuffled(message: bytes, data: st.DataObject) -> bytes:
    pieces = [message[field.start : field.end] for field in wire.fields(message)]
    return b"".join(data.draw(st.permutations(pieces)))


def test_unknown_fields_of_an_attribute_stay() -> None:
    restore = wire.integer_field(4, 1)  # optional_restore, which TF 1.15 writes
    attribute = Attribute("VARIABLE_VALUE", "w", "w/.ATTRIBUTES/VARIABLE_VALUE", restore)
    data = ObjectGraph([Node(attributes=[attribute])]).serialise()
    found = ObjectGraph.parse(data, "x")
    assert found.nodes[0].attributes == [attribute]
    assert found.serialise() == data


def test_paths_are_the_shortest_and_escaped() -> None:
    graph = ObjectGraph(
        [
            Node({"long": 1, "b": 2, "scope/w:0": 3}),
            Node({"way": 2, "loop": 0}),
            Node({"a.b": 4}, slots=[SlotReference(3, "m", 5)]),
            Node(),
            Node(),
            Node(),
        ]
    )
    assert graph.paths() == ["", "long", "b", "scope.Sw:0", "b/a..b", None]
    assert ObjectGraph().paths() == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "no nodes", id="nothing"),
        pytest.param(b"\x0a\5\x0a\3", "cut off", id="node cut off"),
        pytest.param(b"\x0a\2\x0a\3", "cut off", id="child cut off"),
        pytest.param(b"\x0a\6\x0a\4\x08\1\x12\0", "node that is not there", id="no such child"),
        pytest.param(b"\x0a\4\x1a\2\x08\1", "node that is not there", id="no such slot variable"),
        pytest.param(b"\x0a\x0d\x0a\x0b\x08" + b"\xff" * 9 + b"\1", "not there", id="child -1"),
        pytest.param(b"\x0a\5\x0a\3\x12\1\xff", "utf-8", id="a name that is no text"),
        pytest.param(b"\x0a\3\x2a\5x", "cut off", id="unknown field cut off"),
    ],
)
def test_damaged_graphs(data: bytes, problem: str) -> None:
    with pytest.raises(CheckpointError, match=problem) as caught:
        ObjectGraph.parse(data, "the/prefix")
    assert caught.value.where == "the/prefix"
    assert caught.value.remedy


@given(graphs(), st.data())
def test_any_change_is_read_or_refused(graph: ObjectGraph, data: st.DataObject) -> None:
    changed = bytearray(graph.serialise())
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CheckpointError):
        found = ObjectGraph.parse(bytes(changed), "x")
        assert contents(ObjectGraph.parse(found.serialise(), "x")) == contents(found)
