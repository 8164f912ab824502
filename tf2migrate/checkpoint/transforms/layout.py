"""Steps on one value that move its elements: other axes, another shape, blocks in another order."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from tf2migrate.checkpoint.files.dtypes import STRING
from tf2migrate.checkpoint.transforms.step import (
    Signature,
    Signatures,
    Step,
    is_permutation,
    listed,
    resized,
)

if TYPE_CHECKING:
    from tf2migrate.checkpoint.transforms.step import Array

ZERO = "zero"
"""In `blocks`: a block of zeros, which the source does not have."""


class Transpose(Step):
    """`transpose(1,0)`: axis i of the result is axis perm[i] of the value."""

    name = "transpose"

    def __init__(self, *perm: int) -> None:
        self.perm = perm
        if not is_permutation(perm):
            raise self.refuse("its numbers are not the axes in some order")

    def arguments(self) -> str:
        return listed(self.perm)

    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        if len(value.shape) != len(self.perm):
            raise self.refuse(f"it does not fit {value}")
        return (Signature(tuple(value.shape[axis] for axis in self.perm), value.dtype),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        return [values[0].transpose(self.perm)]

    def reverse(self) -> Step:
        return Transpose(*(self.perm.index(axis) for axis in range(len(self.perm))))


class Reshape(Step):
    """`reshape(6)`, `reshape(2,-1)`: the same values, row major, in another shape."""

    name = "reshape"

    def __init__(self, *shape: int) -> None:
        self.shape = shape
        if any(size < -1 for size in shape) or shape.count(-1) > 1:
            raise self.refuse("that is no shape")

    def arguments(self) -> str:
        return listed(self.shape)

    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        total, known = prod(value.shape), prod(size for size in self.shape if size >= 0)
        shape = self.shape
        if -1 in shape and known and total % known == 0:
            shape = tuple(total // known if size < 0 else size for size in shape)
        if -1 in shape or prod(shape) != total:
            raise self.refuse(f"it does not fit {value}")
        return (Signature(shape, value.dtype),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        return [values[0].reshape(self.shape)]

    def inverse(self, inputs: Signatures) -> Step:
        return Reshape(*self.only(inputs).shape)


class Blocks(Step):
    """`blocks(1,0,2,1,3)`: the four equal blocks along axis 1, in the order 0, 2, 1, 3.

    `zero` in the place of a number is a block of zeros.
    """

    name = "blocks"

    def __init__(self, axis: int, *order: int | str) -> None:
        self.axis, self.order = axis, order
        self.numbers = [number for number in order if isinstance(number, int)]
        if not self.numbers or not is_permutation(self.numbers):
            raise self.refuse("each block has to occur once")
        if any(word != ZERO for word in order if isinstance(word, str)):
            raise self.refuse(f"a block is a number or `{ZERO}`")

    def arguments(self) -> str:
        return listed((self.axis, *self.order))

    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        if ZERO in self.order and value.dtype == STRING:
            raise self.refuse("strings have no zero")
        return (resized(value, self.axis, self._width(value, len(self.numbers)) * len(self.order)),)

    def _width(self, value: Signature, count: int) -> int:
        width, rest = divmod(self.extent(value, self.axis), count)
        if rest:
            raise self.refuse(f"{value} has no {count} equal blocks along axis {self.axis}")
        return width

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        parts = np.split(values[0], len(self.numbers), self.axis)
        zero = np.zeros_like(parts[0])
        chosen = [parts[item] if isinstance(item, int) else zero for item in self.order]
        return [np.concatenate(chosen, self.axis)]

    def reverse(self) -> Step:
        if len(self.numbers) == len(self.order):
            return Blocks(self.axis, *(self.order.index(number) for number in self.numbers_up()))
        return Unblocks(self.axis, *self.order)

    def numbers_up(self) -> range:
        """The numbers of the source's blocks."""
        return range(len(self.numbers))


class Unblocks(Blocks):
    """`unblocks(0,2,zero,1)` undoes `blocks(0,2,zero,1)`; its zeros have to be zeros."""

    name = "unblocks"

    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        return (resized(value, self.axis, self._width(value, len(self.order)) * len(self.numbers)),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        parts = np.split(values[0], len(self.order), self.axis)
        for part, item in zip(parts, self.order, strict=True):
            if item == ZERO and part.any():
                raise self.refuse("a block that has to be zero is not")
        chosen = [parts[self.order.index(number)] for number in self.numbers_up()]
        return [np.concatenate(chosen, self.axis)]

    def reverse(self) -> Step:
        return Blocks(self.axis, *self.order)
