"""Values as numpy arrays: from stored bytes, and from the slices of partitioned variables.

An array is raw if it is what a file holds: bfloat16 as unsigned 16-bit integers.
numpy is imported when the first value is asked for: most commands need none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tf2migrate.checkpoint.files.dtypes import BFLOAT16, NARROW, STRING, stored_dtype
from tf2migrate.checkpoint.files.slices import bands, intersection, offset_in, place
from tf2migrate.checkpoint.files.tensors import Slice, Tensor
from tf2migrate.checkpoint.files.wire import WireError

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")


def raw_array(data: bytes | memoryview, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """The raw array of numeric bytes.

    Raises:
      WireError: the size does not fit the shape, or numpy has no array of it.
    """
    import numpy as np  # noqa: PLC0415

    numpy_dtype = np.dtype(stored_dtype(dtype))
    expected = numpy_dtype.itemsize
    for size in shape:
        expected *= size
    if expected != len(data):
        raise WireError(f"{len(data)} bytes are no {dtype}{list(shape)}")
    return _shaped(np.frombuffer(data, dtype=numpy_dtype), shape)


def string_array(texts: Sequence[bytes], shape: tuple[int, ...]) -> NDArray[Any]:
    """An object array of bytes.

    Raises:
      WireError: numpy has no array of that shape.
    """
    import numpy as np  # noqa: PLC0415

    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return _shaped(array, shape)


def _shaped(array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    try:
        return array.reshape(shape)
    except ValueError as error:  # too many dimensions, or an empty one of too large ones
        raise WireError(f"numpy has no array of its shape: {error}") from None


def value_of(raw: NDArray[Any], dtype: str) -> NDArray[Any]:
    """The values of a raw array.

    bfloat16, of which a value is the upper half of a float32, becomes float32; types
    of less than a byte become int8 or uint8.
    """
    if dtype == BFLOAT16:
        import numpy as np  # noqa: PLC0415

        return (raw.astype("<u4") << np.uint32(16)).view("<f4")
    if dtype in NARROW:
        bits = NARROW[dtype]
        value = raw & ((1 << bits) - 1)
        if dtype.startswith("u"):
            return value
        sign = 1 << (bits - 1)
        return (value ^ sign).astype("i1") - sign
    return raw


def _empty(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    try:
        return np.empty(shape, dtype=dtype)
    except ValueError as error:
        raise WireError(f"numpy has no array of its shape: {error}") from None


def assemble(tensor: Tensor, parts: Sequence[tuple[Slice, NDArray[Any]]]) -> NDArray[Any]:
    """The raw array of a partitioned variable, from those of its slices.

    Raises:
      WireError: numpy has no array of its shape.
    """
    full = _empty(tensor.shape, object if tensor.dtype == STRING else stored_dtype(tensor.dtype))
    whole = Slice((0,) * len(tensor.shape), tensor.shape)
    for part, array in parts:
        full[place(part, whole)] = array
    return full


def row_major(
    tensor: Tensor,
    parts: Sequence[tuple[Slice, T]],
    read: Callable[[T, int, int], bytes],
    size: int,
) -> Iterator[memoryview]:
    """The bytes of a partitioned variable as if it were whole, about `size` at a time.

    Args:
      parts: its slices, which cover it, and what `read` knows them by.
      read: bytes of a slice: what it is known by, offset, and how many.

    Raises:
      WireError: numpy has no array of its shape.
    """
    import numpy as np  # noqa: PLC0415

    dtype = np.dtype(stored_dtype(tensor.dtype))
    item = dtype.itemsize
    for band in bands(tensor.shape, max(1, size // item)):
        array = _empty(band.length, dtype)
        for part, source in parts:
            box = intersection(part, band)
            if box is not None:
                data = read(source, offset_in(part, box) * item, item * _elements(box))
                array[place(box, band)] = np.frombuffer(data, dtype=dtype).reshape(box.length)
        yield array.data.cast("B")


def _elements(box: Slice) -> int:
    count = 1
    for size in box.length:
        count *= size
    return count
