"""Slot variables of Keras 3 optimizers, told from an object graph.

Their keys are positions, `optimizer/_variables/3`, and say nothing; a program that
builds the optimizer on the same variables in another order swaps its slots, and
TensorFlow is content (facts C4.4). The graph says more. Measured on Keras 3.15: an
optimizer has a child for each kind of slot (`_momentums`), a list in the order of
the list `_trainable_variables`, whose elements are the nodes of the variables.
"""

from __future__ import annotations

from tf2migrate.checkpoint.files.graph import Node, ObjectGraph
from tf2migrate.checkpoint.kinds import Classified
from tf2migrate.model.inventory import Kind, SlotOf

_ALL, _TRAINED, _STEPS = "_variables", "_trainable_variables", "_iterations"
_AVERAGES = "_model_variables_moving_average"
_VALUE = "VARIABLE_VALUE"


def keras_optimizers(graph: ObjectGraph) -> dict[str, Classified]:
    """The kind of each variable of the Keras 3 optimizers of a graph, by key."""
    found: dict[str, Classified] = {}
    for node, path in zip(graph.nodes, graph.paths(), strict=True):
        if {_ALL, _TRAINED, _STEPS} <= node.children.keys():
            found |= _of_optimizer(graph, node, path or "")
    return found


def _of_optimizer(graph: ObjectGraph, node: Node, path: str) -> dict[str, Classified]:
    trained = _elements(graph, node, _TRAINED)
    own = {*node.children.values(), *_elements(graph, node, _ALL).values()} - {*trained.values()}
    found: dict[str, Classified] = {
        key: (Kind.OPTIMIZER, None) for number in own if (key := _key(graph, number)) is not None
    }
    for child in node.children.keys() - {_ALL, _TRAINED}:
        for position, number in _elements(graph, node, child).items():
            key, variable = _key(graph, number), _key(graph, trained.get(position, number))
            if key is not None and variable not in (None, key):
                found[key] = Kind.SLOT, SlotOf(str(variable), slot_name(child), path)
    return found


def slot_name(child: str) -> str:
    """What Keras calls a slot variable of the list `child`: `velocity` is in `_velocities`."""
    if child == _AVERAGES:
        return "average"
    name = child.strip("_")
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def _elements(graph: ObjectGraph, node: Node, child: str) -> dict[str, int]:
    """The nodes in a list, by position."""
    number = node.children.get(child)
    return {} if number is None else dict(graph.nodes[number].children)


def _key(graph: ObjectGraph, number: int) -> str | None:
    attributes = graph.nodes[number].attributes
    return next((one.checkpoint_key for one in attributes if one.name == _VALUE), None)
