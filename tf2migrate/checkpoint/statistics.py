"""The lowest, the highest and the mean value of a tensor, in bounded memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.differences import widened
from tf2migrate.checkpoint.files.checkpoint_file import CheckpointFile
from tf2migrate.checkpoint.files.dtypes import BFLOAT16, stored_dtype

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the values that are finite.

    Attributes:
      lowest, highest, mean: None if there are no finite values.
      not_finite: how many are a NaN or an infinity.
    """

    lowest: float | int | None
    highest: float | int | None
    mean: float | None
    not_finite: int

    def document(self) -> dict[str, float | int | None]:
        """For programs."""
        return asdict(self)

    def cells(self) -> list[str]:
        """For people: the three columns of a table."""
        if self.mean is None or self.lowest is None or self.highest is None:
            return ["", "", f"{self.not_finite:,} not finite" if self.not_finite else ""]
        mean = f"{self.mean:.4g}"
        if self.not_finite:
            mean = f"{self.not_finite:,} not finite, {mean}"
        return [_short(self.lowest), _short(self.highest), mean]


def _short(number: float) -> str:
    return str(int(number)) if isinstance(number, int) else f"{number:.4g}"


def statistics(file: CheckpointFile, key: str) -> Statistics | None:
    """Read and verify a tensor; None for a type that is not of real numbers.

    Raises:
      CheckpointError: its bytes cannot be read, or do not have their checksum.
    """
    import numpy as np  # noqa: PLC0415

    tensor = file.tensors[key]
    dtype = stored_dtype(tensor.dtype)
    file.check(key)
    if dtype is None or np.dtype(dtype).kind == "c":
        return None
    total = _Total()
    rest = b""
    width = np.dtype(dtype).itemsize
    for chunk in file.chunks(key):
        data = rest + bytes(chunk)
        whole = len(data) // width * width
        rest = data[whole:]
        values = np.frombuffer(data[:whole], dtype)
        total.add(widened(values) if tensor.dtype == BFLOAT16 else values)
    return total.statistics()


class _Total:
    def __init__(self) -> None:
        self.lowest: Any = None
        self.highest: Any = None
        self.sum = 0.0
        self.finite = 0
        self.not_finite = 0

    def add(self, values: NDArray[Any]) -> None:
        import numpy as np  # noqa: PLC0415

        if values.dtype.kind == "f":
            finite = np.isfinite(values)
            count = int(np.count_nonzero(finite))
            self.not_finite += values.size - count
            if count < values.size:
                values = values[finite]
        if not values.size:
            return
        low, high = values.min().item(), values.max().item()
        self.lowest = low if self.lowest is None else min(self.lowest, low)
        self.highest = high if self.highest is None else max(self.highest, high)
        self.sum += float(values.sum(dtype=np.float64))
        self.finite += values.size

    def statistics(self) -> Statistics:
        mean = self.sum / self.finite if self.finite else None
        return Statistics(self.lowest, self.highest, mean, self.not_finite)
