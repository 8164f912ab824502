"""The object graph of a checkpoint, walked down as a tree and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.graph import Node, ObjectGraph
from tf2migrate.checkpoint.files.tensors import Tensor
from tf2migrate.model.inventory import Inventory
from tf2migrate.model.names import escape
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
        """Depth first, without recursion: an object graph may be a long chain.

        An object is shown in full at the path that its keys are made of, and
        referred to wherever else it is reached.
        """
        found: list[Item] = []
        todo = [(0, "", "", 0)]
        while todo:
            depth, name, path, number = todo.pop()
            node = self.graph.nodes[number]
            if path != self.paths[number]:
                found.append(Item(depth, "  ".join((name, *self._reference(number, node)))))
                continue
            text = name if depth else self.paint(self.file.prefix, "bold")
            found.append(Item(depth, "  ".join((text, *self._facts(node)))))
            found += [Item(depth + 1, line) for line in self._below(number, node)]
            prefix = f"{path}/" if path else ""
            children = [
                (depth + 1, escape(child), prefix + escape(child), target)
                for child, target in node.children.items()
            ]
            todo += reversed(children)
        return found

    def _reference(self, number: int, node: Node) -> Iterator[str]:
        yield self.paint(f"= {self.paths[number] or 'the root'}", "dim")
        for attribute in node.attributes:
            if attribute.name == VALUE and attribute.checkpoint_key in self.file.tensors:
                yield self._form(self.file.tensors[attribute.checkpoint_key])

    def _facts(self, node: Node, *, kind: bool = True) -> Iterator[str]:
        for attribute in node.attributes:
            if attribute.name == VALUE:
                yield self._tensor(attribute.checkpoint_key, kind)
                if attribute.full_name not in ("", VALUE):
                    yield self.paint(f"({attribute.full_name})", "dim")
        if node.slots:
            yield self.paint(f"has {counted(len(node.slots), 'slot variable')}", "dim")

    def _below(self, number: int, node: Node) -> Iterator[str]:
        """Values that are no variable's, and slot variables."""
        for attribute in node.attributes:
            if attribute.name != VALUE:
                for key in self._keys(attribute.checkpoint_key):
                    yield f".{key.rpartition('/')[2]}  {self._tensor(key, kind=True)}"
        for name, optimizer, slot in self.slots.get(number, ()):
            facts = "  ".join(self._facts(self.graph.nodes[slot], kind=False))
            yield f"slot {name} of {self.paths[optimizer] or 'the root'}  {facts}"

    def _keys(self, key: str) -> list[str]:
        """The tensors of an attribute; a table's are called `KEY-keys` and `KEY-values`."""
        if key in self.file.tensors:
            return [key]
        return [other for other in self.file.tensors if other.startswith(f"{key}-")] or [key]

    def _tensor(self, key: str, kind: bool) -> str:
        tensor = self.file.tensors.get(key)
        if tensor is None:
            return self.paint("not in this file", "red")
        known = self.kinds.get(key) if kind else None
        facts = (self._form(tensor), size(tensor.size), known.value if known else "")
        return "  ".join(filter(None, facts))

    def _form(self, tensor: Tensor) -> str:
        return self.paint(f"{tensor.dtype} {shape_text(tensor.shape)}", "cyan")


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
