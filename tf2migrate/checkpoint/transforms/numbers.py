"""Steps that change numbers: another dtype, a factor, a term, steps counted from powers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tf2migrate.checkpoint.files.dtypes import BFLOAT16
from tf2migrate.checkpoint.transforms.step import Signature, Signatures, Step, listed

if TYPE_CHECKING:
    from tf2migrate.checkpoint.transforms.step import Array

_FLOATS = frozenset({BFLOAT16, "float16", "float32", "float64"})
_NUMBERS = _FLOATS | {
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
} | {"bool", "complex64", "complex128"}  # fmt: skip


class Cast(Step):
    """`cast(float64)`: the nearest values of another dtype, as `tf.cast` has them."""

    name = "cast"

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        if dtype not in _NUMBERS:
            raise self.refuse(f"nothing can be cast to {dtype}")

    def arguments(self) -> str:
        return self.dtype

    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        if value.dtype not in _NUMBERS:
            raise self.refuse(f"{value} cannot be cast")
        return (Signature(value.shape, self.dtype),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        if self.dtype == BFLOAT16:
            return [to_bfloat16(values[0].astype("float32"))]
        if values[0].dtype.kind == "c" and not self.dtype.startswith("complex"):
            return [values[0].real.astype(self.dtype)]
        return [values[0].astype(self.dtype)]

    def inverse(self, inputs: Signatures) -> Step:
        return Cast(self.only(inputs).dtype)


def to_bfloat16(values: Array) -> Array:
    """The nearest float32 values that bfloat16 can hold, ties to even."""
    import numpy as np  # noqa: PLC0415

    bits = values.view("u4")
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return np.asarray(np.where(np.isnan(values), np.float32("nan"), rounded.view("f4")))


class _OnFloats(Step):
    def infer(self, inputs: Signatures) -> Signatures:
        value = self.only(inputs)
        if value.dtype not in _FLOATS:
            raise self.refuse(f"it does not fit {value}")
        return inputs


class Scale(_OnFloats):
    """`scale(-0.05)`: times a number, in the value's own dtype."""

    name = "scale"

    def __init__(self, factor: float) -> None:
        self.factor = factor
        if factor == 0 or not math.isfinite(factor):
            raise self.refuse("the number has to be finite, and not 0")

    def arguments(self) -> str:
        return repr(self.factor)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        return [np.asarray(values[0] * values[0].dtype.type(self.factor))]

    def reverse(self) -> Step:
        return Scale(1 / self.factor)


class Add(_OnFloats):
    """`add(0,4,1,1.0)`: 1.0 to each number of block 1 of the four equal blocks along axis 0."""

    name = "add"

    def __init__(self, axis: int, blocks: int, block: int, term: float) -> None:
        self.axis, self.blocks, self.block, self.term = axis, blocks, block, term
        if not 0 <= block < blocks:
            raise self.refuse(f"there is no block {block} among {blocks}")

    def arguments(self) -> str:
        return f"{listed((self.axis, self.blocks, self.block))},{self.term!r}"

    def infer(self, inputs: Signatures) -> Signatures:
        if self.extent(self.only(inputs), self.axis) % self.blocks:
            raise self.refuse(f"{inputs[0]} has no {self.blocks} equal blocks")
        return super().infer(inputs)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        result = values[0].copy()
        width = result.shape[self.axis] // self.blocks
        part = slice(self.block * width, (self.block + 1) * width)
        result[(slice(None),) * self.axis + (part,)] += result.dtype.type(self.term)
        return [result]

    def reverse(self) -> Step:
        return Add(self.axis, self.blocks, self.block, -self.term)


class Constant(Step):
    """`constant(10)`: a whole number that no value of TensorFlow 1 is, such as the steps done."""

    name = "constant"

    def __init__(self, number: int) -> None:
        self.number = number

    def arguments(self) -> str:
        return str(self.number)

    def infer(self, inputs: Signatures) -> Signatures:
        if inputs:
            raise self.refuse(f"it takes no value, there are {len(inputs)}")
        return (Signature((), "int64"),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        assert not values
        return [np.array(self.number, "int64")]


class Iterations(Step):
    """`iterations(0.9,0.999)`: the steps done, from Adam's beta1_power and beta2_power.

    After n steps a power is beta**(n + 1) in float32. The one that is nearest to
    1 tells most; one that has vanished tells nothing.
    """

    name = "iterations"

    def __init__(self, *betas: float) -> None:
        self.betas = betas
        if not betas or not all(0 < beta < 1 for beta in betas):
            raise self.refuse("each beta lies between 0 and 1")

    def arguments(self) -> str:
        return ",".join(map(repr, self.betas))

    def infer(self, inputs: Signatures) -> Signatures:
        if len(inputs) != len(self.betas) or any(value.shape for value in inputs):
            raise self.refuse(f"it takes {len(self.betas)} scalars, not {listed(inputs)}")
        return (Signature((), "int64"),)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        beta, power = max(
            ((beta, value) for beta, value in zip(self.betas, values, strict=True)),
            key=lambda pair: float(pair[1]),
        )
        if not np.finfo(power.dtype).tiny <= float(power) < 1:
            raise self.refuse(
                f"a power of {float(power)} does not tell the number of steps: take the global step"
            )
        steps = math.log(float(power)) / math.log(float(power.dtype.type(beta))) - 1
        return [np.array(max(round(steps), 0), "int64")]

    def reverse(self) -> Step:
        return Powers(*self.betas)


class Powers(Step):
    """`powers(0.9,0.999)`: undoes `iterations(0.9,0.999)`."""

    name = "powers"

    def __init__(self, *betas: float) -> None:
        self.betas = Iterations(*betas).betas

    def arguments(self) -> str:
        return ",".join(map(repr, self.betas))

    def infer(self, inputs: Signatures) -> Signatures:
        if self.only(inputs).shape:
            raise self.refuse(f"it takes a scalar, not {inputs[0]}")
        return (Signature((), "float32"),) * len(self.betas)

    def apply(self, values: Sequence[Array]) -> list[Array]:
        import numpy as np  # noqa: PLC0415

        return [np.array(float(beta) ** (int(values[0]) + 1), "float32") for beta in self.betas]

    def reverse(self) -> Step:
        return Iterations(*self.betas)
