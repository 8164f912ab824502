"""Counterparts of the losses of slot variables: every optimizer with slots, restored by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from tests.silent_losses import ours
from tests.silent_losses.migrations.containers import with_optimizer
from tests.silent_losses.programs import adam, network, with_slots
from tests.silent_losses.registry import Observation, migration
from tests.silent_losses.scenarios.slots import slot_values
from tests.silent_losses.situations import BOTH_PASS, asserts, tf1_fixture

train = tf.compat.v1.train

OPTIMIZERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "momentum": ("Momentum", lambda: train.MomentumOptimizer(0.05, 0.9)),
    "nesterov": ("Momentum", lambda: train.MomentumOptimizer(0.05, 0.9, use_nesterov=True)),
    "rmsprop": ("RMSProp", lambda: train.RMSPropOptimizer(0.01)),
    "rmsprop_momentum": (
        "RMSProp with momentum",
        lambda: train.RMSPropOptimizer(0.01, momentum=0.5),
    ),
    "rmsprop_centered": (
        "centered RMSProp",
        lambda: train.RMSPropOptimizer(0.01, momentum=0.5, centered=True),
    ),
    "adagrad": ("Adagrad", lambda: train.AdagradOptimizer(0.1)),
    "adadelta": ("Adadelta", lambda: train.AdadeltaOptimizer(0.5)),
    "ftrl": ("Ftrl", lambda: train.FtrlOptimizer(0.1)),
    "proximal_adagrad": ("ProximalAdagrad", lambda: train.ProximalAdagradOptimizer(0.1)),
}


def register(fixture: str, title: str, make: Callable[[], Any]) -> None:
    def situation(folder: Path) -> Observation:
        return with_optimizer(folder, tf1_fixture(f"optimizer_{fixture}"), make)

    situation.__name__ = f"slots_of_{fixture}"
    migration(
        "C4.2", f"the slot variables of {title} exist before the restore", tensorflow=BOTH_PASS
    )(situation)


for fixture, (title, make) in OPTIMIZERS.items():
    register(fixture, title, make)


@migration(
    "C4.2", "the second model of a process, after `reset_default_graph`", tensorflow=BOTH_PASS
)
def second_model_after_a_reset(folder: Path) -> Observation:
    old = tf1_fixture("optimizer_adam")
    with_slots(adam(), network(old).variables)
    tf.compat.v1.reset_default_graph()
    return with_optimizer(folder, old, adam)


@migration(
    "C4.2", "two optimizers of the same variables are made in the same order", tensorflow=BOTH_PASS
)
def optimizers_in_the_same_order(folder: Path) -> Observation:
    del folder
    old = tf1_fixture("optimizer_same_variables")
    net = network(old)
    first, second = with_slots(adam(), net.variables), with_slots(adam(), net.variables)
    checkpoint = tf.train.Checkpoint(net=net, first=first, second=second)
    status = checkpoint.restore(old)
    values = slot_values(old, net, first, {"Adam": "m", "Adam_1": "v"})
    values |= slot_values(old, net, second, {"Adam_2": "m", "Adam_3": "v"})
    return Observation(
        values=values,
        tensorflow=asserts(status),
        ours={"assert_variables_match": lambda: ours.by_object(old, checkpoint)},
    )
