"""The living objects behind the nodes of an object graph."""

from __future__ import annotations

from collections import deque
from typing import Any

import tensorflow as tf

from tf2migrate.checkpoint.files.graph import ObjectGraph
from tf2migrate.model.checkpoint_error import CheckpointError
from tf2migrate.model.names import escape
from tf2migrate.runtime.roots import Root

_SHOWN = 5
_REMEDY = (
    "TensorFlow can save a list or dict only if it was not changed other than by append or"
    " by setting and deleting keys that are strings: assign a new one to the attribute"
)


def children(obj: Any, root: Root | None = None) -> dict[str, Any]:
    """The children by name, as TensorFlow would save them; for the top, also those beside it.

    Raises:
      ValueError: TensorFlow cannot tell (a list that was changed otherwise than
        by append).
    """
    found: dict[str, Any] = dict(tf.train.TrackableView.children(obj))
    return found | dict(root.more) if root is not None and obj is root.obj else found


def check_saveable(root: Root) -> list[Any]:
    """All objects that the root leads to; TensorFlow must be able to tell the children of each.

    Raises:
      CheckpointError: it cannot, as of a list that was changed behind its back;
        names the object path of each such object.
    """
    seen = {id(root.obj): root.obj}
    queue: deque[tuple[str, Any]] = deque([("", root.obj)])
    broken: list[tuple[str, Any, Exception]] = []
    while queue:
        path, obj = queue.popleft()
        try:
            found = children(obj, root)
        except ValueError as error:
            broken.append((path, obj, error))
            continue
        for name, child in found.items():
            if id(child) not in seen:
                seen[id(child)] = child
                queue.append((f"{path}/{escape(name)}" if path else escape(name), child))
    if broken:
        raise _broken(root.label, broken)
    return list(seen.values())


def _broken(label: str, broken: list[tuple[str, Any, Exception]]) -> CheckpointError:
    """One error for all objects that cannot be saved."""
    names = [f"{path or 'the root'} ({_cause(obj, error)})" for path, obj, error in broken]
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return CheckpointError(label, f"saving it would fail at {shown}", _REMEDY)


def _cause(obj: Any, error: Exception) -> str:
    if "non-string key" in str(error):
        return "a dict with keys that are no strings"
    kind = "dict" if hasattr(obj, "keys") else "list"
    if "was modified" in str(error) or "ListWrapper" in str(error):
        return f"a {kind} that was changed in place"
    return str(error).partition("\n")[0]


def live_objects(graph: ObjectGraph, root: Root) -> dict[int, Any]:
    """The object of each node, as far as child names and slots lead to one."""
    found: dict[int, Any] = {0: root.obj}
    queue = deque((0,))
    while queue:
        number = queue.popleft()
        named = children(found[number], root)
        for name, child in graph.nodes[number].children.items():
            if child not in found and name in named:
                found[child] = named[name]
                queue.append(child)
    return found | _slot_variables(graph, found)


def _slot_variables(graph: ObjectGraph, found: dict[int, Any]) -> dict[int, Any]:
    """Slot variables are children of no object; their optimizer gives them by name."""
    slots: dict[int, Any] = {}
    for number, node in enumerate(graph.nodes):
        get_slot = getattr(found.get(number), "get_slot", None)
        for reference in node.slots:
            if get_slot is not None and reference.original in found:
                slots[reference.slot] = get_slot(found[reference.original], reference.name)
    return slots
