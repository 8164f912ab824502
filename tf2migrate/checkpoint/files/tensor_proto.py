"""Values in TensorProto messages, of which V1 checkpoints consist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tf2migrate.checkpoint.files.dtypes import stored_dtype
from tf2migrate.checkpoint.files.values import raw_array
from tf2migrate.checkpoint.files.wire import BYTES, FIXED32, VARINT, WireError, fields, varint

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIXED = {"float32": 5, "float64": 6, "complex64": 9, "complex128": 12}
"""The fields of floating-point values; complex ones are pairs."""

_STRINGS = 8
_HALF = 13
_VARINTS = {
    **dict.fromkeys(("int32", "int16", "uint16", "int8", "uint8"), 7),
    **dict.fromkeys(("qint32", "qint16", "quint16", "qint8", "quint8"), 7),
    "int64": 10,
    "bool": 11,
    **dict.fromkeys(("float16", "bfloat16"), _HALF),  # their bits as a number
    "uint32": 16,
    "uint64": 17,
}
"""The fields of values that are stored as varints, negative ones as 64 bits."""


def has_field(dtype: str) -> bool:
    """Whether this module knows the field for numbers of that type."""
    return dtype in _FIXED or dtype in _VARINTS


def strings_of(message: bytes) -> list[bytes]:
    """The strings in a TensorProto.

    Raises:
      WireError: it is none.
    """
    return [
        bytes(field.payload)
        for field in fields(message)
        if field.number == _STRINGS and field.kind == BYTES
    ]


def raw_values(message: bytes, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """The raw array (`values`) in a TensorProto of that type and shape.

    The message itself may lack both, as it does in V1 checkpoints.

    Raises:
      WireError: it is none, or has more or fewer values.
      KeyError: its type has no field (`has_field`).
    """
    if dtype in _FIXED:
        return raw_array(_joined(message, _FIXED[dtype]), dtype, shape)
    return _varints(_joined(message, _VARINTS[dtype]), dtype, shape)


def _joined(message: bytes, number: int) -> bytes:
    """The values of a repeated field, packed, whether the writer packed them or not."""
    parts: list[bytes] = []
    for field in fields(message):
        if field.number != number:
            continue
        if field.kind == BYTES:
            parts.append(field.payload)
        elif field.kind == VARINT:
            parts.append(varint(field.integer))
        else:
            size = 4 if field.kind == FIXED32 else 8
            parts.append(field.integer.to_bytes(size, "little"))
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _varints(data: bytes, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """The raw array of packed varints: all at once, byte by byte of each."""
    import numpy as np  # noqa: PLC0415

    stored = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(stored < 128)
    if len(stored) and (not len(ends) or ends[-1] != len(stored) - 1):
        raise WireError("a varint is cut off")
    starts = np.concatenate((np.zeros(1, ends.dtype), ends + 1))[:-1]
    lengths = ends - starts + 1
    if len(lengths) and lengths.max() > 10:
        raise WireError("a varint has more than 10 bytes")
    numbers = np.zeros(len(ends), dtype=np.uint64)
    for place in range(int(lengths.max(initial=0))):
        longer = lengths > place
        bits = stored[starts[longer] + place] & 127
        numbers[longer] |= bits.astype(np.uint64) << np.uint64(7 * place)
    target = "<u2" if _VARINTS[dtype] == _HALF else stored_dtype(dtype)
    values = numbers.astype(np.int64).astype(target)
    if not np.array_equal(values.astype(np.int64), numbers.astype(np.int64)):
        raise WireError(f"a value is too large for {dtype}")
    return raw_array(values.tobytes(), dtype, shape)
