"""Which variables of a Keras optimizer are slot variables, and of which variables.

A checkpoint keeps the variables of a Keras 3 optimizer (and of a new one of
tf_keras) by position, without names. The living optimizer also has a list for
each kind of slot, whose order is that of the list of the variables it trains.
"""

from __future__ import annotations

from collections.abc import Iterator

from tf2migrate.checkpoint.files.graph import Node
from tf2migrate.checkpoint.keras_optimizers import slot_name
from tf2migrate.checkpoint.kinds import Classified
from tf2migrate.model.inventory import Kind, SlotOf
from tf2migrate.runtime import keras
from tf2migrate.runtime.saved import VALUE, Saved

_ALL, _TRAINED = "_variables", "_trainable_variables"


def keras_slots(dry_run: Saved) -> dict[str, Classified]:
    """The kind of each variable of the Keras optimizers in a dry run, by key."""
    found: dict[str, Classified] = {}
    paths = dry_run.graph.paths()
    for number, node in enumerate(dry_run.graph.nodes):
        if keras.is_optimizer(dry_run.owners.get(number)) and not node.slots:
            trained = set(_elements(dry_run, node, _TRAINED).values())
            for key in _state(dry_run, node, trained):
                found[key] = Kind.OPTIMIZER, None
            for key, variable, slot in _slots(dry_run, node):
                found[key] = Kind.SLOT, SlotOf(variable, slot, paths[number] or "")
    return found


def _state(dry_run: Saved, node: Node, trained: set[int]) -> Iterator[str]:
    """The keys of all variables of the optimizer but those that it trains."""
    direct = set(node.children.values())
    for number in direct | set(_elements(dry_run, node, _ALL).values()):
        key = _key(dry_run.graph.nodes[number])
        if key is not None and number not in trained:
            yield key


def _slots(dry_run: Saved, node: Node) -> Iterator[tuple[str, str, str]]:
    """Key, key of the variable that it belongs to, and slot name."""
    trained = _elements(dry_run, node, _TRAINED)
    named = {} if trained else _by_name(dry_run)
    for name in node.children:
        if name in (_ALL, _TRAINED):
            continue
        for position, number in _elements(dry_run, node, name).items():
            key = _key(dry_run.graph.nodes[number])
            slot, owner = slot_name(name), trained.get(position)
            if owner is None:
                slot, owner = _of_name(dry_run, number, named)
            variable = None if owner is None else _key(dry_run.graph.nodes[owner])
            if key is not None and variable is not None:
                yield key, variable, slot


def _of_name(dry_run: Saved, slot: int, named: dict[str, list[int]]) -> tuple[str, int | None]:
    """tf_keras: `Adam/m/dense/kernel` is the slot m of the only `dense/kernel`."""
    _, _, rest = _name(dry_run, slot).partition("/")
    kind, _, variable = rest.partition("/")
    found = named.get(variable, [])
    return kind, found[0] if len(found) == 1 else None


def _by_name(dry_run: Saved) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, node in enumerate(dry_run.graph.nodes):
        if _key(node) is not None:
            found.setdefault(_name(dry_run, number), []).append(number)
    return found


def _name(dry_run: Saved, number: int) -> str:
    return str(getattr(dry_run.owners.get(number), "name", "")).partition(":")[0]


def _elements(dry_run: Saved, node: Node, name: str) -> dict[str, int]:
    """The nodes in the list that is the optimizer's child `name`, by position."""
    number = node.children.get(name)
    if number is None:
        return {}
    return {
        position: child
        for position, child in dry_run.graph.nodes[number].children.items()
        if position.isdigit()
    }


def _key(node: Node) -> str | None:
    return next((one.checkpoint_key for one in node.attributes if one.name == VALUE), None)
