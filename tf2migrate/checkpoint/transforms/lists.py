"""Steps on several values: joined, split, in another order, or a step on some of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from tf2migrate.checkpoint.transforms.step import (
    Signatures,
    Step,
    is_permutation,
    listed,
    resized,
)

if TYPE_CHECKING:
    from tf2migrate.checkpoint.transforms.step import Array


class Concat(Step):
    """`concat(1)`: all values joined along axis 1."""

    name = "concat"

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def arguments(self) -> str:
        return str(self.axis)

    def infer(self, inputs: Signatures) -> Signatures:
        extents = [self.extent(value, self.axis) for value in inputs]
        if len({resized(value, self.axis, 0) for value in inputs}) != 1:
            raise self.refuse(f"it does not fit {listed(inputs)}")
        return (resized(inputs[0], self.axis, sum(extents)),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        return [np.concatenate(values, self.axis)]

    def inverse(self, inputs: Signatures) -> Step:
        return Split(self.axis, *(value.shape[self.axis] for value in inputs))


class Split(Step):
    """`split(0,3,4)`: the first 3 along axis 0, and the 4 after them."""

    name = "split"

    def __init__(self, axis: int, *sizes: int) -> None:
        self.axis, self.sizes = axis, sizes
        if not sizes or min(sizes) < 0:
            raise self.refuse("it needs the size of each part")

    def arguments(self) -> str:
        return listed((self.axis, *self.sizes))

    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        if self.extent(value, self.axis) != sum(self.sizes):
            raise self.refuse(f"it does not fit {value}")
        return tuple(resized(value, self.axis, size) for size in self.sizes)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        return list(np.split(values[0], list(accumulate(self.sizes))[:-1], self.axis))

    def reverse(self) -> Step:
        return Concat(self.axis)


class Order(Step):
    """`order(1,0)`: the same values in another order."""

    name = "order"

    def __init__(self, *order: int) -> None:
        self.order = order
        if not is_permutation(order):
            raise self.refuse("each value has to occur once")

    def arguments(self) -> str:
        return listed(self.order)

    def infer(self, inputs: Signatures) -> Signatures:
        if len(inputs) != len(self.order):
            raise self.refuse(f"there are {len(inputs)} values")
        return tuple(inputs[number] for number in self.order)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        return [values[number] for number in self.order]

    def reverse(self) -> Step:
        return Order(*(self.order.index(number) for number in range(len(self.order))))


class On(Step):
    """`on(0,2,concat(1))`: the step on the two values from number 0 on.

    Its results stand where these values stood, the other values stay.
    """

    name = "on"

    def __init__(self, first: int, count: int, step: Step) -> None:
        self.first, self.count, self.step = first, count, step
        if first < 0 or count < 1:
            raise self.refuse("there are no such values")

    def arguments(self) -> str:
        return listed((self.first, self.count, self.step))

    @property
    def end(self) -> int:
        return self.first + self.count

    def infer(self, inputs: Signatures) -> Signatures:
        if self.end > len(inputs):
            raise self.refuse(f"there are {len(inputs)} values")
        results = self.step.infer(inputs[self.first : self.end])
        return (*inputs[: self.first], *results, *inputs[self.end :])

    def apply(self, values: Sequence[Array]) -> list[Array]:
        results = self.step.apply(values[self.first : self.end])
        return [*values[: self.first], *results, *values[self.end :]]

    def inverse(self, inputs: Signatures) -> Step:
        taken = inputs[self.first : self.end]
        return On(self.first, len(self.step.infer(taken)), self.step.inverse(taken))
