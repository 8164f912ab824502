"""Values as numpy arrays: from stored bytes, and from the slices of partitioned variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.dtypes import BFLOAT16, STRING, stored_dtype
from tf2migrate.checkpoint.files.entries import Extents
from tf2migrate.checkpoint.files.strings import decode_strings
from tf2migrate.checkpoint.files.table import DAMAGED
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.checkpoint.files.wire import WireError
from tf2migrate.model.checkpoint_error import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resolve(shape: tuple[int, ...], slices: Sequence[Extents]) -> tuple[Slice, ...]:
    """The boxes that `slices` are in a tensor of `shape`.

    Raises:
      WireError: one does not lie inside it.
    """
    boxes: list[Slice] = []
    for extents in slices:
        if len(extents) != len(shape):
            raise WireError(f"a slice has {len(extents)} dimensions, its tensor {len(shape)}")
        start = tuple(first for first, _ in extents)
        length = tuple(
            size if count == -1 else count for (_, count), size in zip(extents, shape, strict=True)
        )
        for first, count, size in zip(start, length, shape, strict=True):
            if first < 0 or count < 0 or first + count > size:
                raise WireError(f"the slice {start} + {length} is not inside {shape}")
        boxes.append(Slice(start, length))
    return tuple(boxes)


def as_array(stored: bytes, tensor: Tensor, where: str) -> NDArray[Any]:
    """The value of a tensor from its bytes.

    Raises:
      CheckpointError: the size does not fit the shape, or there is no array of
        its type.
    """
    import numpy as np  # noqa: PLC0415

    if tensor.dtype == STRING:
        try:
            texts, _ = decode_strings(stored, tensor.elements)
        except WireError as error:
            raise CheckpointError(where, f"damaged: {error}", DAMAGED) from None
        strings = np.empty(len(texts), dtype=object)
        strings[:] = texts
        return strings.reshape(tensor.shape)
    dtype = stored_dtype(tensor.dtype)
    if dtype is None:
        raise CheckpointError(where, f"a value of type {tensor.dtype} cannot be read")
    if tensor.elements * int(dtype[2:]) != len(stored):
        raise CheckpointError(
            where,
            f"damaged: {len(stored)} bytes are no {tensor.dtype}{list(tensor.shape)}",
            DAMAGED,
        )
    array = np.frombuffer(stored, dtype=dtype).reshape(tensor.shape)
    if tensor.dtype == BFLOAT16:
        return (array.astype("<u4") << np.uint32(16)).view("<f4").reshape(tensor.shape)
    return array


def check_tiling(shape: tuple[int, ...], slices: Sequence[Slice], where: str) -> None:
    """See that `slices` cover a tensor of `shape`, each value once."""


def assemble(tensor: Tensor, parts: Sequence[tuple[Slice, NDArray[Any]]]) -> NDArray[Any]:
    """The full value of a partitioned variable."""
    import numpy as np  # noqa: PLC0415

    full = np.empty(tensor.shape, dtype=parts[0][1].dtype)
    for part, array in parts:
        place = tuple(
            slice(first, first + count)
            for first, count in zip(part.start, part.length, strict=True)
        )
        full[place] = array
    return full


def to_bytes(array: NDArray[Any], dtype: str) -> bytes:
    """The bytes of a numeric value as a checkpoint stores them."""
    import numpy as np  # noqa: PLC0415

    if dtype == BFLOAT16:
        return (np.ascontiguousarray(array, "<f4").view("<u4") >> 16).astype("<u2").tobytes()
    return np.ascontiguousarray(array, stored_dtype(dtype)).tobytes()
