"""A graph of TensorFlow 1 as far as the names of variables go.

It names variables as TensorFlow 1.15.5 does: numbered layers and unnamed
variables, slots after their variables in the scope that was open, numbered
through where an optimizer's name is taken. A test compares a program's names
with a recording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tf2migrate.checkpoint.kinds import AVERAGE

SLOTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Momentum": ("Momentum", ("momentum",)),
    "Adam": ("Adam", ("m", "v")),
    "RMSProp": ("RMSProp", ("rms", "momentum")),
    "centered RMSProp": ("RMSProp", ("rms", "mg", "momentum")),
    "Adagrad": ("Adagrad", ("accumulator",)),
    "Adadelta": ("Adadelta", ("accum", "accum_update")),
    "Ftrl": ("Ftrl", ("accum", "linear")),
    "SGD": ("GradientDescent", ()),
}
"""Default name and slots, in the order of creation, of each optimizer."""

POWERS = ("beta1_power", "beta2_power")


@dataclass(frozen=True)
class Variable:
    """A variable of a graph.

    Attributes:
      name: the op's name.
      plain: the name without the numbers that make it unique: what an eager
        TensorFlow 2 program calls it.
      parts: lengths of its parts along the first axis, if it is partitioned.
      owner: name of the variable that it is a slot or a shadow of.
      slot: the slot's name in its optimizer.
      optimizer: number of the optimizer that it belongs to, in the program's order.
      average: whether it is a shadow variable.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    trainable: bool = True
    plain: str = ""
    parts: tuple[int, ...] = ()
    owner: str = ""
    slot: str = ""
    optimizer: int | None = None
    average: bool = False

    @property
    def attached(self) -> bool:
        """Whether it is there for an optimizer only."""
        return self.optimizer is not None


@dataclass(frozen=True)
class Optimizer:
    """An optimizer of the program.

    Attributes:
      kind: a key of SLOTS.
      name: what the program calls it.
      scope: the variable scope in which it creates its slots.
    """

    kind: str
    name: str
    scope: str = ""


@dataclass
class Graph:
    """Collects variables, each under the name that TensorFlow 1 would give it."""

    variables: list[Variable] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    optimizers: list[Optimizer] = field(default_factory=list)
    _scopes: Counter[str] = field(default_factory=Counter)
    _names: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        return name in self._names

    def get_variable(self, variable: Variable) -> Variable:
        """A variable of a name that the program gives, which nobody else has."""
        assert variable.name not in self._names, variable.name
        self._names.add(variable.name)
        self.variables.append(variable)
        return variable

    def variable(self, name: str, shape: tuple[int, ...], **options: object) -> Variable:
        """`tf.Variable`: `w`, `w_1`, `w_2`."""
        number, unique = 0, name
        while unique in self._names:
            number += 1
            unique = f"{name}_{number}"
        return self.get_variable(Variable(unique, shape, plain=name, **options))  # type: ignore[arg-type]

    def layer(self, scope: str, base: str) -> tuple[str, str]:
        """The scope of a layer that has no name: `dense`, `dense_1`; and its plain name."""
        full = f"{scope}/{base}" if scope else base
        number = self._scopes[full]
        self._scopes[full] += 1
        return (f"{full}_{number}" if number else full), full

    def optimizer(self, optimizer: Optimizer, trained: Sequence[Variable]) -> None:
        """What `minimize` creates."""
        number = len(self.optimizers)
        self.optimizers.append(optimizer)
        prefix = f"{optimizer.scope}/" if optimizer.scope else ""
        if optimizer.kind == "Adam":
            for power in POWERS:
                self.variable(prefix + power, (), trainable=False, optimizer=number)
        for slot in SLOTS[optimizer.kind][1]:
            for variable in trained:
                self._attach(variable, optimizer.name, prefix, slot=slot, optimizer=number)

    def average(self, variables: Iterable[Variable], scope: str = "") -> None:
        """What `ExponentialMovingAverage().apply(variables)` creates."""
        prefix = f"{scope}/" if scope else ""
        for variable in variables:
            self._attach(variable, AVERAGE, prefix, average=True)

    def _attach(self, variable: Variable, suffix: str, prefix: str, **options: object) -> None:
        """`slot_creator`: in the open scope, after the variable's whole name."""
        name, _ = self.layer("", f"{prefix}{variable.name}/{suffix}")
        self.get_variable(
            Variable(
                name,
                variable.shape,
                variable.dtype,
                trainable=False,
                plain=f"{prefix}{variable.plain}/{suffix}",
                parts=variable.parts,
                owner=variable.name,
                **options,  # type: ignore[arg-type]
            )
        )
