"""TensorFlow's data types: numbers as files store them, names, and numpy's types."""

from __future__ import annotations

REFERENCE = 100
"""Added to a type's number, it is the type of a reference to such a value (TF1's `*_REF`)."""

STRING = "string"
BFLOAT16 = "bfloat16"
VARIANT = "variant"

_NAMES = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: STRING,
    8: "complex64",
    9: "int64",
    10: "bool",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    14: BFLOAT16,
    15: "qint16",
    16: "quint16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    20: "resource",
    21: VARIANT,
    22: "uint32",
    23: "uint64",
    24: "float8_e5m2",
    25: "float8_e4m3fn",
    26: "float8_e4m3fnuz",
    27: "float8_e4m3b11fnuz",
    28: "float8_e5m2fnuz",
    29: "int4",
    30: "uint4",
    31: "int2",
    32: "uint2",
    33: "float4_e2m1fn",
}
_NUMBERS = {name: number for number, name in _NAMES.items()}

NARROW = {"int4": 4, "uint4": 4, "int2": 2, "uint2": 2}
"""Bits of the types that are narrower than a byte."""

_STORED = {
    **dict.fromkeys(("int8", "qint8"), "<i1"),
    **dict.fromkeys(("uint8", "quint8", "int4", "uint4", "int2", "uint2"), "<u1"),
    **dict.fromkeys(("int16", "qint16"), "<i2"),
    **dict.fromkeys(("uint16", "quint16", BFLOAT16), "<u2"),
    **dict.fromkeys(("int32", "qint32"), "<i4"),
    "uint32": "<u4",
    "int64": "<i8",
    "uint64": "<u8",
    "float16": "<f2",
    "float32": "<f4",
    "float64": "<f8",
    "complex64": "<c8",
    "complex128": "<c16",
    "bool": "|b1",
}


def dtype_name(number: int) -> str:
    """The name of type `number`, references as what they refer to.

    A number that this TensorFlow's successors may have added is `DataType(99)`.
    """
    return _NAMES.get(number % REFERENCE if number > REFERENCE else number) or f"DataType({number})"


def dtype_number(name: str) -> int:
    """The number of the type called `name`, as `dtype_name` calls it.

    Raises:
      KeyError: there is no such type.
    """
    if name.startswith("DataType("):
        return int(name[len("DataType(") : -1])
    return _NUMBERS[name]


def stored_dtype(name: str) -> str | None:
    """The numpy type, as text, of the bytes of a tensor; None where numpy has none.

    bfloat16 is stored as the upper half of a float32; a value of four or two bits
    is the lowest ones of a byte, and quantised integers are plain ones.
    """
    return _STORED.get(name)


def item_size(name: str) -> int | None:
    """Bytes of one value; None for strings and for types that numpy does not know."""
    stored = _STORED.get(name)
    return int(stored[2:]) if stored else None
