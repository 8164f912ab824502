"""The object graph of a checkpoint, walked down as a tree and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import Node, ObjectGraph
from tf2migrate.model.inventory import Inventory, Kind
from tf2migrate.report.plain import Paint, counted, shape_text, size
from tf2migrate.report.tree import Item

VALUE = "VARIABLE_VALUE"


def tree_items(
    file: CheckpointFile, graph: ObjectGraph, inventory: Inventory, paint: Paint
) -> list[Item]:
    """Each object once, its values beside it, a variable's slot variables below it."""
    return _Walk(file, graph, inventory, paint).items()


class _Walk:
    def __init__(
        self, file: CheckpointFile, graph: ObjectGraph, inventory: Inventory, paint: Paint
    ) -> None:
        self.file = file
        self.graph = graph
        self.paint = paint
        self.kinds = {row.key: row.kind for row in inventory.rows}
        self.paths = graph.paths()
        self.slots: dict[int, list[tuple[str, int, int]]] = {}
        for number, node in enumerate(graph.nodes):
            for slot in node.slots:
                self.slots.setdefault(slot.original, []).append((slot.name, number, slot.slot))

    def items(self) -> list[Item]:
        """Depth first, without recursion: an object graph may be a long chain."""
        found: list[Item] = []
        seen: set[int] = set()
        todo = [(0, "", 0)]
        while todo:
            depth, name, number = todo.pop()
            if number in seen:
                there = self.paths[number] or "the root"
                found.append(Item(depth, f"{name}  {self.paint(f'= {there}', 'dim')}"))
                continue
            seen.add(number)
            node = self.graph.nodes[number]
            text = name if depth else self.paint(self.file.prefix, "bold")
            found.append(Item(depth, "  ".join((text, *self._facts(node)))))
            found += [Item(depth + 1, line) for line in self._below(number, node)]
            children = [(depth + 1, child, target) for child, target in node.children.items()]
            todo += reversed(children)
        return found

    def _facts(self, node: Node) -> Iterator[str]:
        for attribute in node.attributes:
            if attribute.name == VALUE:
                yield self._tensor(attribute.checkpoint_key)
                if attribute.full_name not in ("", VALUE):
                    yield self.paint(f"({attribute.full_name})", "dim")
        if node.slots:
            yield self.paint(f"has {counted(len(node.slots), 'slot variable')}", "dim")

    def _below(self, number: int, node: Node) -> Iterator[str]:
        for attribute in node.attributes:
            if attribute.name != VALUE:
                yield f".{attribute.name}  {self._tensor(attribute.checkpoint_key)}"
        for name, optimizer, slot in self.slots.get(number, ()):
            facts = "  ".join(self._facts(self.graph.nodes[slot]))
            yield f"slot {name} of {self.paths[optimizer] or 'the root'}  {facts}"

    def _tensor(self, key: str) -> str:
        tensor = self.file.tensors.get(key)
        if tensor is None:
            return self.paint("not in this file", "red")
        form = self.paint(f"{tensor.dtype} {shape_text(tensor.shape)}", "cyan")
        kind = self.kinds.get(key)
        if kind is None or kind is Kind.SLOT:  # a slot variable's line says so already
            return f"{form}  {size(tensor.size)}"
        return f"{form}  {size(tensor.size)}  {kind.value}"


def objects_document(graph: ObjectGraph) -> list[dict[str, Any]]:
    """The nodes for programs: numbers are positions in this list, 0 is the root."""
    paths = graph.paths()
    return [
        {
            "path": path,
            "children": node.children,
            "attributes": [
                {"name": each.name, "full_name": each.full_name, "key": each.checkpoint_key}
                for each in node.attributes
            ],
            "slots": [
                {"variable": each.original, "name": each.name, "node": each.slot}
                for each in node.slots
            ],
        }
        for path, node in zip(paths, graph.nodes, strict=True)
    ]
