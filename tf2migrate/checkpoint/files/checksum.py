"""CRC32C, the checksum of checkpoint files, and the mask under which they store it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    Data = bytes | bytearray | memoryview
    Checksum = Callable[[Data, int], int]

_ALL = 0xFFFFFFFF
_MASK = 0xA282EAD8
_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed: the highest bit is the coefficient of x**0
_ONE = 1 << 31


def load() -> Checksum:
    """The package's compiled function.

    `import crc32c` also asks importlib.metadata for the package's version, which
    costs 40 ms, more than all that a command does with an index. So its extension
    module is loaded by itself, and the package only if that is laid out otherwise.
    """
    package = PathFinder.find_spec("crc32c")
    if package is not None and package.submodule_search_locations is not None:
        spec = PathFinder.find_spec("crc32c._crc32c", package.submodule_search_locations)
        if spec is not None and spec.loader is not None:
            module: Any = module_from_spec(spec)
            spec.loader.exec_module(module)
            if hasattr(module, "crc32c"):
                return cast("Checksum", module.crc32c)
    from crc32c import crc32c as packaged  # noqa: PLC0415

    return cast("Checksum", packaged)


_crc32c = load()


def crc32c(data: Data, crc: int = 0) -> int:
    """The CRC32C of what `crc` is the CRC32C of, followed by `data`."""
    return _crc32c(data, crc)


def mask(crc: int) -> int:
    """As files store it: a CRC over bytes that hold a CRC would be a weak one."""
    return (((crc >> 15) | (crc << 17)) + _MASK) & _ALL


def unmask(masked: int) -> int:
    """The inverse of `mask`."""
    rotated = (masked - _MASK) & _ALL
    return ((rotated >> 17) | (rotated << 15)) & _ALL


def combine(first: int, second: int, length: int) -> int:
    """The CRC32C of two runs of bytes joined, from theirs and the second one's length.

    Appending n bytes multiplies the first one's polynomial by x**(8 n); the power
    is made by squaring, so this takes log2(n) steps.
    """
    power, square, exponent = _ONE, _ONE >> 8, length
    while exponent:
        if exponent & 1:
            power = _multiply(power, square)
        square = _multiply(square, square)
        exponent >>= 1
    return _multiply(power, first) ^ second


def _multiply(a: int, b: int) -> int:
    """The product of two polynomials over GF(2), modulo CRC32C's."""
    product = 0
    while a:
        if a & _ONE:
            product ^= b
        a = (a << 1) & _ALL
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1
    return product
