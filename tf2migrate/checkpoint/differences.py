"""How far two values are apart.

numpy is imported here only, when there is a difference to measure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.dtypes import BFLOAT16, stored_dtype

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Values are equal if |after - before| <= atol + rtol * |before|.

    Without a tolerance they are equal if their bits are: 0.0 is not -0.0, and a
    NaN is equal to the same NaN. With one, numbers count: 0.0 is -0.0, and a NaN
    is equal to any NaN.
    """

    atol: float = 0.0
    rtol: float = 0.0

    @property
    def exact(self) -> bool:
        return self.atol == 0 and self.rtol == 0


EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values compared.

    Attributes:
      largest: the largest absolute difference; inf where a NaN or an infinity
        stands against something else, and for texts; None for a type whose
        numbers are not known.
      unequal: how many elements are not equal within the tolerance.
      elements: how many there are.
    """

    largest: float | None = 0.0
    unequal: int = 0
    elements: int = 0

    @property
    def equal(self) -> bool:
        return self.unequal == 0

    def __str__(self) -> str:
        """For people."""
        if self.equal:
            return "equal"
        if self.largest is None:
            return "the bytes differ; what numbers they are is not known for this dtype"
        share = f"{self.unequal:,} of {self.elements:,} elements differ"
        if self.largest == inf:
            return f"{share}, at least one is text, or a NaN or an infinity on one side"
        if self.largest == 0:
            return f"{share} in bits that are no number's (-0.0, another NaN)"
        return f"{share}, by {self.largest:.6g} at most"


def joined(parts: Iterable[Difference]) -> Difference:
    """The difference of two values from those of their parts."""
    largest: float | None = 0.0
    unequal = elements = 0
    for part in parts:
        known = largest is not None and part.largest is not None
        largest = max(largest, part.largest) if known else None  # type: ignore[type-var]
        unequal += part.unequal
        elements += part.elements
    return Difference(largest, unequal, elements)


def array_difference(
    before: NDArray[Any], after: NDArray[Any], tolerance: Tolerance = EXACT
) -> Difference:
    """Compare two arrays of the same shape and type; objects are texts."""
    import numpy as np  # noqa: PLC0415

    if before.shape != after.shape or before.dtype != after.dtype:
        raise ValueError(f"{before.dtype}{before.shape} and {after.dtype}{after.shape}")
    before, after = before.reshape(-1), after.reshape(-1)  # numpy makes numbers of 0-d arrays
    if before.dtype.kind in "OSUV":
        unequal = int(np.count_nonzero(before != after))
        return Difference(inf if unequal else 0.0, unequal, before.size)
    if before.size == 0:
        return Difference()
    distance, size = _distance(before, after)
    if tolerance.exact:
        different = _bits(before) != _bits(after)
        unequal = int(np.count_nonzero(different))
    else:
        close = distance <= tolerance.atol + tolerance.rtol * size
        unequal = before.size - int(np.count_nonzero(close))
    return Difference(float(distance.max()), unequal, before.size)


def stored_difference(
    dtype: str, before: bytes | memoryview, after: bytes | memoryview, tolerance: Tolerance = EXACT
) -> Difference:
    """Compare two runs of the same length, of values as a checkpoint stores them."""
    kind = stored_dtype(dtype)
    if kind is None:
        unequal = int(before != after)
        return Difference(None if unequal else 0.0, unequal, 1)
    import numpy as np  # noqa: PLC0415

    old, new = np.frombuffer(before, kind), np.frombuffer(after, kind)
    if dtype != BFLOAT16:
        return array_difference(old, new, tolerance)
    return array_difference(widened(old), widened(new), tolerance)


def widened(bfloat16: NDArray[Any]) -> NDArray[Any]:
    """bfloat16 is the upper half of a float32."""
    wide: NDArray[Any] = (bfloat16.astype("<u4") << 16).view("<f4")
    return wide


def _distance(before: NDArray[Any], after: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The distance of each pair of elements, and how large that of `before` is."""
    import numpy as np  # noqa: PLC0415

    if before.dtype.kind in "biu":
        return _integer_distance(before, after)
    wide = np.complex128 if before.dtype.kind == "c" else np.float64
    old, new = before.astype(wide), after.astype(wide)
    with np.errstate(all="ignore"):
        distance = np.abs(new - old)
        same = (old == new) | (np.isnan(old) & np.isnan(new))
        distance[np.isnan(distance)] = np.inf
        distance[same] = 0.0
        size = np.abs(old)
        size[~np.isfinite(size)] = 0.0
    return distance, size


def _integer_distance(
    before: NDArray[Any], after: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Exact: the difference of two integers always fits the unsigned type of their width."""
    import numpy as np  # noqa: PLC0415

    unsigned = np.dtype(f"u{before.dtype.itemsize}")
    high, low = np.maximum(before, after), np.minimum(before, after)
    distance = high.view(unsigned) - low.view(unsigned)
    return distance, np.abs(before.astype(np.float64))


def _bits(values: NDArray[Any]) -> NDArray[Any]:
    """Each element as unsigned integers of its bits; a complex one as one pair."""
    import numpy as np  # noqa: PLC0415

    flat = np.ascontiguousarray(values).reshape(-1)
    if values.dtype.itemsize <= 8:
        return flat.view(f"u{values.dtype.itemsize}")
    return flat.view([("real", "<u8"), ("imaginary", "<u8")])
