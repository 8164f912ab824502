"""Slot variables of the optimizers of `tf.compat.v1.train` and `tf.contrib.opt`.

A TF1 checkpoint numbers an optimizer's slot variables in the order in which it
creates them (`w/Adam`, `w/Adam_1`), an object graph names them (`m`, `v`).
Measured on TensorFlow 1.15.5 and 2.21, which agree: the name of each optimizer,
and what `get_slot(variable, name).op.name` gives for each of `get_slot_names()`.
"""

from __future__ import annotations

from collections.abc import Collection

_MOMENTS = ("m", "v")
_RMSPROP = ("rms", "momentum")
_CENTERED = ("rms", "mg", "momentum")

_SLOTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "Adam": (_MOMENTS,),  # NadamOptimizer, LazyAdamOptimizer, AdamGSOptimizer are called so, too
    "AdamW": (_MOMENTS,),
    "AdaMax": (_MOMENTS,),
    "Momentum": (("momentum",),),
    "MomentumW": (("momentum",),),
    "LARSOptimizer": (("momentum",),),
    "RMSProp": (_RMSPROP, _CENTERED),
    "Adagrad": (("accumulator",),),
    "ProximalAdagrad": (("accumulator",),),
    "RegAdagrad": (("accumulator",),),
    "AdagradDA": (("gradient_accumulator", "gradient_squared_accumulator"),),
    "Adadelta": (("accum", "accum_update"),),
    "Ftrl": (("accum", "linear"),),
    "AddSignOptimizer": (("m",),),
    "PowerSignOptimizer": (("m",),),
}
"""Slot names in the order of creation, by the optimizer's default name.

RMSProp creates `mg` between the others if it is centered, so the number of its
slots tells which they are. ShampooOptimizer is left out: what it creates depends
on its arguments and on the variable's rank.
"""

_STATE: dict[str, tuple[str, ...]] = {
    "Adam": ("beta1_power", "beta2_power"),
    "AdamW": ("beta1_power", "beta2_power"),
    "AdaMax": ("beta1_power",),
}

_OTHER_NAMES = {
    **dict.fromkeys(("LazyAdam", "Nadam", "AdamGS", "LazyAdamGS"), "Adam"),
    **{name: f"{name}Optimizer" for name in ("LARS", "AddSign", "PowerSign")},
}

KNOWN_OPTIMIZERS = frozenset((*_SLOTS, "Shampoo"))
"""Names that an optimizer with slot variables has unless the program gives another."""

_ORDERS = {frozenset(names): names for family in _SLOTS.values() for names in family}


def slot_names(optimizer: str, count: int, state: Collection[str] = ()) -> tuple[str, ...] | None:
    """The names of the slots that one optimizer has for one variable, by their numbers.

    Args:
      optimizer: its name in TensorFlow 1, without a scope or a number: `Adam`,
        or what the program calls it.
      count: how many slot variables of that name it has for the variable.
      state: names of its variables that are no slots, such as `beta1_power`.
        They tell the Adam family whatever the name is.

    Returns:
      None where the name, the number and the state leave it open. (A program
      which calls its MomentumOptimizer "mine" has one slot, as Adagrad has.)
    """
    for names in _SLOTS.get(optimizer, ()):
        if len(names) == count:
            return names
    unknown = optimizer not in KNOWN_OPTIMIZERS
    return _MOMENTS if unknown and count == len(_MOMENTS) and "beta1_power" in state else None


def default_name(kind: str) -> str:
    """What an optimizer is called unless the program gives it a name.

    Args:
      kind: its class without `Optimizer`: `LazyAdam`, whose default name is `Adam`.
    """
    return _OTHER_NAMES.get(kind, kind)


def slot_counts(optimizer: str) -> tuple[int, ...]:
    """How many slots the optimizer can have for a variable; none for an unknown name."""
    return tuple(len(names) for names in _SLOTS.get(optimizer, ()))


def state_names(optimizer: str) -> tuple[str, ...]:
    """The variables of an optimizer that are no slots, by its default name in TensorFlow 1."""
    return _STATE.get(optimizer, ())


def family_of(slots: Collection[str]) -> tuple[str, ...] | None:
    """The order in which TensorFlow 1 creates (so numbers) slots of these names."""
    return _ORDERS.get(frozenset(slots))
