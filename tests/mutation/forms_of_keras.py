"""Forms in which a TF1 optimizer has become one of Keras 3."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from tf2migrate.checkpoint.kinds import numbered
from tf2migrate.model.names import join_path

from .layers import LAYERS
from .migration import COUNTER, Migration
from .placing import Placing, drawn_mode, drawn_paths, finish, plain, start
from .programs import SCOPES, SIZES, Program, draw_values
from .saved import Item, ObjectPath, Side, Value
from .tf1_graph import POWERS, SLOTS, Graph, Optimizer, Variable

PATH: ObjectPath = ("optimizer",)
RATE = 0.25

KERAS: dict[str, dict[str, str]] = {
    "Adam": {"m": "momentum", "v": "velocity"},
    "Momentum": {"momentum": "momentum"},
    "RMSProp": {"rms": "velocity", "momentum": "momentum"},
    "centered RMSProp": {"rms": "velocity", "mg": "average_gradient", "momentum": "momentum"},
    "Adagrad": {"accumulator": "accumulator"},
    "Adadelta": {"accum": "accumulated_grad", "accum_update": "accumulated_delta_var"},
}
"""Keras's names of the slots, by TF1's (facts C4.3)."""

# What is called COUNTER here is nobody's on the other side: the learning rate, and the steps
# done where no power of a beta tells them.


@st.composite
def by_keras_optimizer(draw: st.DrawFn) -> Migration:
    """A Keras 3 optimizer with the slots of the only one of TensorFlow 1."""
    steps = draw(st.integers(10, 400))
    kind = draw(st.sampled_from(sorted(KERAS)))
    program = draw(_programs(kind, steps))
    placing = start(draw, program, drawn_mode(draw, program, mapped=True))
    paths = drawn_paths(draw, program)
    for variable in plain(program):
        placing.variable(variable, paths[variable.name], row=True)
    placing.row(f"*/{SLOTS[kind][0]}*", join_path(PATH), "optimizer")
    lists = _place(placing, kind, steps, draw(st.booleans()))
    form = f"a Keras 3 optimizer for {kind}"
    migration = finish(draw, placing, form, shorter=False, directed=True)
    after = replace(migration.after, aliases=(*lists, *migration.after.aliases))
    return replace(migration, after=after, before=_with_free_powers(migration.before))


def _with_free_powers(side: Side) -> Side:
    """The betas are in no checkpoint, so that other powers are those of other betas."""
    items = (replace(item, free=numbered(item.tf1)[0] in POWERS) for item in side.items)
    return replace(side, items=tuple(items))


@st.composite
def _programs(draw: st.DrawFn, kind: str, steps: int) -> Program:
    """Some layers, a step and one optimizer that trains all of it."""
    graph = Graph()
    for _ in range(draw(st.integers(1, 3))):
        layer = draw(st.sampled_from(LAYERS))
        layer(graph, draw(st.sampled_from(SCOPES)), draw(SIZES), draw(SIZES))
    trained = [variable for variable in graph.variables if variable.trainable]
    if not trained:
        graph.variable("w", (2, 3))
        trained = graph.variables[-1:]
    if draw(st.booleans()):
        graph.variable("global_step", (), dtype="int64", trainable=False)
    graph.optimizer(Optimizer(kind, SLOTS[kind][0]), trained)
    program = Program(graph, draw_values(draw, graph))
    for variable in program.variables:
        base = numbered(variable.name)[0]
        if base in POWERS:
            beta = (0.9, 0.999)[POWERS.index(base)]
            array = np.array(beta ** (steps + 1), np.float32)
            program.values[variable.name] = Value("float32", array)
        if variable.name == "global_step":
            program.values[variable.name] = Value("int64", np.array(steps))
    return program


def _place(
    placing: Placing, kind: str, steps: int, reverse: bool
) -> tuple[tuple[ObjectPath, ObjectPath], ...]:
    """The optimizer's variables, by position, and its lists, which refer to them."""
    program = placing.program
    slots = [variable for variable in program.variables if variable.slot]
    owners = [*dict.fromkeys(variable.owner for variable in slots)]
    if reverse:  # the order in which Keras was given the variables
        owners.reverse()
    counted = [v.name for v in program.variables if numbered(v.name)[0] in POWERS]
    steps_value = Value("int64", np.array(steps))
    first, *others = counted or [COUNTER]
    rate = Value("float32", np.array(RATE, np.float32))
    placing.items += [
        Item(first, steps_value, "keras/iteration", (*PATH, "_iterations"), merged=tuple(others)),
        Item(COUNTER, rate, "keras/learning_rate", (*PATH, "_learning_rate")),
    ]
    aliases: list[tuple[ObjectPath, ObjectPath]] = []
    position = 2
    alone = len(owners) == 1 and kind.endswith("RMSProp")
    for slot, name in KERAS[kind].items():
        of_slot = {variable.owner: variable for variable in slots if variable.slot == slot}
        for number, owner in enumerate(owners):
            place: ObjectPath = (*PATH, "_variables", str(position))
            _add_slot(placing, of_slot[owner], place, name, negated=kind == "Momentum", alone=alone)
            plural = f"_{name[:-1]}ies" if name.endswith("y") else f"_{name}s"
            aliases.append(((*PATH, plural, str(number)), place))
            position += 1
    for number, owner in enumerate(owners):
        aliases.append(((*PATH, "_trainable_variables", str(number)), placing.paths[owner]))
    return tuple(aliases)


def _add_slot(
    placing: Placing,
    variable: Variable,
    path: ObjectPath,
    name: str,
    *,
    negated: bool,
    alone: bool,
) -> None:
    value = placing.value(variable.name)
    value = replace(value, parts=())
    if negated:
        placing.accepted[variable.name] = lambda before: (_negated(before),)
        value = _negated(value)
    text = f"keras/{variable.owner.replace('/', '_')}_{name}"
    # RMSprop without a momentum has no such slot, and TF1's has one.
    optional = name == "momentum" and not negated and alone
    item = Item(variable.name, value, text, path, owner=variable.owner, optional=optional)
    placing.items.append(item)


def _negated(value: Value) -> Value:
    """Keras's SGD keeps the step itself: minus the learning rate times TF1's momentum."""
    if value.array.dtype.kind != "f":
        return value
    scaled = (value.array * np.float32(-RATE)).astype(value.array.dtype)
    return Value(value.dtype, scaled)
