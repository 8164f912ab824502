"""Trees for people."""

from __future__ import annotations

import pytest

from tf2migrate.report.tree import Item, tree_lines

ITEMS = [
    Item(0, "root"),
    Item(1, "a"),
    Item(2, "b"),
    Item(3, "c"),
    Item(2, "d"),
    Item(1, "e"),
    Item(2, "f"),
]


def test_branches_go_on_only_where_a_sibling_follows() -> None:
    assert tree_lines(ITEMS) == [
        "root",
        "├─ a",
        "│  ├─ b",
        "│  │  └─ c",
        "│  └─ d",
        "└─ e",
        "   └─ f",
    ]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", None, "no such encoding"])
def test_plain_characters_where_the_encoding_lacks_others(encoding: str | None) -> None:
    assert tree_lines(ITEMS, encoding)[1:5] == ["|- a", "|  |- b", "|  |  `- c", "|  `- d"]


def test_a_root_alone() -> None:
    assert tree_lines([Item(0, "root")]) == ["root"]


def test_no_tree() -> None:
    assert tree_lines([]) == []
